// The demo as a visitor uses it, above all its control room: buttons are pressed, and what the page shows is compared
// with what its servers saw.

import assert from "node:assert/strict";
import { before } from "node:test";

import { buildDemo } from "../../scripts/lib/demo.mjs";
import { contains, isScanned, signInWithPopup, startDemo, visitDemo } from "./support/demo.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const calls = 50;

before(buildDemo);

const press = (page, name) => page.click(`#room [data-do="${name}"], #room [data-fault="${name}"]`);

/** Presses the button of a fault, and waits until it is in force. */
async function spoil(page, fault) {
  await press(page, fault);
  await page.waitForSelector(`[data-fault="${fault}"][data-active]`);
}

/** A number of the live picture, by its state. */
const figure = async (page, state) => Number(await page.textContent(`#backlog div:has(.${state}) dd`));

const figures = (page, state, count) => until(async () => (await figure(page, state)) === count, `${count} calls ${state}`);

const refreshesAt = ({ tokenProxy }) => tokenProxy.attempts.filter(({ grantType }) => grantType === "refresh_token");

test("control room: 503 for 5 s, and the backlog of 50 calls is seen to build up and to drain", async (t) => {
  const { demo, page } = await startDemo(t);
  await spoil(page, "token-503");
  await contains(page, "#in-force", "503 for 5 s");
  await press(page, "calls-50");
  await figures(page, "sent", calls);
  assert.equal(await page.locator('#cells [data-state="sent"]').count(), calls);
  await until(() => page.isVisible("#attempts .planned"), "a pause that is still to end");
  await figures(page, "ok", calls);

  assert.equal(await page.locator('#cells [data-state="ok"]').count(), calls);
  for (const state of ["sent", "paused", "way", "lost"]) assert.equal(await figure(page, state), 0, state);
  await contains(page, "#backlog-outcome", `${calls} of ${calls} calls answered, 0 lost`);
  const attempts = refreshesAt(demo);
  await contains(page, "#attempts-summary", `${attempts.length} attempts in`);
  assert.deepEqual(
    attempts.map(({ status }) => status),
    [...Array(attempts.length - 1).fill(503), 200],
  );
  await assertToScale(page, attempts);
  const audit = "#audit-rows";
  await contains(page, audit, "refreshed");
  await contains(page, audit, "TOKENKEEP_SERVER_UNAVAILABLE");
  await contains(page, "#in-force", "All servers work.");
});

/** Each attempt's bar begins where its time is, between the first and the last one. */
async function assertToScale(page, attempts) {
  const starts = await page.locator("#attempts .try").evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().left));
  const shown = attempts.slice(-starts.length);
  assert.ok(shown.length >= 2);
  const part = (values, value) => (value - values[0]) / (values.at(-1) - values[0]);
  const times = shown.map(({ at }) => at);
  for (const [index, left] of starts.entries()) {
    assert.ok(Math.abs(part(starts, left) - part(times, times[index])) < 0.01, `bar ${index + 1} begins at ${left}`);
  }
}

const faults = {
  "token-reset": "1. connection reset",
  "token-html": "1. an HTML page",
  "token-429": "1. status 429",
  "token-hang": "1. no answer",
};
for (const [name, row] of Object.entries(faults)) {
  test(`control room: ${name} is named in the timeline, and 50 calls outlast it`, async (t) => {
    const { page } = await startDemo(t);
    await spoil(page, name);
    await press(page, "calls-50");
    await contains(page, "#attempts", row);
    await figures(page, "ok", calls);
    assert.equal(await figure(page, "lost"), 0);
    await contains(page, "#attempts-summary", "then a new token");
  });
}

test("control room: an answer lost after the rotation, and a revoked grant, end the session in plain words", async (t) => {
  const ends = {
    "rotation-lost": (page) => spoil(page, "token-lost"),
    revoked: async (page) => {
      await press(page, "revoke");
      await contains(page, "#room-log", "The grant is revoked");
    },
  };
  for (const [reason, end] of Object.entries(ends)) {
    const { page } = await startDemo(t);
    await end(page);
    await press(page, "calls-50");
    await figures(page, "lost", calls);
    await contains(page, "#notice", `The session is over: ${reason}.`);
    await contains(page, "#attempts-summary", "refused for good");
    await contains(page, "#audit-rows", reason);
    assert.equal(await page.isVisible("#sign-in"), true);
  }
});

