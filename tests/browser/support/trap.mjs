// The package's wasm with a fault planted: nothing that a page can do is known to make the real one trap.

import assert from "node:assert/strict";

import binaryen from "binaryen";

import { namesFile } from "../../../scripts/lib/names.mjs";
import { readJson } from "../../../scripts/lib/run.mjs";
import { spell } from "../../../scripts/lib/spelling.mjs";
import { bundles } from "./bundles.mjs";

/** Requests with this `timeout` make the planted module trap. */
export const deadly = 31_337;

/** `wasm` with an `authorize` that traps where it is asked for the deadly timeout. */
function withTrap(wasm) {
  const module = binaryen.readBinary(wasm);
  const name = new Map(readJson(namesFile).exports).get("core_authorize");
  const { value } = exportNamed(module, name);
  const params = binaryen.expandType(binaryen.getFunctionInfo(module.getFunction(value)).params);
  const locals = params.map((type, index) => module.local.get(index, type));
  const last = params.length - 1;
  const isDeadly = module.f64.eq(module.local.get(last, binaryen.f64), module.f64.const(deadly));
  const body = module.block(null, [module.if(isDeadly, module.unreachable()), module.call(value, locals, binaryen.i32)]);
  module.addFunction("planted", binaryen.createType(params), binaryen.i32, [], body);
  module.removeExport(name);
  module.addFunctionExport("planted", name);
  return module.emitBinary();
}

function exportNamed(module, name) {
  const all = Array.from({ length: module.getNumExports() }, (_, n) => binaryen.getExportInfo(module.getExportByIndex(n)));
  return all.find((one) => one.name === name);
}

let planted;

/** The package's module as its scripts have it in them, and the planted one: made once per process. */
function texts(wasm) {
  planted ??= { whole: spell(wasm), trapping: spell(Buffer.from(withTrap(wasm))) };
  return planted;
}

/** Lets the stage's holder run on a module that traps when it is told to. */
export async function plant(stage, mode) {
  const { scripts, wasm } = await bundles();
  const { whole, trapping } = texts(wasm);
  const inlined = scripts[mode === "page" ? "page" : "holder"];
  const [before, after] = inlined.split(whole);
  assert.ok(after, "the script has the module in it once");
  const script = () => ["text/javascript; charset=utf-8", before + trapping + after];
  stage.shown.files = { [mode === "page" ? "/app.js" : "/holder.js"]: script };
}
