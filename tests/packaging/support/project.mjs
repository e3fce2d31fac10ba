// A project with its tool and the packed package, set up by `npx tokenkeep init` and by nothing else.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { installPackage, pack } from "../../../scripts/lib/pack.mjs";
import { root } from "../../../scripts/lib/paths.mjs";
import { npm, readJson, run } from "../../../scripts/lib/run.mjs";

const folder = join(root, "tests", "packaging");
const minutes = 60_000;
// Some tools want a newer Node than the one that runs this.
const newer = join(root, "tests", "nodes", "node_modules", "node24", "bin");
const env = {
  ...process.env,
  PATH: `${newer}${delimiter}${process.env.PATH}`,
  CI: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  ASTRO_TELEMETRY_DISABLED: "1",
};
Object.assign(env, { NUXT_TELEMETRY_DISABLED: "1", NG_CLI_ANALYTICS: "false", npm_config_update_notifier: "false" });

/**
 * Makes the project of a tool for these servers. `linked`: its dependencies are the repository's own, and none is fetched.
 * Resolves to `{ build, develop, edit, end, version, stack }`: `build` answers the folder of what was built.
 */
export async function startProject(name, tool, { authorizationServer, api, linked = false }) {
  const place = await mkdtemp(join(tmpdir(), `tokenkeep-${name}-`));
  const end = () => rm(place, { recursive: true, force: true });
  try {
    await copy(name, tool, place);
    await (linked ? link(place) : install(place, tool));
    const stack = await setUp(place, { authorizationServer, api });
    await writeFile(join(place, stack.public, "api.json"), JSON.stringify({ url: `${api.origin}/v1/files` }));
    if (tool.shared) await addPage(place, tool);
    await must(place, process.execPath, [command(place), "init", "--check"]);
    return {
      place,
      stack,
      end,
      edit: () => edit(place),
      build: () => build(place, tool),
      develop: (port) => develop(place, tool, port),
      version: versionOf(place, tool),
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The project of the tool, and over it what a variant has of its own. */
async function copy(name, { project = name }, place) {
  for (const one of new Set([project, name])) {
    const from = join(folder, "tools", one);
    if (existsSync(from)) await cp(from, place, { recursive: true });
  }
}

const command = (place) => join(place, "node_modules", "tokenkeep", "bin", "tokenkeep.mjs");

async function install(place, { unpacked }) {
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund"];
  await must(place, npm(), ["ci", "--prefer-offline", ...flags]);
  await must(place, npm(), ["install", await pack(), "--offline", ...flags]);
  if (unpacked) await must(place, npm(), ["rebuild", unpacked]);
}

/** As installing would, with what is there. */
async function link(place) {
  const manifest = readJson(join(place, "package.json"));
  await installPackage(place);
  for (const name of Object.keys(manifest.devDependencies ?? {}))
    await symlink(join(root, "node_modules", name), join(place, "node_modules", name));
  await symlink(join(root, "node_modules", ".bin"), join(place, "node_modules", ".bin"));
  await writeFile(join(place, "package.json"), JSON.stringify({ ...manifest, dependencies: { tokenkeep: "*", ...manifest.dependencies } }));
}

/** Answers what `init` has found. */
async function setUp(place, { authorizationServer, api }) {
  const options = {
    issuer: authorizationServer.issuer,
    "client-id": "tokenkeep-demo",
    api: `${api.origin}/v1/`,
    scope: "openid files:read",
  };
  const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const said = await must(place, process.execPath, [command(place), "init", ...args, "--yes"]);
  const { stacks } = await import(join(place, "node_modules", "tokenkeep", "bin", "init", "stacks.mjs"));
  return stacks.find(({ name }) => name === /STACK +([\w-]+)/.exec(said)[1]);
}

/** The page and its script, where the tool has neither. */
async function addPage(place, { shared, importMap }) {
  await cp(join(folder, "shared", "main.js"), join(place, shared, "main.js"));
  const html = await readFile(join(folder, "shared", "index.html"), "utf8");
  const { page = "index.html", script } = readJson(join(place, "package.json")).packaging;
  await writeFile(
    join(place, page),
    html.replace("<!-- script -->", () => (importMap ? mapped : "") + script),
  );
  if (importMap) await byName(join(place, shared, "auth.js"));
}

const mapped = '<script type="importmap">{"imports":{"tokenkeep":"/vendor/tokenkeep/index.js","tokenkeep/":"/vendor/tokenkeep/"}}</script>';

/** Has a module import the package by its name. */
async function byName(path) {
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace("./vendor/tokenkeep/index.js", "tokenkeep").replace("./vendor/", ""));
}

async function build(place, { output = "dist", script = "build" }) {
  await rm(join(place, output), { recursive: true, force: true });
  await must(place, npm(), ["run", script]);
  const built = await mkdtemp(join(tmpdir(), "tokenkeep-built-"));
  await cp(join(place, output), built, { recursive: true });
  return built;
}

/** Starts the tool's own server, where it has one: some end with their input. Answers what ends it, or undefined. */
function develop(place, { script }, port) {
  const name = script?.replace("build", "dev") ?? "dev";
  if (!readJson(join(place, "package.json")).scripts[name]) return undefined;
  const child = spawn(npm(), ["run", name], {
    cwd: place,
    env: { ...env, PORT: port },
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  return () => {
    if (child.exitCode === null) process.kill(-child.pid, "SIGKILL");
    return ended;
  };
}

/** The next version of the app. */
async function edit(place) {
  const names = (await readdir(place, { recursive: true })).filter((name) => !/node_modules|^(dist|build|out|\.\w+)(\/|$)/.test(name));
  for (const name of names.filter((one) => /\.(js|jsx|ts|tsx|vue|svelte|astro)$/.test(one))) {
    const text = await readFile(join(place, name), "utf8");
    if (text.includes("first build")) await writeFile(join(place, name), text.replace("first build", "second build"));
  }
}

const versionOf = (place, { version }) => (version ? readJson(join(place, "node_modules", version, "package.json")).version : "");

async function must(cwd, program, args) {
  const { code, output } = await run(program, args, { cwd, env, timeout: 10 * minutes });
  assert.equal(code, 0, `${[program, ...args].join(" ").slice(-200)}\n${output.slice(-1_500)}`);
  return output;
}
