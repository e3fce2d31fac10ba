import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Subresource Integrity values of what a browser loads from the package, by file. */
export function integrityOf(folder) {
  const names = readdirSync(folder)
    .filter((name) => /\.(js|wasm)$/.test(name))
    .sort();
  return Object.fromEntries(names.map((name) => [name, integrity(readFileSync(join(folder, name)))]));
}

export function integrity(bytes) {
  return `sha384-${createHash("sha384").update(bytes).digest("base64")}`;
}
