// What is missing in a set-up of a front end in Rust, beside the holder's file and the copies.

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { failure, ok, orOk } from "../findings.mjs";
import { cargoAdd } from "./rust.mjs";

/** What finishes a sign-in: the frameworks' parts of the crate, or the call itself. */
const finishing = /\b(provide_auth|AuthProvider|use_auth_provider)\b|\.resume\b/;

export function checkCrate({ stack, dependencies }) {
  const known = ok("STACK")`${stack.name}`;
  if (dependencies.includes("tokenkeep-client")) return [known];
  return [known, failure("CRATE")`tokenkeep-client is not among the dependencies in Cargo.toml: ${cargoAdd(stack)}`];
}

/** Whether something connects to the holder, the compiler sees it, and somebody finishes sign-ins. */
export function checkModule(_, { client }, files) {
  const sources = files.map(([path, text]) => [path, text.replaceAll(/^\s*\/\/.*$/gm, "")]);
  const own = sources.find(([, text]) => /\bconnect\w*\(/.test(text) && text.includes("/tokenkeep/holder.js"));
  if (!own) return [failure("CLIENT")`nothing connects to /tokenkeep/holder.js: run npx tokenkeep init, which writes ${client}`];
  const isIn = (words) => sources.some(([, text]) => words.test(text));
  const problems = [
    ...(isIn(/\bmod auth\b/)
      ? []
      : [failure("CLIENT")`no file has \`mod auth;\`, so that ${client} is not compiled: put it into src/main.rs`]),
    ...(isIn(finishing) ? [] : [failure("ROUTE")`nothing finishes sign-ins: ${client} says what to call where the app starts`]),
  ];
  return orOk(problems, ok("CLIENT")`${own[0]} connects to the holder`);
}

/** Whether the page names the scripts for the crate, and Trunk copies them. */
export function checkPage({ folder, has, public: served }, { callback: page }) {
  if (!has(page)) return [failure("PAGE")`${page} is missing: run npx tokenkeep init`];
  const text = readFileSync(join(folder, page), "utf8");
  const [map = ""] = /<script[^>]*type=["']importmap["'][^>]*>[^]*?<\/script>/.exec(text) ?? [];
  const unnamed = ["tokenkeep", "tokenkeep/worker"].filter((name) => !map.includes(`"${name}"`));
  const folders = /\bdata-trunk\b/.test(text) ? [`${served}/tokenkeep`, `${served}/vendor`] : [];
  const uncopied = folders.filter((path) => !text.includes(`"${path}"`) && !text.includes(`"${served}"`));
  const problems = [
    ...unnamed.map((name) => failure("PAGE")`${page} has no import map with ${name}: npx tokenkeep init --dry-run shows it`),
    ...uncopied.map((path) => failure("PAGE")`${page} does not have Trunk copy ${path}: npx tokenkeep init --dry-run shows the line`),
  ];
  return orOk(problems, ok("PAGE")`${page} has what the crate imports`);
}
