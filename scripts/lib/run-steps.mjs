import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";

import { CurableError, say, seconds } from "./log.mjs";
import { artifacts } from "./paths.mjs";
import { keep } from "./run.mjs";

/** Runs every step to its end, whatever the others did, and adds up what they counted. */
export async function runSteps(chosen, options) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const step of chosen) {
    const started = performance.now();
    say(`${step.name} ...`);
    const result = await outcome(step, options);
    report(step, result, seconds(started));
    for (const key of Object.keys(total)) total[key] += result[key] ?? 0;
  }
  return total;
}

/** A step's result as `{ passed, failed }` or `{ skipped: 1, why }`, with its output. */
export async function outcome({ work, runner }, options = {}) {
  try {
    const result = (await work(options)) ?? { code: 0, output: "" };
    return result.skipped ? { skipped: 1, why: result.skipped } : { ...result, ...counted(result, runner) };
  } catch (error) {
    return { passed: 0, failed: 1, output: error instanceof CurableError ? error.message : error.stack };
  }
}

// A runner that failed without naming a failed test, or that ran no test at all, is a failure too.
function counted({ code, output }, runner) {
  if (!runner) return { passed: code ? 0 : 1, failed: code ? 1 : 0 };
  const { passed, failed } = counts[runner](output);
  if (code !== 0 && failed === 0) return { passed, failed: 1, note: `the runner ended with status ${code}` };
  if (passed + failed === 0) return { passed, failed: 1, note: "no test was run" };
  return { passed, failed };
}

function report({ name }, result, time) {
  if (result.why) return say(`${name}: SKIPPED, ${result.why}`);
  keep(join(artifacts, "logs", `${name}.log`), result.output);
  if (result.failed || result.show) say(result.output.trimEnd());
  say(
    `${name}: ${result.failed ? "FAILED" : "ok"}, ${result.passed} passed, ${result.failed} failed, ${time}${result.note ? ` (${result.note})` : ""}`,
  );
}

const numbers = (output, pattern) =>
  [...stripVTControlCharacters(output).replaceAll("\r", "").matchAll(pattern)].map(([, number]) => Number(number));
const sum = (list) => list.reduce((all, one) => all + one, 0);

/** How a test runner's closing lines are read, by runner; each answers `{ passed, failed }` over all its suites. */
export const counts = {
  // cargo test and wasm-bindgen-test: `test result: ok. 3 passed; 0 failed; 0 ignored; ...`, once per target.
  cargo: (output) => ({
    passed: sum(numbers(output, /^test result: .*?(\d+) passed;/gm)),
    failed: sum(numbers(output, /^test result: .*?(\d+) failed;/gm)),
  }),
  // node --test closes with `# pass 3`, `# fail 0` and `# cancelled 0`, or with another mark in front where it draws for people.
  node: (output) => ({
    passed: sum(numbers(output, /^\S+ pass (\d+)$/gm).slice(-1)),
    failed: sum(numbers(output, /^\S+ (?:fail|cancelled) (\d+)$/gm).slice(-2)),
  }),
};
