// What is missing in a set-up. Only files are looked at; nobody is asked for anything.

import { posix } from "node:path";
import { runInNewContext } from "node:vm";

import { failure, ok, orOk, warning } from "../findings.mjs";
import { checkCrate, checkModule, checkPage } from "./check-rust.mjs";
import { isCopy, placesOf, readHolder } from "./files.mjs";
import { sourcesOf } from "./project.mjs";

const update = "run npx tokenkeep init --update";

export function checkProject(project) {
  const places = placesOf(project);
  const sources = [...sourcesOf(project)].filter(([path]) => !/(^|[\\/])tokenkeep[\\/]/.test(path));
  return checks(project.stack).flatMap((check) => check(project, places, sources));
}

const checks = ({ rust }) =>
  rust
    ? [checkCrate, checkHolder, checkModule, checkPage, checkCopies]
    : [checkPackage, checkHolder, checkClient, checkCallback, checkCopies];

function checkPackage({ stack, dependencies }) {
  const known = ok("STACK")`${stack.name}`;
  if (stack.vendor || dependencies.includes("tokenkeep")) return [known];
  return [known, failure("PACKAGE")`tokenkeep is not among the dependencies in package.json: npm install tokenkeep`];
}

function checkHolder(project, { holder }) {
  const found = readHolder(project, holder);
  if (!found) return [failure("HOLDER")`${holder} is missing: run npx tokenkeep init, or name the public folder by --public`];
  if (!found.version) return [warning("HOLDER")`${holder} has no part of tokenkeep's, so that it is yours to build anew after updates`];
  const age = found.isOurs
    ? []
    : [failure("HOLDER")`${holder} has version ${found.version} of tokenkeep, or a changed one, and not the installed: ${update}`];
  return orOk([...age, ...checkConfiguration(found.configuration, holder)], ok("HOLDER")`${holder} is of the installed version`);
}

function checkConfiguration(text, holder) {
  let found;
  try {
    const context = { location: new URL("https://app.example.com/tokenkeep/holder.js"), URL };
    found = runInNewContext(`${text};configuration`, context, { timeout: 1_000 });
  } catch (error) {
    return [failure("CONFIG")`the configuration in ${holder} can't be read: ${error.message}`];
  }
  const wanted = found.token || found.acceptToken || found.mcp ? [] : ["clientId", "redirectUri", "resourceServers"];
  const absent = wanted.filter((name) => !found[name] && !(name === "clientId" && (found.clientMetadataUrl || found.clientMetadata)));
  const problems = absent.map((name) => failure("CONFIG")`the configuration in ${holder} has no ${name}`);
  if (/\bexample\.com\b/.test(text))
    problems.push(warning("CONFIG")`the configuration in ${holder} has hosts of example.com: put yours there`);
  return problems;
}

function checkClient(_, { client }, sources) {
  const own = sources.filter(([, text]) => /\bholderAt\(/.test(text) && /["']tokenkeep\/worker["']|worker\.js["']/.test(text));
  const hashed = sources
    .filter(([, text]) => /new SharedWorker\(\s*new URL\(/.test(text))
    .map(([path]) => warning("CLIENT")`${path} has the worker's address from the bundler, which changes with deployments: use holderAt()`);
  if (own.length === 0)
    return [...hashed, failure("CLIENT")`no file calls connect(holderAt(..)): run npx tokenkeep init, which writes ${client}`];
  const strays = own.filter(([, text]) => !text.includes('"/tokenkeep/holder.js"') && !text.includes("'/tokenkeep/holder.js'"));
  const problems = strays.map(
    ([path]) => warning("CLIENT")`${path} has the holder at another address than /tokenkeep/holder.js, where the advised headers expect it`,
  );
  return orOk([...hashed, ...problems], ok("CLIENT")`${own[0][0]} connects to the holder`);
}

function checkCallback({ stack, has }, { callback }, sources) {
  if (stack.wired) {
    const [file, word] = stack.wired;
    const routes = sources.find(([path]) => path.replace(/\.\w+$/, "") === file);
    if (!routes?.[1].includes(word)) return [failure("ROUTE")`${file} has no route for ${word}: ${stack.paste[0]}`];
  }
  if (has(callback)) return checkCall(stack, sources, callback);
  const other = sources.some(([, text]) => /\bready\b|\.resume\(/.test(text));
  if (other) return [warning("ROUTE")`${callback} is missing; see that the page at the redirection URI waits for resume()`];
  return [failure("ROUTE")`${callback} is missing, and nothing calls resume(): run npx tokenkeep init`];
}

/** Where a tool has no routes of its own, somebody has to call what the file has. */
function checkCall({ template }, sources, callback) {
  const name = posix.basename(callback).replace(/\.\w+$/, "");
  const calls = sources.some(([path, text]) => path !== callback && text.includes(`/${name}`) && text.includes("callback("));
  if (template === "page.js" && !calls) return [failure("ROUTE")`nothing calls callback() of ${callback}: do it where the app starts`];
  return [ok("ROUTE")`${callback} finishes sign-ins`];
}

function checkCopies(project, { vendor }) {
  const stale = vendor.filter((path) => !isCopy(project, path));
  return stale.map((path) => failure("COPY")`${path} is not the installed version's: ${update}`);
}
