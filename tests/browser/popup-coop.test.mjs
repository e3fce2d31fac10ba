import assert from "node:assert/strict";

import { resume, session, statusOf } from "./support/calls.mjs";
import { waitForNothingElse } from "./support/gate.mjs";
import { clickSignIn, countFlows, endOfSignIn, finishIn, looked, refuseIn, startResume } from "./support/popup.mjs";
import { passPages } from "./support/sign-in.mjs";
import { modes, scope, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const severing = { "cross-origin-opener-policy": "same-origin" };

/** Who sends Cross-Origin-Opener-Policy, as options of the stage. */
const policies = {
  "of the app": { headers: severing },
  "of the authorization server": { server: { headers: severing } },
  "of both": { headers: severing, server: { headers: severing } },
};

const arrivalOf = (page) => page.evaluate(() => app.auth.arrival);

for (const mode of modes) {
  for (const [whose, headers] of Object.entries(policies)) {
    test(`${mode}: a popup signs in though COOP ${whose} cuts the link (WIN-7)`, async (t) => {
      const stage = await startStage(t, { mode, ...headers });
      const page = await stage.open();
      const popup = await clickSignIn(page);
      await popup.waitForSelector("#login");
      assert.equal(await popup.evaluate(() => window.opener), null);
      await finishIn(popup);
      const { value, error } = await endOfSignIn(page);

      assert.equal(error, undefined);
      assert.equal(value.scope, scope);
      assert.equal(await statusOf(page, stage.v1("files")), 200);
      assert.equal(stage.counts.tokenRequests, 1);
    });
  }

  test(`${mode}: a refusal comes through though COOP cuts the link (WIN-7)`, async (t) => {
    const stage = await startStage(t, { mode, headers: severing });
    const page = await stage.open();
    const popup = await clickSignIn(page);
    await refuseIn(popup);
    await startResume(popup);

    assert.equal((await endOfSignIn(page)).error.error, "access_denied");
  });

  test(`${mode}: where the browser refuses to close it, the popup knows what it is`, async (t) => {
    const stage = await startStage(t, { mode, headers: severing });
    await stage.context.addInitScript(() => (globalThis.close = () => {}));
    const page = await stage.open();
    const popup = await clickSignIn(page, { returnTo: "/inbox" });
    await passPages(popup);
    const resumed = await resume(popup);

    const signedIn = (await endOfSignIn(page)).value;
    assert.deepEqual(resumed, { value: mode === "shared" ? signedIn : null });
    const returnTo = mode === "shared" ? "/inbox" : null;
    assert.deepEqual(await arrivalOf(popup), { returnTo, appState: null, popup: true });
    assert.equal(await arrivalOf(page), null);
    assert.equal(popup.url(), `${stage.app.origin}/callback`);
  });

  test(`${mode}: a server that cuts the link half-way looks like a closed popup, and the sign-in counts (WIN-8)`, async (t) => {
    const headers = {};
    const stage = await startStage(t, { mode, server: { headers } });
    await countFlows(stage);
    const page = await stage.open();
    const popup = await clickSignIn(page, { returnTo: "/inbox" });
    await popup.waitForSelector("#login");
    await looked(page);
    Object.assign(headers, severing);
    await popup.fill("#login input[name=login]", "ada");
    await popup.click("#login button[type=submit]");
    assert.equal((await endOfSignIn(page)).error.code, "TOKENKEEP_POPUP_CLOSED");
    assert.equal(popup.isClosed(), false);
    await passPages(popup);
    if (mode === "shared") {
      await finishIn(popup);
      await until(() => session(page), "the session");
    } else {
      // Nobody takes the response any more.
      assert.equal((await resume(popup)).value.scope, scope);
      assert.deepEqual(await arrivalOf(popup), { returnTo: "/inbox", appState: null });
    }
    assert.equal(stage.counts.tokenRequests, 1);
  });

  test(`${mode}: a popup cut off by COOP that never comes back ends the wait in time (WIN-8)`, async (t) => {
    const stage = await startStage(t, { mode, headers: severing });
    const page = await stage.open();
    const popup = await clickSignIn(page, { popupTimeout: 3_000 });
    await popup.waitForSelector("#login");
    await popup.close();
    const { error } = await endOfSignIn(page);

    assert.equal(error.code, "TOKENKEEP_POPUP_SEVERED");
    assert.match(error.message, /Cross-Origin-Opener-Policy/);
    assert.equal(await session(page), null);
    await finishIn(await clickSignIn(page));
    assert.ok((await endOfSignIn(page)).value, "the next one works");
  });
}

/** Has the page do nothing but wait for an answer of the server. Resolves to what lets that come, once it is waited for. */
async function occupy(stage, page) {
  const asked = new Promise((resolve) => stage.context.route("**/slow", resolve));
  const over = page.evaluate(waitForNothingElse, "/slow");
  const route = await asked;
  return () => Promise.all([route.fulfill({ body: "" }), over]);
}

/** Whether a page asks for a lock that another one holds and that is named after a hash. */
const waitsForLock = (page) =>
  page.evaluate(async () => (await navigator.locks.query()).pending.some(({ name }) => /^tokenkeep-[\w-]{43}$/.test(name)));

// With a SharedWorker the popup needs no page.
for (const mode of modes.filter((one) => one !== "shared")) {
  for (const [outcome, pass] of Object.entries({ "a sign-in": passPages, "a refusal": refuseIn })) {
    test(`${mode}: a popup with ${outcome} waits for a page that is busy when it comes back (WIN-7)`, async (t) => {
      // The link has to be cut, or both have one thread.
      const stage = await startStage(t, { mode, server: { headers: severing } });
      const page = await stage.open();
      const popup = await clickSignIn(page);
      await pass(popup);
      await popup.waitForFunction(() => globalThis.app);
      const release = await occupy(stage, page);
      const closed = popup.waitForEvent("close");
      await startResume(popup);
      await until(() => waitsForLock(popup), "the popup to wait for the page, whatever else it tries first");
      await release();
      await closed;

      const { value, error } = await endOfSignIn(page);
      assert.deepEqual([value?.scope, error?.error], outcome === "a sign-in" ? [scope, undefined] : [undefined, "access_denied"]);
      assert.equal(stage.counts.tokenRequests, outcome === "a sign-in" ? 1 : 0);
    });
  }
}
