// What the limits and the guard around the core may not do: keep people out for good, or let a call hang.

import assert from "node:assert/strict";

import { resume, send } from "./support/calls.mjs";
import { arrive, signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

test("shared: calls that were refused for their length don't count as under way (MSG-9)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  const codes = await page.evaluate(async () => {
    const long = "x".repeat(4_200_000);
    const seen = {};
    for (let n = 0; n < 1_001; n += 1) {
      const { error } = await app.outcome(() => app.auth.enterToken(long));
      seen[error?.code] = (seen[error?.code] ?? 0) + 1;
    }
    return seen;
  });
  assert.deepEqual(codes, { TOKENKEEP_REQUEST_REFUSED: 1_001 });
  assert.ok(await signIn(await stage.open()));
});

for (const mode of modes) {
  test(`${mode}: a record of absurd length fails its sign-in, which doesn't hang (STORE-9, MSG-10)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await arrive(page);
    await page.evaluate(inflate);
    await page.evaluate(() => void app.outcome(() => app.auth.resume()).then((outcome) => (globalThis.end = outcome)));
    const outcome = await page.waitForFunction(() => globalThis.end, null, { timeout: 15_000 });
    assert.equal((await outcome.jsonValue()).error?.code, "TOKENKEEP_STATE_MISMATCH");
  });
}

for (const mode of modes) {
  test(`${mode}: a method that is no string, which fetch takes, is refused and doesn't end the session (MSG-10)`, async (t) => {
    const stage = await startStage(t, { mode, server: { dpop: true }, api: { dpop: true } });
    const page = await stage.open();
    await signIn(page);
    const odd = await send(page, stage.v1("files"), { method: ["GET"] });
    assert.equal(odd.error?.code, "TOKENKEEP_REQUEST_REFUSED");
    assert.ok(await page.evaluate(() => app.auth.session));
  });
}

for (const mode of modes) {
  test(`${mode}: a body in shared memory doesn't make a request hang (MSG-10)`, async (t) => {
    const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
    const stage = await startStage(t, { mode, headers });
    const page = await stage.open();
    await signIn(page);
    assert.ok(await page.evaluate(() => crossOriginIsolated));
    await page.evaluate((url) => {
      const body = new Uint8Array(new SharedArrayBuffer(8));
      void app.send(url, { method: "POST", body }).then((outcome) => (globalThis.end = outcome));
    }, stage.v1("effects"));
    await page.waitForFunction(() => globalThis.end, null, { timeout: 15_000 });
  });
}

test("shared: script that floods the holder keeps nobody from signing out (MSG-9)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await signIn(page);
  const other = await stage.open();
  await other.evaluate(async (state) => {
    const { port } = new SharedWorker("/holder.js", { type: "module", name: "tokenkeep", extendedLifetime: true });
    const full = new Promise((resolve) => {
      port.onmessage = ({ data }) => data.error?.code === "TOKENKEEP_QUEUE_FULL" && resolve();
    });
    // Each is answered when the database is through with it; more come than it does.
    for (let id = 1; id <= 3_000; id += 1) port.postMessage({ v: 1, id, op: "signIn", options: { loginHint: state.repeat(1_000) } });
    globalThis.keepPort = port;
    await full;
  }, "x");
  const outcome = await page.evaluate(() => app.outcome(() => app.auth.signOut()));
  assert.equal(outcome.error?.code, undefined);
});

/** Runs in the page: makes every record of a pending sign-in too long. */
async function inflate() {
  const settled = (request) =>
    new Promise((done, failed) => Object.assign(request, { onsuccess: () => done(request.result), onerror: failed }));
  const database = await settled(indexedDB.open("tokenkeep"));
  const store = database.transaction("transactions", "readwrite").objectStore("transactions");
  for (const key of await settled(store.getAllKeys()))
    await settled(store.put({ record: "x".repeat(5_000_000), created: Date.now() }, key));
  database.close();
}

test("shared: connections that were closed don't count, whatever their pages still say (MSG-9)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await page.evaluate(async () => {
    // What a page does that was closed, and is looked at again: its listeners are still there.
    for (let n = 0; n < 1_000; n += 1) {
      const { port } = new SharedWorker("/holder.js", { type: "module", name: "tokenkeep", extendedLifetime: true });
      const greeted = new Promise((resolve) => (port.onmessage = resolve));
      port.postMessage({ v: 1, id: 1, op: "hello" });
      await greeted;
      port.postMessage({ v: 1, id: 0, op: "bye" });
      port.postMessage({ v: 1, id: 0, op: "see", visible: false, online: true });
    }
  });
  const other = await stage.open();
  assert.deepEqual(await resume(other), { value: null });
  await signIn(other);
  assert.equal((await send(other, stage.v1("files"))).value.status, 200);
});

for (const mode of modes) {
  test(`${mode}: a page that comes back from the back/forward cache hears each event once`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    await page.evaluate(() => {
      dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
      dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
      const work = async () => {
        await app.auth.signOut();
        await app.auth.stats();
        return app.events.filter(({ type }) => type === "signedout").length;
      };
      void app.outcome(work).then((outcome) => (globalThis.end = outcome));
    });
    const end = await page.waitForFunction(() => globalThis.end, null, { timeout: 15_000 });
    assert.deepEqual(await end.jsonValue(), { value: 1 });
  });
}
