// Where nothing is of what a browser has, modules can be loaded and an `auth` be made.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

import { installPackage } from "../../scripts/lib/pack.mjs";

const gone = ["Response", "Request", "Headers", "fetch", "MessageChannel", "navigator", "crypto", "structuredClone", "BroadcastChannel"];
const before = `
  const { MessageChannel } = globalThis;
  for (const name of ${JSON.stringify(gone)}) if (!Reflect.deleteProperty(globalThis, name) || name in globalThis) throw new Error(name);
  const codeOf = (call) => call.then(() => null, ({ code }) => code ?? "another error");
`;

/** What a module prints as JSON. */
async function printed(text) {
  const args = ["--input-type=module", "--eval", before + text];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname });
  return JSON.parse(stdout);
}

await installPackage(import.meta.dirname);

test("connect() to what a function makes waits for a browser", async () => {
  const facts = await printed(`
    const { connect } = await import("tokenkeep");
    const auth = connect(() => new SharedWorker("/holder.js"));
    console.log(JSON.stringify([await auth.resume(), await codeOf(auth.stats())]));
  `);
  assert.deepEqual(facts, [null, "TOKENKEEP_BROWSER_MISSING"]);
});

test("connect() to a port needs no more than the port", async () => {
  const facts = await printed(`
    const { connect } = await import("tokenkeep");
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = ({ data }) => data.op === "hello" && port2.postMessage({ v: 1, id: data.id, ok: { scope: "x" } });
    console.log(JSON.stringify(await connect(port1).resume()));
    process.exit();
  `);
  assert.deepEqual(facts, { scope: "x" });
});

test("the auth for tests needs a Response where it answers, and nothing else", async () => {
  const facts = await printed(`
    const { fakeAuth } = await import("tokenkeep/testing");
    const auth = fakeAuth({ session: { scope: "x" } });
    console.log(JSON.stringify([(await auth.resume()).scope, (await auth.signOut()).revocation, auth.session, auth.calls.length]));
  `);
  assert.deepEqual(facts, ["x", "confirmed", null, 2]);
});
