import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";

import { findChrome, findDriver, findShell } from "./browser.mjs";
import { wasmTarget } from "./paths.mjs";
import { run } from "./run.mjs";
import { filesUnder } from "./stamp.mjs";

/**
 * The environment for everything that builds for wasm or opens a browser.
 * RUSTFLAGS stays unset, because it would replace the flags in .cargo/config.toml.
 */
export function toolchainEnv(base = process.env) {
  const { RUSTFLAGS, CARGO_ENCODED_RUSTFLAGS, CARGO_BUILD_TARGET, ...kept } = base;
  const programs = { CHROME_PATH: findChrome(base), CHROME_HEADLESS_SHELL: findShell(base), CHROMEDRIVER: findDriver(base) };
  const found = Object.entries(programs).filter(([, program]) => program);
  return { ...kept, CARGO_TARGET_DIR: wasmTarget, ...Object.fromEntries(found) };
}

/** How many test files of a kind are run at once, of which `perCore` keep one core of this machine busy. */
export const atOnce = (perCore) => Math.ceil(perCore * availableParallelism());

/**
 * Runs the `*.test.mjs` directly in `folder`, or those that are named, `atOnce` files at a time; `env` is on top of this process's own.
 * Answers `{ code, output }`.
 */
export function nodeTests(folder, { atOnce = 1, names, env } = {}) {
  const all = filesUnder(folder).filter((file) => file.endsWith(".test.mjs") && dirname(file) === folder);
  const files = names ? names.map((name) => join(folder, `${name}.test.mjs`)) : all;
  if (files.length === 0) return { code: 1, output: `no *.test.mjs in ${folder}` };
  const args = ["--test", `--test-concurrency=${atOnce}`, "--test-reporter=spec", "--test-timeout=600000", ...files];
  return run(process.execPath, args, { env: toolchainEnv({ ...process.env, ...env }), timeout: 2_700_000 });
}
