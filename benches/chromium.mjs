// Opens a page in a Chromium that nothing is attached to: no debugging port and no pipe, because a debugger that watches
// the network slows the page's own fetches and flatters the workers.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromeArguments } from "../scripts/lib/browser.mjs";

/** Opens `url` in a new profile and waits for `report`; ends the browser whatever comes. */
export async function withPage({ chrome, url, report, timeout }) {
  const profile = await mkdtemp(join(tmpdir(), "tokenkeep-bench-"));
  // Nobody is there to click before a popup.
  const child = spawn(chrome, [...chromeArguments(), "--disable-popup-blocking", `--user-data-dir=${profile}`, url], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: process.platform !== "win32",
  });
  const stop = () => kill(child);
  process.once("exit", stop);
  try {
    return await Promise.race([report, ended(child), late(url, timeout)]);
  } finally {
    stop();
    process.removeListener("exit", stop);
    await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

function ended(child) {
  let tail = "";
  child.stderr.on("data", (chunk) => (tail = (tail + chunk).slice(-2000)));
  return new Promise((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the browser ended with ${code}\n${tail}`)));
  });
}

const late = (url, timeout) =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${url} reported nothing within ${timeout / 1000} s`)), timeout).unref();
  });

// The browser is a group of processes.
function kill(child) {
  try {
    if (process.platform === "win32") child.kill();
    else process.kill(-child.pid, "SIGKILL");
  } catch {
    // It ended by itself in the meantime.
  }
}
