// T29: messages from whoever else is there while a popup signs in.

import assert from "node:assert/strict";

import { session, statusOf } from "../browser/support/calls.mjs";
import { clickSignIn, endOfSignIn } from "../browser/support/popup.mjs";
import { until } from "../browser/support/until.mjs";
import { attack } from "./support/attack.mjs";

const state = `p${"A".repeat(43)}`;
const injection = { id: "T29", threat: "R15", outcome: "stopped" };

/** What a response could look like, to us or to others; `mine` is one of the attacker's that is good. */
const payloads = (rig) => {
  const callback = `${rig.origins.app}/callback`;
  const href = `${callback}?code=mine&state=${state}&iss=${encodeURIComponent(rig.as.issuer)}`;
  const response = { code: "mine", state, iss: rig.as.issuer };
  return [
    href,
    { href },
    { v: 1, id: 1, op: "finish", href },
    { v: 1, id: 1, ok: { scope: "admin", expiresAt: null, claims: null } },
    { v: 1, event: { type: "signedin", detail: {}, session: { scope: "admin", expiresAt: null, claims: null } } },
    { type: "authorization_response", response },
    { ...response, type: "tokenkeep" },
    { access_token: "mine", token_type: "Bearer" },
    { taken: true },
    `#access_token=mine&state=${state}`,
  ];
};

attack(
  { ...injection, title: "a foreign origin that the app opened, and a frame of its own without an origin (WIN-1, WIN-2)" },
  async (rig) => {
    const page = await rig.open();
    await listen(page);
    const popup = await startPopup(page);
    const evil = await openBeside(rig, page, `${rig.origins.evil}/`);
    const words = payloads(rig);
    await evil.evaluate((given) => given.forEach((one) => opener.postMessage(one, "*")), words);
    await evil.evaluate(speakFromNowhere, words);
    await until(async () => (await heard(page)).length >= 2 * words.length, "the messages");
    assert.deepEqual([...new Set(await heard(page))].sort(), [rig.origins.evil, "null"]);
    return finish(rig, { page, popup });
  },
);

attack({ ...injection, title: "a third window of the same origin, and the page itself (WIN-1, WIN-2, WIN-5)" }, async (rig) => {
  const page = await rig.open();
  await listen(page);
  const popup = await startPopup(page);
  const third = await openBeside(rig, page, "/bare.html");
  const words = payloads(rig);
  await third.evaluate((given) => given.forEach((one) => opener.postMessage(one, location.origin)), words);
  await page.evaluate((given) => given.forEach((one) => postMessage(one, location.origin)), words);
  await until(async () => (await heard(page)).length >= 2 * words.length, "the messages");
  assert.deepEqual([...new Set(await heard(page))], [rig.origins.app]);
  return finish(rig, { page, popup });
});

/** A window that has `page` for its opener. */
async function openBeside(rig, page, url) {
  const opening = rig.context.waitForEvent("page");
  await page.evaluate((target) => void open(target), url);
  const opened = await opening;
  await opened.waitForLoadState();
  return opened;
}

/** Clicks, and waits until the popup has arrived at the login page. */
async function startPopup(page) {
  const popup = await clickSignIn(page);
  await popup.waitForSelector("#login");
  return popup;
}

/** None of it had an effect, and the real response is taken. */
async function finish(rig, { page, popup }) {
  assert.deepEqual([await session(page), popup.isClosed(), rig.as.counts.tokenRequests], [null, false, 0]);
  await rig.finishIn(popup);
  const { value, error } = await endOfSignIn(page);
  assert.ok(value, JSON.stringify(error));
  assert.notEqual(value.scope, "admin");
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  assert.equal(rig.as.counts.tokenRequests, 1);
  return rig.verdict("access token", "refresh token", "ID token", "code", "code verifier");
}

/** Counts who sends the page messages: they do arrive. */
function listen(page) {
  return page.evaluate(() => {
    globalThis.origins = [];
    addEventListener("message", ({ origin }) => origins.push(origin));
  });
}

const heard = (page) => page.evaluate(() => globalThis.origins);

/** Runs in the attacker's page: the same from a frame that has no origin. */
function speakFromNowhere(words) {
  const frame = Object.assign(document.createElement("iframe"), {
    sandbox: "allow-scripts",
    srcdoc: `<script>addEventListener("message", ({ data }) => data.forEach((one) => parent.opener.postMessage(one, "*")))</script>`,
  });
  return new Promise((resolve) => {
    frame.addEventListener("load", () => resolve(frame.contentWindow.postMessage(words, "*")));
    document.body.append(frame);
  });
}
