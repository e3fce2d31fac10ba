import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout, and the git-ignored folders that scripts write to. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const tools = join(root, ".tools");
export const toolsBin = join(tools, "bin");
export const logs = join(tools, "logs");
export const artifacts = join(root, ".artifacts");
export const pkg = join(root, "pkg");
export const target = join(root, "target");
// Two compilers in one target folder would rebuild each other's work.
export const wasmTarget = join(target, "wasm");
export const wasmTriple = "wasm32-unknown-unknown";
