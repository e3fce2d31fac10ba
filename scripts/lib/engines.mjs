import { readdirSync } from "node:fs";
import { join } from "node:path";

import { aptInstall } from "./apt.mjs";
import { findChrome, findDriver } from "./browser.mjs";
import { say } from "./log.mjs";
import { root, toolsBin } from "./paths.mjs";
import { isExecutable, which } from "./run.mjs";
import { cargoProgram } from "./rust.mjs";
import { nodeTests } from "./toolchain.mjs";

const geckodriverVersion = "0.37.1";
const libraries = ["/usr/lib", "/usr/libexec"];
const cure = "npm run engines";

/** The engines that the stories of tests/engines are told in, by the names of their files; each needs what its `parts` find. */
export const engines = {
  chromium: { title: "Chromium", parts: { chromium: findChrome, chromedriver: findDriver }, packages: ["chromium", "chromium-driver"] },
  firefox: { title: "Firefox", parts: { firefox: findFirefox, geckodriver: findGeckodriver }, packages: ["firefox-esr"] },
  webkit: {
    title: "WebKitGTK",
    parts: { WebKitWebDriver: () => which("WebKitWebDriver"), MiniBrowser: findMiniBrowser, Xvfb: () => which("Xvfb") },
    packages: ["webkit2gtk-driver", "xvfb"],
  },
};

/** Why there can be no story in this engine here, null if there can. */
export function whyNoEngine(name) {
  const missing = Object.entries(engines[name].parts).filter(([, find]) => !find());
  return missing.length ? `no ${missing.map(([part]) => part).join(", no ")} was found; cure: ${cure}` : null;
}

export function findFirefox(env = process.env) {
  return env.FIREFOX_PATH ?? which("firefox-esr", env.PATH) ?? which("firefox", env.PATH);
}

export function findGeckodriver(env = process.env) {
  const built = join(toolsBin, "geckodriver");
  return env.GECKODRIVER ?? (isExecutable(built) ? built : which("geckodriver", env.PATH));
}

/** WebKitGTK's own small browser, which its packages keep beside the library, in a folder with the library's version. */
export function findMiniBrowser() {
  const folders = libraries.flatMap((folder) => [folder, ...subfolders(folder)]);
  const places = folders.flatMap(subfolders).filter((folder) => /webkit2?gtk/.test(folder));
  return places.map((folder) => join(folder, "MiniBrowser")).find(isExecutable) ?? null;
}

/** The stories in the engines of these names that are here, `atOnce` at a time, as a step of `npm test`; the note is about the others. */
export function tellStories(names, atOnce = 1) {
  const missing = names.filter(whyNoEngine);
  const note = missing.map((name) => `${engines[name].title} is left out: ${whyNoEngine(name)}`).join("; ");
  const present = names.filter((name) => !missing.includes(name));
  if (present.length === 0) return { skipped: note };
  return nodeTests(join(root, "tests", "engines"), { names: present, atOnce }).then((result) => ({ note, ...result }));
}

/** Installs all three where that can be done; what is not to be had is left out of the run, and told there. */
export async function ensureEngines() {
  for (const [name, { title, packages }] of Object.entries(engines)) {
    if (!whyNoEngine(name)) continue;
    await aptInstall(packages, `to try the package in ${title}`).catch(() => say(`apt: ${packages.join(" ")} not to be had`));
    if (name === "firefox" && findFirefox() && !findGeckodriver()) await cargoProgram("geckodriver", "geckodriver", geckodriverVersion);
  }
}

function subfolders(folder) {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    return [];
  }
}
