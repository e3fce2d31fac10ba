// The demo's service worker, planted by a button: what it catches where app and holder are on one origin, and where they are on
// two.

import assert from "node:assert/strict";
import { before } from "node:test";

import { buildDemo } from "../../scripts/lib/demo.mjs";
import { consent, contains, isScanned, signInWithPopup, startDemo, visitDemo } from "./support/demo.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

before(buildDemo);

const two = { twoOrigins: true };
const spared = "0 with an Authorization header. The authorization server recognised 0 of the ";

/** Presses the button, and waits until the service worker covers the page. */
async function plant(page) {
  await page.click("#plant");
  await contains(page, "#planted-outcome", "covers this whole origin");
}

/** The requests that were caught, as `GET /path`. */
const caught = (page) => page.locator("#caught-rows th").evaluateAll((cells) => cells.map(({ firstChild }) => firstChild.data));

/** Runs a story to its end; what is said of it. */
async function story(page, name) {
  await page.click(`[data-story="${name}"] button`);
  const outcome = `[data-story="${name}"] .outcome:not([hidden]):not([data-running])`;
  await page.waitForSelector(outcome);
  return page.textContent(outcome);
}

const hasClaims = (page) => page.evaluate(() => Boolean(navigator.serviceWorker.controller));

test("one origin: the page says so, a planted service worker gets a token, and the holder ends the session with the cure", async (t) => {
  const { demo, page } = await startDemo(t, "/");
  assert.equal(demo.holder, null);
  await contains(page, "#way", `both on ${demo.url}`);
  await plant(page);
  await contains(page, "#notice", "The session is over: intercepted.");
  await contains(page, "#notice", "remove the service worker");
  await contains(page, "#caught-verdict", "The authorization server recognised 1 of the ");
  assert.ok((await caught(page)).includes("GET /v1/files"));
  assert.equal(await page.isVisible("#sign-in"), true);
  assert.equal(demo.authorizationServer.counts.revocations, 0);
});

test("one origin: nobody signs in behind it, and once it is removed one does again", async (t) => {
  const { page } = await startDemo(t, "/");
  await plant(page);
  await contains(page, "#notice", "intercepted");
  await page.click("#sign-in");
  await contains(page, "#notice", "TOKENKEEP_INTERCEPTED");
  await page.reload();
  await page.click("#sign-in");
  await contains(page, "#notice", "TOKENKEEP_INTERCEPTED");

  await page.click("#unplant");
  await contains(page, "#planted-outcome", "The service worker is gone.");
  assert.equal(await hasClaims(page), false);
  await page.click("#sign-in");
  await until(() => page.isVisible('[data-session="open"] #workbench, #consent'), "the sign-in");
  if (await page.isVisible("#consent")) await page.click("#consent button[name=consent]");
  await isScanned(page);
  assert.match(await story(page, "call"), /^Answered/);
  assert.deepEqual(await caught(page), []);
});

test("two origins: a planted service worker sees the app's requests and none of the holder's, and everything goes on", async (t) => {
  const { demo, page } = await startDemo(t, "/", two);
  await contains(page, "#way", `this page is on ${demo.url}, the holder on ${demo.holder.origin}`);
  await contains(page, "#where", new URL(demo.holder.origin).host);
  await plant(page);
  await contains(page, "#planted-outcome", "5 calls made since were answered, and the session goes on.");
  assert.match(await story(page, "call"), /^Answered/);
  assert.match(await story(page, "burst"), /^200 answered, 1 refresh, 0 lost/);
  await page.reload();
  await isScanned(page);
  assert.equal(await hasClaims(page), true);
  await until(async () => (await caught(page)).includes("GET /"), "the page's own request");
  await contains(page, "#caught-verdict", spared);
  assert.ok(
    (await caught(page)).every((request) => !/v1|token|auth|frame|holder/.test(request)),
    `${await caught(page)}`,
  );

  await page.click("#unplant");
  await contains(page, "#planted-outcome", "The service worker is gone. The session is still there.");
  assert.deepEqual(await caught(page), []);
  assert.equal(await hasClaims(page), false);
});

test("two origins: one signs in, out, and in with a popup behind a service worker that was there first", async (t) => {
  const { page } = await visitDemo(t, "/", two);
  await plant(page);
  assert.equal(await hasClaims(page), true);
  await page.click("#sign-in");
  await consent(page);
  await isScanned(page);
  await page.click("#sign-out");
  await contains(page, "#notice", "The server confirmed that the tokens are revoked.");
  const popup = await signInWithPopup(page);
  await isScanned(page);
  await until(() => popup.isClosed(), "the popup to be closed");
  assert.match(await story(page, "call"), /^Answered/);
  await contains(page, "#caught-verdict", spared);
});

test("two origins: what the holder's origin serves is four files and the package, and no service worker", async (t) => {
  const printed = [];
  const { demo } = await visitDemo(t, "/", { ...two, print: (text) => printed.push(text) });
  const { origin } = demo.holder;
  assert.ok(printed.join().includes(`holder               ${origin}`), printed.join());
  const status = (path, init) => fetch(origin + path, { redirect: "manual", ...init }).then((response) => response.status);
  for (const path of ["/frame", "/callback", "/door.js", "/holder.js", "/tokenkeep/serve.js"]) {
    assert.equal(await status(path), 200, path);
    assert.equal(await status(path, { headers: { "service-worker": "script" } }), 404, `${path} as a service worker`);
  }
  for (const path of ["/", "/callback/", "/callback.html", "/planted-worker.js", "/tokenkeep/../holder.html", "/tokenkeep/package.json"])
    assert.equal(await status(path), 404, path);
  assert.equal(await status("/callback", { method: "POST" }), 405);
  assert.equal(
    await fetch(`${demo.url}/planted-worker.js`, { headers: { "service-worker": "script" } }).then((response) => response.status),
    200,
  );
});
