import { ensureBrowser } from "./browser.mjs";
import { ensureCargoTools } from "./cargo-tools.mjs";
import { checkNode, ensureDependencies } from "./dependencies.mjs";
import { withLock } from "./lock.mjs";
import { say, seconds } from "./log.mjs";
import { ensurePython } from "./python.mjs";
import { inspectRust, requireRecent } from "./rust.mjs";
import { ask, which } from "./run.mjs";
import { ensureServers } from "./servers.mjs";
import { storedToolchain, storeToolchain, toolchainEnv } from "./toolchain.mjs";
import { ensureWasmTarget } from "./wasm-target.mjs";

/**
 * Makes everything the other scripts need; does and says nothing where nothing is missing.
 * Without `tests` there is neither a browser nor wasm-pack, which a first `npm start` should not have to wait for.
 */
export async function setUp({ tests = true } = {}) {
  const started = performance.now();
  checkNode();
  await withLock("setup", async () => {
    await ensureDependencies();
    if (tests) await ensurePython();
    if (tests) await ensureServers();
    const stored = storedToolchain();
    if (stored && (stored.wasmPack || !tests)) return;
    await findOrMakeToolchain(tests);
    say(`set-up done in ${seconds(started)}`);
  });
}

const noBrowser = { chrome: null, chromedriver: null };

async function findOrMakeToolchain(tests) {
  const rust = which("cargo") ? await inspectRust() : null;
  if (rust) requireRecent(rust);
  const browser = tests ? await ensureBrowser() : noBrowser;
  // Without a cargo of the developer's own, the one that comes with the wasm target builds the programs.
  const [wasm, programs] = rust
    ? await bothEnd(ensureWasmTarget(rust), ensureCargoTools(tests))
    : [await ensureWasmTarget(null), await ensureCargoTools(tests)];
  const found = { ...browser, ...programs, wasmBin: wasm.bin, linker: wasm.linker };
  Object.assign(found, await findLints(found));
  storeToolchain(found, [...wasm.watch, ...Object.values(browser), ...Object.values(programs), which("cargo"), which("rustc")]);
}

// Both run to their end before a failure of either is told, so that neither goes on behind the message.
async function bothEnd(...promises) {
  const results = await Promise.allSettled(promises);
  const failed = results.find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
  return results.map(({ value }) => value);
}

async function findLints(found) {
  const has = async (name, env) => {
    const program = which(`cargo-${name}`, env.PATH);
    return program !== null && (await ask(program, [name, "--version"], { env })) !== null;
  };
  return { rustfmt: await has("fmt", process.env), clippy: await has("clippy", process.env), wasmClippy: await has("clippy", toolchainEnv(found)) };
}
