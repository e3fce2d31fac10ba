// One Chromium per test file, or one of either kind, and a fresh profile in it for every test.

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
const launched = new Map();

/** The browser of this test file, started when first asked for: without its surface, where there is such a one. */
export const browser = () => browserAt(findShell() ?? executablePath);

/** A fresh profile with these options; with `whole` it is the whole browser's, which keeps pages for the Back button. */
export const newContext = async ({ whole = false, ...options } = {}) =>
  (await (whole ? browserAt(executablePath) : browser())).newContext(options);

function browserAt(executablePath) {
  // Playwright turns the back/forward cache off, and pages that come back from it are one of the subjects here.
  const options = { executablePath, args, ignoreDefaultArgs: ["--disable-back-forward-cache"] };
  if (!launched.has(executablePath)) launched.set(executablePath, chromium.launch(options));
  return launched.get(executablePath);
}

after(async () => {
  for (const one of launched.values()) await (await one).close();
});
