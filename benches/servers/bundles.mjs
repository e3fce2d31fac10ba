// A page's or a worker's script as applications ship it: one file, made by a bundler.

import { join } from "node:path";

import { build } from "esbuild";

/** Makes the script `name` of `pages` one file, with the package in `pkg`, and `configuration` in the place of `/config.js`. */
export async function bundled(name, { pages, pkg, exports, configuration }) {
  const { outputFiles } = await build({
    entryPoints: [join(pages, name)],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    plugins: [served({ pkg, exports, configuration })],
  });
  return outputFiles[0].text;
}

/** Finds what the bench's pages import by the path that the site has it under. */
const served = ({ pkg, exports, configuration }) => ({
  name: "served",
  setup(building) {
    building.onResolve({ filter: /^\/tokenkeep(\/|$)/ }, ({ path }) => ({
      path: join(pkg, exports[path.replace("/tokenkeep", ".")].default),
    }));
    // What is loaded when it is needed is needed by none of these.
    building.onResolve({ filter: /\/more\.js$/ }, ({ path }) => ({ path, external: true }));
    building.onResolve({ filter: /^\/config\.js$/ }, ({ path }) => ({ path, namespace: "served" }));
    building.onLoad({ filter: /.*/, namespace: "served" }, () => ({ contents: configuration }));
  },
});
