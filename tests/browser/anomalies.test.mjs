import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { sendJson } from "../../www/server/http.mjs";
import { burst, codeOf, endOfBurst, events, resume, session, startBurst, stats, statusOf } from "./support/calls.mjs";
import { dialClocks, moveClocks } from "./support/clocks.mjs";
import { assertEachOnce } from "./support/effects.mjs";
import { arrive, signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const minute = 60_000;
const bucket = 10_000;
const stray = (stage, page) => codeOf(page, `${stage.probe.origin}/elsewhere`);

test("a call to a place off the list is told to every tab, once a minute", async (t) => {
  const { stage, tabs } = await startSignedIn(t, { hasClocks: true });
  const [page] = tabs;
  const strayed = { kind: "off-list-target", count: 1, locked: false };
  for (const told of [[strayed], [strayed, strayed]]) {
    await moveClocks(page, minute);
    for (let call = 0; call < 3; call += 1) assert.equal(await stray(stage, page), "TOKENKEEP_TARGET_REFUSED");
    await assertTold(tabs, told);
  }
  assert.equal(await counted(page, "target-refused"), 6);
  assert.equal(stage.probe.requests.length, 0);
  assert.equal((await stats(page)).locked, false);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
});

test("an authorization response that comes twice is told to every tab", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await arrive(page);
  const arrived = page.url();
  const { value: before } = await resume(page);
  const other = await stage.open();
  await resume(other);
  await page.goto(arrived);
  const { error } = await resume(page);

  assert.equal(error.code, "TOKENKEEP_RESPONSE_REPLAYED");
  await assertTold([page, other], [{ kind: "replayed-callback", count: 1, locked: false }]);
  assert.deepEqual(await session(page), before, "the session is as it was");
  assert.equal(stage.counts.exchanges, 1);
});

test("refreshes long before their time are told to every tab as a storm", async (t) => {
  const { stage, tabs } = await startSignedIn(t);
  const [page] = tabs;
  for (let round = 1; round <= 5; round += 1) {
    assert.deepEqual(await events(page, "anomaly"), [], `after ${round - 1} refreshes`);
    await refreshNow(stage, page);
  }

  await assertTold(tabs, [{ kind: "refresh-storm", count: 5, locked: false }]);
});

test("refreshes at their time are no storm", async (t) => {
  const { stage, tabs } = await startSignedIn(t, { hasClocks: true });
  const [page] = tabs;
  const refreshes = 6;
  stage.announceLifetime(8);
  await refreshNow(stage, page);
  for (let round = 1; round < refreshes; round += 1) {
    await moveClocks(page, 8_000);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  }

  assert.equal(stage.counts.refreshes, refreshes);
  assert.deepEqual(await events(page, "anomaly"), []);
});

test("far more calls than this app ever made are told to every tab as a surge", async (t) => {
  const { stage, tabs } = await startSignedIn(t, { hasClocks: true });
  const [page] = tabs;
  for (let lesson = 0; lesson < 7; lesson += 1) {
    await moveClocks(page, bucket);
    assert.deepEqual(await burst(page, stage.v1("effects"), 3), { 201: 3 });
  }
  await moveClocks(page, bucket);
  assert.deepEqual(await burst(page, stage.v1("effects"), 300), { 201: 300 });
  assert.deepEqual(await events(page, "anomaly"), []);
  await burst(page, stage.v1("effects"), 20);

  await assertTold(tabs, [{ kind: "request-surge", count: 301, baseline: 3, locked: false }]);
});

test("a clock that is set back is told to every tab, and sleep is not", async (t) => {
  const { stage, tabs } = await startSignedIn(t, { hasClocks: true });
  const [page] = tabs;
  await moveClocks(page, 0, 10 * minute);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.ok((await counted(page, "slept")) >= 10 * minute - 1_000);
  assert.deepEqual(await events(page, "anomaly"), []);
  await moveClocks(page, 0, -60 * minute);
  assert.equal(await statusOf(page, stage.v1("files")), 200);

  const [{ count, ...told }] = await assertTold(tabs);
  assert.deepEqual(told, { kind: "clock-jump", locked: false });
  assert.ok(Math.abs(count - 60 * minute) < 2_000, `${count} ms`);
});

