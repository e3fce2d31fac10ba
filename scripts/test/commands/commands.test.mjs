// Every command of the README's last table, in a small form, so that none of them rots unseen.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { root } from "../../lib/paths.mjs";
import { npm, run } from "../../lib/run.mjs";
import { steps } from "../../lib/steps.mjs";

const minutes = 60_000;

// By the command as the README has it: what is run in its place, what that says when all is well, and how it may end.
const small = {
  // A small run may be over a budget, and may not lose a call.
  "npm run bench": [["bench", "--", "--small"], /^(Every figure|Over budget)(?![^]*: lost)/m],
  "npm run packaging": [["packaging", "--", "none"], /^none: ok/m],
  "npm run simulate -- 1000000": [["simulate", "--", "2000"], /^schedules 2000, failures 0/m],
  "npm run simulate -- fleet 100000": [["simulate", "--", "fleet", "60"], /^\| a day \| tokenkeep \|/m],
  "npm run explore -- --depth 14": [["explore", "--", "--depth", "7"], /depth 7, failures 0/],
  "npm run fuzz": [["fuzz", "--", "parsers", "1"], /failures 0/],
  // Of so few, one that survives is a large part.
  "npm run mutants": [["mutants", "--", "--sample", "1", "--seed", "1"], /^(?![^]*or gone: )[^]*\nmutants \d+, killed \d+/, [0, 1]],
};

// What is a step of `npm test`.
const others = {
  "npm run format": "format",
  "npm run build": "build",
  "npm run attacks": "attacks",
  "npm run engines": "engines",
  "npm run reproduce": "reproducible",
  "npm run conformance": "conformance",
};

test("the README's commands are all tried", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const told = [...readme.matchAll(/^\| `(npm [^`]+)` \|/gm)].map(([, command]) => command);
  assert.deepEqual(told.sort(), ["npm start", "npm test", ...Object.keys(small), ...Object.keys(others)].sort());
  for (const [command, step] of Object.entries(others))
    assert.ok(
      steps.some(({ name }) => name === step),
      command,
    );
});

test("npm start prints where the demo is, and that answers", { timeout: 5 * minutes }, async (t) => {
  const child = spawn(npm(), ["start"], { cwd: root, stdio: ["ignore", "pipe", "inherit"], detached: true });
  t.after(() => process.kill(-child.pid));
  const origin = await said(child, /http:\/\/\S+/);
  const { status, headers } = await fetch(origin);
  assert.deepEqual([status, headers.get("content-type")?.split(";")[0]], [200, "text/html"]);
});

for (const [command, [args, outcome, codes = [0]]] of Object.entries(small)) {
  test(`${command}, as npm run ${args.join(" ")}`, async () => {
    const { code, output } = await run(npm(), ["run", ...args], { cwd: root, timeout: 10 * minutes });
    assert.ok(codes.includes(code), output);
    assert.match(output, outcome);
  });
}

function said(child, pattern) {
  let output = "";
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      const [found] = output.match(pattern) ?? [];
      if (found) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}\n${output}`)));
  });
}
