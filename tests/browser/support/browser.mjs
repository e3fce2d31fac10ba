// One Chromium per test file, and a fresh profile in it for every test.

import { after } from "node:test";

import { chromium } from "playwright-core";

import { fingerprint } from "./certificate.mjs";

export const executablePath = process.env.CHROME_PATH || "/usr/bin/chromium";

export const args = [
  "--disable-gpu",
  "--disable-quic",
  // Names that lead to this machine but are no secure context without TLS.
  "--host-resolver-rules=MAP *.test 127.0.0.1",
  `--ignore-certificate-errors-spki-list=${fingerprint}`,
  // Its sandbox refuses to start for root.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];
let launched;

/** The browser of this test file, started when first asked for. */
export function browser() {
  launched ??= chromium.launch({
    executablePath,
    args,
    // Playwright turns the back/forward cache off, and pages that come back from it are one of the subjects here.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  return launched;
}

after(async () => {
  if (launched) await (await launched).close();
});
