import assert from "node:assert/strict";

import { burst, endOfBurst, endOfToken, events, send, session, startBurst, stats } from "./support/calls.mjs";
import { assertEachOnce } from "./support/effects.mjs";
import { holderNetwork } from "./support/network.mjs";
import { startPlainBrowser } from "./support/plain-browser.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const calls = 50;
const ways = {
  shared: holderNetwork,
  page:
    async ({ context }) =>
    (offline) =>
      context.setOffline(offline),
};

for (const [mode, networkOf] of Object.entries(ways)) {
  test(`${mode}: calls that wait while the machine is offline are answered when it is online again (REF-7)`, async (t) => {
    const stage = await startStage(t, { mode, proxied: true });
    const page = await stage.open();
    await signInBriefly(stage, page);
    await endOfToken(page);
    const setOffline = await networkOf(stage);
    await setOffline(true);
    await startBurst(page, stage.v1("effects"), calls);
    await until(() => isWaiting(page), "the calls to wait for the network");
    assert.ok(await session(page));
    await setOffline(false);

    assert.deepEqual(await endOfBurst(page), { 201: calls });
    assertEachOnce(stage.api.effects, calls);
    assert.equal(stage.proxy.attempts.length, 1, "attempts that left the machine");
    assert.deepEqual(await events(page, "signedout"), []);
  });

  test(`${mode}: a call with a good token fails offline as fetch does, and the session stays`, async (t) => {
    const stage = await startStage(t, { mode, proxied: true });
    const page = await stage.open();
    await signIn(page);
    const setOffline = await networkOf(stage);
    await setOffline(true);
    assert.deepEqual(await burst(page, stage.v1("effects"), 5), { TypeError: 5 });
    await setOffline(false);

    assert.equal((await send(page, stage.v1("files"))).value?.status, 200);
    assert.equal(stage.counts.refreshes, 0);
    assert.deepEqual(stage.api.effects, []);
  });
}

test("a page that was frozen while its token expired goes on with one refresh (REF-18)", async (t) => {
  const { stage, page, setState } = await startFreezable(t);
  const { expiresAt } = await signInBriefly(stage, page);
  await setState("frozen");
  await until(() => Date.now() > expiresAt + 1_000, "some time after the token's end");
  assert.equal(await page.evaluate(() => frozen), true);
  assert.equal(stage.proxy.attempts.length, 0, "refreshes while nobody calls");
  await setState("active");

  assert.deepEqual(await burst(page, stage.v1("effects"), calls), { 201: calls });
  assertEachOnce(stage.api.effects, calls);
  assert.equal(stage.proxy.attempts.length, 1);
});

test("calls that wait when their page is frozen are answered once each, with one refresh", async (t) => {
  const { stage, page, setState } = await startFreezable(t);
  await signIn(page);
  stage.authorizationServer.expireAccessTokens();
  stage.proxy.attempts.length = 0;
  const answer = stage.holdTokenAnswer();
  await startBurst(page, stage.v1("effects"), calls);
  await answer.reached;
  await until(async () => (await stats(page)).queued === calls, "the calls to wait");
  await setState("frozen");
  assert.equal(await page.evaluate(() => frozen), true);
  answer.open();
  await until(() => stage.counts.refreshed === 1, "the refresh");
  await setState("active");

  assert.deepEqual(await endOfBurst(page), { 201: calls });
  assertEachOnce(stage.api.effects, calls);
  assert.equal(stage.proxy.attempts.length, 1);
});

/** A page that can be frozen, and a function that does it. */
async function startFreezable(t) {
  const stage = await startStage(t, { proxied: true, context: await startPlainBrowser(t) });
  const page = await stage.open();
  await page.addInitScript(() => document.addEventListener("freeze", () => (globalThis.frozen = true)));
  const debug = await stage.context.newCDPSession(page);
  return { stage, page, setState: (state) => debug.send("Page.setWebLifecycleState", { state }) };
}

/** Signs in with a token of three seconds; those that come after it live for long. Resolves to the session. */
async function signInBriefly(stage, page) {
  stage.announceLifetime(3);
  const signedIn = await signIn(page);
  stage.announceLifetime(600);
  stage.proxy.attempts.length = 0;
  return signedIn;
}

async function isWaiting(page) {
  const { phase, queued } = await stats(page);
  return phase === "waiting" && queued === calls;
}
