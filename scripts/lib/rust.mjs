import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { CurableError } from "./log.mjs";
import { root, wasmTriple } from "./paths.mjs";
import { ask, which } from "./run.mjs";

export const rustCure = "install Rust with rustup (https://rustup.rs), or on Debian as root: apt-get install rustc-web cargo-web";

/** The oldest compiler that Cargo.toml allows, as `[major, minor]`. */
export function oldestRust() {
  const line = readFileSync(join(root, "Cargo.toml"), "utf8").match(/^rust-version\s*=\s*"(\d+)\.(\d+)/m);
  return line ? [Number(line[1]), Number(line[2])] : [1, 85];
}

/** Whether a version text (`rustc 1.96.0 (...)`, `1.96.0+dfsg1-1`) is at least `[major, minor]`. */
export function isAtLeast(text, [major, minor]) {
  const found = text?.match(/(\d+)\.(\d+)/);
  if (!found) return false;
  const [haveMajor, haveMinor] = [Number(found[1]), Number(found[2])];
  return haveMajor > major || (haveMajor === major && haveMinor >= minor);
}

/** What `rustc` on this path is: `{ rustc, version, host, sysroot, hasWasm }`, or null where there is none. */
export async function inspectRust(rustc = which("rustc")) {
  if (!rustc) return null;
  const about = await ask(rustc, ["-vV"]);
  const sysroot = await ask(rustc, ["--print", "sysroot"]);
  if (!about || !sysroot) return null;
  const host = about.match(/^host: (.*)$/m)[1];
  return { rustc, about, version: about.split("\n")[0], host, sysroot, hasWasm: hasWasm(sysroot) };
}

/** Refuses a compiler that is older than Cargo.toml allows. */
export function requireRecent(rust) {
  const oldest = oldestRust();
  if (isAtLeast(rust.version, oldest)) return;
  throw new CurableError(`${rust.version} is older than ${oldest.join(".")}`, `rustup update, or ${rustCure}`);
}

export function hasWasm(sysroot) {
  try {
    return readdirSync(join(sysroot, "lib", "rustlib", wasmTriple, "lib")).some((name) => /^libstd-.*\.rlib$/.test(name));
  } catch {
    return false;
  }
}

/** Where a compiler with this sysroot has the standard library's source, if it has it. */
export function stdSource(sysroot) {
  return join(sysroot, "lib", "rustlib", "src", "rust", "library", "core");
}

export function hasStdSource(sysroot) {
  return existsSync(stdSource(sysroot));
}
