import { parseArgs } from "node:util";

import { choose, main, say, seconds } from "./lib/log.mjs";
import { runSteps } from "./lib/run-steps.mjs";
import { setUp } from "./lib/setup.mjs";
import { steps } from "./lib/steps.mjs";

// npm test [-- step ..] [--write]
await main(async () => {
  const started = performance.now();
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: "boolean" } } });
  const known = steps.map(({ name }) => name);
  const names = choose("step", positionals, known);
  const chosen = steps.filter(({ name }) => names.includes(name));
  // What has no runner needs no browser.
  await setUp({ tests: chosen.some(({ runner }) => runner) });
  const { passed, failed, skipped } = await runSteps(chosen, values);
  say(`\nall steps: ${seconds(started)}`);
  say(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
  return failed ? 1 : 0;
});