for (const mode of transports) {
  test(`${mode}: a locked session keeps calls waiting until it is unlocked`, async (t) => {
    const { stage, tabs } = await startSignedIn(t, { mode, config: { lockOnAnomaly: true } });
    const [page, other = page] = tabs;
    await stray(stage, page);
    await assertTold(tabs, [{ kind: "off-list-target", count: 1, locked: true }]);
    assert.equal((await stats(other)).locked, true);
    await startBurst(page, stage.v1("effects"), 10);
    await until(async () => (await stats(other)).queued === 10, "the calls to wait");
    assert.deepEqual(stage.api.requests, []);
    await other.evaluate(() => app.auth.unlock());

    assert.deepEqual(await endOfBurst(page), { 201: 10 });
    assertEachOnce(stage.api.effects, 10);
    for (const tab of tabs) {
      await until(async () => (await events(tab, "unlocked")).length, "the news");
      assert.deepEqual(await events(tab, "unlocked"), [{ type: "unlocked", detail: {} }]);
    }
    assert.equal((await stats(other)).locked, false);
    assert.deepEqual([await counted(page, "locked"), await counted(page, "unlocked")], [1, 1]);
  });

  test(`${mode}: nobody unlocks it: the calls fail with the reason, and nothing is sent`, async (t) => {
    const { stage, tabs } = await startSignedIn(t, { mode, config: { lockOnAnomaly: true, queueTimeout: 500 } });
    const [page] = tabs;
    stage.authorizationServer.expireAccessTokens();
    await stray(stage, page);

    assert.deepEqual(await burst(page, stage.v1("effects"), 5), { TOKENKEEP_LOCKED: 5 });
    assert.ok(await session(page));
    assert.deepEqual([stage.api.requests, stage.counts.refreshes], [[], 0]);
  });

  test(`${mode}: a locked session can be signed out of, and the next one is free`, async (t) => {
    const { stage, tabs } = await startSignedIn(t, { mode, config: { lockOnAnomaly: ["off-list-target"] } });
    const [page] = tabs;
    await stray(stage, page);
    await startBurst(page, stage.v1("effects"), 5);
    await until(async () => (await stats(page)).queued === 5, "the calls to wait");
    assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "confirmed" });

    assert.deepEqual(await endOfBurst(page), { TOKENKEEP_LOGIN_REQUIRED: 5 });
    assert.equal((await stats(page)).locked, false);
    await signIn(page);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
    assert.deepEqual(stage.api.effects, []);
  });
}

test("only the anomalies that the configuration names lock the session", async (t) => {
  const { stage, tabs } = await startSignedIn(t, { config: { lockOnAnomaly: ["refresh-storm"] } });
  const [page] = tabs;
  await stray(stage, page);
  assert.equal((await stats(page)).locked, false);
  for (let round = 0; round < 4; round += 1) {
    await refreshNow(stage, page);
  }
  stage.authorizationServer.expireAccessTokens();
  await startBurst(page, stage.v1("effects"), 1);
  await until(async () => (await stats(page)).locked, "the lock");
  await page.evaluate(() => app.auth.unlock());

  assert.deepEqual(await endOfBurst(page), { 201: 1 });
});

/** What a document of the origin does to cause each anomaly, with nothing but a connection of its own; functions that run in it. */
const causes = {
  "off-list-target": async ({ door, stray: url }) => void (await door.ask("fetch", { url, headers: [] })),
  "request-surge": async ({ door, files: url, round }) => {
    const count = round < 7 ? 1 : 320;
    await Promise.all(Array.from({ length: count }, () => door.ask("fetch", { url, headers: [] })));
  },
  "replayed-callback": async ({ door, callback }) => {
    const { ok } = await door.ask("signIn", { options: {} });
    const href = `${callback}&state=${new URL(ok).searchParams.get("state")}`;
    for (let time = 0; time < 2; time += 1) await door.ask("finish", { href });
  },
  // Three times within half a minute, on paths that the API refuses whatever the token; it takes the token elsewhere.
  "refresh-storm": async ({ door, refused, files, round }) => {
    for (let time = 0; time < 3; time += 1) {
      await door.ask("fetch", { url: `${refused}/${round}/${time}`, headers: [] });
      await door.ask("fetch", { url: files, headers: [] });
    }
  },
};

