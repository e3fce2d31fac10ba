import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { chromium } from "playwright-core";

import { args, executablePath } from "./support/browser.mjs";
import { endOfSend, events, resume, session, startSend, stats, statusOf } from "./support/calls.mjs";
import { clickSignIn, countFlows, endOfSignIn, finishIn, looked, refuseIn, startResume } from "./support/popup.mjs";
import { pendingLogins } from "./support/records.mjs";
import { arrive, passPages, signIn } from "./support/sign-in.mjs";
import { modes, scope, startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const nothing = { intervals: 0, channels: 0 };

/** A stage whose pages write down what popups leave behind. */
async function startCounted(t, options) {
  const stage = await startStage(t, options);
  await countFlows(stage);
  return stage;
}

const left = (page) => page.evaluate(() => ledger.left());
const codeOf = async (page) => (await endOfSignIn(page)).error?.code;

for (const mode of modes) {
  test(`${mode}: a popup signs in the page that opened it, which stays (WIN-3, WIN-6, WIN-13, WIN-14)`, async (t) => {
    const stage = await startCounted(t, { mode });
    const page = await stage.open("/place?x=1#y");
    const popup = await clickSignIn(page);
    await passPages(popup);
    const arrival = popup.url();
    await finishIn(popup);
    const { value, error } = await endOfSignIn(page);

    assert.equal(error, undefined);
    assert.equal(value.scope, scope);
    assert.deepEqual(await session(page), value);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
    assert.equal(page.url(), `${stage.app.origin}/place?x=1#y`);
    assert.deepEqual([await left(page), stage.counts.tokenRequests], [nothing, 1]);
    assert.equal((await events(page, "signedin")).length, 1);
    const { heard, posted, opened } = await page.evaluate(() => ledger.take());
    assert.deepEqual(posted, []);
    assert.deepEqual(
      opened.map(([url, target]) => [url, target]),
      [["about:blank", "_blank"]],
    );
    const state = new URL(arrival).searchParams.get("state");
    assert.match(state, /^p[\w-]{43}$/);
    const name = `tokenkeep-${createHash("sha256").update(state).digest("base64url")}`;
    assert.deepEqual(heard, mode === "shared" ? [] : [{ name, data: { href: arrival } }]);
  });

  test(`${mode}: a person who refuses is told of in the page that opened the popup (WIN-4)`, async (t) => {
    const stage = await startCounted(t, { mode });
    const page = await stage.open();
    const popup = await clickSignIn(page);
    await refuseIn(popup);
    const closed = popup.waitForEvent("close");
    await popup.evaluate(() => void app.auth.resume({ silent: true }).catch(() => {}));
    await closed;
    const { error } = await endOfSignIn(page);

    assert.deepEqual([error.code, error.error], ["TOKENKEEP_AUTHORIZATION_ERROR", "access_denied"]);
    assert.deepEqual([await left(page), await pendingLogins(page), await session(page)], [nothing, [], null]);
  });

  test(`${mode}: a popup that is closed is an outcome of its own (WIN-8, WIN-14)`, async (t) => {
    const stage = await startCounted(t, { mode });
    const page = await stage.open();
    const popup = await clickSignIn(page);
    await popup.waitForSelector("#login");
    await looked(page);
    await popup.close();

    assert.equal(await codeOf(page), "TOKENKEEP_POPUP_CLOSED");
    assert.deepEqual([await left(page), await session(page)], [nothing, null]);
    assert.equal(stage.counts.tokenRequests, 0);
    await finishIn(await clickSignIn(page));
    assert.ok((await endOfSignIn(page)).value, "the next one works");
  });

  test(`${mode}: a popup that is left open ends the wait in time (WIN-8, WIN-14)`, async (t) => {
    const stage = await startCounted(t, { mode });
    const page = await stage.open();
    const popup = await clickSignIn(page, { popupTimeout: 1_000 });

    assert.equal(await codeOf(page), "TOKENKEEP_POPUP_TIMEOUT");
    // Whoever has no opener is closed by nobody else.
    assert.equal(popup.isClosed(), false);
    assert.deepEqual([await left(page), await session(page), stage.counts.tokenRequests], [nothing, null, 0]);
    await finishIn(await clickSignIn(page));
    assert.ok((await endOfSignIn(page)).value, "the next one works");
  });

  test(`${mode}: what can't begin closes the popup and says why (WIN-14)`, async (t) => {
    const stage = await startCounted(t, { mode });
    const page = await stage.open();
    const popup = await clickSignIn(page, { extraParams: { state: "x" } });

    assert.equal(await codeOf(page), "TOKENKEEP_PARAMETER_REFUSED");
    await until(() => popup.isClosed(), "the popup to be closed");
    assert.deepEqual([await left(page), await pendingLogins(page)], [nothing, []]);
  });

  test(`${mode}: two popups at once don't mix, and signing out ends a third (CB-22)`, async (t) => {
    const stage = await startCounted(t, { mode });
    const page = await stage.open();
    const first = await clickSignIn(page, { appState: 1 });
    await first.waitForSelector("#login");
    await page.evaluate(() => void (globalThis.earlier = globalThis.signingIn));
    const second = await clickSignIn(page);
    await second.waitForSelector("#login");
    await finishIn(second);
    assert.ok((await endOfSignIn(page)).value);
    await finishIn(first);
    assert.ok((await page.evaluate(() => globalThis.earlier)).value);
    assert.deepEqual([stage.counts.exchanges, await left(page)], [2, nothing]);

    const third = await clickSignIn(page, { prompt: "login" });
    await third.waitForSelector("#login");
    await page.evaluate(() => app.auth.signOut());
    assert.equal(await codeOf(page), "TOKENKEEP_LOGIN_REQUIRED");
    assert.deepEqual([await session(page), await left(page)], [null, nothing]);
    // It has no opener, so only a page of the app's origin can be closed from here; what it brings back is refused.
    await passPages(third);
    if (mode === "shared") await Promise.all([third.waitForEvent("close"), startResume(third)]);
    else assert.equal((await resume(third)).error?.code, "TOKENKEEP_STATE_MISMATCH");
    assert.deepEqual([await session(page), stage.counts.exchanges], [null, 2]);
  });

  test(`${mode}: a request that waits for more rights goes on after a popup (WWW-9)`, async (t) => {
    const stage = await startStage(t, { mode, config: { scope: "openid profile files:read" } });
    const page = await stage.open();
    await signIn(page);
    await startSend(page, stage.v1("effects"), { method: "POST", body: '{"n":0}', tokenkeep: { stepUp: true } });
    await until(async () => (await stats(page)).steppingUp === 1, "the call to wait");
    const [{ detail }] = await events(page, "stepup");
    await finishIn(await clickSignIn(page, detail.signIn));

    assert.equal((await endOfSignIn(page)).value.scope, scope);
    assert.equal((await endOfSend(page)).value.status, 201);
    assert.equal(stage.api.effects.length, 1);
  });

  test(`${mode}: a blocked popup is told at once and leaves nothing behind (WIN-8, WIN-13)`, async (t) => {
    const strict = await chromium.launch({ executablePath, args, ignoreDefaultArgs: ["--disable-popup-blocking"] });
    t.after(() => strict.close());
    const stage = await startCounted(t, { mode, context: await strict.newContext() });
    const page = await stage.open();
    const debug = await page.context().newCDPSession(page);
    const expression = 'app.outcome(() => app.auth.signIn({ mode: "popup" })).then(JSON.stringify)';
    const { result } = await debug.send("Runtime.evaluate", { expression, awaitPromise: true, userGesture: false });

    assert.equal(JSON.parse(result.value).error?.code, "TOKENKEEP_POPUP_BLOCKED");
    assert.deepEqual([await left(page), await pendingLogins(page)], [nothing, []]);
    assert.equal(page.context().pages().length, 1);
    await finishIn(await clickSignIn(page));
    assert.ok((await endOfSignIn(page)).value, "by a click it works");
  });
}

for (const mode of transports) {
  test(`${mode}: a redirect in another tab and a popup don't mix`, async (t) => {
    const stage = await startStage(t, { mode });
    const [page, other] = [await stage.open(), await stage.open()];
    const popup = await clickSignIn(page);
    await popup.waitForSelector("#login");
    await arrive(other);
    assert.ok((await resume(other)).value);
    await finishIn(popup);

    assert.ok((await endOfSignIn(page)).value);
    assert.equal(stage.counts.exchanges, 2);
  });
}

for (const mode of transports) {
  test(`${mode}: a popup works where the request is pushed and the URL has no state (PAR-1)`, async (t) => {
    const stage = await startStage(t, { mode, server: { par: "required" } });
    const page = await stage.open();
    const asked = stage.context.waitForEvent("request", (one) => new URL(one.url()).pathname === "/auth");
    const popup = await clickSignIn(page);
    const params = [...new URL((await asked).url()).searchParams.keys()];
    assert.deepEqual(params, ["client_id", "request_uri"]);
    await finishIn(popup);

    assert.equal((await endOfSignIn(page)).value.scope, scope);
  });
}

test("shared: a popup that is closed while the code is exchanged has signed in", async (t) => {
  const stage = await startCounted(t);
  const page = await stage.open();
  const popup = await clickSignIn(page);
  await popup.waitForSelector("#login");
  // A popup that says that it is closed before it was seen anywhere may be alive behind COOP, and the page doesn't give up.
  await looked(page);
  await passPages(popup);
  const answer = stage.holdTokenEndpoint();
  await popup.evaluate(() => void app.auth.resume());
  await until(() => stage.counts.exchanges === 1, "the exchange");
  await popup.close();
  await until(() => page.evaluate(() => ledger.aborts()), "the page to give up");
  answer();

  assert.ok((await endOfSignIn(page)).value);
});
