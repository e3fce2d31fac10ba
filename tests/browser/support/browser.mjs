// One Chromium per test file, and a fresh profile in it for every test.

import { after } from "node:test";

import { chromium } from "playwright-core";

import { findChrome, findShell } from "../../../scripts/lib/browser.mjs";
import { fingerprint } from "./certificate.mjs";

/** The whole browser, for what is a matter of its surface: settings, hidden pages, blocked popups. */
export const executablePath = findChrome();

export const args = [
  "--disable-gpu",
  "--disable-quic",
  // Names that lead to this machine but are no secure context without TLS.
  "--host-resolver-rules=MAP *.test 127.0.0.1",
  `--ignore-certificate-errors-spki-list=${fingerprint}`,
  // Its sandbox refuses to start for root.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];
let wanted = findShell() ?? executablePath;
let launched;

/** Has this file's tests take the whole browser, such as for pages that are kept for the Back button. */
export function takeWholeBrowser() {
  wanted = executablePath;
}

/** The browser of this test file, started when first asked for. */
export function browser() {
  launched ??= chromium.launch({
    executablePath: wanted,
    args,
    // Playwright turns the back/forward cache off, and pages that come back from it are one of the subjects here.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  return launched;
}

after(async () => {
  if (launched) await (await launched).close();
});
