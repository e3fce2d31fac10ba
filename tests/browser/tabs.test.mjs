import assert from "node:assert/strict";

import { endOfBurst, events, send, session, startBurst, stats, statusOf } from "./support/calls.mjs";
import { Gate } from "./support/gate.mjs";
import { passPages, signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** Two tabs of one signed-in app. */
async function twoTabs(stage) {
  const first = await stage.open();
  const signedIn = await signIn(first);
  const second = await stage.open();
  assert.deepEqual(await second.evaluate(() => app.auth.resume()), signedIn);
  return [first, second];
}

test("a second tab finds the running session without a token request", async (t) => {
  const stage = await startStage(t);
  const [, second] = await twoTabs(stage);

  assert.equal(await statusOf(second, stage.v1("files")), 200);
  assert.equal(stage.counts.tokenRequests, 1);
});

test("a tab that was open before the sign-in learns of it", async (t) => {
  const stage = await startStage(t);
  const early = await stage.open();
  await early.evaluate(() => app.auth.resume());
  await early.evaluate(() => void ((globalThis.told = []), app.auth.subscribe(() => told.push(app.auth.session))));
  const signedIn = await signIn(await stage.open());

  await until(() => session(early), "the news");
  assert.deepEqual(await early.evaluate(() => told), [signedIn]);
  assert.deepEqual(
    (await events(early)).map(({ type }) => type),
    ["signedin"],
  );
});

test("two tabs that call at the same moment with an expired token cause one refresh (REF-11)", async (t) => {
  const stage = await startStage(t);
  const tabs = await twoTabs(stage);
  stage.authorizationServer.expireAccessTokens();
  const moment = Date.now() + 300;
  const atOnce = async ({ url, at }) => {
    while (Date.now() < at) await new Promise((resolve) => setTimeout(resolve, 1));
    return app.burst(url, 5);
  };
  const outcomes = await Promise.all(tabs.map((tab) => tab.evaluate(atOnce, { url: stage.v1("effects"), at: moment })));

  assert.deepEqual(outcomes, [{ 201: 5 }, { 201: 5 }]);
  assert.equal(stage.counts.refreshes, 1);
  assert.equal(stage.counts.reuseAlarms, 0);
  for (const tab of tabs) {
    assert.ok(await session(tab));
    assert.equal((await events(tab, "refreshed")).length, 1);
  }
  assert.deepEqual(await session(tabs[0]), await session(tabs[1]));
});

test("signing out in one tab signs the other out (REV-9, MSG-7)", async (t) => {
  const stage = await startStage(t);
  const [first, second] = await twoTabs(stage);
  await first.evaluate(() => app.auth.signOut());

  await until(async () => (await session(second)) === null, "the end of the other tab's session");
  const signedOut = await events(second, "signedout");
  assert.deepEqual(signedOut, [{ type: "signedout", detail: { reason: "signout" } }]);
  const { error } = await send(second, stage.v1("files"));
  assert.equal(error.code, "TOKENKEEP_LOGIN_REQUIRED");
  assert.equal(stage.api.requests.length, 0);
});

test("signing out drops the waiting calls of every tab (REV-9)", async (t) => {
  const stage = await startStage(t);
  const tabs = await twoTabs(stage);
  stage.authorizationServer.expireAccessTokens();
  stage.holdTokenEndpoint();
  for (const tab of tabs) await startBurst(tab, stage.v1("effects"), 5);
  await until(async () => (await stats(tabs[0])).queued === 10, "ten waiting calls");
  await tabs[1].evaluate(() => void app.auth.signOut());

  for (const tab of tabs) assert.deepEqual(await endOfBurst(tab), { TOKENKEEP_LOGIN_REQUIRED: 5 });
  assert.deepEqual(stage.api.effects, []);
});

test("the calls of a tab that is closed while they wait are dropped, the others' go on (MSG-7)", async (t) => {
  const stage = await startStage(t);
  const [first, second] = await twoTabs(stage);
  stage.authorizationServer.expireAccessTokens();
  const answer = stage.holdTokenEndpoint();
  await startBurst(first, stage.probed("first"), 5);
  await startBurst(second, stage.probed("second"), 7);
  await until(async () => (await stats(first)).queued === 12, "twelve waiting calls");
  await second.close();
  await until(async () => (await stats(first)).queued === 5, "the closed tab's calls to be dropped");
  answer();

  assert.deepEqual(await endOfBurst(first), { 200: 5 });
  assert.equal(stage.counts.refreshes, 1);
  const successes = stage.probe.requests.filter(({ status }) => status === 200).map(({ url }) => url);
  assert.deepEqual(successes, Array(5).fill("/probe/first"));
});

test("the calls of a tab that crashes while they wait are dropped too (REF-12)", async (t) => {
  const stage = await startStage(t);
  const [first, second] = await twoTabs(stage);
  stage.authorizationServer.expireAccessTokens();
  const answer = stage.holdTokenEndpoint();
  await startBurst(first, stage.probed("first"), 5);
  await startBurst(second, stage.probed("second"), 7);
  await until(async () => (await stats(first)).queued === 12, "twelve waiting calls");
  const crashed = second.waitForEvent("crash");
  second.goto("chrome://crash").catch(() => {});
  await crashed;
  await until(async () => (await stats(first)).queued === 5, "the crashed tab's calls to be dropped");
  answer();

  assert.deepEqual(await endOfBurst(first), { 200: 5 });
});

test("a request under way is stopped when its tab is closed", async (t) => {
  const gate = new Gate();
  const stage = await startStage(t, { probe: { before: () => gate.passed } });
  t.after(gate.open);
  const [, second] = await twoTabs(stage);
  await second.evaluate((url) => void app.send(url), stage.probed("long"));
  await until(() => stage.probe.requests.length === 1, "the request's arrival");
  await second.close();

  await until(() => stage.probe.requests[0].closed, "the request's end");
});

test("two sign-ins started in two tabs both finish, in reverse order (AUTHZ-17)", async (t) => {
  const stage = await startStage(t);
  const tabs = [await stage.open(), await stage.open()];
  await tabs[0].evaluate(() => void app.auth.signIn({ returnTo: "/first" }));
  await tabs[0].waitForSelector("#login");
  await signIn(tabs[1], { returnTo: "/second" });
  await passPages(tabs[0]);
  await tabs[0].evaluate(() => app.auth.resume());

  const targets = await Promise.all(tabs.map((tab) => tab.evaluate(() => app.auth.arrival.returnTo)));
  assert.deepEqual(targets, ["/first", "/second"]);
  assert.equal(stage.counts.exchanges, 2);
});

test("dedicated workers: each tab has a session of its own", async (t) => {
  const stage = await startStage(t, { mode: "worker" });
  const first = await stage.open();
  await signIn(first);
  const second = await stage.open();

  assert.equal(await second.evaluate(() => app.auth.resume()), null);
  assert.ok(await session(first));
});
