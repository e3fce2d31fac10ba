// A Chromium whose pages can be hidden. In the one that the other tests share, every page is held to be in front.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { chromium } from "playwright-core";

import { args, executablePath } from "./browser.mjs";

/** Starts one for test `t`, which ends it. Resolves to its browser context. */
export async function startPlainBrowser(t) {
  const profile = await mkdtemp(join(tmpdir(), "tokenkeep-"));
  const more = ["--headless", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "--no-first-run"];
  const chrome = spawn(executablePath, [...args, ...more, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise((resolve) => chrome.once("close", resolve));
  t.after(async () => {
    chrome.kill("SIGKILL");
    await ended;
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
  const browser = await chromium.connectOverCDP(await addressOf(chrome), { noDefaults: true });
  return browser.contexts()[0];
}

/** Where the browser's debugger listens, as it says on its way up. */
async function addressOf({ stderr }) {
  for await (const line of createInterface({ input: stderr })) {
    const address = /^DevTools listening on (\S+)/.exec(line)?.[1];
    if (address) return stderr.resume() && address;
  }
  throw new Error("Chromium did not start");
}
