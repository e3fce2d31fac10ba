// T26 to T28: what the package's own haste, a broken server and a sign-out at a bad moment do to the session.

import assert from "node:assert/strict";

import { burst, codeOf, endOfBurst, events, resume, session, startBurst, stats, statusOf } from "../browser/support/calls.mjs";
import { dialClocks, moveClocks } from "../browser/support/clocks.mjs";
import { until } from "../browser/support/until.mjs";
import { attack } from "./support/attack.mjs";
import { followRefreshTokens, holdTokenAnswers, holdTokenRequests } from "./support/gates.mjs";

const count = 5;

attack(
  {
    id: "T26",
    threat: "R13",
    title: "a hundred calls from five tabs, 401s out of order, one tab killed meanwhile, sleep and wake (REF-1, REF-2, REF-11)",
    outcome: "stopped",
  },
  async (rig, { mode }) => {
    dialClocks(rig);
    const sent = followRefreshTokens(rig);
    const tabs = await openTabs(rig, mode);
    const sessions = holdersOf(mode);
    // Not the first one: a SharedWorker lives in the process of the tab that started it.
    const killed = tabs.at(-1);
    const others = tabs.slice(0, -1);
    const answer = holdTokenRequests(rig);
    await Promise.all(tabs.map((tab) => startSlowCalls(tab, rig)));
    await until(() => rig.api.requests.length >= 5 * count, "the first calls");
    rig.as.expireAccessTokens();
    await until(() => rig.as.counts.refreshes >= 1, "a refresh");
    await crash(killed);
    answer();
    for (const tab of others) assert.deepEqual(await tab.evaluate(() => globalThis.calls), { 200: 100 / count });
    assert.ok(sent.length <= sessions, `${sent.length} refreshes`);
    const before = rig.as.counts.refreshes;
    if (mode !== "page") await moveClocks(placeOf(rig, others[0]), 3_600_000);
    else rig.as.expireAccessTokens();
    const outcomes = await Promise.all(others.map((tab) => burst(tab, rig.v1("effects"), 5)));
    for (const outcome of outcomes) assert.deepEqual(outcome, { 201: 5 });
    assert.ok(rig.as.counts.refreshes - before <= sessions);
    assert.equal(new Set(sent).size, sent.length, "each refresh token is used once");
    assert.equal(rig.as.counts.reuseAlarms, 0);
    for (const tab of others) assert.deepEqual([await events(tab, "signedout"), Boolean(await session(tab))], [[], true]);
    return ["stopped", "nobody is signed out, no token is used twice"];
  },
);

attack(
  { id: "T26", threat: "R13", title: "the tab is killed in whose process the SharedWorker lives", modes: ["shared"], outcome: "limited" },
  async (rig) => {
    const first = await rig.signedIn();
    const second = await rig.open();
    assert.ok((await resume(second)).value);
    await crash(first);
    await until(async () => (await session(second)) === null, "the news");
    const third = await rig.open();
    assert.deepEqual(await resume(third), { value: null }, "a new holder has no session");
    assert.deepEqual(await events(second, "signedout"), [{ type: "signedout", detail: { reason: "lost" } }]);
    await second.reload();
    assert.ok(await rig.signIn(second));
    assert.equal(rig.as.counts.reuseAlarms, 0);
    return ["limited", "the session is gone, and the other tabs are told so at once"];
  },
);

const html = { "content-type": "text/html" };

/** Failures of the token endpoint that say nothing about the grant. */
const outages = {
  500: { status: 500, body: { error: "server_error" } },
  "502 with a page": { status: 502, headers: html, body: "<h1>Bad gateway</h1>" },
  503: { status: 503 },
  "429 with Retry-After": { status: 429, headers: { "retry-after": "1" } },
  "200 with a page": { status: 200, headers: html, body: "<h1>Welcome to the hotel's network</h1>" },
  "200 with half a JSON": { status: 200, body: '{"access_token":' },
  "a connection that is dropped": "drop",
  "an answer that never comes": "hang",
  "a name that leads nowhere": null,
};

attack(
  {
    id: "T27",
    threat: "R12",
    title: "outages of the token endpoint, and the way back (REF-7, REF-9)",
    modes: ["page", "shared"],
    rig: { config: { requestTimeout: 1_500 } },
    outcome: "stopped",
  },
  async (rig) => {
    const page = await rig.signedIn();
    const before = await session(page);
    for (const [name, failure] of Object.entries(outages)) {
      const [failed, refreshed] = [(await events(page, "refreshfailed")).length, rig.as.counts.refreshed];
      rig.as.expireAccessTokens();
      const mend = spoil(rig, failure);
      await startBurst(page, rig.v1("effects"), 5);
      await until(async () => (await events(page, "refreshfailed")).length > failed, name);
      assert.equal((await session(page))?.scope, before.scope, name);
      mend();
      assert.deepEqual(await endOfBurst(page), { 201: 5 }, name);
      assert.equal(rig.as.counts.refreshed, refreshed + 1, name);
    }
    assert.deepEqual(await events(page, "signedout"), []);
    return ["stopped", `${Object.keys(outages).length} outages`];
  },
);

