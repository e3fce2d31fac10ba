// The example's configuration, with the browser of this machine.

import { fileURLToPath } from "node:url";

import config from "../../../examples/testing/playwright/playwright.config.js";
import { args, executablePath } from "./browser.mjs";

export default {
  ...config,
  testDir: fileURLToPath(new URL("../../../examples/testing/playwright", import.meta.url)),
  // A busy machine must not run into a limit that is not the subject.
  timeout: 120_000,
  expect: { timeout: 60_000 },
  outputDir: process.env.OUTPUT,
  use: { ...config.use, launchOptions: { executablePath, args } },
};