test("control room: the pause that the API asks for is kept, its 503 is the answer, and restoring ends both", async (t) => {
  const { page } = await startDemo(t);
  await page.uncheck("#expired-first");
  await spoil(page, "api-429");
  await press(page, "calls-50");
  await until(async () => (await figure(page, "paused")) > 0, "calls that pause");
  await figures(page, "ok", calls);
  await spoil(page, "api-503");
  await press(page, "calls-50");
  await contains(page, "#backlog-outcome", "status 503, unavailable");
  // This one would wait for a refresh, so nothing but restoring ends it.
  await spoil(page, "token-html");
  await contains(page, "#in-force", "3 HTML pages (3 requests left)");
  await press(page, "restore");
  await contains(page, "#in-force", "All servers work.");
  await press(page, "calls-50");
  await figures(page, "ok", calls);
});

test("control room: a call off the list locks the session until it is unlocked", async (t) => {
  const { demo, page } = await startDemo(t);
  await press(page, "off-list");
  await contains(page, "#alarm-text", "locked (off-list-target)");
  await contains(page, "#room-log", "TOKENKEEP_TARGET_REFUSED");
  await press(page, "calls-50");
  await figures(page, "sent", calls);
  assert.equal(demo.resourceServer.requests.length, 0);
  await page.click("#alarm-action");
  await figures(page, "ok", calls);
  await until(() => page.isHidden("#alarm"), "the alarm to go");
  for (const kind of ["locked", "unlocked"]) await contains(page, "#audit-rows", kind);
});

test("control room: a call beyond the token's scope leads to a sign-in for more, and is made again", async (t) => {
  const { page } = await startDemo(t);
  await press(page, "more-scope");
  await contains(page, "#alarm-text", "files:delete");
  await contains(page, "#room-log", "the token lacks the scope files:delete");
  await page.click("#alarm-dismiss");
  assert.equal(await page.isHidden("#alarm"), true);
  // The event is told once for a while, and the offer comes back all the same.
  await press(page, "more-scope");
  await contains(page, "#alarm-text", "files:delete");
  await page.click("#alarm-action");
  await page.waitForSelector("#consent");
  assert.match(await page.textContent(".scopes"), /Delete your files/);
  await page.click("#consent button[name=consent]");
  await contains(page, "#room-log", "The bin is empty");
  assert.equal(new URL(page.url()).pathname, "/room");
  assert.equal(await page.isHidden("#alarm"), true);
});

test("the views are links: one click, the way back, and a reload lead where they say", async (t) => {
  const { page } = await startDemo(t, "/");
  const shown = async () => {
    const parts = ["#room", "#workbench", "#hero-title"];
    const [room, stories] = await Promise.all(parts.slice(0, 2).map((part) => page.isVisible(part)));
    return { room, stories, current: await page.textContent(".views [aria-current]") };
  };
  const inRoom = { room: true, stories: false, current: "Control room" };
  const inStories = { room: false, stories: true, current: "Stories" };
  assert.deepEqual(await shown(), inStories);
  await page.click('.views [data-view="room"]');
  assert.deepEqual(await shown(), inRoom);
  assert.equal(await page.evaluate(() => document.activeElement.id), "hero-title");
  await page.goBack();
  assert.deepEqual(await shown(), inStories);
  await page.goForward();
  await page.reload();
  await page.waitForSelector('[data-session="open"]');
  assert.deepEqual(await shown(), inRoom);
});

test("stories: the outage counts its refused refreshes, and no call is lost", async (t) => {
  const { demo, page } = await startDemo(t, "/");
  await page.click('[data-story="outage"] button');
  const outcome = '[data-story="outage"] .outcome:not([hidden]):not([data-running])';
  await page.waitForSelector(outcome, { timeout: 40_000 });
  const refused = refreshesAt(demo).length - 1;
  const text = await page.textContent(outcome);
  assert.match(text, /^20 answered, 0 lost after /);
  assert.ok(refused >= 1 && text.includes(`${refused} refresh`) && text.includes("then 1 granted"), text);
});

test("a visitor signs in with a popup, and it closes itself", async (t) => {
  const { page } = await visitDemo(t, "/");
  const popup = await signInWithPopup(page);
  await isScanned(page);

  await until(() => popup.isClosed(), "the popup to be closed");
  assert.equal(await page.textContent("#user"), "Ada");
});

test("a popup that may not close itself says that it can be closed", async (t) => {
  const { page } = await visitDemo(t, "/");
  await page.context().addInitScript(() => (globalThis.close = () => {}));
  const popup = await signInWithPopup(page);
  await popup.waitForSelector("[data-popup]");

  await contains(popup, "#hero-lead", "You can close this window");
  for (const hidden of ["#welcome", "#workbench", ".views"]) assert.equal(await popup.isVisible(hidden), false, hidden);
  assert.equal(new URL(popup.url()).search, "");
});
