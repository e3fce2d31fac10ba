import { existsSync } from "node:fs";
import { join } from "node:path";

import { ensureBrowser } from "./browser.mjs";
import { withLock } from "./lock.mjs";
import { CurableError, say } from "./log.mjs";
import { logs, root } from "./paths.mjs";
import { ensurePython } from "./python.mjs";
import { must, npm, readJson } from "./run.mjs";
import { bindgenProgram, ensureRust } from "./rust.mjs";
import { ensureServers } from "./servers.mjs";
import { hashOf, unlessFresh } from "./stamp.mjs";
import { writeWebdriver } from "./wasm-tests.mjs";

/**
 * Makes everything the other scripts need; does and says nothing where nothing is missing.
 * Without `tests` there is no browser, which a first `npm start` should not have to wait for.
 */
export async function setUp({ tests = true } = {}) {
  checkNode();
  await withLock("setup", async () => {
    await ensureDependencies("the development dependencies", root);
    await ensureRust();
    await bindgenProgram("wasm-bindgen");
    if (!tests) return;
    // Where npm linked their programs, `node` would be one of these.
    await ensureDependencies("more versions of Node", join(root, "tests", "nodes"), "--no-bin-links");
    for (const folder of ["earlier", join("earlier", "angular21")])
      await ensureDependencies("earlier versions of frameworks", join(root, "tests", folder));
    await ensureBrowser();
    writeWebdriver();
    await ensurePython();
    await ensureServers();
  });
}

export function checkNode(version = process.versions.node) {
  const { engines } = readJson(join(root, "package.json"));
  const [major, minor] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new CurableError(`Node ${version} is too old`, `install Node ${engines.node} (https://nodejs.org)`);
}

async function ensureDependencies(what, folder, ...flags) {
  const modules = join(folder, "node_modules");
  const lock = join(folder, "package-lock.json");
  if (!existsSync(lock)) throw new CurableError(`${lock} is missing`, "restore it: git checkout -- '*package-lock.json'");
  const key = hashOf([join(folder, "package.json"), lock]);
  await unlessFresh({ stamp: join(modules, ".tokenkeep-stamp"), key, outputs: [join(modules, ".package-lock.json")] }, async () => {
    say(`npm: installing ${what} (npm ci)`);
    const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder, ...flags];
    await must(npm(), args, { timeout: 600_000, log: join(logs, "npm-ci.log") });
  });
}
