import { __wbg_set_wasm, Core, imports, parts, random } from "#glue";

import { imported, secure } from "./captured.js";

let memory;
// The module has short names: scripts/lib/names.mjs.
const named = { __proto__: null, a: PAGE ? imported(imports, random, () => memory) : imports };

/** Makes a new instance of `module` the one that the generated glue speaks to. Answers the glue's class. */
export function instantiate(module) {
  const { exports } = new WebAssembly.Instance(module, named);
  const own = parts(exports);
  if (PAGE) secure(own);
  // The glue keeps views of the memory of the instance before until that grows, be it by nothing.
  memory?.grow(0);
  ({ memory } = own);
  __wbg_set_wasm(exports);
  own.__wbindgen_start();
  return Core;
}
