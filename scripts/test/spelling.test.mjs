import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import binaryen from "binaryen";

import { decode } from "../../pkg-template/src/kernel/spelling.js";
import { root } from "../lib/paths.mjs";
import { spell } from "../lib/spelling.mjs";

const reader = assembled(readFileSync(join(root, "pkg-template", "src", "kernel", "spelling.wat"), "utf8")).toString("hex");

/** The module that `text` describes. */
function assembled(text) {
  const module = binaryen.parseText(text);
  module.setFeatures(binaryen.Features.All);
  return Buffer.from(module.emitBinary());
}

/** A function whose body is so many bytes. */
const sized = (bytes) => `(func ${"(nop)".repeat(bytes - 2)})`;
const everyByte = Array.from({ length: 256 }, (_, byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
const words = "The commonest bytes of text are characters.";
const additions = (from, count) =>
  Array.from({ length: count }, (_, n) => `(drop (i32.add (local.get 0) (i32.const ${from + n * 77})))`).join("");
const modules = {
  "one function": "(module (func $f (param i32)))",
  "functions with one, two and three bytes of size": `(module ${[2, 127, 128, 129, 16_383, 16_384, 16_400, 16_511, 16_512].map(sized).join("")})`,
  "numbers of every length": `(module (func $f (param i32) ${[0, 60, 1e4, 1e6, 1e8, 2e9, -2e9].map((from) => additions(from, 30)).join("")}))`,
  "what is rare": `(module (memory 1) (table 4 funcref) (global $g (mut i32) (i32.const 7)) (func $f (param i32)
    (block $a (block $b (br_table $a $b $a (local.get 0))))
    (drop (f64.const 1.5)) (drop (f32.const 2.5)) (drop (i64.const -1234567890123456789)) (drop (ref.func $f))
    (drop (select (result funcref) (ref.null func) (ref.func $f) (i32.const 1))) (drop (ref.is_null (ref.null func)))
    (drop (i32.trunc_sat_f64_s (f64.const 1e300))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))
    (drop (memory.grow (i32.const 0))) (table.set (i32.const 1) (ref.null func)) (drop (table.get (i32.const 1)))
    (global.set $g (i32.load offset=70000 align=1 (i32.const 3))) (i64.store32 offset=200 (i32.const 3) (i64.const 4))
    (call_indirect (param i32) (i32.const 1) (i32.const 0))))`,
  "data of every byte": `(module (memory 1) (data (i32.const 0) "${everyByte.repeat(3)}${everyByte.slice(0, 201)}") (func $f (param i32)))`,
};

for (const [name, text] of Object.entries(modules))
  test(`${name}: it is read as it was spelt, byte by byte`, () => {
    const wasm = assembled(text);
    const spelt = spell(wasm);
    assert.match(spelt, /^[ !#-[\]-~]*$/);
    assert.ok(Buffer.from(decode(spelt, reader)).equals(wasm));
  });

test("where there are more kinds of numbers than streams the rarest are kept as they are", () => {
  const kinds = Array.from({ length: 10 }, (_, n) => `(drop (i64.const ${2n ** BigInt(6 * n + 5)}))`);
  const stores = [1, 200, 20_000, 3_000_000, 300_000_000].map((offset) => `(i32.store offset=${offset} (local.get 0) (local.get 0))`);
  const loads = [1, 200, 20_000, 3_000_000, 300_000_000].map((offset) => `(drop (i32.load offset=${offset} (local.get 0)))`);
  const numbers = [0, 60, 1e4, 1e6, 1e8, 2e9].map((from) => `${additions(from, 1)}(drop (i32.const ${from}))`);
  const body = [...kinds, ...stores, ...loads, ...numbers].join("").repeat(8);
  const wasm = assembled(`(module (memory 1) (func $f (param i32) ${body}))`);
  assert.ok(Buffer.from(decode(spell(wasm), reader)).equals(wasm));
});

test("text in a module stays as it is", () => {
  assert.ok(spell(assembled(`(module (memory 1) (data (i32.const 0) "${words.repeat(3)}") (func))`)).includes(words.repeat(3)));
});

test("what is too much, or written otherwise than the reader would, is named", () => {
  const large = `(module (memory 9) (data (i32.const 0) "${"large ".repeat(100_000)}") (func))`;
  assert.throws(() => spell(assembled(large)), /more than 523776 bytes/);
  const wasm = assembled("(module (func))");
  const at = wasm.indexOf(Buffer.from([0x0a, 4, 1, 2, 0, 0x0b]));
  const padded = Buffer.concat([wasm.subarray(0, at), Buffer.from([0x0a, 5, 1, 0x82, 0, 0, 0x0b]), wasm.subarray(at + 6)]);
  assert.throws(() => spell(padded), /more bytes than it needs/);
});

test("functions of chance are read as they were spelt", () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const wasm = assembled(chance(seed));
    assert.ok(Buffer.from(decode(spell(wasm), reader)).equals(wasm), `seed ${seed}`);
  }
});

function chance(seed) {
  let state = seed;
  const below = (most) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % most;
  };
  const value = (depth) => {
    const one = () => value(depth - 1);
    const leaf = () => (below(2) ? `(local.get ${below(200)})` : `(i32.const ${below(2 ** below(31)) - below(99)})`);
    if (depth === 0) return leaf();
    return [
      leaf,
      () => `(i32.add ${one()} ${one()})`,
      () => `(i32.load offset=${below(2 ** below(20))} ${one()})`,
      () => `(local.tee ${below(200)} ${one()})`,
      () => `(if (result i32) ${one()} (then ${one()}) (else ${one()}))`,
      () => `(select ${one()} ${one()} ${one()})`,
    ][below(6)]();
  };
  const locals = "i32 ".repeat(200);
  const functions = Array.from({ length: 1 + below(200) }, () => `(func (local ${locals}) (drop ${value(below(7))}))`);
  return `(module (memory 1) ${functions.join("\n")})`;
}

test("an operator that isn't known is named", () => {
  const wasm = assembled("(module (func (drop (i32.const 1))))");
  const at = wasm.indexOf(Buffer.from([0x41, 1, 0x1a]));
  wasm[at + 2] = 0xfd;
  assert.throws(() => spell(wasm), /the operator 253 is not known/);
  wasm.set([0xfc, 19], at);
  assert.throws(() => spell(wasm), /an operator behind 0xfc is not known/);
});
