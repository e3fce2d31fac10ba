// A front end in Rust for Trunk: an app of examples/, without what `npx tokenkeep init` writes, and set up by that.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { lockedCrates } from "../../../scripts/lib/crates.mjs";
import { pack } from "../../../scripts/lib/pack.mjs";
import { artifacts, root, toolsBin } from "../../../scripts/lib/paths.mjs";
import { npm, run } from "../../../scripts/lib/run.mjs";
import { bindgenProgram, trunkProgram } from "../../../scripts/lib/rust.mjs";
import { rustStacks } from "../../../pkg-template/bin/init/rust.mjs";

const minutes = 60_000;
/** What `init` writes, and the example shows. */
const written = ["index.html", "src/auth.rs"];
// One for all of these apps, which have most of their crates in common; Trunk takes any value of NO_COLOR for an option of its own.
const { RUSTFLAGS, RUST_BACKTRACE, NO_COLOR, ...kept } = process.env;
// In this path there are wasm-bindgen and wasm-opt, which Trunk would download otherwise.
const path = [toolsBin, join(root, "node_modules", ".bin"), kept.PATH].join(delimiter);
const env = { ...kept, PATH: path, CARGO_TARGET_DIR: join(artifacts, "rust-apps") };

/** As `startProject`, from examples/<name>. There is no Node project: the command comes from npm's cache. */
export async function startRustProject(name, tool, { authorizationServer, api }) {
  await Promise.all([bindgenProgram("wasm-bindgen"), trunkProgram()]);
  const place = await mkdtemp(join(tmpdir(), `tokenkeep-${name}-`));
  const end = () => rm(place, { recursive: true, force: true });
  try {
    const example = join(root, "examples", name);
    for (const path of ["Cargo.toml", "Cargo.lock", "src/main.rs"]) await cp(join(example, path), join(place, path));
    await addCrate(place);
    await replace(join(place, "src", "main.rs"), "https://api.example.com", api.origin);
    await init(place, { authorizationServer, api });
    for (const path of written)
      assert.equal(await read(place, path), await read(example, path), `${path} of the example is what init writes`);
    return {
      ...{ place, end, stack: rustStacks.find((stack) => stack.name === name) },
      edit: () => replace(join(place, "src", "main.rs"), "Files of", "Papers of"),
      build: () => build(place),
      develop: (port) => develop(place, port),
      version: lockedCrates(await read(place, "Cargo.lock")).find((crate) => crate.name === tool.crate).version,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

const read = (place, path) => readFile(join(place, path), "utf8");

async function replace(path, from, to) {
  const text = await readFile(path, "utf8");
  assert.ok(text.includes(from), `${path} has ${from}`);
  await writeFile(path, text.replaceAll(from, to));
}

/** Adds the crate as somebody would, but for where it comes from; the example's own line is taken out before. */
async function addCrate(place) {
  const manifest = join(place, "Cargo.toml");
  const [line, features] = /^tokenkeep-client = .*features = \["(\w+)"\].*\n/m.exec(await readFile(manifest, "utf8"));
  await replace(manifest, line, "");
  await must(place, "cargo", ["add", "tokenkeep-client", "--features", features, "--path", join(root, "client")]);
}

/** Writes the set-up, and looks at it. */
async function init(place, { authorizationServer, api }) {
  const cache = await mkdtemp(join(tmpdir(), "tokenkeep-npm-"));
  const tokenkeep = async (...args) =>
    must(place, npm(), ["exec", "--offline", "--yes", `--cache=${cache}`, `--package=${await pack()}`, "--", "tokenkeep", "init", ...args]);
  try {
    const said = {
      issuer: authorizationServer.issuer,
      "client-id": "tokenkeep-demo",
      api: `${api.origin}/v1/`,
      scope: "openid files:read",
    };
    await tokenkeep("--rust", "--yes", ...Object.entries(said).map(([option, value]) => `--${option}=${value}`));
    await tokenkeep("--check");
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
}

async function build(place) {
  const built = await mkdtemp(join(tmpdir(), "tokenkeep-built-"));
  await must(place, "trunk", ["build", "--release", "--locked", "--dist", built]);
  return built;
}

/** Starts Trunk's own server. Answers what ends it. */
function develop(place, port) {
  const args = ["serve", "--release", "--locked", "--port", String(port)];
  const child = spawn("trunk", args, { cwd: place, env, stdio: "ignore", detached: true });
  const ended = new Promise((resolve) => child.once("close", resolve));
  return () => {
    if (child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    return ended;
  };
}

async function must(cwd, program, args) {
  const { code, output } = await run(program, args, { cwd, env, timeout: 20 * minutes });
  assert.equal(code, 0, `${[program, ...args].join(" ").slice(-200)}\n${output.slice(-1_500)}`);
  return output;
}
