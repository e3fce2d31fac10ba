import { readFileSync } from "node:fs";
import { join } from "node:path";

// One self-contained file each: an app uses exactly one of them on either side.
const entries = { index: "client/index.js", holder: "holder.js", "holder-slim": "slim.js", page: "page.js", profiles: "profiles.js", more: "client/more.js" };
const coreEntries = { "holder-core": "holder.js", "holder-core-slim": "slim.js" };

/**
 * Bundles and minifies the published JavaScript from pkg-template/src into `out`. `full` and `core` are the two modules'
 * `{ glue, wasm }`.
 */
export async function bundle({ template, full, core, out }) {
  await bundleWith({ ...full, FULL: true }, { template, entries, out });
  await bundleWith({ ...core, FULL: false }, { template, entries: coreEntries, out });
}

async function bundleWith({ glue, wasm, FULL }, { template, entries, out }) {
  const esbuild = await import("esbuild");
  await esbuild.build({
    entryPoints: Object.entries(entries).map(([name, file]) => ({ in: join(template, "src", file), out: name })),
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    alias: { "#glue": glue },
    define: { FULL: String(FULL) },
    plugins: [inlinedWasm(wasm), loadedLater],
    logLevel: "warning",
  });
}

/** Leaves `import("./more.js")` as it is, so that whoever bundles the page may load it when it is needed. */
const loadedLater = {
  name: "tokenkeep-later",
  setup(build) {
    build.onResolve({ filter: /^\.\/more\.js$/ }, ({ path, kind }) => (kind === "dynamic-import" ? { path, external: true } : undefined));
  },
};

/** Gives `import { base64 } from "tokenkeep:wasm"` the bytes of the module. */
function inlinedWasm(wasm) {
  const namespace = "tokenkeep-wasm";
  return {
    name: namespace,
    setup(build) {
      build.onResolve({ filter: /^tokenkeep:wasm$/ }, ({ path }) => ({ path, namespace, sideEffects: false }));
      build.onLoad({ filter: /.*/, namespace }, () => ({ contents: `export const base64 = "${readFileSync(wasm, "base64")}";` }));
    },
  };
}
