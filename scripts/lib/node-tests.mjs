import { dirname } from "node:path";

import { run } from "./run.mjs";
import { filesUnder } from "./stamp.mjs";
import { toolchainEnv } from "./toolchain.mjs";

const minute = 60_000;

/** Runs the `*.test.mjs` directly in `folder`, `atOnce` files at a time; answers `{ code, output }`. */
export function nodeTests(folder, atOnce = 1) {
  const files = filesUnder(folder).filter((file) => file.endsWith(".test.mjs") && dirname(file) === folder);
  if (files.length === 0) return { code: 1, output: `no *.test.mjs in ${folder}` };
  const args = ["--test", `--test-concurrency=${atOnce}`, "--test-reporter=spec", "--test-timeout=600000", ...files];
  return run(process.execPath, args, { env: toolchainEnv(), timeout: 45 * minute });
}
