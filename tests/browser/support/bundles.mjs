// The pages and holders of the tests, bundled from the packed package as an application would do it.

import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { installPackage } from "../../../scripts/lib/pack.mjs";

const folder = fileURLToPath(new URL("..", import.meta.url));
const entries = ["shared", "worker", "page", "made", "either", "holder", "holder-slim", "own", "door"];
const libraries = new Map();
let made;

/** Resolves to the scripts by name, and the package's raw wasm; made once per process. */
export function bundles() {
  made ??= make();
  return made;
}

/** Resolves to the script that brings a library into a page, bundled when first asked for. */
export function library(name) {
  if (!libraries.has(name))
    libraries.set(
      name,
      bundle([name]).then((scripts) => scripts[name]),
    );
  return libraries.get(name);
}

/** The same scripts with the package's files beside them as they are, in the folder `at`: each by its path. */
export async function apart(names, at = "/tokenkeep") {
  const installed = await installPackage(folder);
  const own = await bundle(names, { plugins: [beside(at)] });
  const files = readdirSync(installed).filter((name) => /\.(js|wasm)$/.test(name));
  const packaged = files.map((name) => [`${at}/${name}`, readFileSync(join(installed, name))]);
  return { ...Object.fromEntries(packaged), ...Object.fromEntries(Object.entries(own).map(([name, text]) => [`/${name}.js`, text])) };
}

const beside = (at) => ({
  name: "beside",
  setup(building) {
    const place = (path) => `${at}/${path === "tokenkeep" ? "index" : path.slice("tokenkeep/".length).replaceAll("/", "-")}.js`;
    building.onResolve({ filter: /^tokenkeep(\/|$)/ }, ({ path }) => ({ path: place(path), external: true }));
  },
});

async function make() {
  const installed = await installPackage(folder);
  return { scripts: await bundle(entries), wasm: readFileSync(join(installed, "tokenkeep.wasm")) };
}

async function bundle(names, more) {
  const { outputFiles } = await build({
    entryPoints: names.map((name) => join(folder, "app", `${name}.js`)),
    outdir: join(folder, "app"),
    write: false,
    bundle: true,
    format: "esm",
    target: "es2022",
    external: ["/config.js", "/apps.js"],
    logLevel: "warning",
    ...more,
  });
  return Object.fromEntries(outputFiles.map(({ path, text }) => [basename(path, ".js"), text]));
}
