import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { bundle, scriptNames } from "./bundle.mjs";
import { linkedCrates } from "./crates.mjs";
import { copyDocuments, documents } from "./documents.mjs";
import { integrityOf } from "./integrity.mjs";
import { withLock } from "./lock.mjs";
import { CurableError, say, seconds } from "./log.mjs";
import { namesFile, shortenNames, shortNames, withShortNames } from "./names.mjs";
import { pkg, root, target, wasmTarget, wasmTriple } from "./paths.mjs";
import { ask, must, readJson } from "./run.mjs";
import { bindgenProgram } from "./rust.mjs";
import { sbom } from "./sbom.mjs";
import { hashOf, unlessFresh } from "./stamp.mjs";
import { toolchainEnv } from "./toolchain.mjs";

const template = join(root, "pkg-template");
const work = join(target, "package");
const name = "tokenkeep";
const glue = join(work, `${name}_bg.js`);
const wasm = join(work, `${name}.wasm`);
const reader = join(work, "spelling.wasm");
// Fewer inlined functions are more bytes but fewer once they are compressed.
const inlining = ["--one-caller-inline-max-function-size=0", "--always-inline-max-function-size=0"];
// The commonest locals get the lowest numbers: what is behind them has moved since they had theirs.
const passes = ["--flatten", "--rereloop", "-Oz", "-Oz", ...inlining, "--reorder-locals"];
const strip = ["--strip-debug", "--strip-producers", "--strip-target-features"];
// What the compiler takes for granted by now.
const abilities = ["bulk-memory", "nontrapping-float-to-int", "sign-ext", "mutable-globals", "reference-types", "multivalue"];

/** Makes pkg/, exactly what is published; steps whose inputs have not changed are left out. */
export async function build() {
  await withLock("build", async () => {
    const started = performance.now();
    const made = [await buildWasm(), await buildPackage()];
    if (made.some(Boolean)) say(`built pkg/ in ${seconds(started)}`);
  });
}

async function buildWasm() {
  const inputs = ["src", "Cargo.toml", "Cargo.lock", ".cargo", "scripts/lib/build.mjs", "scripts/lib/names.mjs"].map((name) =>
    join(root, name),
  );
  const key = hashOf(inputs, await ask("rustc", ["--version"]));
  return unlessFresh({ stamp: join(work, `${name}.stamp`), key, outputs: [glue, wasm, namesFile] }, async () => {
    say(`building ${name}.wasm`);
    const built = join(wasmTarget, wasmTriple, "release", "tokenkeep.wasm");
    await must("cargo", await cargoArguments(), { env: { ...toolchainEnv(), RUSTC_BOOTSTRAP: "1" }, cure: "correct the source" });
    await generateGlue(built);
    const printed = await wasmOpt([...passes, shortenNames, ...strip], join(work, `${name}_bg.wasm`), wasm);
    const names = shortNames(printed);
    writeFileSync(glue, withShortNames(readFileSync(glue, "utf8"), names));
    writeFileSync(namesFile, JSON.stringify(names));
  });
}

// The standard library is built along, because the one that comes with the compiler has the text of every panic in it,
// and the paths of whoever built it.
async function cargoArguments() {
  const sysroot = await ask("rustc", ["--print", "sysroot"]);
  const cargoHome = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
  const renamed = [
    [root, "tokenkeep"],
    [cargoHome, "cargo"],
    [sysroot, "rust"],
  ].map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
  // A little more than "z" inlines by itself: fewer bytes, as calls cost some too.
  const flags = [...renamed, "-Zunstable-options", "-Zlocation-detail=none", "-Cpanic=immediate-abort", "-Cllvm-args=-inline-threshold=8"];
  const std = ["-Zbuild-std=core,alloc", "-Zbuild-std-features=optimize_for_size"];
  const setting = `target.${wasmTriple}.rustflags=${JSON.stringify(flags)}`;
  return ["build", "--release", "--lib", "--features", "lean", "--target", wasmTriple, ...std, "--config", setting];
}

