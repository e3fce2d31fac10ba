import * as glue from "#glue";

import { imported, secure } from "./captured.js";

let memory;
const imports = { __proto__: null, "./tokenkeep_bg.js": PAGE ? imported(glue, () => memory) : glue };

/** Makes a new instance of `module` the one that the generated glue speaks to. Answers the glue's class. */
export function instantiate(module) {
  const { exports } = new WebAssembly.Instance(module, imports);
  if (PAGE) secure(exports);
  // The glue keeps views of the memory of the instance before until that grows, be it by nothing.
  memory?.grow(0);
  ({ memory } = exports);
  glue.__wbg_set_wasm(exports);
  exports.__wbindgen_start();
  return glue.Core;
}