for (const [kind, cause] of Object.entries(causes)) {
  test(`one document of the origin can cause ${kind}, and with lockOnAnomaly everybody waits`, async (t) => {
    const { stage, tabs, bare } = await startBesides(t, kind);
    const isLocked = async () => (await stats(tabs[0])).locked;
    for (let round = 0; round < 8 && !(await isLocked()); round += 1) {
      await bare.evaluate(`void (${cause})({ ...given, round: ${round} }).then(() => (given.rounds = ${round + 1}))`);
      await until(async () => (await isLocked()) || (await bare.evaluate(() => given.rounds)) > round, "the end of a round");
      await moveClocks(bare, kind === "refresh-storm" ? minute / 2 : bucket);
    }
    const [{ count: _, baseline: __, ...told }] = await assertTold(tabs);
    assert.deepEqual(told, { kind, locked: true });
    stage.api.reset();
    const { queued } = await stats(tabs[0]);
    for (const tab of tabs) await startBurst(tab, stage.v1("effects"), 1);
    await until(async () => (await stats(tabs[0])).queued === queued + 2, "both tabs to wait");
    assert.deepEqual(stage.api.requests, []);
    await bare.evaluate(() => given.door.ask("unlock"));
    for (const tab of tabs) assert.deepEqual(await endOfBurst(tab), { 201: 1 });
  });
}

test("no document of the origin can cause clock-jump by its own clocks", async (t) => {
  const { stage, tabs, bare } = await startBesides(t, "clock-jump");
  const status = await bare.evaluate(async () => {
    const then = performance.now() - 36_000_000;
    [performance.now, Date.now] = [() => then, () => 0];
    const { ok } = await given.door.ask("fetch", { url: given.files, headers: [["date", new Date(0).toUTCString()]] });
    await given.door.ask("enterToken", { token: "x" });
    return ok?.status;
  });
  assert.equal(status, 200);
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(tabs[0], stage.v1("files")), 200);
  assert.deepEqual([(await stats(tabs[0])).locked, await events(tabs[0], "anomaly")], [false, []]);
});

/** Two tabs of a signed-in app that is locked by one kind of anomaly, and a document of its origin with a connection of its own. */
async function startBesides(t, kind) {
  const answer = ({ response, url }) => {
    const status = url.pathname.startsWith("/probe/never") ? 401 : 200;
    sendJson(response, status, {}, status === 401 ? { "www-authenticate": 'Bearer error="invalid_token"' } : {});
  };
  const started = await startSignedIn(t, { hasClocks: true, config: { lockOnAnomaly: [kind], queueTimeout: 600_000 }, probe: { answer } });
  const { stage } = started;
  const bare = await stage.open("/bare.html");
  await bare.evaluate(readFileSync(new URL("app/doors.js", import.meta.url), "utf8"));
  const iss = encodeURIComponent(stage.authorizationServer.issuer);
  const given = { stray: `${stage.probe.origin}/elsewhere`, files: stage.probed("files"), refused: stage.probed("never") };
  await bare.evaluate(
    (urls) => {
      globalThis.given = { door: doors.connect(), rounds: 0, ...urls };
    },
    { ...given, callback: `${stage.app.origin}/callback?code=mine&iss=${iss}` },
  );
  return { ...started, bare };
}

/** A signed-in app in two tabs, or one where the holder is in the page. */
async function startSignedIn(t, { hasClocks = false, ...options } = {}) {
  const stage = await startStage(t, options);
  if (hasClocks) dialClocks(stage);
  const page = await stage.open();
  await signIn(page);
  if (stage.shown.mode === "page") return { stage, tabs: [page] };
  const other = await stage.open();
  await resume(other);
  return { stage, tabs: [page, other] };
}

async function refreshNow(stage, page) {
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
}

/** Every tab was told of the same anomalies: these, if given, else one or more. */
async function assertTold(tabs, wanted) {
  const told = [];
  for (const tab of tabs) {
    await until(async () => (await events(tab, "anomaly")).length >= (wanted?.length ?? 1), "the anomalies");
    told.push((await events(tab, "anomaly")).map(({ detail }) => detail));
  }
  for (const one of told) assert.deepEqual(one, wanted ?? told[0]);
  return told[0];
}

/** The sum of the counts of the audit entries of one kind. */
async function counted(page, wanted) {
  const entries = await page.evaluate(() => app.auth.audit());
  return entries.filter(({ kind }) => kind === wanted).reduce((sum, { count }) => sum + count, 0);
}
