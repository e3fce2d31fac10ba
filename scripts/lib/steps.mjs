import { readFileSync } from "node:fs";
import { join } from "node:path";

import { attack } from "./attacks.mjs";
import { build } from "./build.mjs";
import { checkConformance } from "./conformance.mjs";
import { buildDemo } from "./demo.mjs";
import { tellStories } from "./engines.mjs";
import { CurableError } from "./log.mjs";
import { installPackage, pack, tryInEmptyProject } from "./pack.mjs";
import { root, wasmTriple } from "./paths.mjs";
import { reproduce } from "./reproduce.mjs";
import { run, which } from "./run.mjs";
import { checkClient, checkOldest } from "./rust-client.mjs";
import { checkSizes, checkStatedSizes } from "./sizes.mjs";
import { checkSupplyChain } from "./supply-chain.mjs";
import { atOnce, nodeTests, toolchainEnv } from "./toolchain.mjs";
import { wasmTests } from "./wasm-tests.mjs";

const minute = 60_000;
const browserFolder = join(root, "tests", "browser");
const examplesFolder = join(root, "examples");
const typesFolder = join(root, "tests", "types");
/** What `npm test -- quick` runs: what a change breaks most often, in two minutes. */
export const quick = ["format", "lint", "clippy", "scripts", "native", "build", "types", "browser"];
const quickFiles = ["refresh", "bursts", "sign-in", "tabs", "state"];
const earliestTsc = join(root, "tests", "earlier", "node_modules", "typescript", "bin", "tsc");
const module = ["--target", wasmTriple, "--features", "module"];
const denyWarnings = ["--", "-D", "warnings"];
let building;

/**
 * What `npm test` does, in order. A step answers `{ code, output }`, `{ skipped: why }`, or nothing when all is well; with
 * `write` it writes anew what it would compare. `runner` names the kind of closing line that counts its tests; a step without
 * one is one check by itself.
 */
export const steps = [
  { name: "format", work: formatted },
  { name: "lint", work: linted },
  { name: "clippy", work: () => cargo(["clippy", "--all-targets", ...denyWarnings]) },
  { name: "clippy-wasm", work: () => cargo(["clippy", "--lib", "--tests", ...module, ...denyWarnings], toolchainEnv()) },
  { name: "client", work: checkClient },
  { name: "oldest", work: checkOldest },
  { name: "supply-chain", work: async () => found(await checkSupplyChain()) },
  { name: "scripts", runner: "node", work: () => nodeTests(join(root, "scripts", "test")) },
  { name: "native", runner: "cargo", work: () => cargo(["test"]) },
  { name: "build", work: builtPackage },
  { name: "wasm", runner: "cargo", work: withPackage(() => wasmTests("chromium")) },
  { name: "wasm-firefox", runner: "cargo", work: withPackage(() => wasmTests("firefox")) },
  { name: "types", work: withPackage(types) },
  { name: "publint", work: withPackage(published) },
  { name: "empty-project", work: withPackage(tryInEmptyProject) },
  { name: "demo", work: withPackage(buildDemo) },
  { name: "tools", runner: "node", work: withPackage(() => nodeTests(join(root, "tests", "tools"))) },
  { name: "servers", runner: "node", work: () => nodeTests(join(root, "www", "server")) },
  { name: "commands", runner: "node", work: withPackage(() => nodeTests(join(root, "scripts", "test", "commands"))) },
  { name: "browser", runner: "node", work: withPackage(browserTests) },
  { name: "engines", runner: "node", work: withPackage(otherEngines) },
  { name: "attacks", runner: "node", work: withPackage(attack) },
  { name: "size", work: withPackage(sizes) },
  { name: "reproducible", work: withPackage(reproduced) },
  { name: "conformance", work: () => found(checkConformance(root)) },
];

/** The outcome of a step that looks for problems, which shows what it looked at too. */
function found({ problems, text = "" }) {
  return { code: problems.length ? 1 : 0, output: [text, ...problems].join("\n"), show: text !== "" };
}

// Every step that uses the package needs one made from the sources as they are; the reason why there is none is told once.
async function builtPackage() {
  const isFirst = !building;
  building ??= build();
  await building.catch((error) => {
    throw isFirst ? error : new CurableError("there is no package to try", "see why it could not be built, above");
  });
}

function withPackage(work) {
  return async (options) => {
    await builtPackage();
    return work(options);
  };
}

/** The folders of all Cargo.toml that are no member of another one's workspace. */
const workspaces = ["", "client", "client/bare", "client/frameworks", "examples/dioxus", "examples/leptos", "examples/yew", "fuzz"];

async function formatted({ write }) {
  const format = (folder) => cargo(["fmt", ...(write ? [] : ["--check"]), "--manifest-path", join(root, folder, "Cargo.toml")]);
  const formattings = await Promise.all(workspaces.map(format));
  return formattings.find(({ code }) => code);
}

function linted({ write }) {
  return nodeProgram("biome", write ? ["check", "--write"] : ["ci", "--error-on-warnings"]);
}

async function types() {
  await installPackage(typesFolder);
  await installPackage(examplesFolder);
  const projects = [typesFolder, join(typesFolder, "router"), join(examplesFolder, "angular")];
  // The oldest compiler that the package's types are for, as bundlers and as Node find them.
  const earlier = ["bundler.json", "nodenext.json"].map((file) => join(typesFolder, "earlier", file));
  const args = (project) => ["--noEmit", "-p", project];
  const checked = await Promise.all([
    ...projects.map((project) => nodeProgram("tsc", args(project))),
    ...earlier.map((project) => run(process.execPath, [earliestTsc, ...args(project)])),
  ]);
  return checked.find(({ code }) => code);
}

async function published() {
  const checked = await nodeProgram("publint", ["run", "pkg", "--strict", "--pack", "npm"]);
  return checked.code ? checked : nodeProgram("attw", [await pack(), "--profile", "esm-only", "--format", "ascii"]);
}

async function reproduced() {
  // An earlier step may have written a page that is in the package.
  await build();
  return found({ problems: await reproduce() });
}

function sizes() {
  const { rows, problems, text } = checkSizes();
  return found({ problems: [...problems, ...checkStatedSizes(rows, readFileSync(join(root, "README.md"), "utf8"))], text });
}

async function browserTests({ isQuick }) {
  await installPackage(browserFolder);
  // They wait more than they work.
  return nodeTests(browserFolder, { atOnce: atOnce(2), names: isQuick ? quickFiles : undefined });
}

// Chromium is what everything above runs in.
async function otherEngines() {
  await installPackage(browserFolder);
  return tellStories(["firefox", "webkit"], atOnce(1));
}

function nodeProgram(name, args) {
  return run(which(name, join(root, "node_modules", ".bin")), args, { timeout: 3 * minute });
}

function cargo(args, env) {
  return run("cargo", args, { env, timeout: 15 * minute });
}
