// The files of a set-up: made of the templates in init/, the answers, and the package's own scripts.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, extname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";

const home = fileURLToPath(new URL("../../", import.meta.url));
const packaged = (name) => readFileSync(join(home, name), "utf8");
const template = (name) => packaged(join("init", name));
/** What a page without a bundler loads. */
const vendored = ["index.js", "more.js", "worker.js"];
/** The texts of those that are copies, by where they go. */
const copiesAt = (paths) => paths.map((path) => [path, packaged(posix.basename(path))]);
const banner = /^\/\* tokenkeep (\S+): /m;

/** Where the files of this project go: `holder`, `client`, `callback`, and those that are copies. */
export function placesOf({ stack, public: served, typescript, has }) {
  const placed = (path, kind = "") => {
    const within = stack.base && has(stack.probe) ? `${stack.base}/${path}` : path.replace("%PUBLIC%", served);
    return extname(within) ? within : within + kind;
  };
  const script = typescript ? ".ts" : ".js";
  const isJsx = extname(stack.template) === ".jsx";
  const vendor = stack.vendor ? vendored.map((name) => `${served}/vendor/tokenkeep/${name}`) : [];
  const callback = placed(stack.callback, isJsx ? `${script}x` : script);
  return { holder: `${served}/tokenkeep/holder.js`, client: placed(stack.client, script), callback, vendor };
}

/** The texts of a new set-up by path. */
export function filesOf(project, answers) {
  const { holder, client, callback, vendor } = placesOf(project);
  const { stack, typescript } = project;
  const typed = { STRING: typescript ? ": string" : "", LANG: typescript ? ' lang="ts"' : "" };
  const words = { AUTH: pathTo(callback, client, typescript), PUBLIC: project.public, ROOT: stack.root, ...typed };
  return Object.fromEntries([
    [holder, fill(template("configuration.js"), configured(answers)) + packaged("standalone.js")],
    [client, fill(template(stack.clientTemplate), importsOf(stack))],
    [callback, fill(template(stack.template), words)],
    ...copiesAt(vendor),
  ]);
}

const importsOf = ({ vendor }) =>
  vendor
    ? { TOKENKEEP: "./vendor/tokenkeep/index.js", TOKENKEEP_WORKER: "./vendor/tokenkeep/worker.js" }
    : { TOKENKEEP: "tokenkeep", TOKENKEEP_WORKER: "tokenkeep/worker" };

function configured({ issuer, "client-id": clientId, "redirect-uri": redirectUri, scope, api }) {
  const isPath = redirectUri.startsWith("/");
  const quoted = { ISSUER: issuer, CLIENT_ID: clientId, SCOPE: scope };
  const texts = Object.entries(quoted).map(([name, value]) => [name, JSON.stringify(value)]);
  const redirect = JSON.stringify(redirectUri);
  const apis = `[${api.map((url) => JSON.stringify(url)).join(", ")}]`;
  return { ...Object.fromEntries(texts), REDIRECT_URI: isPath ? `new URL(${redirect}, location.origin).href` : redirect, APIS: apis };
}

/** Each `%NAME%` of a template has its word; it has no other. */
const fill = (text, words) => text.replaceAll(/%([A-Z_]+)%/g, (_, name) => words[name]);

/** How a module at `from` names the one at `to`: TypeScript's without an extension, as all bundlers and its compiler take it. */
function pathTo(from, to, typescript) {
  const path = posix.relative(posix.dirname(from), typescript ? to.replace(/\.ts$/, "") : to);
  return path.startsWith(".") ? path : `./${path}`;
}

/** Writes the files that aren't there yet, unless it is only tried; answers the paths: `{ written, left }`. */
export function write({ folder }, files, tried) {
  const paths = Object.keys(files);
  const isThere = (path) => existsSync(join(folder, path));
  const written = paths.filter((path) => !isThere(path));
  const left = paths.filter(isThere);
  if (!tried) for (const path of written) put(join(folder, path), files[path]);
  return { written, left };
}

function put(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** The holder's file of a project, in its two parts, or undefined. `version` is that of the package's part, if there is one. */
export function readHolder({ folder }, path) {
  if (!existsSync(join(folder, path))) return undefined;
  const text = readFileSync(join(folder, path), "utf8");
  const found = banner.exec(text);
  return {
    configuration: text.slice(0, found?.index),
    version: found?.[1],
    isOurs: found !== null && text.slice(found.index) === packaged("standalone.js"),
  };
}

/** Puts this version's parts in the place of another's: `{ renewed, foreign }` are the paths, `foreign` those that have no such part. */
export function renew(project, tried) {
  const { holder, vendor } = placesOf(project);
  const found = readHolder(project, holder);
  if (!found?.version) return { renewed: [], foreign: [holder] };
  const files = Object.fromEntries([[holder, found.configuration + packaged("standalone.js")], ...copiesAt(vendor)]);
  const renewed = Object.keys(files).filter((path) => !isSame(project, path, files[path]));
  if (!tried) for (const path of renewed) put(join(project.folder, path), files[path]);
  return { renewed, foreign: [] };
}

const isSame = ({ folder }, path, text) => existsSync(join(folder, path)) && readFileSync(join(folder, path), "utf8") === text;

/** Whether a copy of one of the package's scripts is this version's. */
export const isCopy = (project, path) => isSame(project, path, packaged(posix.basename(path)));
