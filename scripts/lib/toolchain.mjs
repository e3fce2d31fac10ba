import { findChrome, findDriver } from "./browser.mjs";
import { wasmTarget } from "./paths.mjs";

/**
 * The environment for everything that builds for wasm or opens a browser.
 * RUSTFLAGS stays unset, because it would replace the flags in .cargo/config.toml.
 */
export function toolchainEnv(base = process.env) {
  const { RUSTFLAGS, CARGO_ENCODED_RUSTFLAGS, CARGO_BUILD_TARGET, ...kept } = base;
  const [chrome, driver] = [findChrome(base), findDriver(base)];
  return { ...kept, CARGO_TARGET_DIR: wasmTarget, ...(chrome && { CHROME_PATH: chrome }), ...(driver && { CHROMEDRIVER: driver }) };
}
