import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { counts } from "./counts.mjs";
import { say, seconds } from "./log.mjs";
import { artifacts } from "./paths.mjs";

/** Runs every step to its end, whatever the others did, and adds up what they counted. */
export async function runSteps(chosen) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const step of chosen) {
    const started = performance.now();
    say(`${step.name} ...`);
    const result = await outcome(step);
    report(step, result, seconds(started));
    for (const key of Object.keys(sum)) sum[key] += result[key] ?? 0;
  }
  return sum;
}

/** A step's result as `{ passed, failed }` or `{ skipped: 1, why }`, with its output. */
export async function outcome({ work, runner }) {
  let result;
  try {
    result = await work();
  } catch (error) {
    return { passed: 0, failed: 1, output: error.name === "CurableError" ? error.message : error.stack };
  }
  if (result.skipped) return { skipped: 1, why: result.skipped };
  return { ...result, ...counted(result, runner) };
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
  const log = join(artifacts, "logs", `${name}.log`);
  mkdirSync(join(artifacts, "logs"), { recursive: true });
  writeFileSync(log, result.output);
  if (result.failed || result.show) say(result.output.trimEnd());
  say(`${name}: ${result.failed ? "FAILED" : "ok"}, ${result.passed} passed, ${result.failed} failed, ${time}${result.note ? ` (${result.note})` : ""}`);
}
