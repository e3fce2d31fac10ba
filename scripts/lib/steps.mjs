import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { build } from "./build.mjs";
import { installPackage } from "./pack.mjs";
import { root, wasmTriple } from "./paths.mjs";
import { run, which } from "./run.mjs";
import { checkSizes, sizeTable } from "./sizes.mjs";
import { filesUnder } from "./stamp.mjs";
import { toolchain, toolchainEnv } from "./toolchain.mjs";

const minute = 60_000;
const browserFolder = join(root, "tests", "browser");
const typesFolder = join(root, "tests", "types");
const denyWarnings = ["--", "-D", "warnings"];

/**
 * What `npm test` does, in order. A step answers `{ code, output }`, or `{ skipped: why }`.
 * `runner` names the kind of closing line that counts its tests; a step without one is one check by itself.
 */
export const steps = [
  { name: "format", work: format },
  { name: "clippy", work: clippy },
  { name: "clippy-wasm", work: clippyWasm },
  { name: "scripts", runner: "node", work: () => nodeTests(join(root, "scripts", "test")) },
  { name: "native", runner: "cargo", work: () => cargo(["test"], process.env) },
  { name: "build", work: buildPackage },
  { name: "wasm", runner: "cargo", work: wasmTests },
  { name: "types", work: types },
  { name: "publint", work: () => nodeProgram("publint", ["run", "pkg", "--strict", "--pack", "npm"]) },
  { name: "servers", runner: "node", work: () => nodeTests(join(root, "www", "server")) },
  { name: "browser", runner: "node", work: browserTests },
  { name: "size", work: size },
];

function format() {
  if (!toolchain().rustfmt) return { skipped: "this Rust toolchain has no rustfmt" };
  return cargo(["fmt", "--check"], process.env);
}

function clippy() {
  if (!toolchain().clippy) return { skipped: "this Rust toolchain has no clippy" };
  return cargo(["clippy", "--all-targets", ...denyWarnings], process.env);
}

function clippyWasm() {
  if (!toolchain().wasmClippy) return { skipped: "the toolchain with the wasm target has no clippy" };
  return cargo(["clippy", "--lib", "--tests", "--target", wasmTriple, ...denyWarnings], toolchainEnv());
}

async function buildPackage() {
  await build();
  return { code: 0, output: "" };
}

function wasmTests() {
  const rust = ["src", "tests"].flatMap((folder) => filesUnder(join(root, folder))).filter((file) => file.endsWith(".rs"));
  if (!rust.some((file) => existsSync(file) && readFileSync(file, "utf8").includes("wasm_bindgen_test"))) return { skipped: "no wasm_bindgen_test in src or tests" };
  const { wasmPack, chromedriver } = toolchain();
  const driver = chromedriver ? ["--mode", "no-install", "--chromedriver", chromedriver] : [];
  const env = { ...toolchainEnv(), WASM_BINDGEN_TEST_TIMEOUT: "120" };
  return run(wasmPack, ["test", "--headless", "--chrome", ...driver], { env, timeout: 15 * minute });
}

async function types() {
  if (!existsSync(typesFolder)) return { skipped: "no tests/types" };
  await installPackage(typesFolder);
  return nodeProgram("tsc", ["--noEmit", "-p", typesFolder]);
}

async function browserTests() {
  if (existsSync(browserFolder)) await installPackage(browserFolder);
  return nodeTests(browserFolder);
}

async function size() {
  const { rows, problems } = checkSizes();
  return { code: problems.length ? 1 : 0, output: [sizeTable(rows), ...problems].join("\n"), show: true };
}

function nodeTests(folder) {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".test.mjs")) : [];
  if (files.length === 0) return { skipped: `no *.test.mjs in ${folder}` };
  const args = ["--test", "--test-concurrency=1", "--test-reporter=spec", ...files.map((name) => join(folder, name))];
  return run(process.execPath, args, { env: toolchainEnv(), timeout: 15 * minute });
}

function nodeProgram(name, args) {
  return run(which(name, join(root, "node_modules", ".bin")), args, { timeout: 3 * minute });
}

function cargo(args, env) {
  return run(which("cargo", env.PATH), args, { env, timeout: 15 * minute });
}
