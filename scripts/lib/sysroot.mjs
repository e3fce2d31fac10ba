import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { CurableError, say } from "./log.mjs";
import { logs, tools, wasmTriple } from "./paths.mjs";
import { must } from "./run.mjs";
import { hashOf, unlessFresh } from "./stamp.mjs";

/** A private sysroot: the system compiler's own libraries by link, and a standard library for wasm built from its sources. */
export const wasmRust = join(tools, "wasm-rust");
export const wasmRustBin = join(wasmRust, "bin");
const sysroot = join(wasmRust, "sysroot");
const rustlib = join(sysroot, "lib", "rustlib");
const systemBin = "/usr/bin";
const crate = "empty";

export async function ensureSysroot(system) {
  const key = hashOf([fileURLToPath(import.meta.url)], system.about);
  const stamp = join(wasmRust, "stamp");
  await unlessFresh({ stamp, key, outputs: [join(wasmRustBin, "rustc"), join(rustlib, wasmTriple, "lib")] }, () => build(system));
}

/** Whether one was built before, for whatever compiler: then there is no need to ask rustup again. */
export function hasSysroot() {
  return existsSync(join(wasmRustBin, "rustc"));
}

async function build(system) {
  say(`building the standard library for ${wasmTriple} with ${system.version} (about two minutes)`);
  rmSync(wasmRust, { recursive: true, force: true });
  linkHost(system);
  writePrograms();
  const deps = await buildStd();
  const lib = join(rustlib, wasmTriple, "lib");
  mkdirSync(lib, { recursive: true });
  const rlibs = readdirSync(deps).filter((name) => name.endsWith(".rlib") && !name.startsWith(`lib${crate}-`));
  if (!rlibs.some((name) => name.startsWith("libstd-"))) throw new CurableError("the build left no standard library", `see ${logs}`);
  for (const name of rlibs) copyFileSync(join(deps, name), join(lib, name));
  rmSync(join(wasmRust, "build"), { recursive: true, force: true });
}

function linkHost(system) {
  mkdirSync(rustlib, { recursive: true });
  for (const name of readdirSync(join(system.sysroot, "lib", "rustlib"))) {
    if (name !== wasmTriple) symlinkSync(join(system.sysroot, "lib", "rustlib", name), join(rustlib, name));
  }
}

function writePrograms() {
  mkdirSync(wasmRustBin, { recursive: true });
  for (const name of ["cargo", "cargo-clippy", "clippy-driver"]) symlinkSync(join(systemBin, name), join(wasmRustBin, name));
  for (const name of ["rustc", "rustdoc"]) {
    const file = join(wasmRustBin, name);
    writeFileSync(file, `#!/bin/sh\nexec ${systemBin}/${name} --sysroot "\${0%/bin/*}/sysroot" "$@"\n`);
    chmodSync(file, 0o755);
  }
}

// Bitcode, because without it every later build with link-time optimisation fails.
async function buildStd() {
  const folder = join(wasmRust, "build");
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(join(folder, "Cargo.toml"), `[package]\nname = "${crate}"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n`);
  writeFileSync(join(folder, "src", "lib.rs"), "#![no_std]\n");
  const env = { ...process.env, PATH: `${systemBin}:${process.env.PATH}`, RUSTC: join(systemBin, "rustc"), RUSTC_BOOTSTRAP: "1", RUSTFLAGS: "-Cembed-bitcode=yes", CARGO_TARGET_DIR: join(folder, "target") };
  const std = "-Zbuild-std=std,panic_abort,panic_unwind,test,proc_macro";
  await must(join(systemBin, "cargo"), ["build", "--release", "--target", wasmTriple, std], { env, cwd: folder, timeout: 1_200_000, log: join(logs, "build-std.log") });
  return join(folder, "target", wasmTriple, "release", "deps");
}
