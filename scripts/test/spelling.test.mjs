import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";

import { decode } from "../../pkg-template/src/kernel/spelling.js";
import { spell } from "../lib/spelling.mjs";

const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);

for (const [name, bytes] of [
  ["nothing", new Uint8Array()],
  ["every byte", all],
  ["every byte, some more often", Uint8Array.from([...all, ...all.subarray(100), ...all.subarray(200)])],
  ["one byte", new Uint8Array(1_000).fill(34)],
  ["chance", randomBytes(100_000)],
])
  test(`${name} is read as it was spelt`, () => {
    const text = spell(bytes);
    assert.match(text, /^[ !#-[\]-~]*$/);
    assert.deepEqual([...decode(text)], [...bytes]);
  });

test("text stays as it is", () => {
  const text = "The commonest bytes of text are characters.";
  assert.equal(spell(Buffer.from(text.repeat(3))).slice(182), text.repeat(3));
});
