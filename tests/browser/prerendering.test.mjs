// Modules of an app that are evaluated on a server, to render its first page there: nothing is done, and the process ends.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";

import { frameworkNames, scriptNames } from "../../scripts/lib/bundle.mjs";
import { installPackage } from "../../scripts/lib/pack.mjs";
import { root } from "../../scripts/lib/paths.mjs";

const installed = await installPackage(import.meta.dirname);
const entry = (name) => JSON.stringify(pathToFileURL(join(installed, name)).href);
/** The Node that runs this, and those that set-up has brought along where there is one for this machine. */
const runtimes = Object.fromEntries([
  ["this Node", process.execPath],
  ...["node20", "node24"].map((name) => [name, join(root, "tests", "nodes", "node_modules", name, "bin", "node")]),
]);
const children = new Set();

after(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** What a module prints as JSON; rejects if it fails, or is still there after half a minute. */
function run(program, text) {
  return new Promise((resolve, reject) => {
    const args = ["--no-warnings", "--input-type=module", "--eval", text];
    const child = execFile(program, args, { timeout: 30_000, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      children.delete(child);
      if (error) reject(new Error(`${error.killed ? "it did not end" : error.message}: ${stderr}`));
      else resolve(JSON.parse(stdout));
    });
    children.add(child);
  });
}

const facts = `
const { auth } = globalThis;
const code = async (call) => { try { return await call(); } catch (error) { return error.code ?? String(error); } };
const stop = auth.subscribe(() => {});
auth.addEventListener("signedout", () => {});
const facts = {
  session: auth.session,
  arrival: auth.arrival,
  resume: await code(() => auth.resume()),
  silent: await code(() => auth.resume({ silent: true })),
  fetch: await code(() => auth.fetch("https://api.example.com/")),
  stats: await code(() => auth.stats()),
};
stop();
auth.close();
console.log(JSON.stringify(facts));`;
const nothing = {
  session: null,
  arrival: null,
  resume: null,
  silent: null,
  fetch: "TOKENKEEP_BROWSER_MISSING",
  stats: "TOKENKEEP_BROWSER_MISSING",
};

const ways = {
  "a SharedWorker": `import { connect } from ${entry("index.js")};
globalThis.auth = connect(() => new SharedWorker(new URL("./holder.js", import.meta.url), { type: "module" }));`,
  "a Worker that this runtime has too": `import { connect } from ${entry("index.js")};
globalThis.Worker = class { constructor() { throw new Error("made"); } };
globalThis.auth = connect(() => (globalThis.SharedWorker ? new SharedWorker("/holder.js") : new Worker("/holder.js")));`,
  "a holder at a place that stays": `import { connect } from ${entry("index.js")};
import { holderAt } from ${entry("worker.js")};
globalThis.auth = connect(holderAt("/tokenkeep/holder.js"));`,
  "a holder on an origin of its own": `import { connect } from ${entry("remote.js")};
globalThis.auth = connect("https://auth.example.com/frame");`,
};

for (const [name, program] of Object.entries(runtimes)) {
  const skip = !existsSync(program) && `${name} is not here: no build for this machine`;
  for (const [way, connecting] of Object.entries(ways)) {
    test(`${name}: connect() to ${way} does nothing while a page is rendered`, { skip }, async () => {
      assert.deepEqual(await run(program, connecting + facts), nothing);
    });
  }

  test(`${name}: connecting alone lets the process end`, { skip }, async () => {
    for (const connecting of Object.values(ways)) assert.equal(await run(program, `${connecting}console.log(1)`), 1);
  });

  test(`${name}: every entry can be imported`, { skip }, async () => {
    // A worker's script, and what wants its framework: adapters-server.test.mjs.
    const others = new Set(["standalone", ...frameworkNames]);
    for (const file of scriptNames.filter((one) => !others.has(one)).map((one) => `${one}.js`)) {
      assert.equal(typeof (await run(program, `console.log(Object.keys(await import(${entry(file)})).length)`)), "number", file);
    }
  });
}
