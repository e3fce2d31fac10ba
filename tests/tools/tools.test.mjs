// examples/testing, which docs/testing.md shows, as its tools run it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { installPackage } from "../../scripts/lib/pack.mjs";
import { root } from "../../scripts/lib/paths.mjs";
import { startStand } from "./stand.mjs";

const example = join(root, "examples", "testing");
const machine = join(import.meta.dirname, "machine");
const children = new Set();
let folder;

before(async () => {
  for (const place of [example, import.meta.dirname]) await installPackage(place);
  folder = await mkdtemp(join(tmpdir(), "tokenkeep-tools-"));
});
after(async () => {
  for (const child of children) child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

/** Runs a program of node_modules to its end. Resolves to what it printed. */
async function run(name, args, { cwd, env, flags = [] }) {
  const program = join(root, "node_modules", ...name.split("/"));
  const child = spawn(process.execPath, [...flags, program, ...args], { cwd, env: { ...process.env, NO_COLOR: "1", ...env } });
  children.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (text += data));
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  children.delete(child);
  assert.equal(code, 0, text);
  return text;
}

test("Vitest: the fake in jsdom, happy-dom and a browser, MSW, and real holders that it sees", async () => {
  const config = join(machine, "vitest.config.mjs");
  const report = join(folder, "vitest.json");
  await run("vitest/vitest.mjs", ["run", "--config", config, "--root", ".", "--reporter=json", `--outputFile=${report}`], {
    cwd: join(example, "vitest"),
    env: { OUTPUT: join(folder, "vite") },
  });
  const { numTotalTests, numPassedTests } = JSON.parse(await readFile(report, "utf8"));
  assert.deepEqual([numTotalTests, numPassedTests], [25, 25]);
});

for (const [what, cwd] of [
  ["the fake in jsdom", join(example, "jest")],
  ["what jsdom lacks by itself is told", join(import.meta.dirname, "doms", "jest")],
]) {
  test(`Jest: ${what}`, async () => {
    const text = await run("jest/bin/jest.js", ["--ci"], { cwd, flags: ["--experimental-vm-modules", "--no-warnings"] });
    assert.match(text, /^Tests: +2 passed, 2 total$/m);
  });
}

test("Playwright: signing in once, and requests of a real holder that it intercepts", async (t) => {
  const stand = await startStand(join(folder, "app"));
  t.after(() => stand.close());
  const text = await run("@playwright/test/cli.js", ["test", "--config", join(machine, "playwright.config.mjs"), "--reporter=list"], {
    cwd: folder,
    env: { APP_URL: stand.origin, OUTPUT: join(folder, "results") },
  });
  assert.match(text, /^ +4 passed/m);
  assert.equal(stand.authorizationServer.counts.exchanges, 4);
});
