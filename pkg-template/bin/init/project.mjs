// What a folder tells of the project in it.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";

import { quoted, shown } from "../plain.mjs";
import { cratesOf, rustStacks } from "./rust.mjs";
import { stacks } from "./stacks.mjs";

const script = new Set([".js", ".jsx", ".ts", ".tsx", ".mjs", ".vue", ".svelte", ".astro"]);
const rust = new Set([".rs"]);
const mostFiles = 5_000;

/**
 * The project in `folder`: `{ folder, stack, typescript, public, dependencies, scripts }`; the options say what it can't tell. `dependencies` are
 * the names of packages, or of crates for a stack of Rust.
 */
export function readProject(folder, { stack: wanted, public: given, rust: inRust }) {
  const has = (path) => existsSync(join(folder, path));
  const { packages, scripts } = manifestOf(folder, has);
  const crates = has("Cargo.toml") ? cratesOf(readFileSync(join(folder, "Cargo.toml"), "utf8")) : [];
  const stack = wanted ? named(wanted) : ((inRust ? undefined : ofScript(packages, has)) ?? ofRust(crates, inRust || !has("package.json")));
  const typescript = stack.name === "angular" || (!stack.vendor && (packages.includes("typescript") || has("tsconfig.json")));
  return { folder, stack, typescript, public: given ?? stack.public, dependencies: stack.rust ? crates : packages, scripts, has };
}

/** What package.json has of packages and scripts; a project of Rust may do without one. */
function manifestOf(folder, has) {
  const path = join(folder, "package.json");
  if (!has("package.json") && has("Cargo.toml")) return { packages: [], scripts: {} };
  if (!has("package.json")) throw new Error(`there is no package.json and no Cargo.toml in ${folder}: call it in the folder of your app`);
  try {
    const { devDependencies, dependencies, scripts } = JSON.parse(readFileSync(path, "utf8"));
    return { packages: Object.keys({ ...devDependencies, ...dependencies }), scripts: { ...scripts } };
  } catch {
    throw new Error(`${path} is no JSON: correct it`);
  }
}

function named(name) {
  const all = [...stacks, ...rustStacks];
  const stack = all.find((one) => one.name === name);
  if (stack) return stack;
  throw new Error(`--stack is ${quoted(shown(name))}; it must be one of ${all.map((one) => one.name).join(", ")}`);
}

const ofScript = (packages, has) => stacks.find(({ needs, probe }) => packages.includes(needs) || (needs === "bun" && has(probe)));

/** One of Rust where a framework of it is there, or nothing else is; else one of script without a tool. */
const ofRust = (crates, isSure) =>
  rustStacks.slice(0, -1).find(({ crate }) => crates.includes(crate)) ?? (isSure ? rustStacks : stacks).at(-1);

/** The text of every source file of the project, by path. */
export function* sourcesOf({ folder, stack }) {
  const sources = stack.rust ? rust : script;
  let left = mostFiles;
  for (const entry of readdirSync(folder, { recursive: false, withFileTypes: true })) {
    if (/^(\.|node_modules$|target$|dist$|build$|out$|coverage$)/.test(entry.name)) continue;
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
