import { fail } from "../errors.js";
import { instantiate } from "./instance.js";
import { Supervisor } from "./supervisor.js";
import { whyNot } from "./wasm.js";

let held = false;

/** Starts the one holder of this realm with what `wasm()` answers: bytes or a module. */
export function start(wasm, config) {
  if (held) throw fail("CONFIG_INVALID", "hold() was called before; the configuration can't be changed");
  let module;
  const begin = () => {
    try {
      module ??= compiled(wasm());
      return instantiate(module);
    } catch (error) {
      throw whyNot(error);
    }
  };
  const supervisor = new Supervisor(begin, config);
  held = true;
  return supervisor;
}

const compiled = (wasm) => (wasm instanceof WebAssembly.Module ? wasm : new WebAssembly.Module(wasm));
