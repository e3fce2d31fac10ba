import { fail } from "./errors.js";
import { open } from "./kernel/doors.js";
import { start } from "./kernel/load.js";

export { TokenKeepError, isTokenKeepError } from "./errors.js";

/** As `hold` of `tokenkeep/holder`, with the wasm from the caller. */
export function hold(config, wasm) {
  const kernel = compile(wasm).then((module) => start(() => module, config));
  open(kernel);
  return kernel.then(() => {});
}

/** Whatever was given, as a module: a URL, a Response, bytes, a module, or a promise of one. */
async function compile(input) {
  const given = await input;
  const source = typeof given === "string" || given instanceof URL || given instanceof Request ? await fetch(given) : given;
  if (!(source instanceof Response)) return source;
  if (!source.ok) throw fail("HOLDER_FAILED", `the wasm answered ${source.status}; check the URL passed to hold()`);
  return source.arrayBuffer();
}
