// What keeps a sign-in from being remembered, or from being found again: each cause is really there.

import assert from "node:assert/strict";

import { newContext } from "./support/browser.mjs";
import { resume, session, statusOf } from "./support/calls.mjs";
import { blockingCookies, startOddBrowser } from "./support/odd-browser.mjs";
import { clickSignIn, endOfSignIn, finishIn } from "./support/popup.mjs";
import { spentLogins } from "./support/records.mjs";
import { arrive, leave, signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const inPage = ["worker", "page"];

const errorOfSignIn = async (page, options) => (await page.evaluate((given) => app.outcome(() => app.auth.signIn(given)), options)).error;

/** Ways to make IndexedDB useless that need no settings: run in a page of the origin that stays open. */
const spoilers = {
  "a database of a version to come": () =>
    new Promise((resolve) => {
      const request = indexedDB.open("tokenkeep", 9);
      request.onsuccess = () => resolve(request.result.close());
    }),
  // Whoever comes later waits behind the deletion, which waits for the one who is there.
  "a database that never opens": () =>
    new Promise((resolve) => {
      const request = indexedDB.open("tokenkeep", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("transactions");
      request.onsuccess = () => {
        globalThis.kept = request.result;
        resolve(void indexedDB.deleteDatabase("tokenkeep"));
      };
    }),
};

/** A page of the app behind such a database. */
async function startSpoiled(t, mode, spoil) {
  const stage = await startStage(t, { mode });
  const other = await stage.open("/bare.html");
  await other.evaluate(spoil);
  return { stage, page: await stage.open() };
}

for (const [name, spoil] of Object.entries(spoilers)) {
  for (const mode of inPage) {
    test(`${mode}: behind ${name} nobody leaves, and a popup still signs in (TOKENKEEP_STORAGE_BLOCKED)`, async (t) => {
      const { stage, page } = await startSpoiled(t, mode, spoil);
      const error = await errorOfSignIn(page);

      assert.equal(error.code, "TOKENKEEP_STORAGE_BLOCKED");
      assert.match(error.message, /IndexedDB.*allow site data.*popup.*SharedWorker/);
      assert.equal(page.url(), `${stage.app.origin}/`);
      assert.equal(stage.authorizationServer.requests.filter(({ path }) => path === "/auth").length, 0);
      await finishIn(await clickSignIn(page));
      assert.ok((await endOfSignIn(page)).value);
      assert.equal(await statusOf(page, stage.v1("files")), 200);
    });
  }

  test(`shared: behind ${name} people sign in as ever, since the worker remembers`, async (t) => {
    const { stage, page } = await startSpoiled(t, "shared", spoil);
    assert.ok(await signIn(page));
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  });
}

test("where cookies are blocked the settings are named before anybody leaves (TOKENKEEP_COOKIES_BLOCKED)", async (t) => {
  for (const mode of modes) {
    const stage = await startStage(t, { mode, context: await startOddBrowser(t, { preferences: blockingCookies }) });
    const page = await stage.open();
    const error = await errorOfSignIn(page);

    assert.equal(error?.code, "TOKENKEEP_COOKIES_BLOCKED", `${mode}: ${error?.message}`);
    assert.match(error.message, /blocks cookies and site data for 127\.0\.0\.1:\d+.*authorization server/);
    assert.equal(error.name, "TokenKeepError");
    assert.equal(page.url(), `${stage.app.origin}/`);
    assert.equal(
      stage.authorizationServer.requests.length -
        stage.authorizationServer.requests.filter(({ path }) => path.startsWith("/.well-known")).length,
      0,
    );
  }
});

test("a server that doesn't recognise anybody points to its cookies (TOKENKEEP_INTERACTION_REQUIRED)", async (t) => {
  for (const mode of modes) {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await page.evaluate(() => void app.auth.signIn({ prompt: "none" }));
    await page.waitForURL(({ pathname, search }) => pathname === "/callback" && search !== "");
    const { error } = await resume(page);

    assert.deepEqual([error.code, error.error], ["TOKENKEEP_INTERACTION_REQUIRED", "login_required"]);
    assert.match(error.message, /\(login_required\).*without prompt.*cookies/);
  }
});

for (const mode of modes) {
  test(`${mode}: a response in another browser is told from one that was used (TOKENKEEP_STATE_MISMATCH, _RESPONSE_REPLAYED)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await arrive(page);
    const arrival = page.url();
    const stranger = await newContext();
    t.after(() => stranger.close());
    const elsewhere = await stranger.newPage();
    await elsewhere.goto(arrival);
    const foreign = (await resume(elsewhere)).error;
    assert.equal(foreign.code, "TOKENKEEP_STATE_MISMATCH");
    assert.match(foreign.message, /another browser or profile.*gone/);

    const second = await stage.context.newPage();
    await second.goto(arrival);
    assert.ok((await resume(second)).value, "another tab of the same browser finishes it");
    assert.deepEqual(await spentLogins(second).then((spent) => spent.map(([, rest]) => rest)), [{}], "nothing but a mark stays");
    const late = await resume(page);
    assert.equal(late.error.code, "TOKENKEEP_RESPONSE_REPLAYED");
    assert.equal((await session(page)) !== null, mode === "shared");
    assert.equal(stage.counts.tokenRequests, 1);
  });

  test(`${mode}: a response whose record was cleared says so (TOKENKEEP_STATE_MISMATCH)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await leave(page);
    const other = await stage.open("/bare.html");
    await other.evaluate(() => new Promise((resolve) => (indexedDB.deleteDatabase("tokenkeep").onsuccess = resolve)));
    await arriveFrom(page);
    const { error } = await resume(page);
    assert.equal(error.code, "TOKENKEEP_STATE_MISMATCH");
    assert.match(error.message, /cleared/);
  });
}

/** Goes on at the login page. */
async function arriveFrom(page) {
  await page.fill("#login input[name=login]", "ada");
  await page.click("#login button[type=submit]");
  await page.click("#consent button[name=consent]");
  await page.waitForURL(({ pathname }) => pathname === "/callback");
}
