// The apps of examples/, built by Vite as they stand there, with the hosts of a test in place of theirs.

import { join } from "node:path";

import { build } from "vite";

import { installPackage } from "../../../scripts/lib/pack.mjs";
import { root } from "../../../scripts/lib/paths.mjs";
import { filled } from "./advice.mjs";
import { startStage } from "./stage.mjs";

const folder = join(root, "examples");
const types = { js: "text/javascript; charset=utf-8", html: "text/html; charset=utf-8" };
const made = new Map();

/** Resolves to the files of an example by path, built once per process; `more` is for Vite. */
export function builtExample(name, more = {}) {
  const key = JSON.stringify([name, more]);
  if (!made.has(key)) made.set(key, make(join(folder, name), more));
  return made.get(key);
}

/** A plugin that takes the packages whose names match from what is installed in `place`. */
export const takenFrom = (place, names) => ({
  name: `from ${place}`,
  enforce: "pre",
  resolveId(id) {
    return names.test(id) ? this.resolve(id, join(place, "package.json"), { skipSelf: true }) : null;
  },
});

async function make(place, more) {
  await installPackage(folder);
  const { output } = await build({ root: place, logLevel: "error", ...more, build: { write: false, target: "es2022", ...more.build } });
  return Object.fromEntries(output.map(({ fileName, code, source }) => [`/${fileName}`, String(code ?? source)]));
}

/** A stage whose app is that example; each of its paths has the page. */
export async function startExample(t, files, options) {
  let stage;
  const serve = (path) => () => {
    const { app, authorizationServer, api } = stage;
    const text = filled(files[path], { app: app.origin, authorizationServer: authorizationServer.issuer, apis: [api.origin] });
    return [types[path.split(".").at(-1)], text.replaceAll("my-spa", "tokenkeep-demo")];
  };
  const served = Object.fromEntries(Object.keys(files).map((path) => [path, serve(path)]));
  stage = await startStage(t, { files: served, page: serve("/index.html"), ...options });
  return stage;
}
