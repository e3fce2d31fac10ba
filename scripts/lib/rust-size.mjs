// What tokenkeep adds to an app in Rust: the example in Leptos, and the same without it, as Trunk builds them.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { wasmOpt } from "./build.mjs";
import { root, target, wasmTriple } from "./paths.mjs";
import { must } from "./run.mjs";
import { bindgenProgram } from "./rust.mjs";
import { sizesOf } from "./sizes.mjs";
import { toolchainEnv } from "./toolchain.mjs";

const apps = { with: join("examples", "leptos"), without: join("client", "bare") };
const folder = join(target, "rust-size");
const minute = 60_000;

/** Bytes of brotli, wasm and glue in one sum, as `{ with, without }`. It compiles Leptos for minutes. */
export async function rustSizes() {
  const sizes = {};
  for (const [name, app] of Object.entries(apps)) sizes[name] = await sizeOf(name, join(root, app));
  return sizes;
}

async function sizeOf(name, app) {
  const env = { ...toolchainEnv(), CARGO_TARGET_DIR: folder };
  const args = ["build", "--release", "--locked", "--target", wasmTriple, "--manifest-path", join(app, "Cargo.toml")];
  await must("cargo", args, { env, timeout: 30 * minute });
  const out = join(folder, name);
  mkdirSync(out, { recursive: true });
  const built = join(folder, wasmTriple, "release", "leptos-app.wasm");
  await must(await bindgenProgram("wasm-bindgen"), ["--target", "web", "--no-typescript", "--out-dir", out, "--out-name", "app", built]);
  const [raw, small] = [join(out, "app_bg.wasm"), join(out, "app.wasm")];
  await wasmOpt(["-Oz"], raw, small);
  return [small, join(out, "app.js")].reduce((sum, file) => sum + sizesOf(readFileSync(file)).brotli, 0);
}
