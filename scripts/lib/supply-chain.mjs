import { readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./paths.mjs";
import { must, npm, readJson, run } from "./run.mjs";
import { cargoProgram } from "./rust.mjs";

const denyVersion = "0.20.2";
const manifests = [join(root, "Cargo.toml"), join(root, "fuzz", "Cargo.toml")];
const ownPolicy = join(root, "deny.toml");
/** Macros run in the compiler; cargo-deny has no list for them. */
const macros = ["rustversion", "serde_derive", "wasm-bindgen-macro", "wasm-bindgen-test-macro"];
/** Development tools are not published, so more licences will do than for crates. */
const toolLicenses = [
  ...["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "CC0-1.0", "ISC", "MIT", "MIT-0", "MPL-2.0"],
  ...["MIT OR Apache-2.0", "(MIT OR CC0-1.0)", "(MIT OR GPL-3.0-or-later)", "(MIT AND Zlib)"],
];
/** Data, with a licence for works: which browsers have what, by caniuse.com. */
const otherLicenses = { "node_modules/caniuse-lite": ["CC-BY-4.0"] };
/** Never run: dependencies are installed with `--ignore-scripts`. */
const withInstallScript = ["node_modules/@parcel/watcher", "node_modules/esbuild", "node_modules/msw"];

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
  const args = ["--locked", "--manifest-path", manifest, "--config", policy, "check", ...checks];
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
  const all = ["--all-features", "--target", "all", "--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}"];
  return { problems: [...pinProblems(packages), ...macroProblems(await cargo("tree", ...all))] };
}

/** Direct dependencies of our own crates, as `cargo metadata` lists them, have one exact version, or are our own. */
export function pinProblems(packages) {
  const wishes = packages.flatMap(({ name, dependencies }) => dependencies.map((wanted) => ({ name, wanted })));
  const loose = wishes.filter(({ wanted: { req, path } }) => !path && !/^=\d+\.\d+\.\d+/.test(req));
  return loose.map(({ name, wanted }) => `${name} wants ${wanted.name} ${wanted.req}, no exact version`);
}

/** `tree` is what `cargo tree` says of all that is ever built. */
export function macroProblems(tree) {
  const names = new Set([...tree.matchAll(/^(\S+) v.*\(proc-macro\)/gm)].map(([, name]) => name));
  return [...names].filter((name) => !macros.includes(name)).map((name) => `crate ${name} is a macro that nobody has looked at`);
}

function packages() {
  const lock = readJson(join(root, "package-lock.json"));
  const requirements = readFileSync(join(root, "tests", "servers", "django", "requirements.txt"), "utf8");
  return {
    problems: [...npmProblems(readJson(join(root, "package.json")), lock), ...requirementProblems(requirements)],
    note: `npm packages: ${Object.keys(lock.packages).length - 1} looked at, none of them published`,
  };
}

/** `manifest` and `lock` are package.json and package-lock.json. */
export function npmProblems({ dependencies, devDependencies }, { packages }) {
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
  const { "": own, ...foreign } = packages;
  return [
    ...loose.map(([name, version]) => `package.json wants ${name} ${version}, no exact version`),
    ...Object.entries(foreign).flatMap(packageProblems),
  ];
}

function packageProblems([name, { integrity, resolved, link, license, hasInstallScript }]) {
  const found = [
    link && "is a link",
    !/^sha512-[\w+/]{86}==$/.test(integrity ?? "") && "has no sha512 in the lock file",
    resolved && !resolved.startsWith("https://registry.npmjs.org/") && `comes from ${resolved}`,
    ![...toolLicenses, ...(otherLicenses[name] ?? [])].includes(license) && `has the licence ${license}`,
    hasInstallScript && !withInstallScript.includes(name) && "has an install script that nobody has looked at",
  ];
  return found.filter(Boolean).map((problem) => `${name} ${problem}`);
}

/** The Python packages of one test server. */
export function requirementProblems(text) {
  const loose = text.split("\n").filter((line) => !/^\s*(#|$)|^[\w.-]+==\d[\w.]*\s*$/.test(line));
  return loose.map((line) => `requirements.txt: "${line}" is no exact version`);
}
