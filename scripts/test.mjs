import { parseArgs } from "node:util";

import { choose, main, say, seconds } from "./lib/log.mjs";
import { runSteps } from "./lib/run-steps.mjs";
import { setUp } from "./lib/setup.mjs";
import { quick, steps } from "./lib/steps.mjs";

// npm test [-- quick | step ..] [--write]
await main(async () => {
  const started = performance.now();
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: "boolean" } } });
  const known = steps.map(({ name }) => name);
  const isQuick = positionals.length === 1 && positionals[0] === "quick";
  const names = isQuick ? quick : choose("step", positionals, known);
  const chosen = steps.filter(({ name }) => names.includes(name));
  // What has no runner needs no browser.
  await setUp({ tests: chosen.some(({ runner }) => runner) });
  const { passed, failed, skipped } = await runSteps(chosen, { ...values, isQuick });
  say(`\nall steps: ${seconds(started)}`);
  say(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
  return failed ? 1 : 0;
});
