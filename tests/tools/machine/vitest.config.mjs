// The example's configuration with the browser of this machine, and with what the DOMs are told beside it.

import { fileURLToPath } from "node:url";

import { playwright } from "@vitest/browser-playwright";

import config from "../../../examples/testing/vitest/vitest.config.js";
import { args, executablePath } from "./browser.mjs";

const { projects } = config.test;
const doms = fileURLToPath(new URL("../doms", import.meta.url));
const provider = playwright({ launchOptions: { executablePath, args } });
// A busy machine must not run into a limit that is not the subject.
const testTimeout = 60_000;
const onMachine = ({ browser, ...test }) => ({
  ...test,
  testTimeout,
  ...(browser && { browser: { ...browser, provider, screenshotFailures: false } }),
});

export default {
  ...config,
  // Dependencies that were bundled once are not looked at again.
  cacheDir: process.env.OUTPUT,
  test: {
    ...config.test,
    attachmentsDir: process.env.OUTPUT,
    projects: [
      ...projects.map(({ test, ...project }) => ({ ...project, test: onMachine(test) })),
      ...["jsdom", "happy-dom"].map((environment) => ({
        root: doms,
        test: { name: `${environment}, by itself`, environment, include: ["connect.test.js", "fake.test.js"] },
      })),
    ],
  },
};
