// What docs/security/headers.md has for the time after an incident: a service worker was registered when a server had no
// headers, and answers every page itself.

import assert from "node:assert/strict";

import { withClearing, withOwnWorker } from "./support/advice.mjs";
import { newContext } from "./support/browser.mjs";
import { resume } from "./support/calls.mjs";
import { registeredScopes, tryToRegister } from "./support/registrations.mjs";
import { samples, startSite } from "./support/servers.mjs";
import { leave, passPages } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const stubborn = `addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => event.respondWith(new Response("<!doctype html><title>planted</title>", { headers: { "content-type": "text/html" } })));`;
const files = {
  "index.html": "<!doctype html><title>the app</title>",
  "script.js": stubborn,
  "app/sw.js": 'addEventListener("fetch", () => {});',
};
const nothing = { caches: [], databases: [], stored: 0, session: 0 };

for (const [name, why] of Object.entries(samples)) {
  test(`${name}: a service worker that is there outlives its refusal, and ends by Clear-Site-Data with it (SW-3)`, async (t) => {
    if (why) return t.skip(why);
    const { site, page } = await plant(t);
    await site.use(name, { files });
    await page.reload();
    assert.equal(await page.title(), "planted");
    assert.equal(
      await page.evaluate(() =>
        navigator.serviceWorker
          .getRegistration()
          .then((one) => one.update())
          .catch((error) => error.name),
      ),
      "TypeError",
    );
    assert.deepEqual(await page.evaluate(registeredScopes), [`${site.origin}/`]);
    assert.notDeepEqual(await page.evaluate(stores), nothing);

    await site.use(name, { files, change: withClearing });
    await page.reload();
    assert.equal(await page.title(), "planted");
    await until(async () => (await page.evaluate(registeredScopes)).length === 0, "the end of the registration");
    await until(async () => JSON.stringify(await page.evaluate(stores)) === JSON.stringify(nothing), "the end of all that is stored");
    assert.equal(await page.evaluate(() => document.cookie), "cookie=1");
    await page.reload();
    assert.equal(await page.title(), "the app");
  });
}

test("on pages alone the header is lost where the service worker answers for them (SW-3)", async (t) => {
  const { site, page } = await plant(t);
  const change = (text) => withClearing(text).replace(/if \((.*)\) (?=.*Clear-Site-Data)/, "if (!$1) ");
  await site.use("Express", { files, change });
  await page.reload();
  await page.evaluate(() =>
    navigator.serviceWorker
      .getRegistration()
      .then((one) => one.update())
      .catch(() => {}),
  );
  assert.deepEqual(await page.evaluate(registeredScopes), [`${site.origin}/`]);
});

test("a browser without a registration keeps what it has (SW-3)", async (t) => {
  const { site, page } = await open(t);
  await site.use("Express", { files, change: withClearing });
  await page.reload();
  await page.evaluate(() => localStorage.setItem("kept", "1"));
  await page.reload();
  assert.equal(await page.evaluate(() => localStorage.getItem("kept")), "1");
});

test("sent with pages, it would end sign-ins that are under way (SW-3)", async (t) => {
  const stage = await startStage(t, { mode: "worker" });
  const page = await stage.open();
  await leave(page);
  stage.shown.headers = { "clear-site-data": '"cache", "storage"' };
  await passPages(page);
  assert.equal((await resume(page)).error?.code, "TOKENKEEP_STATE_MISMATCH");
});

test("meanwhile an app's own service worker doesn't stay either (SW-3)", async (t) => {
  const { site, page } = await open(t);
  await site.use("Express", { files, change: withOwnWorker });
  await page.goto(`${site.origin}/app/`);
  await page.evaluate(tryToRegister, { urls: ["/app/sw.js"] });
  assert.deepEqual(await page.evaluate(registeredScopes), [`${site.origin}/app/`]);

  await site.use("Express", { files, change: (text) => withClearing(withOwnWorker(text)) });
  await page.reload();
  await until(async () => (await page.evaluate(registeredScopes)).length === 0, "the end of the registration");
  const came = Object.values(await page.evaluate(tryToRegister, { urls: ["/app/sw.js"] }));
  assert.ok(
    came.every((outcome) => /^(Abort|Security)Error$/.test(outcome)),
    came.join(),
  );
  assert.deepEqual(await page.evaluate(registeredScopes), []);
});

/** A browser that has been at the app when its server had no headers. */
async function open(t) {
  const site = await startSite(t);
  await site.use("careless", { files });
  const context = await newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(site.origin);
  return { site, page };
}

/** The same, with a service worker of the attacker's and something in every store. */
async function plant(t) {
  const { site, page } = await open(t);
  await page.evaluate(async () => {
    await navigator.serviceWorker.register("/script.js");
    await (await caches.open("planted")).put("/tokenkeep/holder.js", new Response("planted"));
    await new Promise((resolve) => (indexedDB.open("planted").onsuccess = resolve));
    localStorage.setItem("planted", "1");
    sessionStorage.setItem("planted", "1");
    document.cookie = "cookie=1; max-age=9999";
  });
  await until(() => page.evaluate(() => navigator.serviceWorker.controller), "the service worker in control");
  return { site, page };
}

/** Runs in the page. */
async function stores() {
  const databases = (await indexedDB.databases()).map(({ name }) => name);
  return { caches: await caches.keys(), databases, stored: localStorage.length, session: sessionStorage.length };
}
