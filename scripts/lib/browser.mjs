import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { aptInstall, aptPrefix, candidates, ensureCandidates, tryAptUpdate } from "./apt.mjs";
import { CurableError, say } from "./log.mjs";
import { root } from "./paths.mjs";
import { ask, isExecutable, readJson, which } from "./run.mjs";

const names = ["google-chrome", "google-chrome-stable", "chromium", "chromium-browser", "chrome"];
const places = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  ...["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
    .filter((name) => process.env[name])
    .map((name) => join(process.env[name], "Google", "Chrome", "Application", "chrome.exe")),
];
const debianPackages = ["chromium", "chromium-driver"];
const cure = "install Google Chrome or Chromium, or name it in CHROME_PATH (and its driver in CHROMEDRIVER)";

/** A browser for the tests: `{ chrome, chromedriver }`; the driver may be null, then wasm-pack fetches one for itself. */
export async function ensureBrowser() {
  let chrome = findChrome();
  let chromedriver = findDriver();
  if (!chrome || (!chromedriver && (await isDebianChromium(chrome)))) {
    await installDebianChromium(chrome);
    [chrome, chromedriver] = [findChrome(), findDriver()];
  }
  if (!chrome) throw new CurableError("no Chrome or Chromium found", cure);
  await checkDriver(chrome, chromedriver);
  writeWebdriver(chrome);
  return { chrome, chromedriver };
}

export function findChrome(env = process.env) {
  if (env.CHROME_PATH) return named("CHROME_PATH", env);
  return names.map((name) => which(name, env.PATH)).find(Boolean) ?? places.find(isExecutable) ?? null;
}

export function findDriver(env = process.env) {
  if (env.CHROMEDRIVER) return named("CHROMEDRIVER", env);
  return which("chromedriver", env.PATH);
}

function named(variable, env) {
  if (isExecutable(env[variable])) return env[variable];
  throw new CurableError(`${variable} names no program: ${env[variable]}`, `correct or unset ${variable}`);
}

async function isDebianChromium(chrome) {
  return chrome === "/usr/bin/chromium" && (await aptPrefix()) !== null;
}

/** Installs Debian's browser and its driver; does nothing where that can't be, if there is a browser already. */
export async function installDebianChromium(chrome) {
  const prefix = await aptPrefix();
  const isThere = async () => (await candidates(["chromium-driver"]))["chromium-driver"] !== null;
  // The lists of a new machine are as old as its image, and so would the browser be.
  if (prefix) await tryAptUpdate(prefix);
  if (!prefix || !(await ensureCandidates(prefix, isThere))) {
    if (chrome) return;
    throw new CurableError("no Chrome or Chromium found", cure);
  }
  await aptInstall(prefix, debianPackages, "the browser that the tests run in");
}

async function checkDriver(chrome, chromedriver) {
  if (!chromedriver) return say("no chromedriver found: wasm-pack will fetch one that fits for the browser tests");
  const [browser, driver] = await Promise.all([chrome, chromedriver].map((program) => ask(program, ["--version"])));
  const [have, need] = [driver, browser].map((text) => text?.match(/(\d+)\.\d+\.\d+/)?.[1]);
  if (!have || !need || have === need) return;
  throw new CurableError(`chromedriver ${have} does not fit the browser (${need})`, "bring both to one version, or name a fitting pair in CHROME_PATH and CHROMEDRIVER");
}

/** wasm-pack's test runner reads its capabilities from this file in the folder of the crate. */
function writeWebdriver(chrome) {
  const file = join(root, "webdriver.json");
  const wanted = { "goog:chromeOptions": { binary: chrome, args: chromeArguments() } };
  if (existsSync(file) && JSON.stringify(readJson(file)) === JSON.stringify(wanted)) return;
  writeFileSync(file, `${JSON.stringify(wanted, null, 2)}\n`);
}

export function chromeArguments(uid = process.getuid?.()) {
  const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  // Chrome's sandbox refuses to start for root.
  return ["--headless", "--disable-gpu", ...(uid === 0 ? ["--no-sandbox"] : []), ...quiet];
}
