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

const calls = (count) => "(call $f (i32.const 5))".repeat(count);
const additions = (from, count) =>
  Array.from({ length: count }, (_, n) => `(drop (i32.add (local.get 0) (i32.const ${from + n * 77})))`).join("");
const modules = {
  "one function": "(module (func $f (param i32)))",
  "functions of one, two and three bytes of size": `(module (func $f (param i32)) (func ${calls(40)}) (func ${calls(60)}) (func ${calls(6_000)}))`,
  "numbers of every length": `(module (func $f (param i32) ${[0, 60, 1e4, 1e6, 1e8, 2e9, -2e9].map((from) => additions(from, 30)).join("")}))`,
  "what is rare": `(module (memory 1) (table 4 funcref) (global $g (mut i32) (i32.const 7)) (func $f (param i32)
    (block $a (block $b (br_table $a $b $a (local.get 0))))
    (drop (f64.const 1.5)) (drop (f32.const 2.5)) (drop (i64.const -1234567890123456789)) (drop (ref.func $f))
    (drop (i32.trunc_sat_f64_s (f64.const 1e300))) (memory.fill (i32.const 0) (i32.const 1) (i32.const 2))
    (drop (memory.grow (i32.const 0))) (table.set (i32.const 1) (ref.null func)) (drop (table.get (i32.const 1)))
    (global.set $g (i32.load offset=70000 align=1 (i32.const 3))) (i64.store32 offset=200 (i32.const 3) (i64.const 4))
    (call_indirect (param i32) (i32.const 1) (i32.const 0))))`,
  "data of every byte": `(module (memory 1) (data (i32.const 0) "${"\\00\\7f\\80\\ff~}|text and more text".repeat(300)}") (func $f (param i32)))`,
};

for (const [name, text] of Object.entries(modules))
  test(`${name}: it is read as it was spelt, byte by byte`, () => {
    const wasm = assembled(text);
    const spelt = spell(wasm);
    assert.match(spelt, /^[ !#-[\]-~]*$/);
    assert.ok(Buffer.from(decode(spelt, reader)).equals(wasm));
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
});
