import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { CurableError, say } from "./log.mjs";
import { logs, root } from "./paths.mjs";
import { must, readJson, which } from "./run.mjs";
import { hashOf, unlessFresh } from "./stamp.mjs";

export function checkNode(version = process.versions.node) {
  const { engines } = readJson(join(root, "package.json"));
  const [major, minor] = version.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new CurableError(`Node ${version} is too old`, `install Node ${engines.node} (https://nodejs.org)`);
}

export async function ensureDependencies() {
  const modules = join(root, "node_modules");
  const marker = join(modules, ".package-lock.json");
  const key = hashOf([join(root, "package.json"), join(root, "package-lock.json")]);
  await unlessFresh({ stamp: join(modules, ".tokenkeep-stamp"), key, outputs: [marker] }, install);
}

async function install() {
  if (!existsSync(join(root, "package-lock.json"))) {
    throw new CurableError("package-lock.json is missing", "restore it: git checkout package-lock.json");
  }
  say("npm: installing the development dependencies (npm ci)");
  await must(npm(), ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { timeout: 600_000, log: join(logs, "npm-ci.log"), cure: "run npm ci by hand" });
}

export function npm() {
  return which("npm") ?? join(dirname(process.execPath), "npm");
}
