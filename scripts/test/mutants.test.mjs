import assert from "node:assert/strict";
import { test } from "node:test";

import { judge, sample } from "../lib/mutants.mjs";

const mutants = Array.from({ length: 40 }, (_, at) => `src/proto/url.rs:${at}:1: replace + with - in host`);
const results = [
  { name: "src/proto/a.rs:1:2: replace < with <= in f", summary: "MissedMutant" },
  { name: "src/proto/a.rs:9:9: replace < with <= in f", summary: "MissedMutant" },
  { name: "src/proto/a.rs:3:2: replace g -> bool with true", summary: "CaughtMutant" },
  { name: "src/proto/a.rs:4:2: replace h with ()", summary: "Timeout" },
  { name: "src/proto/a.rs:5:2: replace i -> T with Default::default()", summary: "Unviable" },
];

test("a seed draws the same sample every time, in the mutants' order and without repeats", () => {
  const drawn = sample(mutants, 10, 7);
  assert.deepEqual(drawn, sample(mutants, 10, 7));
  assert.notDeepEqual(drawn, sample(mutants, 10, 8));
  assert.equal(new Set(drawn).size, 10);
  assert.deepEqual(
    drawn,
    mutants.filter((mutant) => drawn.includes(mutant)),
  );
});

test("the rate counts what compiles, and a mutant that never ends is killed", () => {
  const { killed, survived, unviable, rate } = judge(results, "");
  assert.deepEqual([killed, survived, unviable, rate], [2, 2, 1, 50]);
});

test("a survivor needs a reason, wherever in its file it is", () => {
  const key = "src/proto/a.rs: replace < with <= in f";
  assert.deepEqual(judge(results, "").unlisted, [key]);
  assert.deepEqual(judge(results, `- \`${key}\`:\n`).unlisted, [key]);
  assert.deepEqual(judge(results, `- \`${key}\`: the same at the border\n`).unlisted, [key], "there are two");
  assert.deepEqual(judge(results, `- \`${key}\` (2): the same at the border\n`).unlisted, []);
});

test("a listed mutant that is killed is told", () => {
  const killed = "src/proto/a.rs: replace g -> bool with true";
  assert.deepEqual(judge(results, `- \`${killed}\`: no test can tell\n`).stale, [killed]);
});
