import { readFileSync } from "node:fs";
import { join } from "node:path";

import { root, wasmTriple } from "./paths.mjs";
import { must } from "./run.mjs";

/**
 * The crates that are linked into the module with everything, as `{ name, version, license, checksum, dependsOn }` in the
 * order of their names; the first is our own. What only runs in the compiler is not among them.
 */
export async function linkedCrates() {
  const what = ["--edges", "normal,no-proc-macro", "--target", wasmTriple, "--features", "lean"];
  const shape = ["--prefix", "depth", "--no-dedupe", "--format", "|{p}|{l}"];
  const tree = await must("cargo", ["tree", "--locked", "--quiet", ...what, ...shape], { cure: "cargo fetch --locked" });
  const checksums = new Map(lockedCrates().map((crate) => [keyOf(crate), crate.checksum]));
  return parseTree(tree).map((crate) => ({ ...crate, checksum: checksums.get(keyOf(crate)) }));
}

/** Reads lines such as `2|cfg-if v1.0.5|MIT OR Apache-2.0`, which stand below the crate that wants them. */
export function parseTree(text) {
  const crates = new Map();
  const path = [];
  // What else cargo says is no part of the tree.
  for (const [, depth, name, version, license] of text.matchAll(/^(\d+)\|(\S+) v(\S+)[^|\n]*\|(.*)$/gm)) {
    const key = `${name}@${version}`;
    if (!crates.has(key)) crates.set(key, { name, version, license, dependsOn: [] });
    path.length = Number(depth);
    const wanting = crates.get(path.at(-1))?.dependsOn;
    if (wanting && !wanting.includes(key)) wanting.push(key);
    path.push(key);
  }
  if (crates.size < 2) throw new Error(`cargo tree said: ${text}`);
  const [own, ...others] = crates.values();
  for (const crate of crates.values()) crate.dependsOn.sort();
  return [own, ...others.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))];
}

const keyOf = ({ name, version }) => `${name}@${version}`;

/** The packages of Cargo.lock, as `{ name, version, checksum }`. */
export function lockedCrates(text = readFileSync(join(root, "Cargo.lock"), "utf8")) {
  const field = (block, name) => block.match(new RegExp(`^${name} = "([^"]*)"`, "m"))?.[1] ?? null;
  const blocks = text.split("[[package]]").slice(1);
  return blocks.map((block) => Object.fromEntries(["name", "version", "checksum"].map((name) => [name, field(block, name)])));
}
