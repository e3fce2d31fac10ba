import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

import { lockedVersion } from "./cargo-tools.mjs";
import { CurableError } from "./log.mjs";
import { root, tools, toolsBin, wasmTarget } from "./paths.mjs";
import { oldestRust } from "./rust.mjs";
import { readJson } from "./run.mjs";
import { hashOf } from "./stamp.mjs";

const file = join(tools, "toolchain.json");
const recipes = ["apt", "browser", "cargo-tools", "rust", "sysroot", "toolchain", "wasm-target"];
const variables = ["CHROME_PATH", "CHROMEDRIVER", "RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "CARGO_HOME"];

/** What set-up found, or null when something it depends on has changed since. */
export function storedToolchain() {
  const stored = readJson(file);
  return stored?.key === key() && stored.watch.every(([path, seen]) => seen === mark(path)) ? stored : null;
}

/** What set-up found: `{ chrome, chromedriver, wasmBindgen, wasmPack, wasmBin, linker, rustfmt, clippy, wasmClippy }`. */
export function toolchain() {
  const found = storedToolchain();
  if (!found) throw new CurableError("the toolchain is not set up", "npm run setup");
  return found;
}

export function storeToolchain(found, watch) {
  const marks = [...new Set(watch.filter(Boolean))].map((path) => [path, mark(path)]);
  mkdirSync(tools, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...found, key: key(), watch: marks }, null, 2)}\n`);
}

/**
 * The environment for everything that builds for wasm or opens a browser: PATH, linker, CHROME_PATH, CHROMEDRIVER.
 * RUSTFLAGS stays unset, because it would replace the flags in .cargo/config.toml.
 */
export function toolchainEnv(found = toolchain(), base = process.env) {
  const { RUSTFLAGS, CARGO_ENCODED_RUSTFLAGS, CARGO_BUILD_TARGET, Path, ...kept } = base;
  const env = { ...kept, CARGO_TARGET_DIR: wasmTarget };
  const programs = [found.wasmBin, toolsBin, found.wasmBindgen && dirname(found.wasmBindgen), found.wasmPack && dirname(found.wasmPack)];
  env.PATH = [...new Set([...programs.filter(Boolean), ...(base.PATH ?? Path ?? "").split(delimiter)])].join(delimiter);
  if (found.chrome) env.CHROME_PATH = found.chrome;
  if (found.chromedriver) env.CHROMEDRIVER = found.chromedriver;
  if (found.linker) env.CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER = found.linker;
  if (found.wasmBin) {
    env.CARGO = join(found.wasmBin, "cargo");
    env.RUSTC = join(found.wasmBin, "rustc");
    env.SYSROOT = join(dirname(found.wasmBin), "sysroot");
  }
  return env;
}

// Everything that decides what set-up finds, apart from the files it found, which are watched one by one.
function key() {
  const recipe = recipes.map((name) => join(root, "scripts", "lib", `${name}.mjs`));
  const settings = variables.map((name) => process.env[name] ?? null);
  const needs = [oldestRust(), lockedVersion("wasm-bindgen"), process.getuid?.() ?? null, process.arch];
  return hashOf([...recipe, join(root, "rust-toolchain.toml")], ownPath(), settings, needs);
}

// npm puts folders of its own in front, which would make `npm run x` and `node scripts/x.mjs` differ.
function ownPath() {
  return (process.env.PATH ?? "").split(delimiter).filter((folder) => !/node_modules|node-gyp-bin/.test(folder));
}

function mark(path) {
  try {
    const { mtimeMs, size } = statSync(path);
    return `${mtimeMs} ${size}`;
  } catch {
    return null;
  }
}
