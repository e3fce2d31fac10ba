import assert from "node:assert/strict";
import { test } from "node:test";

import { shortNames, withShortNames } from "../lib/names.mjs";

const own = "./tokenkeep_bg.js";
const names = {
  imports: [
    ["__wbg_now_1", "a"],
    ["__wbg_getRandomValues_2", "b"],
  ],
  exports: ["memory", "core_start", "__wbindgen_externrefs", "__wbindgen_start"].map((name, n) => [name, "ABCD"[n]]),
};
const glue = `
let wasm;
export const __wbg_set_wasm = (given) => (wasm = given);
export const start = () => wasm.core_start(wasm.memory);
export function __wbg_now_1() { return 1; }
export function __wbg_getRandomValues_2() { return 2; }`;

const printed = (imports) => `a warning\n${JSON.stringify({ imports, exports: names.exports })}\n`;

test("what wasm-opt prints is read, whatever stands around it", () => {
  const imports = names.imports.map(([name, short]) => [own, name, short]);
  assert.deepEqual(shortNames(printed(imports)), names);
});

test("an import that isn't the glue's is refused by its name", () => {
  assert.throws(() => shortNames(printed([["env", "f", "a"]])), /the wasm imports "f" from "env"/);
});

test("the glue calls a module by its short names, and hands over what the loader needs", async () => {
  const made = await import(`data:text/javascript,${encodeURIComponent(withShortNames(glue, names))}`);
  made.__wbg_set_wasm({ A: "memory", B: (given) => `started with ${given}` });
  assert.equal(made.start(), "started with memory");
  assert.equal(made.imports.a(), 1);
  assert.equal(made.imports[made.random](), 2);
  assert.deepEqual(made.parts({ A: 1, C: 2, D: 3 }), { memory: 1, __wbindgen_externrefs: 2, __wbindgen_start: 3 });
});

test("a name that the module doesn't have is told when the package is built", () => {
  assert.throws(() => withShortNames("wasm.core_other()", names), /the module has no core_other/);
  assert.throws(() => withShortNames(glue, { ...names, imports: names.imports.slice(0, 1) }), /the module has no __wbg_getRandomValues_/);
});
