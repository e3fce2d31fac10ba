import assert from "node:assert/strict";

import { endOfBurst, endOfToken, send, startBurst, stats, statusOf } from "./support/calls.mjs";
import { assertEachOnce } from "./support/effects.mjs";
import { Gate } from "./support/gate.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

for (const mode of modes) {
  test(`${mode}: a late 401 to an old token causes no second refresh (REF-2)`, async (t) => {
    const gate = new Gate();
    const before = ({ url }) => url.pathname.endsWith("/late") && gate.passed;
    const stage = await startStage(t, { mode, probe: { before } });
    t.after(gate.open);
    const page = await stage.open();
    await signIn(page);
    await page.evaluate((url) => void (globalThis.late = app.send(url)), stage.probed("late"));
    await until(() => stage.probe.requests.length === 1, "the late call's arrival");
    stage.authorizationServer.expireAccessTokens();
    await send(page, stage.v1("files"));
    assert.equal(stage.counts.refreshed, 1);
    gate.open();

    assert.equal((await page.evaluate(() => late)).value.status, 200);
    assert.deepEqual(
      stage.probe.requests.map(({ status }) => status),
      [401, 200],
    );
    assert.equal(stage.counts.refreshes, 1);
  });

  test(`${mode}: a 401 to a fresh token is the answer (USE-13)`, async (t) => {
    const before = async ({ request }) => void delete request.headers.authorization;
    const stage = await startStage(t, { mode, probe: { before } });
    const page = await stage.open();
    await signIn(page);
    const answers = [];
    for (let round = 0; round < 3; round += 1) answers.push(await send(page, stage.probed("x")));

    assert.deepEqual(
      answers.map(({ value }) => value.status),
      [401, 401, 401],
    );
    assert.equal(stage.counts.refreshes, 1, "the API's stubbornness is not the token's age");
    assert.equal(stage.probe.requests.length, 4, "one replay, and none once it is known to be useless");
  });
}

test("shared: a token in its last minutes is renewed beside a request, not before it", async (t) => {
  const stage = await startStage(t, { config: { earlyRefresh: 6, earlyRefreshJitter: 0 } });
  stage.announceLifetime(12);
  const page = await stage.open();
  const { expiresAt } = await signIn(page);
  const [accessToken] = stage.authorizationServer.issuedTokens();
  await until(() => expiresAt - Date.now() < 5_500, "the early window");
  assert.equal(stage.counts.refreshes, 0);
  stage.holdTokenEndpoint();

  assert.equal(await statusOf(page, stage.probed("x")), 200);
  assert.equal(stage.probe.requests[0].headers.authorization, `Bearer ${accessToken}`);
  await until(() => stage.counts.refreshes === 1, "the refresh beside it");
  assert.equal((await stats(page)).phase, "refreshing");
});

test("shared: an early window longer than the token's life does not refresh by itself (REF-18)", async (t) => {
  const stage = await startStage(t, { config: { earlyRefresh: 3000 } });
  const page = await stage.open();
  await signIn(page);
  for (let call = 0; call < 3; call += 1) await send(page, stage.v1("files"));
  await until(async () => (await stats(page)).phase === "active", "the end of the refresh");

  assert.ok(stage.counts.refreshes <= 3, `${stage.counts.refreshes} refreshes`);
});

test("shared: an idle app does not refresh (REF-18)", async (t) => {
  const stage = await startStage(t);
  stage.announceLifetime(1);
  const page = await stage.open();
  const { expiresAt } = await signIn(page);

  await until(() => Date.now() > expiresAt + 2_000, "some time after the token's end");
  assert.equal(stage.counts.refreshes, 0);
});

test("shared: every refresh sends the newest refresh token, once each (REF-3)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await signIn(page);
  for (let round = 0; round < 10; round += 1) {
    stage.authorizationServer.expireAccessTokens();
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  }

  const sent = stage.grants.map(({ refresh_token: token }) => token).filter(Boolean);
  assert.equal(sent.length, 10);
  assert.equal(new Set(sent).size, 10);
  assert.equal(stage.counts.reuseAlarms, 0);
  assert.equal((await stats(page)).generation, 11);
});

// Ten thousand real requests take their time.
test("shared: 10,000 calls behind one refresh all settle (REF-21)", async (t) => {
  const stage = await startStage(t, { config: { queueTimeout: 180_000, requestTimeout: 180_000 } });
  stage.announceLifetime(2);
  const page = await stage.open();
  await signIn(page);
  stage.announceLifetime(3600);
  await endOfToken(page);
  const answer = stage.holdTokenEndpoint();
  await startBurst(page, stage.v1("effects"), 10_000);
  await until(async () => (await stats(page)).queued === 10_000, "10,000 waiting calls");
  answer();

  assert.deepEqual(await endOfBurst(page), { 201: 10_000 });
  assert.equal(stage.counts.refreshes, 1);
  assertEachOnce(stage.api.effects, 10_000);
}, 180_000);
