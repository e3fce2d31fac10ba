import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { decode } from "../../pkg-template/src/kernel/spelling.js";
import { spell } from "./spelling.mjs";

// The ECMAScript that published scripts are written in.
const year = 2022;

// One self-contained file each: an app uses exactly one of them on either side.
const entries = {
  index: "client/index.js",
  holder: "holder.js",
  "holder-slim": "slim.js",
  profiles: "profiles.js",
  more: "client/more.js",
  remote: "remote/index.js",
  serve: "serve/index.js",
  testing: "testing/index.js",
  inspector: "inspector/index.js",
  worker: "worker.js",
  arrival: "arrival.js",
};
const frameworkEntries = {
  react: "frameworks/react.js",
  vue: "frameworks/vue.js",
  svelte: "frameworks/svelte.js",
  angular: "frameworks/angular.js",
  "angular-http": "frameworks/angular-http.js",
};
const pageEntries = { page: "page.js" };
const standaloneEntries = { standalone: "standalone.js" };

/** Those that belong to one framework each. */
export const frameworkNames = Object.keys(frameworkEntries);
/** The names of all scripts that are made. */
export const scriptNames = Object.keys({ ...entries, ...pageEntries, ...standaloneEntries, ...frameworkEntries });

/**
 * Bundles and minifies the published JavaScript from pkg-template/src into `out`, with the module, what reads
 * its spelling, and the glue at `wasm`, `reader` and `glue`.
 */
export async function bundle({ template, glue, wasm, reader, version, out }) {
  const made = { glue, module: spelt(wasm, reader) };
  await bundleWith({ ...made, PAGE: false }, { template, entries, out });
  await bundleWith({ ...made, PAGE: true }, { template, entries: pageEntries, out });
  // The app's own frameworks.
  await bundleWith({ ...made, PAGE: false }, { template, entries: frameworkEntries, out, packages: "external" });
  const alone = { format: "iife", preamble: standaloneBanner(version) };
  await bundleWith({ ...made, PAGE: false }, { template, entries: standaloneEntries, out, ...alone });
}

/** Parts what an app has written in its holder's file from what is ours, for `npx tokenkeep init`. */
const standaloneBanner = (version) => `/* tokenkeep ${version}: all below is the package's; npx tokenkeep init --update renews it */`;

async function bundleWith({ glue, module, PAGE }, { template, entries, out, preamble, ...more }) {
  const esbuild = await import("esbuild");
  const { outputFiles } = await esbuild.build({
    entryPoints: Object.entries(entries).map(([name, file]) => ({ in: join(template, "src", file), out: name })),
    outdir: out,
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    target: `es${year}`,
    charset: "utf8",
    legalComments: "none",
    alias: { "#glue": glue },
    define: { PAGE: String(PAGE) },
    plugins: [inlined(module), loadedLater, captured(join(template, "src", "kernel"), PAGE && glue)],
    logLevel: "warning",
    ...more,
  });
  for (const { path, text } of outputFiles) writeFileSync(path, await smaller(text, { module: more.format !== "iife", preamble }));
}

/** Terser sees what esbuild's minifier doesn't: 3 to 4 % less of scripts, with brotli. */
async function smaller(script, { module, preamble }) {
  const { minify } = await import("terser");
  const { code } = await minify(script, { ecma: year, module, compress: { passes: 2 }, format: { preamble, inline_script: false } });
  return code;
}

/** Leaves `import("./more.js")` as it is, so that whoever bundles the page may load it when it is needed. */
const loadedLater = {
  name: "tokenkeep-later",
  setup(build) {
    build.onResolve({ filter: /^\.\/more\.js$/ }, ({ path, kind }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
};

// Files through which tokens or the module pass; the generated glue is another.
const sensitive = new Set([
  ...["http.js", "verify.js", "guard.js", "host.js", "instance.js", "keys.js", "kernel.js"],
  ...["load.js", "pending.js", "sender.js", "spelling.js"],
]);

/**
 * In page mode the files through which tokens pass, the `glue` among them, get what `kernel` has in builtins.js in the place of
 * globals. Elsewhere nothing of captured.js is in the bundle.
 */
const captured = (kernel, glue) => ({
  name: "tokenkeep-captured",
  setup(build) {
    build.onResolve({ filter: /captured\.js$/ }, () => ({ path: join(kernel, "captured.js"), sideEffects: Boolean(glue) }));
    if (!glue) return;
    build.onLoad({ filter: /\.js$/ }, async ({ path }) => {
      if (path !== glue && !sensitive.has(basename(path))) return undefined;
      const options = { bundle: true, format: "esm", charset: "utf8", write: false, plugins: [alone] };
      const { outputFiles } = await build.esbuild.build({ ...options, entryPoints: [path], inject: [join(kernel, "builtins.js")] });
      return { contents: outputFiles[0].text };
    });
  },
});

/** Leaves imports to another build. */
const alone = {
  name: "tokenkeep-alone",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, kind }) => (kind === "entry-point" ? undefined : { path, external: true }));
  },
};

/** The module in a script's text, and what reads it. */
function spelt(wasm, reader) {
  const module = readFileSync(wasm);
  const texts = { spelt: spell(module), reader: readFileSync(reader).toString("hex") };
  // Whoever compares the module with the one that lies beside it finds the same bytes.
  if (!module.equals(decode(texts.spelt, texts.reader))) throw new Error("spelling.wat doesn't read what spelling.mjs has spelt");
  return texts;
}

/**
 * Gives `import { texts } from "tokenkeep:wasm"` these. They are an object that minifiers leave where it is: in a function the long one
 * would be scanned twice, when that is found and when it is called (a millisecond or two of a worker's start).
 */
function inlined(texts) {
  const namespace = "tokenkeep-wasm";
  const contents = `export const texts = Object.freeze(${JSON.stringify(texts)});`;
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: /^tokenkeep:wasm$/ }, ({ path }) => ({ path, namespace, sideEffects: false }));
      build.onLoad({ filter: /.*/, namespace }, () => ({ contents }));
    },
  };
}
