import { join } from "node:path";

import { CurableError } from "./log.mjs";
import { target } from "./paths.mjs";

/** The pass of wasm-opt that gives imports and exports names of a letter or two, and prints which has which. */
export const shortenNames = "--minify-imports-and-exports-and-modules";

/** Where a build leaves the names of its module, for who looks into that: long ones with their short ones. */
export const namesFile = join(target, "package", "names.json");

/** What that pass printed, as `{ imports, exports }`: pairs of a long name and its short one. */
export function shortNames(printed) {
  const { imports, exports } = JSON.parse(printed.slice(printed.indexOf("{"), printed.lastIndexOf("}") + 1));
  const foreign = imports.find(([module]) => !module.endsWith("_bg.js"));
  if (foreign)
    throw new CurableError(`the wasm imports "${foreign[1]}" from "${foreign[0]}"`, "leave out the crate that wants it: cargo tree");
  return { imports: imports.map(([, name, short]) => [name, short]), exports };
}

/**
 * wasm-bindgen's `glue` for a module with short names. It exports besides what nobody has to know those names for:
 * `imports` for an instance, `random` for the name of the one that fills the memory, and `parts(exports)`.
 */
export function withShortNames(glue, { imports, exports }) {
  const short = new Map(exports);
  const known = (name) => short.get(name) ?? unknown(name);
  const random = imports.filter(([name]) => name.startsWith("__wbg_getRandomValues_"));
  if (random.length !== 1) unknown("__wbg_getRandomValues_");
  const functions = imports.map(([name, letters]) => `${letters}: ${name}`).join(", ");
  const parts = ["memory", "__wbindgen_externrefs", "__wbindgen_start"].map((name) => `${known(name)}: ${name}`).join(", ");
  return [
    glue.replaceAll(/\bwasm\.(\w+)/g, (_, name) => `wasm.${known(name)}`),
    `export const imports = { ${functions} };`,
    `export const random = ${JSON.stringify(random[0][1])};`,
    `export const parts = ({ ${parts} }) => ({ memory, __wbindgen_externrefs, __wbindgen_start });`,
    "",
  ].join("\n");
}

function unknown(name) {
  throw new CurableError(`the module has no ${name}`, "see what wasm-bindgen makes now: target/package");
}
