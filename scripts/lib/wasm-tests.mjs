import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { chromeArguments, findChrome, findDriver } from "./browser.mjs";
import { findFirefox, findGeckodriver, whyNoEngine } from "./engines.mjs";
import { root, wasmTriple } from "./paths.mjs";
import { run } from "./run.mjs";
import { bindgenProgram } from "./rust.mjs";
import { testClient } from "./rust-client.mjs";
import { toolchainEnv } from "./toolchain.mjs";

const timeout = 900_000;
const webdriver = join(root, "webdriver.json");
const drivers = { chromium: () => ({ CHROMEDRIVER: findDriver() }), firefox: () => ({ GECKODRIVER: findGeckodriver() }) };

/** The tests of the shell, and of the client for Rust, in one engine, as `wasm-pack test --headless` runs them; or why there are none. */
export async function wasmTests(engine) {
  const skipped = whyNoEngine(engine);
  if (skipped) return { skipped };
  const env = await wasmTestEnv(engine);
  const tested = await run("cargo", ["test", "--features", "module", "--target", wasmTriple], { env, timeout });
  if (tested.code) return tested;
  const client = await testClient(env);
  return { code: client.code, output: tested.output + client.output };
}

/** What `cargo test` needs to run in that engine. */
export async function wasmTestEnv(engine) {
  // The runner takes the first driver that it finds named.
  const { CHROMEDRIVER, GECKODRIVER, ...env } = toolchainEnv();
  return {
    ...env,
    ...drivers[engine](),
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: await bindgenProgram("wasm-bindgen-test-runner"),
    // These are short, and would be built for longer than they run.
    CARGO_PROFILE_DEV_OPT_LEVEL: "0",
    WASM_BINDGEN_TEST_ONLY_WEB: "1",
    WASM_BINDGEN_TEST_TIMEOUT: "120",
    // The runner looks into the folder of the crate otherwise, and there are more than one.
    WASM_BINDGEN_TEST_WEBDRIVER_JSON: webdriver,
  };
}

/** wasm-bindgen's test runner reads its capabilities from this file; a driver looks at its own only. */
export function writeWebdriver() {
  const firefox = findFirefox();
  const wanted = {
    "goog:chromeOptions": { binary: findChrome(), args: chromeArguments() },
    ...(firefox && { "moz:firefoxOptions": { binary: firefox, args: ["-headless"] } }),
  };
  writeFileSync(webdriver, `${JSON.stringify(wanted, null, 2)}\n`);
}
