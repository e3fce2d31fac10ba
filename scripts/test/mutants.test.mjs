import assert from "node:assert/strict";
import { test } from "node:test";

import { judge, sampleArguments } from "../lib/mutants.mjs";

const results = [
  { name: "src/proto/a.rs:1:2: replace < with <= in f", summary: "MissedMutant" },
  { name: "src/proto/a.rs:9:9: replace < with <= in f", summary: "MissedMutant" },
  { name: "src/proto/a.rs:3:2: replace g -> bool with true", summary: "CaughtMutant" },
  { name: "src/proto/a.rs:4:2: replace h with ()", summary: "Timeout" },
  { name: "src/proto/a.rs:5:2: replace i -> T with Default::default()", summary: "Unviable" },
];
const all = results.map(({ name }) => name);
const judgeAll = (text) => judge({ results, all }, text);

test("a seed draws the same sample every time, one part of as many as have the wanted size", () => {
  const drawn = (seed) => sampleArguments(40, 11, seed).at(-1);
  assert.deepEqual([0, 1, 2, 3, 4, "4294967295"].map(drawn), ["0/4", "1/4", "2/4", "3/4", "0/4", "3/4"]);
  assert.equal(sampleArguments(40, 100, 7).at(-1), "0/1");
});

test("the rate counts what compiles, and a mutant that never ends is killed", () => {
  const { killed, survived, unviable, rate } = judgeAll("");
  assert.deepEqual([killed, survived, unviable, rate], [2, 2, 1, 50]);
});

test("a survivor needs a reason, wherever in its file it is", () => {
  const key = "src/proto/a.rs: replace < with <= in f";
  assert.deepEqual(judgeAll("").unlisted, [key]);
  assert.deepEqual(judgeAll(`- \`${key}\`:\n`).unlisted, [key]);
  assert.deepEqual(judgeAll(`- \`${key}\`: the same at the border\n`).unlisted, [key], "there are two");
  assert.deepEqual(judgeAll(`- \`${key}\` (2): the same at the border\n`).unlisted, []);
});

test("a listed mutant that is killed is told", () => {
  const killed = "src/proto/a.rs: replace g -> bool with true";
  assert.deepEqual(judgeAll(`- \`${killed}\`: no test can tell\n`).stale, [killed]);
});

test("a listed mutant that is gone is told, and one that was not tried is not", () => {
  const [untried, gone] = ["src/proto/b.rs: replace j with ()", "src/proto/b.rs: replace k with ()"];
  const text = `- \`${untried}\`: no test can tell\n- \`${gone}\`: no test can tell\n`;
  assert.deepEqual(judge({ results, all: ["src/proto/b.rs:1:1: replace j with ()"] }, text).stale, [gone]);
});
