import { fail } from "./errors.js";
import { open } from "./kernel/doors.js";
import { start } from "./kernel/load.js";
import { whyNot } from "./kernel/wasm.js";

export { TokenKeepError, isTokenKeepError } from "./errors.js";

/** As `hold` of `tokenkeep/holder`, with the wasm from the caller. */
export function hold(config, wasm) {
  const kernel = compile(wasm).then((module) => start(() => module, config));
  open(kernel);
  return kernel.then(() => {});
}

/** Whatever was given, as bytes or a module. */
async function compile(wasm) {
  const source = await sourceOf(wasm).catch((error) => {
    throw fail("HOLDER_FAILED", `the wasm didn't come (${error?.name}); check what was passed to hold(), and connect-src`);
  });
  if (!(source instanceof Response)) return source;
  if (!source.ok) throw fail("HOLDER_FAILED", `the wasm answered ${source.status}; check the URL passed to hold()`);
  // What is served as something else can't be compiled while it comes.
  const streams = source.headers.get("content-type") === "application/wasm" && globalThis.WebAssembly?.compileStreaming;
  return (streams ? WebAssembly.compileStreaming(source) : source.arrayBuffer()).catch((error) => {
    throw whyNot(error);
  });
}

/** A Response, bytes or a module, from one of them, a URL or a Request, or a promise of any. */
async function sourceOf(wasm) {
  const given = await wasm;
  return typeof given === "string" || given instanceof URL || given instanceof Request ? fetch(given) : given;
}
