import assert from "node:assert/strict";

import { codeOf, events, explain, resume, send, session, stats, statusOf } from "./support/calls.mjs";
import { endSharedWorker } from "./support/ending.mjs";
import { signIn as signInThere } from "./support/own-origin.mjs";
import { startPlainBrowser } from "./support/plain-browser.mjs";
import { clickSignIn, endOfSignIn, finishIn } from "./support/popup.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, ownMode, startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** Lifetimes of tokens in seconds, and how long before their end they are renewed. */
const long = { lifetime: 15, earlyRefresh: 7 };
const short = { lifetime: 5, earlyRefresh: 2 };

for (const mode of [...modes, ownMode]) {
  test(`${mode}: a used session is refreshed ahead of time while somebody looks, and no call waits for it`, async (t) => {
    const stage = await startBrief(t, long, { mode });
    const page = await stage.open();
    await (mode === ownMode ? signInThere : signIn)(page);
    assert.equal(await statusOf(page, stage.probed("x")), 200);
    stage.announceLifetime(600);
    await until(async () => (await events(page, "refreshed")).length, "the refresh ahead of time");

    assert.equal(await statusOf(page, stage.probed("x")), 200);
    assert.equal((await stats(page)).waits.count, 0);
    assert.deepEqual([stage.counts.refreshes, stage.probe.requests.length], [1, 2]);
    const [first, second] = stage.probe.requests.map(({ headers }) => headers.authorization);
    assert.notEqual(first, second);
  });
}

test("a holder that took the place of another knows that somebody looks", async (t) => {
  const stage = await startBrief(t, long, { mode: "made" });
  const page = await stage.open();
  assert.deepEqual(await resume(page), { value: null });
  await endSharedWorker(page);
  // Nobody looks away or back from here on, so that the call alone brings the next holder.
  await until(async () => (await page.evaluate(() => app.outcome(() => app.auth.stats()))).value, "another holder");
  const popup = await clickSignIn(page);
  await finishIn(popup);
  assert.ok((await endOfSignIn(page)).value);
  assert.equal(await statusOf(page, stage.probed("x")), 200);
  stage.announceLifetime(600);
  await until(async () => (await events(page, "refreshed")).length, "the refresh ahead of time");
});

for (const mode of transports) {
  test(`${mode}: a token that nobody used dies in peace, and so does one that nobody uses any more (REF-18)`, async (t) => {
    const stage = await startBrief(t, short, { mode });
    const page = await stage.open();
    const { expiresAt } = await signIn(page);
    await until(() => Date.now() > expiresAt + 1_000, "some time after the token's end");
    assert.equal(stage.counts.refreshes, 0);

    for (let call = 0; call < 2; call += 1) assert.equal(await statusOf(page, stage.v1("files")), 200);
    assert.equal(stage.counts.refreshes, 1, "for the call");
    await until(() => stage.counts.refreshed === 2, "the refresh ahead of time");
    await until(async () => (await events(page, "refreshed")).length === 2, "the last token");
    const { expiresAt: last } = await session(page);
    await until(() => Date.now() > last + 1_000, "some time after the last token's end");
    assert.equal(stage.counts.refreshes, 2);
  });
}

for (const mode of transports) {
  test(`${mode}: nothing is refreshed ahead of time while nobody looks, and a look in time does it`, async (t) => {
    const { lifetime, earlyRefresh } = long;
    const context = await startPlainBrowser(t);
    // Until it has lived for half its time a call doesn't renew a token either.
    const stage = await startBrief(t, { lifetime: 10, earlyRefresh }, { mode, context });
    const page = await stage.open();
    const { expiresAt } = await signIn(page);
    await hide(stage, page);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
    await until(() => Date.now() > expiresAt + 1_000, "some time after the token's end");
    assert.equal(stage.counts.refreshes, 0);

    stage.announceLifetime(lifetime);
    for (let call = 0; call < 2; call += 1) assert.equal(await statusOf(page, stage.v1("files")), 200);
    const next = (await session(page)).expiresAt - earlyRefresh * 1_000;
    await until(() => Date.now() > next + 1_000, "the time to refresh ahead");
    assert.equal(stage.counts.refreshes, 1, "for the first of the two calls");
    await page.bringToFront();
    await until(() => stage.counts.refreshes === 2, "the refresh on the look");
  });
}

test("shared: one visible tab of two is enough", async (t) => {
  const stage = await startBrief(t, long, { context: await startPlainBrowser(t) });
  const hidden = await stage.open();
  await signIn(hidden);
  const visible = await stage.open();
  await resume(visible);
  await visible.bringToFront();
  await until(() => isHidden(hidden), "the first tab to be hidden");
  assert.equal(await statusOf(hidden, stage.v1("files")), 200);

  await until(() => stage.counts.refreshes === 1, "the refresh");
  assert.equal((await stats(hidden)).waits.count, 0);
});

test("shared: a refresh ahead of time that fails costs nobody anything", async (t) => {
  const stage = await startBrief(t, long);
  const page = await stage.open();
  await signIn(page);
  stage.authorizationServer.failTokenEndpoint({ status: 503 });
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  await until(async () => (await events(page, "refreshfailed")).length, "the failure");
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  stage.authorizationServer.restoreTokenEndpoint();
  await until(async () => (await events(page, "refreshed")).length, "the refresh");

  assert.equal((await stats(page)).waits.count, 0);
  assert.deepEqual(await events(page, "signedout"), []);
});

for (const mode of transports) {
  test(`${mode}: skipAuth is a plain fetch, wherever it goes`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    const skip = { tokenkeep: { skipAuth: true } };
    assert.equal(await statusOf(page, `${stage.probe.origin}/open/x`, skip), 200, "before anybody signed in");
    await signIn(page);
    assert.equal(await codeOf(page, `${stage.probe.origin}/open/x`), "TOKENKEEP_TARGET_REFUSED");
    for (const url of [`${stage.probe.origin}/open/x`, `${stage.app.origin}/bare.html`]) assert.equal(await statusOf(page, url, skip), 200);
    assert.equal(await statusOf(page, "/bare.html", skip), 200);
    const posted = { method: "POST", body: "hello", headers: { "x-own": "1" }, ...skip };
    assert.equal(JSON.parse((await send(page, `${stage.probe.origin}/open/x`, posted)).value.text).length, 5);
    const { value } = await explain(page, stage.v1("files"), skip);

    assert.deepEqual(value, { status: 401, explanation: null }, "no token, and the API's answer is the answer");
    assert.ok(stage.probe.requests.every(({ headers }) => !("authorization" in headers)));
    assert.deepEqual(
      stage.api.requests.map(({ hadToken }) => hadToken),
      [false],
    );
    assert.equal(stage.counts.refreshes, 0);
    assert.deepEqual(
      (await stats(page)).servers.map(({ requests }) => requests),
      [0, 0],
    );
  });
}

async function startBrief(t, { lifetime, earlyRefresh }, options) {
  const stage = await startStage(t, { config: { earlyRefresh, earlyRefreshJitter: 0 }, ...options });
  stage.announceLifetime(lifetime);
  return stage;
}

const isHidden = (page) => page.evaluate(() => document.visibilityState === "hidden");

/** Puts another tab in front of `page`. */
async function hide(stage, page) {
  const front = await stage.context.newPage();
  await front.bringToFront();
  await until(() => isHidden(page), "the page to be hidden");
}
