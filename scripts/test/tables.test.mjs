// Options and errors have one row each in Rust; what is said of them elsewhere is held against these tables.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { root } from "../lib/paths.mjs";
import { filesUnder } from "../lib/stamp.mjs";

const read = (...path) => readFileSync(join(root, ...path), "utf8");
const readAll = (folder, ending) =>
  filesUnder(join(root, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => readFileSync(file, "utf8"))
    .join("\n");
const found = (text, pattern) => [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort();
const digits = (text) => Number(text.replace(/[,_]/g, ""));

const readme = read("pkg-template", "README.md");
const scripts = readAll("pkg-template/src", ".js");

/** The rows of Rust's table, as name and `{ kind, number }`; `number` is the default, if it is one. */
const rows = [
  ...read("src", "proto", "config", "table.rs").matchAll(/^ {4}\("(\w+)", (\w+)(?: \{.* default: (?:Some\(([\d_]+)\)|None) \})?\),$/gm),
];
const options = new Map(rows.map(([, name, kind, number]) => [name, { kind, number: number && digits(number) }]));
const names = [...options.keys()].sort();

// No declaration has an empty line in it.
const declarations = (file) =>
  new Map(
    read("pkg-template", file)
      .split(/\n{2,}/)
      .flatMap((part) => [...part.matchAll(/^export (?:interface|type) (\w+)[^]*/gm)].map(([text, name]) => [name, text])),
  );

/** The members of a type and of those that it is made of, as name and comment. */
function membersOf(name, types) {
  const [head, ...rest] = types.get(name).split("\n");
  if (head.startsWith("export interface")) {
    const own = rest.join("\n").matchAll(/(?:\/\*\*([^]*?)\*\/\s*)?^ {2}(\w+)\??: /gm);
    const bases = found(head, / extends (?:Omit<)?(\w+)/g);
    return [...bases.flatMap((base) => membersOf(base, types)), ...[...own].map(([, comment = "", member]) => [member, comment])];
  }
  const text = [head, ...rest].join("\n").replace(/^[^=]*=/, "");
  const parts = found(text, /(?<!: )\b([A-Z]\w+)/g);
  return [...parts.flatMap((part) => membersOf(part, types)), ...found(text, /(\w+)\??: /g).map((member) => [member, ""])];
}

/** The rows of a table of the README, each as its cells. */
function tableUnder(head) {
  const [, ...lines] = readme.slice(readme.indexOf(head)).split("\n\n")[0].split("\n");
  return lines.slice(1).map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test("Rust's table of options is read whole", () => {
  const [, table] = read("src", "proto", "config", "table.rs").match(/^pub\(super\) const OPTIONS[^\n]*\n([^]*?)^\];/m);
  assert.equal(rows.length, table.trim().split("\n").length);
  assert.equal(names.length, rows.length, "an option has two rows");
});

test("the types have the options of the table, and their defaults", () => {
  const members = membersOf("Config", declarations("holder.d.ts"));
  assert.deepEqual([...new Set(members.map(([name]) => name))].sort(), names);
  for (const [name, { number }] of options) {
    const [, said] = members.map(([member, comment]) => member === name && comment.match(/Default ([\d,]+)/)).find(Boolean) ?? [];
    assert.equal(said && digits(said), number, name);
  }
});

test("the README has the options of the table, and their defaults", () => {
  const said = tableUnder("| option | default | |").flatMap(([cell, defaults]) => {
    const group = [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    return group.map((name, index) => [name, group.length > 1 ? defaults.split(", ")[index] : defaults]);
  });
  assert.deepEqual(said.map(([name]) => name).sort(), names);
  for (const [name, text] of said) {
    const { kind, number } = options.get(name);
    if (kind === "Flag") assert.equal(text, "`false`", name);
    if (kind === "Usage") assert.equal(text, "where announced", name);
    if (kind === "Number") assert.equal(text.match(/^([\d,]+)(?: ms| s)?$/)?.[1], number?.toLocaleString("en"), name);
  }
});

test("the README has the options of signIn() that the types have", () => {
  const types = declarations("index.d.ts");
  const members = ["SignInOptions", "PopupSignInOptions"].flatMap((name) => membersOf(name, types)).map(([name]) => name);
  const [, said] = readme.match(/^\| `auth\.signIn\(options\)` \|(.*)\|$/m);
  assert.deepEqual(found(said.replace(/\([^)]*\)/g, ""), /`(\w+)`/g), [...new Set(members)].sort());
});

const ofRust = found(readAll("src", ".rs"), /"TOKENKEEP_([A-Z_]+)"/g);
const ofScripts = [...new Set([...found(scripts, /"(?:TOKENKEEP_)?([A-Z]+(?:_[A-Z]+)+)"/g), ...found(scripts, /fail\("([A-Z_]+)"/g)])];
const codes = [...new Set([...ofRust, ...ofScripts])].sort();

test("ErrorCode has the codes that Rust's table has and the scripts throw", () => {
  assert.ok(ofRust.length > 50 && ofScripts.length > 30, `${ofRust.length} and ${ofScripts.length} codes`);
  assert.deepEqual(found(declarations("index.d.ts").get("ErrorCode"), /"TOKENKEEP_([A-Z_]+)"/g), codes);
});

test("the documents and the page's advice name codes that there are", () => {
  const documents = [readme, read("README.md"), read("SECURITY.md"), readAll("docs", ".md")].join("\n");
  const advised = found(read("pkg-template", "src", "client", "advice.js"), /^ {2}([A-Z_]+): \(/gm);
  assert.ok(advised.length > 10, `${advised.length} kinds of advice`);
  assert.deepEqual(
    [...found(documents, /\bTOKENKEEP_([A-Z_]+)\b/g), ...advised].filter((code) => !codes.includes(code)),
    [],
  );
});

test("the page on diagnosis has every code", () => {
  const said = found(read("docs", "diagnosis.md"), /`TOKENKEEP_([A-Z_]+)`/g);
  assert.deepEqual(
    codes.filter((code) => !said.includes(code)),
    [],
  );
});

test("the README has the events and the reasons of the types", () => {
  const types = declarations("index.d.ts");
  const named = (head) => tableUnder(head).map(([cell]) => cell.replaceAll("`", ""));
  assert.deepEqual(named("| event | `detail` | |").sort(), found(types.get("AuthEventMap"), /^ {2}(\w+): CustomEvent</gm));
  const reasons = found(types.get("SignOutReason"), /^ {2}\| "([\w-]+)"/gm);
  assert.deepEqual(named("| `reason` of `signedout`").sort(), [...reasons, "never-signed-in"].sort());
});

test("the types have the kinds of explanations that there are", () => {
  const words = read("src", "proto", "session", "explanation.rs").match(/^fn kind\([^]*?^\}/m)[0];
  const kinds = read("src", "proto", "oauth", "challenge.rs").match(/^const KINDS[^]*?^\];/m)[0];
  const said = [...found(words, /=> "(\w+)"/g), ...found(kinds, /"(\w+)"\),$/gm)];
  assert.deepEqual([...new Set(said)].sort(), found(declarations("index.d.ts").get("ExplanationKind"), /^ {2}\| "(\w+)"/gm));
});

test("the auth for tests records the methods that its type has", () => {
  const [, recorded] = read("pkg-template", "src", "testing", "fake-auth.js").match(/^const recorded = \[\n([^]*?)^\];/m);
  assert.deepEqual(found(recorded, /"(\w+)"/g), found(declarations("testing.d.ts").get("FakeMethod"), /\| "(\w+)"/g));
});

test("the auth for tests refuses with the codes and the words of the table", () => {
  const rust = readAll("src", ".rs").replace(/\\\n\s*/g, "");
  const refusals = read("pkg-template", "src", "testing", "refusals.js").split("};")[0];
  const said = [...refusals.matchAll(/^ {2}([A-Z_]+):\s+"(.*)",$/gm)];
  assert.ok(said.length > 5, `${said.length} refusals`);
  for (const [, name, message] of said) {
    const pattern = new RegExp(`"TOKENKEEP_${name}",\\s*"${message.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}"`);
    assert.match(rust, pattern, name);
  }
});

test("the README has the options of fakeAuth() that the types have", () => {
  const said = tableUnder("| option | |\n|---|---|\n| `session`").flatMap(([cell]) => found(cell, /`(\w+)`/g));
  const members = membersOf("FakeAuthOptions", declarations("testing.d.ts")).map(([name]) => name);
  assert.ok(members.length > 5, `${members.length} options`);
  assert.deepEqual(said.sort(), members.sort());
});
