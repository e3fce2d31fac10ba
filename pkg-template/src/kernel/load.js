import { Core, initSync } from "#glue";

import { fail } from "../errors.js";
import { Kernel } from "./kernel.js";
import { whyNot } from "./wasm.js";

let held = false;

/** Instantiates the wasm and starts the one kernel of this realm. */
export function start(module, config) {
  if (held) throw fail("CONFIG_INVALID", "hold() was called before; the configuration can't be changed");
  try {
    initSync({ module });
  } catch (error) {
    throw whyNot(error);
  }
  const kernel = new Kernel(Core, config);
  held = true;
  return kernel;
}

export function decode(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
