// The pages and holders of the tests, bundled from the packed package as an application would do it.

import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { installPackage } from "../../../scripts/lib/pack.mjs";

const folder = fileURLToPath(new URL("..", import.meta.url));
const entries = ["shared", "worker", "page", "holder", "holder-slim", "axios"];
let made;

/** Resolves to the scripts by name, and the package's raw wasm; made once per process. */
export function bundles() {
  made ??= make();
  return made;
}

async function make() {
  const installed = await installPackage(folder);
  const { outputFiles } = await build({
    entryPoints: entries.map((name) => join(folder, "app", `${name}.js`)),
    outdir: join(folder, "app"),
    write: false,
    bundle: true,
    format: "esm",
    target: "es2022",
    external: ["/config.js"],
    logLevel: "warning",
  });
  const scripts = outputFiles.map(({ path, text }) => [basename(path, ".js"), text]);
  return { scripts: Object.fromEntries(scripts), wasm: readFileSync(join(installed, "tokenkeep.wasm")) };
}
