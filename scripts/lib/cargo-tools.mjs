import { readFileSync } from "node:fs";
import { join } from "node:path";

import { CurableError, say, seconds } from "./log.mjs";
import { logs, root, tools, toolsBin } from "./paths.mjs";
import { ask, must, which } from "./run.mjs";

const wasmPackVersion = "0.15.1";

/** The two programs that have to be there beside cargo: `{ wasmBindgen, wasmPack }` as paths. */
export async function ensureCargoTools() {
  const bindgenVersion = lockedVersion("wasm-bindgen");
  const wasmBindgen = await ensureTool("wasm-bindgen", "wasm-bindgen-cli", bindgenVersion);
  const wasmPack = await ensureTool("wasm-pack", "wasm-pack", wasmPackVersion);
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

async function ensureTool(program, crate, version) {
  const own = join(toolsBin, program + (process.platform === "win32" ? ".exe" : ""));
  for (const place of [own, which(program)]) {
    if (place && (await versionOf(place)) === version) return place;
  }
  const started = performance.now();
  say(`building ${crate} ${version} into .tools (a few minutes)`);
  const args = ["install", "--root", tools, "--force", "--version", version, crate];
  await must(which("cargo"), args, { timeout: 1_200_000, log: join(logs, `${crate}.log`), cure: `try: cargo install ${crate} --version ${version}` });
  say(`built ${crate} in ${seconds(started)}`);
  return own;
}

async function versionOf(program) {
  return (await ask(program, ["--version"]))?.match(/\d+\.\d+\.\d+\S*/)?.[0] ?? null;
}
