import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { CurableError, say, seconds } from "./log.mjs";
import { logs, root, tools, toolsBin } from "./paths.mjs";
import { rustCure } from "./rust.mjs";
import { ask, must, which } from "./run.mjs";

const wasmPackVersion = "0.15.1";
/** Where programs are built; whoever has built one removes it. */
export const buildFolder = join(tools, "build");

/** The programs that have to be there beside cargo: `{ wasmBindgen, wasmPack }` as paths; only the tests need the second. */
export async function ensureCargoTools(tests) {
  const bindgenVersion = lockedVersion("wasm-bindgen");
  const wasmBindgen = await ensureTool("wasm-bindgen", "wasm-bindgen-cli", bindgenVersion);
  const wasmPack = tests ? await ensureTool("wasm-pack", "wasm-pack", wasmPackVersion) : null;
  rmSync(buildFolder, { recursive: true, force: true });
  return { wasmBindgen, wasmPack };
}

/** The version of a crate in Cargo.lock; generated glue fits only the very same version of its tool. */
export function lockedVersion(crate) {
  try {
    const lock = readFileSync(join(root, "Cargo.lock"), "utf8");
    const found = lock.match(new RegExp(`name = "${crate}"\\r?\\nversion = "([^"]+)"`));
    if (found) return found[1];
  } catch {
    // Told below, as for a lock file without the crate.
  }
  throw new CurableError(`Cargo.lock names no version of ${crate}`, "restore it (git checkout Cargo.lock) or run: cargo generate-lockfile");
}

/** The path of a program in this version; it is built into .tools unless it is there or in PATH. */
export async function ensureTool(program, crate, version, asking = ["--version"]) {
  const own = join(toolsBin, program + (process.platform === "win32" ? ".exe" : ""));
  for (const place of [own, which(program)]) {
    if (place && (await versionOf(place, asking)) === version) return place;
  }
  await build(crate, version);
  return own;
}

async function build(crate, version) {
  const started = performance.now();
  const cargo = which("cargo");
  if (!cargo) throw new CurableError("no cargo in PATH", rustCure);
  say(`building ${crate} ${version} into .tools (a few minutes)`);
  const args = ["install", "--root", tools, "--force", "--version", version, crate];
  const cure = `try: cargo install ${crate} --version ${version}`;
  await must(cargo, args, { env: buildEnv(), timeout: 1_200_000, log: join(logs, `${crate}.log`), cure });
  say(`built ${crate} in ${seconds(started)}`);
}

// Unoptimised: a third of the time to build, and still well under a second at work. One folder, for the crates both use.
function buildEnv() {
  return { ...process.env, CARGO_TARGET_DIR: buildFolder, CARGO_PROFILE_RELEASE_OPT_LEVEL: "0", CARGO_PROFILE_RELEASE_STRIP: "debuginfo" };
}

async function versionOf(program, asking) {
  return (await ask(program, asking))?.match(/\d+\.\d+\.\d+\S*/)?.[0] ?? null;
}
