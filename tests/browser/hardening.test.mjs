import assert from "node:assert/strict";

import { send } from "./support/calls.mjs";
import { arrive, leave, signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

for (const mode of transports) {
  test(`${mode}: nothing that the package hands out can be changed`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    const { frozen, changed } = await page.evaluate(() => {
      const { auth, tokenkeep } = app;
      const { TokenKeepError } = tokenkeep;
      const targets = [Object.getPrototypeOf(auth), auth.constructor, auth.session, TokenKeepError, TokenKeepError.prototype];
      const names = [auth, Object.getPrototypeOf(auth)].flatMap(Object.getOwnPropertyNames);
      const replaced = names.filter((name) => {
        const before = auth[name];
        Reflect.set(auth, name, "another");
        return auth[name] !== before;
      });
      return { frozen: targets.map((target) => Object.isFrozen(target)), changed: replaced };
    });
    assert.deepEqual(frozen, Array(5).fill(true));
    assert.deepEqual(changed, []);
    assert.equal((await send(page, stage.v1("files"))).value.status, 200);
  });

  test(`${mode}: a polluted Object.prototype is no option of a sign-in (SAFE-8, T15)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await page.evaluate(() => {
      const options = {
        mode: "popup",
        prompt: "none",
        scope: "everything",
        loginHint: "mallory",
        silent: true,
        options: { prompt: "none" },
      };
      for (const name in options) Object.defineProperty(Object.prototype, name, { value: options[name], configurable: true });
    });
    assert.equal(await page.evaluate(() => app.auth.resume()), null);
    const request = await leave(page);
    assert.deepEqual([request.prompt, request.login_hint], [undefined, undefined]);
    assert.ok(!request.scope.includes("everything"));
  });

  test(`${mode}: what is too long for the wasm is refused, and all goes on (MSG-9)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    const codes = await page.evaluate(async (url) => {
      const long = "x".repeat(5_000_000);
      const calls = [() => app.auth.signIn({ loginHint: long }), () => app.auth.fetch(`${url}?${long}`)];
      return Promise.all(calls.map(async (call) => (await app.outcome(call)).error?.code));
    }, stage.v1("files"));
    assert.deepEqual(codes, ["TOKENKEEP_REQUEST_REFUSED", "TOKENKEEP_REQUEST_REFUSED"]);
    await signIn(page);
    assert.equal((await send(page, stage.v1("files"))).value.status, 200);
  });
}

test("shared: sign-ins of a page have a limit, the oldest connections make room, and all goes on (MSG-9)", async (t) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const stage = await startStage(t);
  await stage.context.route("**/.well-known/**", async (route) => {
    await held;
    await route.continue();
  });
  const page = await stage.open();
  const flooded = page.evaluate(flood, 1_100);
  const refused = await page.waitForFunction((most) => globalThis.refused >= most && globalThis.refused, 1_100 - 32);
  assert.equal(await refused.jsonValue(), 1_100 - 32);
  release();
  await flooded;
  const other = await stage.open();
  const connected = await other.evaluate(connectOften, 1_100);
  assert.deepEqual(connected, { ok: 1_100 });
  await arrive(page);
  await page.evaluate(() => app.auth.resume());
  assert.equal((await send(page, stage.v1("files"))).value.status, 200);
});

/** Runs in the page: starts `count` sign-ins at the holder and counts those that it refuses. */
async function flood(count) {
  globalThis.refused = 0;
  const { port } = new SharedWorker("/holder.js", { type: "module", name: "tokenkeep", extendedLifetime: true });
  let settled = 0;
  const all = new Promise((resolve) => {
    port.onmessage = ({ data }) => {
      settled += 1;
      if (data.error?.code === "TOKENKEEP_QUEUE_FULL") globalThis.refused += 1;
      if (settled === count) resolve();
    };
  });
  for (let id = 1; id <= count; id += 1) port.postMessage({ v: 1, id, op: "signIn", options: {} });
  await all;
  port.postMessage({ v: 1, id: 0, op: "bye" });
}

/** Runs in the page: connects `count` times and tells how often each outcome came. */
async function connectOften(count) {
  const tally = {};
  const connections = Array.from({ length: count }, () => {
    const { port } = new SharedWorker("/holder.js", { type: "module", name: "tokenkeep", extendedLifetime: true });
    return new Promise((resolve) => {
      port.onmessage = ({ data }) => {
        // What else a holder tells of itself is no answer.
        if (data.id !== 1) return;
        const word = data.error?.code ?? "ok";
        tally[word] = (tally[word] ?? 0) + 1;
        resolve(port);
      };
      port.postMessage({ v: 1, id: 1, op: "hello" });
    });
  });
  for (const port of await Promise.all(connections)) port.postMessage({ v: 1, id: 0, op: "bye" });
  return tally;
}
