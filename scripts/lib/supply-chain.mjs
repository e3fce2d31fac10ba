import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

import { root } from "./paths.mjs";
import { must, npm, readJson, run } from "./run.mjs";
import { cargoProgram } from "./rust.mjs";

const denyVersion = "0.20.2";
const manifests = ["", "fuzz", "client"].map((folder) => join(root, folder, "Cargo.toml"));
/** Linked into what others build, whose Cargo has to find one version for all; its lock file is for our tests. */
const published = ["tokenkeep-client"];
/** Its features bring the frameworks that its users have anyway, and which their own rules look at. */
const features = (manifest) => (manifest.endsWith(join("client", "Cargo.toml")) ? [] : ["--all-features"]);
const ownPolicy = join(root, "deny.toml");
/** Macros run in the compiler; cargo-deny has no list for them. */
const macros = ["rustversion", "serde_derive", "thiserror-impl", "wasm-bindgen-macro", "wasm-bindgen-test-macro"];
/** Development tools are not published, so more licences will do than for crates. */
const toolLicenses = [
  ...["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC0-1.0", "ISC", "MIT", "MIT-0", "MPL-2.0"],
  ...["MIT OR Apache-2.0", "(MIT OR CC0-1.0)", "(MIT OR GPL-3.0-or-later)", "(MIT AND Zlib)"],
];
/** Data, with a licence for works: which browsers have what, by caniuse.com. */
const otherLicenses = { "node_modules/caniuse-lite": ["CC-BY-4.0"] };
/** Not run: dependencies are installed with `--ignore-scripts`, but for Bun in its project of the matrix. */
const withInstallScript = ["@parcel/watcher", "@swc/core", "bun", "esbuild", "lmdb", "msgpackr-extract", "msw"];
/** Projects that are installed for as long as they are tried, so that their licences don't matter. */
const passing = join("tests", "packaging", "tools");

/**
 * Holds everything that is depended on against the rules: deny.toml has those for crates. `problems` fail; the text says what
 * was looked at, and what could not be and how it could. Only advisories need a network.
 */