for (const [grace, outcome] of [
  [10, "stopped"],
  [0, "limited"],
]) {
  const title = `an answer that is lost after the server has rotated the token, which ${grace ? "takes the old one once more" : "is strict"}`;
  attack({ id: "T27", threat: "R12", title, modes: ["page", "shared"], rig: { as: { reuseGrace: grace } }, outcome }, async (rig) => {
    const page = await rig.signedIn();
    rig.as.expireAccessTokens();
    // The browser itself repeats a request that breaks on a connection it had used before.
    let lost = 0;
    rig.as.provider.on("grant.success", ({ req }) => (lost += 1) <= 2 && req.socket.destroy());
    const status = await statusOf(page, rig.v1("files"));
    assert.ok(lost > 0);
    if (status === 200) return "stopped";
    const [{ detail }] = await events(page, "signedout");
    assert.ok(["rotation-lost", "revoked"].includes(detail.reason), detail.reason);
    return ["limited", "the server said invalid_grant, and the session is over"];
  });
}

const logout = { id: "T28", threat: "S8", outcome: "stopped" };

attack({ ...logout, title: "sign out while tokens are renewed (REF-20)" }, async (rig) => {
  const page = await rig.signedIn();
  rig.as.expireAccessTokens();
  const answer = holdTokenAnswers(rig);
  await startBurst(page, rig.v1("effects"), 3);
  await answer.reached;
  await page.evaluate(() => void (globalThis.left = app.auth.signOut()));
  assert.deepEqual(await endOfBurst(page), { TOKENKEEP_LOGIN_REQUIRED: 3 });
  answer.open();
  await until(() => rig.as.counts.revocations >= 2, "the late tokens' revocation");
  return noneAlive(rig, page);
});

attack({ ...logout, title: "sign out while a code is redeemed (REF-20)" }, async (rig) => {
  const page = await rig.open();
  await rig.arrive(page);
  const answer = holdTokenAnswers(rig);
  await page.evaluate(() => void (globalThis.resumed = app.outcome(() => app.auth.resume())));
  await answer.reached;
  await page.evaluate(() => void (globalThis.left = app.auth.signOut()));
  // The holder has heard of it.
  await stats(page);
  answer.open();
  assert.equal((await page.evaluate(() => resumed)).error?.code, "TOKENKEEP_LOGIN_REQUIRED");
  await until(() => rig.as.counts.revocations >= 1, "the late tokens' revocation");
  return noneAlive(rig, page);
});

attack(
  {
    ...logout,
    title: "sign out in another tab, then come Back from the cache (STORE-15, REV-9)",
    modes: ["shared", "own"],
    rig: { whole: true },
  },
  async (rig) => {
    const page = await rig.signedIn();
    const other = await rig.open();
    await resume(other);
    await page.evaluate(() => {
      globalThis.returned = new Promise((done) => addEventListener("pageshow", ({ persisted }) => done(persisted), { once: true }));
    });
    await page.goto(`${rig.origins.evil}/`);
    // An answer later than the page's goodbye: news that crosses that would throw the page out of the cache.
    for (let turn = 0; turn < 5; turn += 1) await stats(other);
    await other.evaluate(() => app.auth.signOut());
    await page.goBack({ waitUntil: "commit" });
    assert.equal(await page.evaluate(() => globalThis.returned), true, "the page was loaded anew");
    await until(async () => (await session(page)) === null, "the page to learn that it is signed out");
    return noneAlive(rig, page);
  },
);

/** Nothing is sent, and no token that was ever issued is of any use. */
async function noneAlive(rig, page) {
  assert.equal(await session(page), null);
  rig.api.reset();
  assert.equal(await codeOf(page, rig.v1("files")), "TOKENKEEP_LOGIN_REQUIRED");
  assert.deepEqual([rig.api.requests, rig.api.effects], [[], []]);
  for (const token of rig.as.issuedTokens()) assert.deepEqual(await rig.as.verify(token), { active: false });
  return "stopped";
}

/** Of all tabs together. */
const holdersOf = (mode) => (mode === "page" || mode === "worker" ? count : 1);

/** A document of the holder's origin. */
const placeOf = ({ home }, page) => page.frames().find((frame) => frame.url().startsWith(`${home.origin}/`));

async function openTabs(rig, mode) {
  const tabs = [await rig.signedIn()];
  while (tabs.length < count) {
    const tab = await rig.open();
    if (holdersOf(mode) === 1) assert.ok((await resume(tab)).value);
    else assert.ok(await rig.signIn(tab));
    tabs.push(tab);
  }
  return tabs;
}

/** Starts this tab's part of the calls. The API looks at their tokens after pauses that differ. */
function startSlowCalls(tab, rig) {
  return tab.evaluate(
    ({ url, calls }) => {
      const sending = Array.from({ length: calls }, (_, n) => app.send(`${url}?ms=${(n * 37) % 200}`));
      globalThis.calls = Promise.all(sending).then((outcomes) => {
        const tally = {};
        for (const { value, error } of outcomes) tally[value?.status ?? error.code] = (tally[value?.status ?? error.code] ?? 0) + 1;
        return tally;
      });
    },
    { url: rig.v1("slow"), calls: 100 / count },
  );
}

async function crash(page) {
  const crashed = page.waitForEvent("crash");
  page.goto("chrome://crash").catch(() => {});
  await crashed;
}

/** Has the token endpoint fail; the returned function mends it. */
function spoil(rig, failure) {
  if (failure) {
    rig.as.failTokenEndpoint(failure);
    return () => rig.as.restoreTokenEndpoint();
  }
  const { hostname } = new URL(rig.origins.as);
  const former = rig.front.routes[hostname];
  rig.front.routes[hostname] = "http://127.0.0.1:9";
  return () => (rig.front.routes[hostname] = former);
}
