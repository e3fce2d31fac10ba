// The crate for Rust front ends, in a workspace of its own: its tests in a browser, and its examples as pages load them.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { withLock } from "./lock.mjs";
import { installPackage } from "./pack.mjs";
import { root, target, wasmTarget, wasmTriple } from "./paths.mjs";
import { must, run } from "./run.mjs";
import { bindgenProgram } from "./rust.mjs";
import { hashOf, unlessFresh } from "./stamp.mjs";
import { toolchainEnv } from "./toolchain.mjs";

export const clientFolder = join(root, "client");
const manifest = ["--locked", "--manifest-path", join(clientFolder, "Cargo.toml")];
const minute = 60_000;

/** Lints the crate with and without what runs in a page, and documents it, where every warning counts. Answers `{ code, output }`. */
export async function checkClient() {
  const wasm = ["--target", wasmTriple];
  const lints = ["--", "-D", "warnings"];
  const checks = [
    ["clippy", ...manifest, "--all-targets", "--all-features", ...wasm, ...lints],
    ["clippy", ...manifest, "--all-targets", "--no-default-features", ...lints],
    ["doc", ...manifest, "--no-deps", "--all-features", ...wasm],
    ["test", ...manifest, "--no-default-features", "--test", "config"],
    ["test", ...manifest, "--lib"],
    ["test", ...manifest, "--doc"],
    // As it is published, from the tarball, by a stable compiler.
    ["package", ...manifest, "--allow-dirty", ...wasm],
    ["package", "--locked", "--allow-dirty"],
  ];
  for (const args of checks) {
    const env = { ...toolchainEnv(), RUSTDOCFLAGS: "-D warnings --cfg in_repository" };
    const checked = await run("cargo", args, { env, timeout: 15 * minute });
    if (checked.code) return checked;
  }
}

/** Compiles both published crates with the oldest compiler that they name, which rustup adds; frameworks have their own. Answers `{ code, output }`, or why not. */
export async function checkOldest() {
  const [, version] = readFileSync(join(clientFolder, "Cargo.toml"), "utf8").match(/^rust-version = "(.*)"$/m);
  const wanted = ["toolchain", "install", version, "--profile", "minimal", "--no-self-update", "--target", wasmTriple];
  const added = await run("rustup", wanted, { timeout: 5 * minute });
  if (added.code) return { skipped: `Rust ${version} can't be had; cure: rustup ${wanted.join(" ")}` };
  const env = { ...toolchainEnv(), CARGO_TARGET_DIR: join(target, "oldest"), RUSTUP_TOOLCHAIN: version };
  for (const args of [["--locked"], [...manifest, "--no-default-features"], [...manifest, "--target", wasmTriple]]) {
    const checked = await run("cargo", ["check", ...args], { env, timeout: 15 * minute });
    if (checked.code) return checked;
  }
}

/** Runs the crate's tests in the browser that `env` names, over the packed package. Answers `{ code, output }`. */
export async function testClient(env) {
  const tested = await testIn(clientFolder, env);
  if (tested.code === 0) await clientExample("stage");
  return tested;
}

/** The same for its providers and guards, whose frameworks take minutes to compile, once the apps of `examples` do. */
export async function testFrameworks(env) {
  for (const name of ["leptos", "yew", "dioxus"]) {
    const args = ["check", "--locked", "--manifest-path", join(root, "examples", name, "Cargo.toml"), "--target", wasmTriple];
    const checked = await run("cargo", args, { env, timeout: 30 * minute });
    if (checked.code) return checked;
  }
  return testIn(join(clientFolder, "frameworks"), env);
}

async function testIn(folder, env) {
  await installPackage(folder);
  const args = ["test", "--locked", "--manifest-path", join(folder, "Cargo.toml"), "--target", wasmTriple, "--tests"];
  return run("cargo", args, { env, timeout: 30 * minute });
}

/** Builds an example of the crate as a module for pages, unless that is there; answers its folder, with `<name>.js` in it. */
export async function clientExample(name) {
  const folder = join(target, "client", name);
  const inputs = ["src", "examples", "Cargo.toml", "Cargo.lock"].map((file) => join(clientFolder, file));
  const outputs = [`${name}.js`, `${name}_bg.wasm`].map((file) => join(folder, file));
  const fresh = { stamp: join(folder, "stamp"), key: hashOf(inputs), outputs };
  await withLock("client", () => unlessFresh(fresh, () => build(name, folder)));
  return folder;
}

async function build(name, folder) {
  const args = ["build", ...manifest, "--target", wasmTriple, "--example", name];
  await must("cargo", args, { env: toolchainEnv(), cure: "correct the source", timeout: 15 * minute });
  const built = join(wasmTarget, wasmTriple, "debug", "examples", `${name}.wasm`);
  await must(await bindgenProgram("wasm-bindgen"), ["--target", "web", "--no-typescript", "--out-dir", folder, built]);
}
