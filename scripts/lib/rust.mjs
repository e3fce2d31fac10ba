import { rmSync } from "node:fs";
import { join } from "node:path";

import { lockedCrates } from "./crates.mjs";
import { withLock } from "./lock.mjs";
import { CurableError, say, seconds } from "./log.mjs";
import { logs, tools, toolsBin, wasmTriple } from "./paths.mjs";
import { must, which } from "./run.mjs";
import { unlessFresh } from "./stamp.mjs";

// The newest that Rust 1.88 compiles. It has no need of TLS, since it downloads nothing here.
const trunk = { version: "0.21.14", flags: ["--locked", "--no-default-features"] };
const cure = "install Rust with rustup: https://rustup.rs";
// What rustup calls the parts that are needed beside the compiler, and how it adds them.
const parts = {
  [`rust-std-${wasmTriple}`]: ["target", "add", wasmTriple],
  "rust-src": ["component", "add", "rust-src"],
  clippy: ["component", "add", "clippy"],
  rustfmt: ["component", "add", "rustfmt"],
};

/** Sees to it that the compiler in use builds for wasm, and that the source of its standard library is there. */
export async function ensureRust() {
  const missing = ["rustup", "cargo", "rustc"].find((name) => !which(name));
  if (missing) throw new CurableError(`there is no ${missing} in PATH`, cure);
  const installed = (await must("rustup", ["component", "list", "--installed"], { cure })).split("\n");
  for (const [name, args] of Object.entries(parts)) {
    if (installed.some((line) => line.startsWith(name))) continue;
    say(`rustup ${args.join(" ")}`);
    await must("rustup", args, { timeout: 300_000 });
  }
}

/** The path of a program of wasm-bindgen-cli; generated glue fits only the very version that Cargo.lock has of the crate. */
export function bindgenProgram(name) {
  const crate = lockedCrates().find((one) => one.name === "wasm-bindgen");
  if (!crate) throw new CurableError("Cargo.lock names no version of wasm-bindgen", "restore it: git checkout Cargo.lock");
  return cargoProgram(name, "wasm-bindgen-cli", crate.version);
}

/** The path of Trunk, which builds front ends in Rust. */
export const trunkProgram = () => cargoProgram("trunk", "trunk", trunk.version, trunk.flags);

/** The path of a program of a crate, which is built into .tools unless it is there in this version. */
export async function cargoProgram(name, crate, version, flags = []) {
  const path = join(toolsBin, process.platform === "win32" ? `${name}.exe` : name);
  const fresh = { stamp: join(toolsBin, `${crate}.stamp`), key: version, outputs: [path] };
  await withLock(crate, () => unlessFresh(fresh, () => install(crate, version, flags)));
  return path;
}

async function install(crate, version, flags) {
  const started = performance.now();
  say(`building ${crate} ${version} into .tools (a few minutes)`);
  const folder = join(tools, "build", crate);
  // Unoptimised: a third of the time to build, and still well under a second at work.
  const env = { ...process.env, CARGO_TARGET_DIR: folder, CARGO_PROFILE_RELEASE_OPT_LEVEL: "0", CARGO_PROFILE_RELEASE_STRIP: "debuginfo" };
  const args = ["install", "--root", tools, "--force", ...flags, "--version", version, crate];
  await must("cargo", args, { env, timeout: 1_200_000, log: join(logs, `${crate}.log`) });
  rmSync(folder, { recursive: true, force: true });
  say(`built ${crate} in ${seconds(started)}`);
}
