import assert from "node:assert/strict";
import { test } from "node:test";

import { decode, encode } from "../lib/libfuzzer.mjs";

test("inputs of a corpus are read as they were written, one a line", () => {
  const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
  const line = encode(everyByte);
  assert.match(line, /^[ -~]*$/);
  assert.deepEqual(decode(line), everyByte);
});

test("only what is not printable is escaped, and the backslash", () => {
  assert.equal(encode(Buffer.from('{"a":"\\n é"}')), '{"a":"\\x5cn \\xc3\\xa9"}');
});
