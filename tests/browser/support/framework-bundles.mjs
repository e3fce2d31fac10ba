// Programs in the frameworks' own languages, for a server or for a browser.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";
import { compile } from "svelte/compiler";

import { installPackage } from "../../../scripts/lib/pack.mjs";
import { strictPolicy } from "./app-server.mjs";

const folder = join(import.meta.dirname, "..");
const earlier = join(folder, "..", "earlier");
const flags = ["__VUE_OPTIONS_API__", "__VUE_PROD_DEVTOOLS__", "__VUE_PROD_HYDRATION_MISMATCH_DETAILS__"];
export const forServer = { platform: "node", format: "cjs" };
export const forBrowser = {
  format: "esm",
  conditions: ["browser", "development"],
  target: "es2022",
  define: Object.fromEntries(flags.map((flag) => [flag, "true"])),
};

/** Angular's templates are compiled in the browser here. */
export const policyFor = (name) => (name === "angular" ? strictPolicy.replace("'self'", "'self' 'unsafe-eval'") : strictPolicy);

/** Resolves to the text of a program of tests/browser/app, by its path. */
export async function bundled(path, options) {
  await installPackage(folder);
  const { outputFiles } = await build({
    entryPoints: [join(folder, "app", path)],
    bundle: true,
    write: false,
    logLevel: "error",
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
    plugins: [path.includes("svelte4") ? svelte4(options === forServer) : svelte(options === forServer ? "server" : "client")],
    ...options,
  });
  return outputFiles[0].text;
}

/** Resolves to what becomes of a program without its frameworks. */
export async function bundledText(contents) {
  const resolveDir = await installPackage(folder);
  const frameworks = ["react", "vue", "svelte", "@angular/*", "rxjs"];
  const options = { bundle: true, write: false, minify: true, format: "esm", logLevel: "silent", external: frameworks };
  const { outputFiles } = await build({ stdin: { contents, resolveDir: join(resolveDir, "..", "..") }, ...options });
  return outputFiles[0].text;
}

const svelte = (generate) => ({
  name: "svelte",
  setup(building) {
    building.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return { contents: compile(source, { generate, dev: generate === "client", filename: path }).js.code };
    });
  },
});

/** The last of Svelte 4, in the place of the newest. */
const svelte4 = (isServer) => ({
  name: "svelte4",
  setup(building) {
    building.onResolve({ filter: /^svelte(\/|$)/ }, ({ path, kind, pluginData }) =>
      pluginData ? undefined : building.resolve(path, { kind, resolveDir: earlier, pluginData: "earlier" }),
    );
    building.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
      const { compile: compile4 } = await import(join(earlier, "node_modules", "svelte", "src", "compiler", "index.js"));
      const options = { generate: isServer ? "ssr" : "dom", hydratable: true, dev: !isServer, filename: path };
      return { contents: compile4(await readFile(path, "utf8"), options).js.code };
    });
  },
});
