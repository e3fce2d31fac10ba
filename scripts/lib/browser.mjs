import { join } from "node:path";

import { aptInstall } from "./apt.mjs";
import { CurableError, say } from "./log.mjs";
import { isExecutable, which } from "./run.mjs";

const names = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome"];
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ...["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
    .filter((name) => process.env[name])
    .map((name) => join(process.env[name], "Google", "Chrome", "Application", "chrome.exe")),
];
const shells = ["chromium-headless-shell", "chrome-headless-shell"];
const cure = "install Google Chrome or Chromium, or name it in CHROME_PATH (and its driver in CHROMEDRIVER)";

/** Sees to a browser for the tests and its driver; does without the driver, and says so, where there is none. */
export async function ensureBrowser() {
  if (!findChrome() || (findChrome() === "/usr/bin/chromium" && !findDriver()))
    await aptInstall(["chromium", "chromium-driver"], "the browser that the tests run in");
  if (!findChrome()) throw new CurableError("no Chrome or Chromium found", cure);
  if (findChrome() === "/usr/bin/chromium" && !findShell()) await installShell();
  if (!findDriver()) say("no chromedriver was found: the shell's own tests will be skipped");
}

export function findChrome(env = process.env) {
  if (env.CHROME_PATH) return named("CHROME_PATH", env);
  return names.map((name) => which(name, env.PATH)).find(Boolean) ?? places.find(isExecutable) ?? null;
}

/** The browser without its surface, which the same pages take half as long in, or null. A browser that is named is the one to test. */
export function findShell(env = process.env) {
  if (env.CHROME_HEADLESS_SHELL) return named("CHROME_HEADLESS_SHELL", env);
  if (env.CHROME_PATH) return null;
  return shells.map((name) => which(name, env.PATH)).find(Boolean) ?? null;
}

// Not every system that has the browser has this one too.
async function installShell() {
  const why = "the browser without its surface, for most of the tests";
  await aptInstall(["chromium-headless-shell"], why).catch(() => say("apt: none to be had, the whole browser takes about twice as long"));
}

export function findDriver(env = process.env) {
  if (env.CHROMEDRIVER) return named("CHROMEDRIVER", env);
  return which("chromedriver", env.PATH);
}

function named(variable, env) {
  if (isExecutable(env[variable])) return env[variable];
  throw new CurableError(`${variable} names no program: ${env[variable]}`, `correct or unset ${variable}`);
}

export function chromeArguments(uid = process.getuid?.()) {
  const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  // Chrome's sandbox refuses to start for root.
  return ["--headless", "--disable-gpu", ...(uid === 0 ? ["--no-sandbox"] : []), ...quiet];
}
