// The apps of examples/ that the README shows.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { cargoAdd, rustStacks } from "../../pkg-template/bin/init/rust.mjs";
import { crateVersion } from "../lib/build.mjs";
import { lockedCrates } from "../lib/crates.mjs";
import { root } from "../lib/paths.mjs";
import { readJson } from "../lib/run.mjs";

const readme = readFileSync(join(root, "pkg-template", "README.md"), "utf8");
const frameworks = ["react", "vue", "svelte", "angular"];
const read = (framework, name) => readFileSync(join(root, "examples", framework, name), "utf8");
/** A file that is JavaScript, or TypeScript in Angular's app. */
const auth = (framework) => read(framework, framework === "angular" ? "auth.ts" : "auth.js");

test("what the README shows of a framework is its example, word by word", () => {
  const shown = { jsx: read("react", "main.jsx"), js: read("vue", "main.js"), svelte: read("svelte", "App.svelte") };
  const own = 'import "@angular/compiler"; // The Angular CLI compiles templates beforehand, and needs no such line.\n';
  const [before, rest] = read("angular", "main.ts").split(own);
  assert.equal(before, "");
  for (const [language, text] of Object.entries({ ...shown, ts: rest })) {
    assert.ok(readme.includes(`\`\`\`${language}\n${text}\`\`\`\n`), language);
  }
  assert.ok(readme.includes(`\`\`\`js\n${auth("react")}\`\`\`\n`));
});

test("the examples connect in one way, and to one holder", () => {
  for (const framework of frameworks) {
    assert.equal(auth(framework), auth("react"), framework);
    assert.equal(read(framework, "holder.js"), read("react", "holder.js"), framework);
  }
});

test("a guarded page takes at most 20 lines in React, the connection among them", () => {
  const lines = `${auth("react")}${read("react", "main.jsx")}`.split("\n").filter((line) => line.trim());
  assert.ok(lines.length <= 20, `${lines.length} lines`);
});

test("the examples want the versions that they are tested with", () => {
  const { devDependencies: tested } = readJson(join(root, "package.json"));
  const known = { ...tested, tokenkeep: crateVersion() };
  for (const framework of frameworks) {
    const { dependencies, devDependencies } = readJson(join(root, "examples", framework, "package.json"));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) assert.equal(version, known[name], name);
  }
});

test("each framework is a peer that nobody has to have", () => {
  const { peerDependencies, peerDependenciesMeta } = readJson(join(root, "pkg-template", "package.json"));
  const optional = Object.fromEntries(Object.keys(peerDependencies).map((name) => [name, { optional: true }]));
  assert.deepEqual(peerDependenciesMeta, optional);
  for (const framework of frameworks) assert.ok(existsSync(join(root, "pkg-template", `${framework}.d.ts`)), framework);
});

const inRust = ["leptos", "yew", "dioxus"];

test("the examples in Rust have what init writes, take the wasm-bindgen that is built here, and fit on a page", () => {
  const versionOf = (crates) => crates.find(({ name }) => name === "wasm-bindgen").version;
  for (const name of inRust) {
    assert.equal(read(name, "src/auth.rs"), readTemplate(`${name}.rs`), name);
    assert.equal(
      read(name, "index.html"),
      readTemplate("trunk.html").replaceAll("%PUBLIC%", "public").replace("%ROOT%", rootOf(name)),
      name,
    );
    assert.equal(versionOf(lockedCrates(read(name, "Cargo.lock"))), versionOf(lockedCrates()), name);
    assert.ok(read(name, "src/main.rs").split("\n").length <= 61, `${name} has more than 60 lines`);
  }
});

test("the README adds the crate as init says", () => {
  const [stack] = rustStacks;
  assert.ok(readme.includes(`\`\`\`sh\n${cargoAdd(stack)}\nnpx tokenkeep init\n`));
});

const rootOf = (name) => rustStacks.find((stack) => stack.name === name).root;

function readTemplate(name) {
  return readFileSync(join(root, "pkg-template", "init", name), "utf8");
}