// What is written for bundlers leaves it to whoever loads it to make the instance: pkg-template/src/kernel/instance.js.
async function generateGlue(built) {
  mkdirSync(work, { recursive: true });
  const options = ["--target", "bundler", "--no-typescript", "--remove-producers-section", "--remove-name-section"];
  await must(await bindgenProgram("wasm-bindgen"), [...options, "--out-name", name, "--out-dir", work, built]);
  const open = [...readFileSync(glue, "utf8").matchAll(/^export function (\w+)\(.*handleError\(/gm)].map(([, name]) => name);
  const other = open.find((name) => !name.startsWith("__wbg_getRandomValues_"));
  if (other)
    throw new CurableError(`in page mode the page could see what ${other} is called with`, "declare it without `catch` in src/browser");
}

/** Has wasm-opt do these passes with a module. Answers what it prints. */
export async function wasmOpt(passes, from, to) {
  const script = join(root, "node_modules", "binaryen", "bin", "wasm-opt");
  return must(process.execPath, [script, ...abilities.map((name) => `--enable-${name}`), ...passes, from, "-o", to]);
}

async function buildPackage() {
  if (!existsSync(join(template, "package.json"))) throw new CurableError("pkg-template/package.json is missing", "restore it with git");
  const licenses = readdirSync(root).filter((name) => name.startsWith("LICENSE"));
  const version = crateVersion();
  const makers = ["build", "bundle", "crates", "documents", "instructions", "integrity", "letters", "sbom", "spelling"].map((name) =>
    join(root, "scripts", "lib", `${name}.mjs`),
  );
  const locks = ["Cargo.lock", "package-lock.json"].map((name) => join(root, name));
  const key = hashOf(
    [template, glue, wasm, join(work, "snippets"), ...licenses.map((name) => join(root, name)), ...documents, ...makers, ...locks],
    version,
  );
  const scripts = scriptNames.map((name) => `${name}.js`);
  const outputs = [
    "package.json",
    "sbom.json",
    "integrity.json",
    `${name}.wasm`,
    ...scripts,
    "bin/tokenkeep.mjs",
    "init/auth.js",
    "docs/security/README.md",
  ];
  return unlessFresh({ stamp: join(work, "package.stamp"), key, outputs: outputs.map((name) => join(pkg, name)) }, async () => {
    rmSync(pkg, { recursive: true, force: true });
    mkdirSync(pkg);
    // It runs once, before an engine would optimise it.
    await wasmOpt(["-O3", ...strip], join(template, "src", "kernel", "spelling.wat"), reader);
    await bundle({ template, glue, wasm, reader, version, out: pkg });
    copyFileSync(wasm, join(pkg, `${name}.wasm`));
    copyText();
    copyDocuments(pkg);
    for (const name of licenses) copyFileSync(join(root, name), join(pkg, name));
    await describe(version);
  });
}

function copyText() {
  const names = readdirSync(template).filter((name) => name.endsWith(".d.ts") || name.endsWith(".md"));
  for (const name of names) copyFileSync(join(template, name), join(pkg, name));
  for (const name of ["bin", "init"]) cpSync(join(template, name), join(pkg, name), { recursive: true });
}

/** Writes what tells of the package: its manifest, what it is made of, and the hashes of what browsers load. */
async function describe(version) {
  const manifest = readJson(join(template, "package.json"));
  if (!manifest) throw new CurableError("pkg-template/package.json is no JSON", "correct it");
  const write = (name, content) => writeFileSync(join(pkg, name), `${JSON.stringify(content, null, 2)}\n`);
  write("package.json", { ...manifest, version });
  write("sbom.json", sbom({ manifest, version, crates: await linkedCrates(), tools: await usedTools() }));
  write("integrity.json", integrityOf(pkg));
}

/** The programs whose work is in the package, with their versions. */
async function usedTools() {
  const number = (text) => text?.match(/\d+\.\d+\.\d+\S*/)?.[0];
  const ofModule = (name) => readJson(join(root, "node_modules", name, "package.json")).version;
  return {
    rustc: number(await ask("rustc", ["--version"])),
    "wasm-bindgen": number(await ask(await bindgenProgram("wasm-bindgen"), ["--version"])),
    binaryen: ofModule("binaryen"),
    esbuild: ofModule("esbuild"),
    terser: ofModule("terser"),
  };
}

/** The one version there is: Cargo.toml's. */
export function crateVersion() {
  return readFileSync(join(root, "Cargo.toml"), "utf8").match(/^version\s*=\s*"([^"]+)"/m)[1];
}
