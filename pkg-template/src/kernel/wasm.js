import { fail } from "../errors.js";

const empty = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);

/** Why the wasm doesn't start, as an error: what is refused for a module without anything in it is refused for every one. */
export function whyNot({ name }) {
  if (!globalThis.WebAssembly) return fail("WASM_UNAVAILABLE", "turn on WebAssembly for this site");
  try {
    new WebAssembly.Module(empty);
  } catch {
    return fail("WASM_BLOCKED", "allow 'wasm-unsafe-eval' in script-src of page and worker");
  }
  return fail("HOLDER_FAILED", `the wasm can't be used (${name})`);
}
