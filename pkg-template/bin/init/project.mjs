// What a folder tells of the project in it.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";

import { quoted, shown } from "../plain.mjs";
import { stacks } from "./stacks.mjs";

const sources = new Set([".js", ".jsx", ".ts", ".tsx", ".mjs", ".vue", ".svelte", ".astro"]);
const mostFiles = 5_000;

/** The project in `folder`: `{ folder, stack, typescript, public, dependencies, scripts }`; the options say what it can't tell. */
export function readProject(folder, { stack: wanted, public: given }) {
  const manifest = readManifest(folder);
  const dependencies = { ...manifest.devDependencies, ...manifest.dependencies };
  const has = (path) => existsSync(join(folder, path));
  const stack = wanted ? named(wanted) : found(dependencies, has);
  const served = given ?? stack.public;
  const typescript = stack.name === "angular" || (stack.name !== "none" && ("typescript" in dependencies || has("tsconfig.json")));
  return { folder, stack, typescript, public: served, dependencies, scripts: { ...manifest.scripts }, has };
}

function readManifest(folder) {
  const path = join(folder, "package.json");
  if (!existsSync(path)) throw new Error(`there is no package.json in ${folder}: call it in the folder of your app`);
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new Error(`${path} is no JSON: correct it`);
  }
}

function named(name) {
  const stack = stacks.find((one) => one.name === name);
  if (stack) return stack;
  throw new Error(`--stack is ${quoted(shown(name))}; it must be one of ${stacks.map((one) => one.name).join(", ")}`);
}

const found = (dependencies, has) =>
  stacks.find(({ needs, probe }) => needs in dependencies || (needs === "bun" && has(probe))) ?? stacks.at(-1);

/** The text of every source file of the project, by path. */
export function* sourcesOf({ folder }) {
  let left = mostFiles;
  for (const entry of readdirSync(folder, { recursive: false, withFileTypes: true })) {
    if (/^(\.|node_modules$|dist$|build$|out$|coverage$)/.test(entry.name)) continue;
    const paths = entry.isDirectory()
      ? readdirSync(join(folder, entry.name), { recursive: true }).map((name) => join(entry.name, name))
      : [entry.name];
    for (const path of paths) {
      if (!sources.has(extname(path)) || path.includes("node_modules")) continue;
      if (left-- === 0) return;
      yield [path, readFileSync(join(folder, path), "utf8")];
    }
  }
}
