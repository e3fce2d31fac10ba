import { build } from "./lib/build.mjs";
import { main } from "./lib/log.mjs";
import { runSteps } from "./lib/run-steps.mjs";
import { testFrameworks } from "./lib/rust-client.mjs";
import { setUp } from "./lib/setup.mjs";
import { wasmTestEnv } from "./lib/wasm-tests.mjs";

// npm run frameworks
// The providers and guards of the Rust client in a browser, for Leptos, Yew and Dioxus.
await main(async () => {
  await setUp();
  await build();
  const { failed } = await runSteps([
    { name: "frameworks", runner: "cargo", work: async () => testFrameworks(await wasmTestEnv("chromium")) },
  ]);
  return failed ? 1 : 0;
});
