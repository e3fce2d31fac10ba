import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { root } from "./paths.mjs";

/** A hash over names and contents of files and folders (missing ones count as missing), and any further words. */
export function hashOf(paths, ...words) {
  const hash = createHash("sha256");
  for (const file of paths.flatMap(filesUnder)) {
    hash.update(`${relative(root, file)}\0`);
    hash.update(existsSync(file) ? readFileSync(file) : "missing");
  }
  return hash.update(JSON.stringify(words)).digest("hex");
}

/** Every file under a path in a fixed order; the path itself when it is a file or missing. */
export function filesUnder(path) {
  if (!existsSync(path) || !statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}

/** Does `work` unless the stamp file has this key and all outputs are there; returns whether it did. */
export async function unlessFresh({ stamp, key, outputs = [] }, work) {
  if ([stamp, ...outputs].every((file) => existsSync(file)) && readFileSync(stamp, "utf8") === key) return false;
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, key);
  return true;
}
