import assert from "node:assert/strict";
import { test } from "node:test";

import { counts, outcome } from "../lib/run-steps.mjs";

const cargoOutput = `
running 2 tests
test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 filtered out
`;

test("cargo's closing lines are added up over all targets", () => {
  assert.deepEqual(counts.cargo(cargoOutput), { passed: 3, failed: 3 });
});

test("node's closing lines are read with and without colour, and a cancelled test is a failed one", () => {
  assert.deepEqual(counts.node("\u001b[34mℹ tests 5\u001b[39m\n\u001b[34mℹ pass 4\u001b[39m\nℹ fail 0\nℹ cancelled 1\n"), {
    passed: 4,
    failed: 1,
  });
  assert.deepEqual(counts.node("# pass 7\n# fail 2\n# cancelled 0\n"), { passed: 7, failed: 2 });
});

test("a runner that ran nothing is a failure", async () => {
  const result = await outcome({ runner: "cargo", work: () => ({ code: 0, output: "test result: ok. 0 passed; 0 failed;" }) });
  assert.equal(result.failed, 1);
  assert.equal(result.note, "no test was run");
});

test("a runner that failed without a failed test is a failure, and keeps what passed", async () => {
  const result = await outcome({ runner: "cargo", work: () => ({ code: 101, output: "test result: ok. 2 passed; 0 failed;" }) });
  assert.deepEqual([result.passed, result.failed], [2, 1]);
});

test("a step without a runner is one check, and a thrown error fails it", async () => {
  assert.equal((await outcome({ work: () => ({ code: 0, output: "" }) })).passed, 1);
  assert.equal((await outcome({ work: () => ({ code: 1, output: "" }) })).failed, 1);
  const thrown = await outcome({ work: () => Promise.reject(new Error("broken")) });
  assert.equal(thrown.failed, 1);
  assert.match(thrown.output, /broken/);
});
