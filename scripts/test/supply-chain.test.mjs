import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { root } from "../lib/paths.mjs";
import { filesUnder } from "../lib/stamp.mjs";
import { auditOutcome } from "../lib/supply-chain.mjs";
import {
  crateProblems,
  duplicateProblems,
  isAllowed,
  lockProblems,
  npmProblems,
  pinProblems,
  policyOf,
  registry,
  requirementProblems,
} from "../lib/supply-rules.mjs";

const policy = { licenses: ["MIT", "Unicode-3.0"], buildScripts: ["known"] };
const crate = { name: "a", version: "1.0.0", license: "MIT", source: registry, targets: [{ kind: ["lib"] }] };
const sha512 = `sha512-${"A".repeat(86)}==`;
const entry = { version: "1.0.0", integrity: sha512, license: "MIT" };
const npmWith = (packages, devDependencies = {}) => npmProblems({ devDependencies }, { packages: { "": {}, ...packages } });

test("an SPDX expression is met by one of its alternatives and all of its parts", () => {
  for (const good of ["MIT", "GPL-3.0 OR MIT", "Apache-2.0/MIT", "(GPL-3.0 OR MIT) AND Unicode-3.0"])
    assert.ok(isAllowed(good, policy.licenses), good);
  for (const bad of ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR GPL-3.0) AND ISC", "MIT WITH x", "(MIT", "MIT)", "", null])
    assert.ok(!isAllowed(bad, policy.licenses), `${bad}`);
});

test("the lists of deny.toml are read, with comments and over several lines", () => {
  const text = '[licenses]\n# allow = ["GPL-3.0"]\nallow = ["MIT"]\n[bans.build]\nallow-build-scripts = [\n  "x", "y",\n]\n';
  assert.deepEqual(policyOf(text), { licenses: ["MIT"], buildScripts: ["x", "y"] });
  assert.ok(policyOf(readFileSync(join(root, "deny.toml"), "utf8")).licenses.includes("MIT"));
});

test("crates that nobody has agreed to are problems", () => {
  assert.deepEqual(crateProblems([crate, { ...crate, source: null, license: null }], policy), []);
  for (const [change, complaint] of [
    [{ license: "GPL-3.0" }, /licence GPL-3.0/],
    [{ source: "git+https://example.com/a" }, /comes from git/],
    [{ targets: [{ kind: ["custom-build"] }] }, /build script/],
    [{ targets: [{ kind: ["proc-macro"] }] }, /macro/],
  ])
    assert.match(crateProblems([{ ...crate, ...change }], policy).join("\n"), complaint);
  assert.deepEqual(crateProblems([{ ...crate, name: "known", targets: [{ kind: ["custom-build"] }] }], policy), []);
});

test("our own crates want exact versions", () => {
  const wanting = (dependency) => pinProblems([{ name: "own", source: null, dependencies: [{ name: "a", ...dependency }] }]);
  assert.deepEqual([...wanting({ req: "=1.2.3" }), ...wanting({ req: "*", path: "/x" })], []);
  assert.match(wanting({ req: "^1.2.3" }).join(), /own wants a \^1\.2\.3/);
});

test("a locked crate has the registry's checksum, and the wasm has each crate once", () => {
  const locked = { name: "a", version: "1.0.0", source: registry, checksum: "0".repeat(64) };
  assert.deepEqual(lockProblems([locked, { name: "own", source: null, checksum: null }]), []);
  assert.equal(
    lockProblems([
      { ...locked, checksum: null },
      { ...locked, source: "git+x" },
    ]).length,
    2,
  );
  assert.deepEqual(duplicateProblems([{ name: "a" }, { name: "b" }]), []);
  assert.match(duplicateProblems([{ name: "a" }, { name: "a" }]).join(), /more than one version of a/);
});

test("npm packages are pinned, hashed, from the registry and of a known licence", () => {
  assert.deepEqual(npmWith({ "node_modules/a": entry }, { a: "1.0.0" }), []);
  for (const [change, complaint] of [
    [{ integrity: undefined }, /no sha512/],
    [{ integrity: "sha1-xyz" }, /no sha512/],
    [{ resolved: "git+ssh://example.com/a" }, /comes from git/],
    [{ link: true }, /is a link/],
    [{ license: "UNLICENSED" }, /licence UNLICENSED/],
    [{ license: undefined }, /licence undefined/],
    [{ hasInstallScript: true }, /install script/],
  ])
    assert.match(npmWith({ "node_modules/a": { ...entry, ...change } }).join("\n"), complaint);
  for (const loose of ["^1.0.0", "1.x", "latest", "file:../a"]) assert.match(npmWith({}, { a: loose }).join(), /no exact version/);
});

test("Python packages have exact versions", () => {
  assert.deepEqual(requirementProblems("# why\nDjango==5.2.1\nidna==3.20\n"), []);
  assert.equal(requirementProblems("Django>=5\nidna\n--index-url https://example.com\n").length, 3);
});

test("an audit that could not look says so, and grave advisories are problems", () => {
  assert.match(auditOutcome("npm warn audit 405 Method Not Allowed").note, /SKIPPED.*cure/);
  const report = (severity) => auditOutcome(`npm warn x\n${JSON.stringify({ vulnerabilities: { a: { name: "a", severity } } })}`);
  assert.deepEqual(report("moderate").problems, []);
  assert.deepEqual(report("critical").problems, ["npm audit: a, critical"]);
});

test("no Rust of ours is unsafe but the test that watches freed memory", async () => {
  const sources = ["src", "fuzz", "tests"].flatMap((folder) => filesUnder(join(root, folder))).filter((file) => file.endsWith(".rs"));
  const isUnsafe = (file) => /\bunsafe\b/.test(readFileSync(file, "utf8").replace(/\/\/.*$/gm, ""));
  assert.ok(sources.length > 50, `${sources.length} sources`);
  assert.deepEqual(sources.filter(isUnsafe), [join(root, "tests", "wiping", "main.rs")]);
});

test("the compiler forbids unsafe code in all of the library, and no part can take it back", async () => {
  const lib = readFileSync(join(root, "src", "lib.rs"), "utf8");
  assert.match(lib, /^#!\[forbid\(unsafe_code\)\]$/m);
  const build = readFileSync(join(root, "scripts", "lib", "build.mjs"), "utf8");
  assert.doesNotMatch(build, /cap-lints/, "the lint would not be heard");
});
