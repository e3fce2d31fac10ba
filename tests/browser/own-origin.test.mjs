// The holder on an origin of its own (OWN-1 to OWN-9), with ports of one host, which are one site.

import assert from "node:assert/strict";

import { events, session, statusOf } from "./support/calls.mjs";
import { signIn } from "./support/own-origin.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const start = async (t, options) => {
  const stage = await startStage(t, { mode: "own", ...options });
  return { stage, page: await stage.open("/inbox?a=b#c") };
};

test("one signs in, comes back to where one was, and calls the API (OWN-3, OWN-4)", async (t) => {
  const { stage, page } = await start(t);
  assert.equal(await page.evaluate(() => app.auth.resume()), null);
  const got = await signIn(page);
  assert.equal(got.scope, "openid profile files:read files:write");
  assert.equal(got.claims.sub, "ada");
  assert.equal(page.url(), `${stage.app.origin}/inbox?a=b#c`);
  assert.deepEqual(await page.evaluate(() => app.auth.arrival), { returnTo: null, appState: null });
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(stage.counts.exchanges, 1);
  await page.reload();
  assert.equal((await page.evaluate(() => app.auth.resume())).claims.sub, "ada");
  assert.equal(await statusOf(page, stage.v1("files")), 200);
});

test("what the app gave along is given back, once", async (t) => {
  const { stage, page } = await start(t);
  await signIn(page, { returnTo: "/welcome", appState: { n: [1] } });
  assert.equal(page.url(), `${stage.app.origin}/welcome`);
  assert.deepEqual(await page.evaluate(() => app.auth.arrival), { returnTo: "/welcome", appState: { n: [1] } });
  await page.reload();
  assert.notEqual(await page.evaluate(() => app.auth.resume()), null);
  assert.equal(await page.evaluate(() => app.auth.arrival), null);
});

test("a second tab has the session, and one refresh serves both", async (t) => {
  const { stage, page } = await start(t);
  await signIn(page);
  const other = await stage.open();
  assert.notEqual(await other.evaluate(() => app.auth.resume()), null);
  stage.authorizationServer.expireAccessTokens();
  assert.deepEqual(await Promise.all([page, other].map((one) => statusOf(one, stage.v1("files")))), [200, 200]);
  assert.equal(stage.counts.refreshes, 1);
});

test("signing out here is for everybody, and the server is told", async (t) => {
  const { stage, page } = await start(t);
  await signIn(page);
  const other = await stage.open();
  await other.evaluate(() => app.auth.resume());
  assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "confirmed" });
  await other.waitForFunction(() => app.events.some(({ type }) => type === "signedout"));
  assert.deepEqual(await events(other, "signedout"), [{ type: "signedout", detail: { reason: "signout" } }]);
  assert.equal(await session(other), null);
});
