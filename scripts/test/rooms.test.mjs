// The rooms of the crate lie above one another, and no module needs one that needs it: read off the `use` lines.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { test } from "node:test";

import { root } from "../lib/paths.mjs";

const source = join(root, "src");
/** From the lowest to the highest; each may use those before it. */
const rooms = ["proto::syntax", "proto::error", "proto::oauth", "proto::config", "proto::session", "proto::calls", "browser", "binding"];

const files = readdirSync(source, { recursive: true }).filter((name) => name.endsWith(".rs") && name !== "lib.rs");
const moduleOf = (file) =>
  relative(source, join(source, file))
    .replace(/(\/mod)?\.rs$/, "")
    .split(sep)
    .join("::");
const modules = new Map(files.map((file) => [moduleOf(file), readFileSync(join(source, file), "utf8")]));

/** The paths that `text` names, in `use` lines or where they are used, each as an array. What only tests use is left out. */
function pathsOf(text) {
  const [code] = text.replace(/\/\/.*$/gm, "").split("#[cfg(test)]");
  const named = [...code.matchAll(/^(?:pub )?use ([^;]+);/gm)].flatMap(([, tree]) => spread(tree.replace(/\s/g, "")));
  return [...named, ...[...code.matchAll(/\b(?:crate|super)(?:::\w+)+/g)].map(([path]) => path.split("::"))];
}

/** `a::{b, c::d}` as `[[a, b], [a, c, d]]`. */
function spread(tree) {
  const [, head, inner] = /^([^{]*)::\{(.*)\}$/.exec(tree) ?? [];
  if (!inner) return [tree.split("::")];
  return split(inner)
    .flatMap(spread)
    .map((path) => [...head.split("::"), ...path]);
}

function split(list) {
  const parts = [""];
  let depth = 0;
  for (const letter of list) {
    depth += { "{": 1, "}": -1 }[letter] ?? 0;
    if (letter === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.filter(Boolean);
}

/** The module of this crate that `path`, named in `module`, leads to. */
function target(path, module) {
  const own = module.split("::");
  const [first, ...rest] = path;
  const base = { crate: [], super: own.slice(0, -1), self: own }[first];
  let found = base ? [...base, ...rest] : [...own, ...path];
  while (found.length > 0 && !modules.has(found.join("::"))) found = found.slice(0, -1);
  return found.join("::");
}

const uses = new Map(
  [...modules].map(([module, text]) => [
    module,
    new Set(
      pathsOf(text)
        .map((path) => target(path, module))
        .filter((to) => to && to !== module),
    ),
  ]),
);
const roomOf = (module) => rooms.findIndex((room) => module === room || module.startsWith(`${room}::`));

test("each room uses those below it only", () => {
  const wrong = [];
  for (const [module, targets] of uses) {
    for (const to of targets) if (roomOf(module) >= 0 && roomOf(to) > roomOf(module)) wrong.push(`${module} uses ${to}`);
  }
  assert.deepEqual(wrong, []);
  assert.deepEqual(
    [...modules.keys()].filter((module) => roomOf(module) < 0),
    ["lean", "proto"].filter((name) => modules.has(name)),
  );
});

test("no module needs one that needs it", () => {
  assert.deepEqual(cycle(), []);
});

/** The first cycle there is, as the modules on it. */
function cycle() {
  const done = new Set();
  const way = [];
  const visit = (module) => {
    if (way.includes(module)) return [...way.slice(way.indexOf(module)), module];
    if (done.has(module)) return [];
    way.push(module);
    for (const to of uses.get(module) ?? []) {
      const found = visit(to);
      if (found.length > 0) return found;
    }
    way.pop();
    done.add(module);
    return [];
  };
  for (const module of uses.keys()) {
    const found = visit(module);
    if (found.length > 0) return found;
  }
  return [];
}

test("the reader of `use` lines reads them", () => {
  assert.deepEqual(pathsOf("use a::{b, c::{d, e}};\npub use f::g;\nlet h = super::i::j(); // super::k\n#[cfg(test)]\nuse l;"), [
    ["a", "b"],
    ["a", "c", "d"],
    ["a", "c", "e"],
    ["f", "g"],
    ["super", "i", "j"],
  ]);
  assert.ok(uses.get("proto::session::requests").has("proto::session::state"));
});
