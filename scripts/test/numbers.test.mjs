// The numbers that pass between Rust and JavaScript are written on both sides: they must be the same.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { root } from "../lib/paths.mjs";

const read = (...path) => readFileSync(join(root, ...path), "utf8");
const kernel = (name) => read("pkg-template", "src", "kernel", name);

/** The matches of `pattern`, whose groups `name` and `value` are, as an object with its names in one spelling. */
function numbers(text, pattern) {
  const found = [...text.matchAll(pattern)].map(({ groups: { name, value } }) => [name.replaceAll("_", "").toLowerCase(), Number(value)]);
  assert.ok(found.length > 1, `nothing like ${pattern}`);
  return Object.fromEntries(found);
}

const constants = /^(?:pub )?const (?<name>[A-Za-z_]+)(?:: i32)? = (?<value>-?\d+);/gm;

test("what becomes of a request", () => {
  const { refused, ...verdicts } = numbers(read("src", "browser", "verdict.rs"), constants);
  const known = numbers(kernel("sender.js"), constants);
  for (const [name, value] of Object.entries(verdicts)) assert.equal(known[name], value, name);
  assert.ok(!Object.values(known).includes(refused), "what is none of these is a refusal");
});

test("what a page can start", () => {
  const operations = numbers(read("src", "binding", "core.rs"), /^ +(?<value>\d) => Operation::(?<name>\w+),/gm);
  const known = numbers(kernel("kernel.js"), constants);
  for (const [name, value] of Object.entries(operations)) assert.equal(known[name], value, name);
  assert.equal(known.entertoken, 3, "which is what any other number starts");
});

test("why there is no answer", () => {
  const failures = numbers(read("src", "browser", "http.rs"), /^ +(?<value>\d) => Some\(Transport::(?<name>\w+)\),/gm);
  const { timedout: timeout, ...known } = numbers(read("src", "browser", "http.js"), constants);
  assert.deepEqual({ ...known, timeout }, failures);
});

test("what came of a signature", () => {
  const outcomes = numbers(read("src", "browser", "signature.rs"), /^ +(?<value>\d) => Signature::(?<name>\w+),/gm);
  const { unknown, ...known } = numbers(read("src", "browser", "verify.js"), constants);
  assert.deepEqual(known, outcomes);
  assert.ok(!Object.values(outcomes).includes(unknown), "any other number");
});

test("how long the name of a record is", () => {
  const files = [
    ["client", "popup.js"],
    ["serve", "landing.js"],
  ].map((path) => read("pkg-template", "src", ...path));
  for (const text of files) assert.deepEqual(text.match(/answer\.slice\([^)]*\)/g), ["answer.slice(0, 43)", "answer.slice(43)"]);
  // 32 bytes as base64url.
  assert.equal(Buffer.alloc(32).toString("base64url").length, 43);
});

test("at what pace the bench lets calls out by hand", () => {
  const { first, most } = numbers(read("benches", "page", "careful.js"), constants);
  const [, tenths] = read("src", "proto", "session", "window.rs").match(/^const FIRST: u64 = (\d+);$/m);
  assert.equal(first * 10, Number(tenths));
  const table = read("src", "proto", "config", "table.rs");
  assert.equal(most, Number(table.match(/"drainConcurrency", Number \{ .*default: Some\((\d+)\)/)[1]));
  assert.match(read("benches", "report.mjs"), new RegExp(`pace of tokenkeep, ${first} at once`));
});