export async function checkSupplyChain() {
  const parts = [packages()];
  for (const manifest of manifests) parts.push(await denied(manifest), await pinsAndMacros(manifest));
  const known = await cargoDeny(manifests[0], ownPolicy, "advisories");
  parts.push(advised("advisories for crates", known, /^error\[/m, "let cargo deny fetch its database once"));
  const grave = await run(npm(), ["audit", "--audit-level=high"], { timeout: 60_000 });
  parts.push(advised("advisories for npm packages", grave, /^Severity: /m, "npm audit with the public registry"));
  return { problems: parts.flatMap(({ problems = [] }) => problems), text: parts.flatMap(({ note = [] }) => note).join("\n") };
}

async function cargoDeny(manifest, policy, ...checks) {
  const program = await cargoProgram("cargo-deny", "cargo-deny", denyVersion);
  const args = ["--locked", ...features(manifest), "--manifest-path", manifest, "--config", policy, "check", ...checks];
  return run(program, args, { timeout: 120_000 });
}

/** What cargo-deny has against the crates of a manifest. That each has its checksum is cargo's own condition for `--locked`. */
export async function denied(manifest, policy = ownPolicy) {
  const { code, output } = await cargoDeny(manifest, policy, "bans", "licenses", "sources");
  return { problems: code ? [`cargo deny, ${manifest}:\n${output.trim()}`] : [], note: `cargo deny, ${manifest}: run` };
}

/** What a look for advisories came to; one that failed without naming any, as `named` would, could not look. */
export function advised(what, { code, output }, named, cure) {
  if (code && !named.test(output)) return { note: `${what}: SKIPPED, there is no answer; cure: ${cure}` };
  return { problems: code ? [`${what}:\n${output.trim()}`] : [], note: `${what}: run` };
}

async function pinsAndMacros(manifest) {
  const cargo = (...args) => must("cargo", [...args, "--locked", "--quiet", "--manifest-path", manifest], { cure: "cargo fetch --locked" });
  const { packages } = JSON.parse(await cargo("metadata", "--no-deps", "--format-version", "1"));
  const all = [...features(manifest), "--target", "all", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}"];
  return { problems: [...pinProblems(packages), ...macroProblems(await cargo("tree", ...all))] };
}

/** Direct dependencies of our own crates, as `cargo metadata` lists them, have one exact version, or are our own; those of a library a range. */
export function pinProblems(packages) {
  const wishes = packages
    .filter(({ name }) => !published.includes(name))
    .flatMap(({ name, dependencies }) => dependencies.map((wanted) => ({ name, wanted })));
  const loose = wishes.filter(({ wanted: { req, path } }) => !path && !/^=\d+\.\d+\.\d+/.test(req));
  return loose.map(({ name, wanted }) => `${name} wants ${wanted.name} ${wanted.req}, no exact version`);
}

/** `tree` is what `cargo tree` says of all that is ever built. */
export function macroProblems(tree) {
  const names = new Set([...tree.matchAll(/^(\S+) v.*\(proc-macro\)/gm)].map(([, name]) => name));
  return [...names].filter((name) => !macros.includes(name)).map((name) => `crate ${name} is a macro that nobody has looked at`);
}

function packages() {
  const requirements = readFileSync(join(root, "tests", "servers", "django", "requirements.txt"), "utf8");
  const found = lockedFolders().map((folder) => ({
    folder: relative(root, folder),
    manifest: readJson(join(folder, "package.json")),
    lock: readJson(join(folder, "package-lock.json")),
  }));
  const count = found.reduce((sum, { lock }) => sum + Object.keys(lock.packages).length - 1, 0);
  return {
    problems: [...found.flatMap(npmProblems), ...requirementProblems(requirements)],
    note: `npm packages: ${count} looked at in ${found.length} lock files, none of them published`,
  };
}

/** The folders that have a lock file of npm's. */
export function lockedFolders(folder = root) {
  const entries = readdirSync(folder, { withFileTypes: true });
  const inner = entries.filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|pkg$|target$)/.test(entry.name));
  const own = entries.some(({ name }) => name === "package-lock.json") ? [folder] : [];
  return [...own, ...inner.flatMap(({ name }) => lockedFolders(join(folder, name)))];
}

/** `manifest` and `lock` are package.json and package-lock.json of that folder. */
export function npmProblems({ folder, manifest, lock: { packages } }) {
  const { dependencies, devDependencies, optionalDependencies, overrides } = manifest;
  const wanted = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies, ...overrides });
  const loose = wanted.filter(([, version]) => !/^(npm:(@[\w-]+\/)?[\w-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  const { "": own, ...foreign } = packages;
  const problems = [
    ...loose.map(([name, version]) => `package.json wants ${name} ${version}, no exact version`),
    ...Object.entries(foreign).flatMap((entry) => packageProblems(entry, folder.startsWith(passing))),
  ];
  return problems.map((problem) => join(folder, problem));
}

function packageProblems([name, { integrity, inBundle, resolved, link, license, hasInstallScript }], isPassing) {
  const licenses = [...toolLicenses, ...(otherLicenses[name] ?? [])];
  const found = [
    link && "is a link",
    // What another package brings along is in that one's hash.
    !inBundle && !/^sha512-[\w+/]{86}==$/.test(integrity ?? "") && "has no sha512 in the lock file",
    resolved && !resolved.startsWith("https://registry.npmjs.org/") && `comes from ${resolved}`,
    !isPassing && !licenses.includes(license) && `has the licence ${license}`,
    hasInstallScript &&
      !withInstallScript.includes(name.split("node_modules/").at(-1)) &&
      "has an install script that nobody has looked at",
  ];
  return found.filter(Boolean).map((problem) => `${name} ${problem}`);
}

/** The Python packages of one test server. */
export function requirementProblems(text) {
  const loose = text.split("\n").filter((line) => !/^\s*(#|$)|^[\w.-]+==\d[\w.]*\s*$/.test(line));
  return loose.map((line) => `requirements.txt: "${line}" is no exact version`);
}
