// What a dependency must be to be taken. Each rule looks at plain data and answers what is wrong with it, one line each.

export const registry = "registry+https://github.com/rust-lang/crates.io-index";

/** Macros run in the compiler; cargo-deny has no list for them. */
const macros = ["rustversion", "serde_derive", "wasm-bindgen-macro", "wasm-bindgen-test-macro"];
/** Development tools are not published, so more licences will do than for crates. */
const toolLicenses = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "MPL-2.0"];
/** Never run: dependencies are installed with `--ignore-scripts`. */
const withInstallScript = ["node_modules/esbuild"];

/** The lists of deny.toml that are ours to keep too. */
export function policyOf(denyToml) {
  const text = denyToml.replace(/^\s*#.*$/gm, "");
  const list = (name) => JSON.parse(text.match(new RegExp(`^${name} = (\\[[^\\]]*\\])`, "m"))[1].replace(/,\s*\]/, "]"));
  return { licenses: list("allow"), buildScripts: list("allow-build-scripts") };
}

/** Whether an SPDX expression can be met with these licences; `/` is an old way to write OR. */
export function isAllowed(expression, licenses) {
  const isMet = (text) => text.split(" OR ").some((part) => part.split(" AND ").every((name) => name === "met" || licenses.includes(name)));
  let rest = (expression ?? "").replaceAll("/", " OR ");
  const innermost = /\(([^()]*)\)/;
  while (innermost.test(rest)) rest = rest.replace(innermost, (_, inside) => (isMet(inside) ? "met" : "unmet"));
  return isMet(rest);
}

/** `packages` as `cargo metadata` lists them. */
export function crateProblems(packages, { licenses, buildScripts }) {
  const foreign = packages.filter(({ source }) => source !== null);
  return foreign.flatMap(({ name, version, license, source, targets }) => {
    const has = (kind) => targets.some((target) => target.kind.includes(kind));
    return complaints(`crate ${name} ${version}`, [
      source !== registry && `comes from ${source}`,
      !isAllowed(license, licenses) && `has the licence ${license}`,
      has("custom-build") && !buildScripts.includes(name) && "has a build script that nobody has looked at",
      has("proc-macro") && !macros.includes(name) && "is a macro that nobody has looked at",
    ]);
  });
}

const complaints = (about, found) => found.filter(Boolean).map((problem) => `${about} ${problem}`);

/** Direct dependencies of our own crates have one exact version, or are our own. */
export function pinProblems(packages) {
  const isLoose = ({ wanted: { req, path } }) => !path && !/^=\d+\.\d+\.\d+/.test(req);
  const own = packages.filter(({ source }) => source === null);
  const wishes = own.flatMap(({ name, dependencies }) => dependencies.map((wanted) => ({ name, wanted })));
  return wishes.filter(isLoose).map(({ name, wanted }) => `${name} wants ${wanted.name} ${wanted.req}, no exact version`);
}

/** `locked` as `lockedCrates()` reads it. */
export function lockProblems(locked) {
  const isSound = ({ source, checksum }) => source === null || (source === registry && /^[0-9a-f]{64}$/.test(checksum ?? ""));
  const unsound = locked.filter((crate) => !isSound(crate));
  return unsound.map(({ name, version }) => `Cargo.lock has ${name} ${version} without a checksum of the registry's`);
}

/** What is linked is linked once. */
export function duplicateProblems(linked) {
  const names = linked.map(({ name }) => name);
  const again = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  return [...again].map((name) => `the wasm has more than one version of ${name}`);
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
  return complaints(name, [
    link && "is a link",
    !/^sha512-[\w+/]{86}==$/.test(integrity ?? "") && "has no sha512 in the lock file",
    resolved && !resolved.startsWith("https://registry.npmjs.org/") && `comes from ${resolved}`,
    !isAllowed(license, toolLicenses) && `has the licence ${license}`,
    hasInstallScript && !withInstallScript.includes(name) && "has an install script that nobody has looked at",
  ]);
}

/** The Python packages of one test server. */
export function requirementProblems(text) {
  const loose = text.split("\n").filter((line) => !/^\s*(#|$)|^[\w.-]+==\d[\w.]*\s*$/.test(line));
  return loose.map((line) => `requirements.txt: "${line}" is no exact version`);
}
