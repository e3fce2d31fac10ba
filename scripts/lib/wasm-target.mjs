import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { aptInstall, aptPrefix, cannotInstall, candidates, ensureCandidates, newestLld } from "./apt.mjs";
import { CurableError, say } from "./log.mjs";
import { wasmTriple } from "./paths.mjs";
import { hasStdSource, hasWasm, inspectRust, isAtLeast, oldestRust, requireRecent, rustCure, stdSource } from "./rust.mjs";
import { run, which } from "./run.mjs";
import { ensureSysroot, hasSysroot, wasmRustBin } from "./sysroot.mjs";

const systemStdSource = stdSource("/usr");
const debianPackages = [
  { name: "rustc-web", file: "/usr/bin/rustc" },
  { name: "cargo-web", file: "/usr/bin/cargo" },
  { name: "rust-web-src", file: systemStdSource },
  { name: "rust-web-clippy", file: "/usr/bin/cargo-clippy" },
  { name: "rustfmt-web", file: "/usr/bin/cargo-fmt" },
];

/**
 * Finds or makes a compiler with a wasm target: the developer's own if it has one or rustup can add it, else Debian's.
 * Answers `{ bin, linker, watch }`: a folder to put first in PATH (or null), the linker to name (or null), and files
 * whose change makes the answer stale.
 */
export async function ensureWasmTarget(rust) {
  if (rust && (isComplete(rust) || (!hasSysroot() && (await addByRustup(rust))))) {
    return { bin: null, linker: null, watch: [rust.rustc, join(rust.sysroot, "lib", "rustlib", wasmTriple, "lib"), stdSource(rust.sysroot)] };
  }
  return ensureDebianWasm(Boolean(rust));
}

export async function addByRustup(rust) {
  const rustup = which("rustup");
  if (!rustup) return false;
  const parts = [
    [hasWasm, "the target", ["target", "add", wasmTriple]],
    [hasStdSource, "the component", ["component", "add", "rust-src"]],
  ];
  for (const [isThere, kind, args] of parts) {
    if (isThere(rust.sysroot)) continue;
    say(`rustup: adding ${kind} ${args.at(-1)}`);
    const { code, output, timedOut } = await run(rustup, args, { timeout: 120_000 });
    if (code === 0 && isThere(rust.sysroot)) continue;
    say(`rustup could not add it: ${timedOut ? "no answer in two minutes" : output.trim().split("\n").at(-1)}`);
    return false;
  }
  return true;
}

const isComplete = ({ sysroot }) => hasWasm(sysroot) && hasStdSource(sysroot);

async function ensureDebianWasm(hasOwn) {
  const system = await ensureDebianRust(hasOwn);
  const linker = await ensureLinker();
  await ensureSysroot(system);
  return { bin: wasmRustBin, linker, watch: [system.rustc, linker, join(wasmRustBin, "rustc")] };
}

async function ensureDebianRust(hasOwn) {
  const missing = debianPackages.filter(({ file }) => !existsSync(file));
  const prefix = missing.length ? await aptPrefix() : null;
  if (prefix) await installDebianRust(prefix, missing, hasOwn);
  const system = existsSync("/usr/bin/cargo") ? await inspectRust("/usr/bin/rustc") : null;
  if (!system || !existsSync(systemStdSource)) throw noWay(hasOwn);
  requireRecent(system);
  return system;
}

async function installDebianRust(prefix, missing, hasOwn) {
  const isNewEnough = async () => isAtLeast((await candidates(["rustc-web"]))["rustc-web"], oldestRust());
  if (!(await ensureCandidates(prefix, isNewEnough))) throw noWay(hasOwn);
  const found = await candidates(missing.map(({ name }) => name));
  const names = missing.map(({ name }) => name).filter((name) => found[name]);
  await aptInstall(prefix, names, "a compiler whose standard library can be built for wasm");
}

async function ensureLinker() {
  const found = newestSystemLinker();
  if (found) return found;
  const prefix = await aptPrefix();
  let lld = null;
  const isKnown = async () => (lld = await newestLld()) !== null;
  if (!prefix || !(await ensureCandidates(prefix, isKnown))) throw cannotInstall("no linker for wasm (wasm-ld)", [lld ?? "lld"]);
  await aptInstall(prefix, [lld], "the linker for wasm");
  return newestSystemLinker() ?? Promise.reject(cannotInstall(`${lld} brought no wasm-ld`, [lld]));
}

function newestSystemLinker() {
  const versioned = readdirSync("/usr/bin").filter((name) => /^wasm-ld-\d+$/.test(name));
  versioned.sort((a, b) => Number(b.split("-")[2]) - Number(a.split("-")[2]));
  return versioned.length ? join("/usr/bin", versioned[0]) : which("wasm-ld");
}

function noWay(hasOwn) {
  if (!hasOwn) return new CurableError("no Rust toolchain found (cargo and rustc)", rustCure);
  const packages = debianPackages.slice(0, 3).map(({ name }) => name);
  const byHand = `rustup target add ${wasmTriple} and rustup component add rust-src, or on Debian as root: apt-get install ${packages.join(" ")} and the newest lld-N`;
  return new CurableError(`no compiler for ${wasmTriple} can be had here`, byHand);
}
