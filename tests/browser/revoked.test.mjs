import assert from "node:assert/strict";

import { burst, endOfBurst, events, send, session, startBurst, stats, statusOf } from "./support/calls.mjs";
import { arrive, signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

for (const mode of modes) {
  test(`${mode}: a revoked grant ends the session once, for everybody (REF-6)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    stage.authorizationServer.expireAccessTokens();
    const answer = stage.holdTokenEndpoint();
    await startBurst(page, stage.v1("effects"), 50);
    await until(async () => (await stats(page)).queued === 50, "50 waiting calls");
    stage.authorizationServer.revokeGrants();
    answer();

    assert.deepEqual(await endOfBurst(page), { TOKENKEEP_LOGIN_REQUIRED: 50 });
    assert.equal(await session(page), null);
    assert.deepEqual(await burst(page, stage.v1("effects"), 5), { TOKENKEEP_LOGIN_REQUIRED: 5 });
    const { error } = await send(page, stage.v1("files"));
    assert.deepEqual([error.name, error.reason], ["TokenKeepError", "revoked"]);
    assert.equal(stage.counts.refreshes, 1);
    assert.deepEqual(stage.api.effects, []);
    const ends = await events(page, "signedout");
    assert.deepEqual(ends, [{ type: "signedout", detail: { reason: "revoked" } }]);
    assert.deepEqual((await stats(page)).phase, "signedout");
  });

  test(`${mode}: after a revoked grant the person can sign in again`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    stage.authorizationServer.revokeGrants();
    await send(page, stage.v1("files"));
    assert.equal(await session(page), null);

    assert.ok(await signIn(page));
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  });
}

test("shared: every tab hears of the end, once", async (t) => {
  const stage = await startStage(t);
  const tabs = [await stage.open(), await stage.open()];
  await signIn(tabs[0]);
  stage.authorizationServer.revokeGrants();
  await Promise.all(tabs.map((tab) => burst(tab, stage.v1("effects"), 5)));

  for (const tab of tabs) {
    const ends = await events(tab, "signedout");
    assert.deepEqual(ends, [{ type: "signedout", detail: { reason: "revoked" } }]);
  }
  assert.equal(stage.counts.refreshes, 1);
});

test("shared: signing out while the refresh is under way wins, and the late tokens are revoked (REF-20)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await signIn(page);
  stage.authorizationServer.expireAccessTokens();
  const answer = stage.holdTokenAnswer();
  await startBurst(page, stage.v1("effects"), 3);
  await answer.reached;
  await page.evaluate(() => app.auth.signOut());
  assert.deepEqual(await endOfBurst(page), { TOKENKEEP_LOGIN_REQUIRED: 3 });
  answer.open();

  await until(() => stage.counts.revocations === 2, "the late tokens' revocation");
  assert.equal(await session(page), null);
  for (const token of stage.authorizationServer.issuedTokens()) {
    assert.deepEqual(await stage.authorizationServer.verify(token), { active: false });
  }
  assert.deepEqual(stage.api.effects, []);
});

test("shared: signing out while the code is exchanged wins (REF-20)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await arrive(page);
  const answer = stage.holdTokenEndpoint();
  await page.evaluate(() => void (globalThis.resumed = app.outcome(() => app.auth.resume())));
  await until(() => stage.counts.exchanges === 1, "the exchange");
  await page.evaluate(() => void app.auth.signOut());
  // The worker has heard of it.
  await stats(page);
  answer();

  assert.equal((await page.evaluate(() => resumed)).error.code, "TOKENKEEP_LOGIN_REQUIRED");
  await until(() => stage.counts.revocations === 1, "the late tokens' revocation");
  assert.equal(await session(page), null);
});

test("shared: a sign-out that the server does not hear of is unconfirmed, and final here (REV-1, REV-6)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await signIn(page);
  stage.authorizationServer.vanish();

  assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "unconfirmed" });
  assert.equal(await session(page), null);
});

test("shared: signing out without a session does nothing", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();

  assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "none" });
  assert.deepEqual(await events(page), []);
});
