import assert from "node:assert/strict";
import { test } from "node:test";

import { arrive, signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { until } from "./support/until.mjs";

for (const mode of modes) {
  test(`${mode}: a revoked grant ends the session once, for everybody (REF-6)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    stage.authorizationServer.expireAccessTokens();
    const answer = stage.holdTokenEndpoint();
    await page.evaluate((url) => void (globalThis.calls = app.burst(url, 50)), stage.v1("effects"));
    await until(async () => (await page.evaluate(() => app.auth.stats())).queued === 50, "50 waiting calls");
    stage.authorizationServer.revokeGrants();
    answer();

    assert.deepEqual(await page.evaluate(() => calls), { TOKENKEEP_LOGIN_REQUIRED: 50 });
    assert.equal(await page.evaluate(() => app.auth.session), null);
    assert.deepEqual(await page.evaluate((url) => app.burst(url, 5), stage.v1("effects")), { TOKENKEEP_LOGIN_REQUIRED: 5 });
    const { error } = await page.evaluate((url) => app.send(url), stage.v1("files"));
    assert.deepEqual([error.name, error.reason], ["TokenKeepError", "revoked"]);
    assert.equal(stage.counts.refreshes, 1);
    assert.deepEqual(stage.api.effects, []);
    const ends = (await page.evaluate(() => app.events)).filter(({ type }) => type === "signedout");
    assert.deepEqual(ends, [{ type: "signedout", detail: { reason: "revoked" } }]);
    assert.deepEqual((await page.evaluate(() => app.auth.stats())).phase, "signedout");
  });

  test(`${mode}: after a revoked grant the person can sign in again`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    stage.authorizationServer.revokeGrants();
    await page.evaluate((url) => app.send(url), stage.v1("files"));
    assert.equal(await page.evaluate(() => app.auth.session), null);

    assert.ok(await signIn(page));
    assert.equal((await page.evaluate((url) => app.send(url), stage.v1("files"))).value.status, 200);
  });
}

test("shared: every tab hears of the end, once", async (t) => {
  const stage = await startStage(t);
  const tabs = [await stage.open(), await stage.open()];
  await signIn(tabs[0]);
  stage.authorizationServer.revokeGrants();
  await Promise.all(tabs.map((tab) => tab.evaluate((url) => app.burst(url, 5), stage.v1("effects"))));

  for (const tab of tabs) {
    const ends = (await tab.evaluate(() => app.events)).filter(({ type }) => type === "signedout");
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
  await page.evaluate((url) => void (globalThis.calls = app.burst(url, 3)), stage.v1("effects"));
  await answer.reached;
  await page.evaluate(() => app.auth.signOut());
  assert.deepEqual(await page.evaluate(() => calls), { TOKENKEEP_LOGIN_REQUIRED: 3 });
  answer.open();

  await until(() => stage.counts.revocations === 2, "the late tokens' revocation");
  assert.equal(await page.evaluate(() => app.auth.session), null);
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
  answer();

  assert.equal((await page.evaluate(() => resumed)).error.code, "TOKENKEEP_LOGIN_REQUIRED");
  await until(() => stage.counts.revocations === 1, "the late tokens' revocation");
  assert.equal(await page.evaluate(() => app.auth.session), null);
});

test("shared: a sign-out that the server does not hear of is unconfirmed, and final here (REV-1, REV-6)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await signIn(page);
  await stage.authorizationServer.close();

  assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "unconfirmed" });
  assert.equal(await page.evaluate(() => app.auth.session), null);
});

test("shared: signing out without a session does nothing", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();

  assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "none" });
  assert.deepEqual(await page.evaluate(() => app.events), []);
});
