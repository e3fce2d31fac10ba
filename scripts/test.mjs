import { parseArgs } from "node:util";

import { CurableError, main, say, seconds } from "./lib/log.mjs";
import { runSteps } from "./lib/run-steps.mjs";
import { setUp } from "./lib/setup.mjs";
import { steps } from "./lib/steps.mjs";

// npm test [-- step ..] [--write]
await main(async () => {
  const started = performance.now();
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { write: { type: "boolean" } } });
  const chosen = chosenSteps(positionals);
  // What has no runner needs no browser.
  await setUp({ tests: chosen.some(({ runner }) => runner) });
  const { passed, failed, skipped } = await runSteps(chosen, values);
  say(`\nall steps: ${seconds(started)}`);
  say(`${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`);
  return failed ? 1 : 0;
});

function chosenSteps(names) {
  const known = steps.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length) throw new CurableError(`no step named ${unknown.join(", ")}`, `choose from: ${known.join(" ")}`);
  return names.length ? steps.filter(({ name }) => names.includes(name)) : steps;
}
