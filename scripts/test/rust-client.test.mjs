// The Rust client says again what the types say: each of its enums and options is held against index.d.ts.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { lockedCrates } from "../lib/crates.mjs";
import { codesFile, rustErrorCodes } from "../lib/error-codes.mjs";
import { root, wasmTriple } from "../lib/paths.mjs";
import { must } from "../lib/run.mjs";
import { holderOptions, leftOut, optionsFile, rustOptions } from "../lib/rust-options.mjs";
import { filesUnder } from "../lib/stamp.mjs";

const types = readFileSync(join(root, "pkg-template", "index.d.ts"), "utf8");
const sources = filesUnder(join(root, "client", "src"));
const rust = sources.map((file) => readFileSync(file, "utf8")).join("\n");
const kebab = (name) => name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
const camel = (name) => name.replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

/** The body of a declaration of Rust, without comments. */
function bodyOf(declaration) {
  const [, body] = rust.match(new RegExp(`^ *(?:pub )?${declaration}(?:<[^\\n]*>)? \\{\\n([^]*?)^ *\\}`, "m")) ?? [];
  assert.ok(body, declaration);
  return body.replace(/^\s*\/\/.*\n/gm, "");
}

/** What serde reads for the variants of an enum, but for the one that stands for what is newer. */
function wordsOf(name) {
  const variants = [...bodyOf(`enum ${name}`).matchAll(/((?: *#\[[^\n]*\n)*) {4}([A-Z]\w*)/g)];
  const said = variants.filter(([, attributes]) => !attributes.includes("serde(other)"));
  return said.map(([, attributes, variant]) => attributes.match(/rename = "(.*)"/)?.[1] ?? kebab(variant)).sort();
}

/** The words of a type of index.d.ts, or of a member of one. */
function wordsOfType(name, member) {
  const [, text] = types.match(new RegExp(`export (?:type|interface) ${name} ([^]*?)\\n\\n`));
  const part = member ? text.match(new RegExp(`readonly ${member}: ([^;]*);`))[1] : text;
  return [...part.replace(/\/\*\*[^]*?\*\//g, "").matchAll(/"([^"]+)"/g)].map(([, word]) => word).sort();
}

/** The members of an interface of index.d.ts. */
function membersOf(name) {
  const [, body] = types.match(new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([^]*?)^\\}`, "m"));
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??: /gm)].map(([, member]) => member).sort();
}

function fieldsOf(name) {
  const fields = bodyOf(`struct ${name}`).matchAll(/((?: *#\[[^\n]*\n)*)^ {4}(?:pub )?(\w+): /gm);
  return [...fields].map(([, attributes, field]) => attributes.match(/rename = "(.*)"/)?.[1] ?? camel(field)).sort();
}

test("ErrorCode is made from the types", () => {
  assert.equal(readFileSync(codesFile, "utf8"), rustErrorCodes(), "run `node scripts/rust-client.mjs`");
});

test("HolderConfig has the options of hold(), with their words", () => {
  assert.equal(readFileSync(optionsFile, "utf8"), rustOptions(), "run `node scripts/rust-client.mjs`");
  const [, table] = readFileSync(join(root, "src", "proto", "config", "table.rs"), "utf8").match(/const OPTIONS[^\n]*\n([^]*?)^\];/m);
  const names = [...table.matchAll(/^ {4}\("(\w+)"/gm)].map(([, name]) => name).filter((name) => !leftOut.includes(name));
  assert.deepEqual(
    holderOptions()
      .map(({ name }) => name)
      .sort(),
    names.sort(),
  );
});

test("every enum has the words of its type", () => {
  const pairs = {
    AnomalyKind: [],
    AuditKind: [],
    ExplanationKind: [],
    SignOutReason: [],
    WaitReason: [],
    Phase: ["Stats", "phase"],
    Circuit: ["Stats", "circuit"],
  };
  const more = {
    Revocation: ["SignOutResult", "revocation"],
    StepUpReason: ["StepUp", "reason"],
  };
  for (const [name, [type = name, member]] of Object.entries({ ...pairs, ...more, GivesWay: ["AuthEventMap", "outdated"] })) {
    const said =
      member === "outdated"
        ? types
            .match(/givesWay: ([^}]*)\}/)[1]
            .match(/[\w-]+/g)
            .sort()
        : wordsOfType(type, member);
    assert.deepEqual(wordsOf(name), said, name);
  }
});

test("every enum that is read takes a word that is newer for unknown", () => {
  const read = [...rust.matchAll(/#\[derive\(([^)]*)\)\](?:\n#\[[^\n]*)*\npub enum (\w+)/g)].filter(([, derived]) =>
    derived.includes("Deserialize"),
  );
  assert.ok(read.length >= 10);
  for (const [, , name] of read) assert.match(bodyOf(`enum ${name}`), /#\[serde\(other\)\]\n *Unknown,/, name);
});

test("every structure that is read lacks nothing where a member is missing", () => {
  for (const [, attributes, name] of rust.matchAll(/#\[derive\([^)]*\bDeserialize\b[^)]*\)\]\n((?:#\[[^\n]*\n)*)pub struct (\w+)/g))
    assert.match(attributes, /serde\((?:.*, )?default\)/, name);
});

test("there is a kind for every event", () => {
  const [, kinds] = rust.match(/^kinds! \{\n([^]*?)^\}/m);
  assert.deepEqual([...kinds.matchAll(/"(\w+)"/g)].map(([, name]) => name).sort(), membersOf("AuthEventMap"));
});

test("every structure has the members of its type", () => {
  for (const name of ["Stats", "ServerStats", "AuditEntry", "Explanation", "ResourceMetadata", "StepUp"])
    assert.deepEqual(fieldsOf(name), membersOf(name), name);
  assert.deepEqual(fieldsOf("Arrival"), membersOf("Arrival"));
  assert.deepEqual(
    fieldsOf("Waiting")
      .map((name) => (name === "reason" ? "for" : name))
      .sort(),
    membersOf("Waiting"),
  );
  for (const name of membersOf("Session")) assert.match(bodyOfImpl("Session"), new RegExp(`"${name}"`), name);
  const details = fieldsOf("Error").filter((name) => !["code", "message", "name", "isOfFetch"].includes(name));
  assert.deepEqual(details, detailsOfError());
});

test("every option of a call has its method", () => {
  const said = { SignIn: "SignInOptions", Resume: "ResumeOptions", RequestOptions: "RequestOptions" };
  for (const [name, type] of Object.entries(said)) {
    const expected = membersOf(type).filter((member) => member !== "mode");
    assert.deepEqual(optionsOf(name), expected, name);
  }
  const both = [...optionsOf("SignIn"), ...optionsOf("PopupSignIn"), "mode"];
  assert.deepEqual([...new Set(both)].sort(), [...new Set([...membersOf("SignInOptions"), ...membersOf("PopupSignInOptions")])].sort());
  const builder = bodyOfImpl("RequestBuilder");
  for (const [, method] of bodyOfImpl("RequestOptions").matchAll(/pub fn (\w+)\(self/g))
    assert.match(builder, new RegExp(`pub fn ${method}\\(self`), method);
});

/** The bodies of all implementations of a type itself. */
const bodyOfImpl = (name) => [...rust.matchAll(new RegExp(`^impl ${name} \\{\\n([^]*?)^\\}`, "gm"))].map(([, body]) => body).join("\n");

/** The members that its methods set. */
function optionsOf(name) {
  const set = bodyOfImpl(name).matchAll(/(?:\.set|\.set_text|\.add|self\.text|self\.with)\("(\w+)"/g);
  return [...new Set([...set].map(([, member]) => member))].filter((member) => member !== "mode").sort();
}

function detailsOfError() {
  const [, body] = types.match(/^export class TokenKeepError[^{]*\{\n([^]*?)^\}/m);
  const members = [...body.matchAll(/^ {2}readonly (\w+)\?: /gm)];
  return members.map(([, name]) => name).sort();
}

test("what the module of a framework shows is compiled", () => {
  for (const name of ["dioxus", "leptos", "yew"]) {
    const [, shown] = readFileSync(join(root, "client", "src", `${name}.rs`), "utf8").match(/^\/\/! ```no_run\n([^]*?)^\/\/! ```$/m);
    const example = readFileSync(join(root, "client", "examples", `with-${name}.rs`), "utf8");
    assert.ok(example.includes(shown.replace(/^\/\/! ?/gm, "")), `client/examples/with-${name}.rs`);
  }
});

test("one wasm-bindgen fits all lock files", () => {
  const versionIn = (...path) =>
    lockedCrates(readFileSync(join(root, ...path), "utf8")).find(({ name }) => name === "wasm-bindgen").version;
  for (const folder of [["client"], ["client", "bare"], ["client", "frameworks"]])
    assert.equal(
      versionIn(...folder, "Cargo.lock"),
      versionIn("Cargo.lock"),
      `cargo update wasm-bindgen --precise, in ${folder.join("/")}`,
    );
});

const cargo = (...args) => must("cargo", [...args, "--locked", "--quiet"], { cure: "cargo fetch --locked" });

test("who depends on the core gets no export of wasm-bindgen", async () => {
  const tree = (...more) => cargo("tree", "--target", wasmTriple, "--edges", "normal", "--prefix", "none", ...more);
  assert.doesNotMatch(await tree(), /wasm-bindgen|js-sys/);
  assert.match(await tree("--features", "module"), /wasm-bindgen/);
});

test("the published crates have their sources, a README and the licences", async () => {
  const beside = ["Cargo.lock", "Cargo.toml", "Cargo.toml.orig", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];
  for (const folder of ["", "client"]) {
    const manifest = join(root, folder, "Cargo.toml");
    const listed = (await cargo("package", "--list", "--allow-dirty", "--manifest-path", manifest)).trim().split(/\r?\n/);
    const others = listed.filter((file) => !/^src[\\/]/.test(file) && file !== ".cargo_vcs_info.json");
    assert.deepEqual(others.sort(), beside);
    const own = filesUnder(join(root, folder, "src")).length;
    assert.equal(listed.filter((file) => /^src[\\/]/.test(file)).length, own);
  }
});
