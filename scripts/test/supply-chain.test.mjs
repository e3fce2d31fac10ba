import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";

import { root } from "../lib/paths.mjs";
import { filesUnder } from "../lib/stamp.mjs";
import { advised, denied, lockedFolders, macroProblems, npmProblems, pinProblems, requirementProblems } from "../lib/supply-chain.mjs";

const policy = readFileSync(join(root, "deny.toml"), "utf8");
const sha512 = `sha512-${"A".repeat(86)}==`;
const entry = { version: "1.0.0", integrity: sha512, license: "MIT" };
const npmWith = (packages, devDependencies = {}, folder = "") =>
  npmProblems({ folder, manifest: { devDependencies }, lock: { packages: { "": {}, ...packages } } });

/** The manifest of a crate that depends on a crate `other` with these lines, and a lock file for both. */
function crateOn(other) {
  const folder = mkdtempSync(join(tmpdir(), "tokenkeep-crates-"));
  const common = 'version = "1.0.0"\nedition = "2024"';
  const all = {
    "Cargo.toml": `[package]\nname = "own"\n${common}\npublish = false\n[dependencies]\nother = { path = "other" }\n[workspace]\n`,
    "src/lib.rs": "",
    "other/Cargo.toml": `[package]\nname = "other"\n${common}\n${other}\n`,
    "other/src/lib.rs": "",
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  execFileSync("cargo", ["generate-lockfile", "--offline", "--quiet"], { cwd: folder });
  return join(folder, "Cargo.toml");
}

test("crates that nobody has agreed to are problems", async () => {
  const complaints = async (crate) => (await denied(crateOn(crate))).problems.join("\n");
  assert.equal(await complaints('license = "MIT"'), "");
  assert.equal(await complaints('license = "GPL-3.0-only OR MIT"'), "");
  assert.match(await complaints('license = "GPL-3.0-only"'), /rejected/);
  assert.match(await complaints('license = "MIT AND GPL-3.0-only"'), /rejected/);
  const stricter = join(mkdtempSync(join(tmpdir(), "tokenkeep-policy-")), "deny.toml");
  writeFileSync(stricter, policy.replace('"getrandom", ', ""));
  assert.match((await denied(join(root, "Cargo.toml"), stricter)).problems.join(), /'getrandom = .* has a build script but is not allowed/);
  assert.deepEqual(macroProblems("serde_derive v1.0.0 (proc-macro)\nother v1.0.0 (/proc-macro/x)\n"), []);
  assert.match(macroProblems("other v1.0.0 (proc-macro)\n").join(), /crate other is a macro/);
});

test("crates come from the registry, each in one version", () => {
  for (const rule of ["unknown-registry", "unknown-git", "multiple-versions"]) assert.match(policy, new RegExp(`^${rule} = "deny"$`, "m"));
});

test("our own crates want exact versions", () => {
  const wanting = (dependency) => pinProblems([{ name: "own", dependencies: [{ name: "a", ...dependency }] }]);
  assert.deepEqual([...wanting({ req: "=1.2.3" }), ...wanting({ req: "*", path: "/x" })], []);
  assert.match(wanting({ req: "^1.2.3" }).join(), /own wants a \^1\.2\.3/);
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
    [{ license: "CC-BY-4.0" }, /licence CC-BY/],
    [{ hasInstallScript: true }, /install script/],
  ])
    assert.match(npmWith({ "node_modules/a": { ...entry, ...change } }).join("\n"), complaint);
  assert.deepEqual(npmWith({}, { a: "npm:@scope/b@1.0.0", c: "1.0.0-beta.1" }), []);
  for (const loose of ["^1.0.0", "1.x", "latest", "file:../a", "npm:b@^1.0.0"])
    assert.match(npmWith({}, { a: loose }).join(), /no exact version/);
});

test("no lock file is left out, and what is installed for a while only may have any licence", () => {
  const folders = lockedFolders().map((folder) => relative(root, folder));
  for (const folder of ["", "tests/nodes", "tests/earlier", "tests/earlier/angular21", "tests/packaging/tools/next"])
    assert.ok(folders.includes(folder), `${folder} in ${folders}`);
  const flawed = { "node_modules/a": { ...entry, license: "X", integrity: undefined } };
  const [passing, staying] = ["tests/packaging/tools/next", "tests/earlier"].map((folder) => npmWith(flawed, {}, folder));
  assert.deepEqual(passing, ["tests/packaging/tools/next/node_modules/a has no sha512 in the lock file"]);
  assert.match(staying.join("\n"), /^tests\/earlier\/node_modules\/a has the licence X$/m);
  assert.deepEqual(npmWith({ "node_modules/a": { ...entry, integrity: undefined, inBundle: true } }), []);
});

test("Python packages have exact versions", () => {
  assert.deepEqual(requirementProblems("# why\nDjango==5.2.1\nidna==3.20\n"), []);
  assert.equal(requirementProblems("Django>=5\nidna\n--index-url https://example.com\n").length, 3);
});

test("a look for advisories that got no answer says so, and what it found is a problem", () => {
  const looked = (code, output) => advised("a", { code, output }, /^Severity: /m, "ask again");
  assert.match(looked(1, "npm error audit 405 Method Not Allowed").note, /SKIPPED.*cure: ask again/);
  assert.equal(looked(1, "npm error audit 405 Method Not Allowed").problems, undefined);
  assert.deepEqual(looked(0, "# npm audit report\nx <1\nSeverity: moderate"), { problems: [], note: "a: run" });
  assert.deepEqual(looked(1, "x <1\nSeverity: critical\n").problems, ["a:\nx <1\nSeverity: critical"]);
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
