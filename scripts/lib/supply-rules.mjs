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
  const words = (expression ?? "").replaceAll("/", " OR ").match(/[()]|[^\s()]+/g) ?? [];
  const atom = () => {
    if (words[0] !== "(") return licenses.includes(words.shift());
    words.shift();
    const inside = either();
    return words.shift() === ")" && inside;
  };
  const chain = (word, part, join) => () => {
    let met = part();
    while (words[0] === word && words.shift()) met = join(met, part());
    return met;
  };
  const both = chain("AND", atom, (a, b) => a && b);
  const either = chain("OR", both, (a, b) => a || b);
  return either() && words.length === 0;
}

/** `packages` as `cargo metadata` lists them. */
export function crateProblems(packages, { licenses, buildScripts }) {
  const has = (crate, kind) => crate.targets.some((target) => target.kind.includes(kind));
  return packages.filter(({ source }) => source !== null).flatMap((crate) => {
    const { name, version, license, source } = crate;
    return [
      source !== registry && `comes from ${source}`,
      !isAllowed(license, licenses) && `has the licence ${license}`,
      has(crate, "custom-build") && !buildScripts.includes(name) && "has a build script that nobody has looked at",
      has(crate, "proc-macro") && !macros.includes(name) && "is a macro that nobody has looked at",
    ].filter(Boolean).map((problem) => `crate ${name} ${version} ${problem}`);
  });
}

/** Direct dependencies of our own crates have one exact version, or are our own. */
export function pinProblems(packages) {
  const own = packages.filter(({ source }) => source === null);
  const loose = ({ req, path }) => !path && !/^=\d+\.\d+\.\d+/.test(req);
  return own.flatMap(({ name, dependencies }) => dependencies.filter(loose).map((one) => `${name} wants ${one.name} ${one.req}, no exact version`));
}

/** `locked` as `lockedCrates()` reads it. */
export function lockProblems(locked) {
  const foreign = locked.filter(({ source }) => source !== null);
  return foreign.filter(({ source, checksum }) => source !== registry || !/^[0-9a-f]{64}$/.test(checksum ?? ""))
    .map(({ name, version }) => `Cargo.lock has ${name} ${version} without a checksum of the registry's`);
}

/** What is linked is linked once. */
export function duplicateProblems(linked) {
  const names = linked.map(({ name }) => name);
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].map((name) => `the wasm has more than one version of ${name}`);
}

/** `manifest` and `lock` are package.json and package-lock.json. */
export function npmProblems(manifest, lock) {
  const wanted = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const loose = wanted.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)).map(([name, version]) => `package.json wants ${name} ${version}, no exact version`);
  return [...loose, ...Object.entries(lock.packages).filter(([name]) => name !== "").flatMap(packageProblems)];
}

function packageProblems([name, { integrity, resolved, link, license, hasInstallScript }]) {
  return [
    link && "is a link",
    !/^sha512-[\w+/]{86}==$/.test(integrity ?? "") && "has no sha512 in the lock file",
    resolved && !resolved.startsWith("https://registry.npmjs.org/") && `comes from ${resolved}`,
    !isAllowed(license, toolLicenses) && `has the licence ${license}`,
    hasInstallScript && !withInstallScript.includes(name) && "has an install script that nobody has looked at",
  ].filter(Boolean).map((problem) => `${name} ${problem}`);
}

/** The Python packages of one test server. */
export function requirementProblems(text) {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
  return lines.filter((line) => !/^[\w.-]+==\d[\w.]*$/.test(line)).map((line) => `requirements.txt: "${line}" is no exact version`);
}
