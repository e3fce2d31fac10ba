import assert from "node:assert/strict";

import { endOfBurst, send, startBurst, stats, statusOf } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";
import { readBody } from "../../www/server/http.mjs";

const audit = (page) => page.evaluate(() => app.auth.audit());
const words = (entries) => entries.map(({ kind, reason }) => (reason ? `${kind} ${reason}` : kind));
const canary = "canary-in-the-query";

for (const mode of transports) {
  test(`${mode}: the log tells of a life from sign-in to sign-out, and no secret and no query (LOG-1, LOG-2)`, async (t) => {
    const started = Date.now();
    const { stage, page } = await startSignedIn(t, { mode });
    await live(stage, page);
    await page.evaluate(() => app.auth.signOut());
    const entries = await audit(page);

    assert.deepEqual(words(entries), [...told, "signedout signout"]);
    assertNumbered(entries);
    const server = `${stage.api.origin}/v1`;
    for (const entry of entries) {
      assert.ok(entry.time >= started && entry.time <= Date.now(), `${entry.time}`);
      if (/^api-/.test(entry.kind)) assert.equal(entry.server, server);
      assert.deepEqual(
        Object.keys(entry).filter((name) => !["seq", "time", "kind", "reason", "count", "server"].includes(name)),
        [],
      );
    }
    assertNoSecret(stage, JSON.stringify(entries));
    assertNoSecret(stage, JSON.stringify(await stats(page)));
  });
}

test("the log keeps the newest entries, and its numbers show that others are gone", async (t) => {
  const { stage, page } = await startSignedIn(t, { config: { auditLimit: 3 } });
  await live(stage, page);

  const entries = await audit(page);
  assert.deepEqual(words(entries), told.slice(-3));
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    [-2, -1, 0].map((step) => told.length + step),
  );
});

for (const mode of transports) {
  test(`${mode}: a function in the holder's file is given each entry once`, async (t) => {
    const stage = await startStage(t, { mode });
    const batches = collect(stage, "/sink");
    withSink(stage, `(entries) => fetch("/sink", { method: "POST", body: JSON.stringify(entries) })`);
    const page = await stage.open();
    await signIn(page);
    await until(() => batches.length, "the first batch");
    await live(stage, page);

    await assertDelivered(page, () => batches.map(({ body }) => body));
  });

  test(`${mode}: a sink that throws harms nobody`, async (t) => {
    const stage = await startStage(t, { mode });
    const batches = collect(stage, "/sink");
    withSink(stage, `(entries) => { fetch("/sink", { method: "POST", body: "[]" }); throw new Error("full"); }`);
    const page = await stage.open();
    await signIn(page);
    for (const count of [1, 2]) {
      await until(() => batches.length === count, `batch ${count}`);
      stage.authorizationServer.expireAccessTokens();
      assert.equal(await statusOf(page, stage.v1("files")), 200);
    }
    assert.deepEqual(words(await audit(page)), ["signedin", "refreshed", "refreshed"]);
  });

  test(`${mode}: a URL is posted each entry once, without credentials`, async (t) => {
    const { stage, page } = await startPosting(t, mode);
    await until(() => posts(stage).length, "the first batch");
    await live(stage, page);

    await assertDelivered(page, () => posts(stage).map(({ body }) => JSON.parse(body)));
    for (const { method, headers, body } of posts(stage)) {
      assert.deepEqual([method, headers["content-type"]], ["POST", "application/json"]);
      for (const name of ["cookie", "authorization", "referer"]) assert.equal(headers[name], undefined, name);
      assertNoSecret(stage, body.toString());
    }
  });

  test(`${mode}: a page that is left loses no entry`, async (t) => {
    const { stage, page } = await startPosting(t, mode);
    await until(() => posts(stage).length, "the first batch");
    await live(stage, page);
    const entries = await audit(page);
    await page.goto(`${stage.app.origin}/bare.html`);

    const delivered = () => posts(stage).flatMap(({ body }) => JSON.parse(body ?? "[]"));
    await until(() => delivered().length >= entries.length, "all entries");
    // Two posts of a page that is left may overtake each other.
    const sorted = (list) => list.map((entry) => JSON.stringify(entry)).sort();
    assert.deepEqual(sorted(delivered()), sorted(entries));
  });

  test(`${mode}: entries can be sent by a beacon`, async (t) => {
    const { stage, page } = await startSignedIn(t, { mode });
    const batches = collect(stage, "/beacon");
    await live(stage, page);
    const sent = await page.evaluate(async () => {
      const entries = await app.auth.audit();
      return { entries, isQueued: navigator.sendBeacon("/beacon", JSON.stringify(entries)) };
    });

    assert.equal(sent.isQueued, true);
    await until(() => batches.length, "the beacon");
    assert.deepEqual(batches[0].body, sent.entries);
  });
}

test("the numbers tell of an outage: who waits, the pauses, the circuit", async (t) => {
  const { stage, page } = await startSignedIn(t);
  assert.equal((await stats(page)).circuit, "closed");
  stage.authorizationServer.expireAccessTokens();
  stage.authorizationServer.failTokenEndpoint({ status: 503 });
  await startBurst(page, stage.v1("effects"), 5);
  const inCircuit = (wanted) => () => stats(page).then((seen) => seen.circuit === wanted && seen);
  const open = await until(inCircuit("open"), "the open circuit");
  assert.deepEqual([open.phase, open.queued, open.waits.count, open.queuePeak], ["waiting", 5, 5, 5]);
  assert.ok(open.backoffs.count > 0 && open.backoffs.ms > 0 && open.nextAttemptIn !== null, JSON.stringify(open));
  stage.authorizationServer.failTokenEndpoint("hang");
  const probing = await until(inCircuit("probing"), "the probe");
  assert.equal(probing.phase, "refreshing");
});

test("the numbers tell of each resource server apart", async (t) => {
  const { stage, page } = await startSignedIn(t, { config: { scope: "openid files:read" } });
  stage.authorizationServer.expireAccessTokens();
  await statusOf(page, stage.v1("files"));
  await send(page, stage.v1("effects"), { method: "POST", body: "{}" });
  stage.api.limit({ path: "/v1/files" });
  await statusOf(page, stage.v1("files"));
  await statusOf(page, stage.probed("x"));
  await send(page, `${stage.probe.origin}/elsewhere`);

  const nothing = { replays: 0, retries: 0, unauthorized: 0, forbidden: 0, limited: 0 };
  const busy = { requests: 3, replays: 1, retries: 1, unauthorized: 1, forbidden: 1, limited: 1 };
  assert.deepEqual((await stats(page)).servers, [
    { server: `${stage.api.origin}/v1`, ...busy },
    { server: `${stage.probe.origin}/probe`, ...nothing, requests: 1 },
  ]);
});

test("page: numbers and log tell whether the machine is online", async (t) => {
  const { stage, page } = await startSignedIn(t, { mode: "page" });
  for (const online of [false, true]) {
    await stage.context.setOffline(!online);
    await until(async () => (await stats(page)).online === online, online ? "online" : "offline");
  }
  assert.deepEqual(words(await audit(page)), ["signedin", "offline", "online"]);
});

const told = [
  "signedin",
  "refreshed",
  "refreshfailed TOKENKEEP_SERVER_UNAVAILABLE",
  "refreshed",
  "api-pause",
  "target-refused",
  "anomaly off-list-target",
];

/** A refresh, an outage, a limit, and a call that must not be, all with something in their URLs. */
async function live(stage, page) {
  const url = stage.v1(`files?secret=${canary}`);
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(page, url), 200);
  stage.authorizationServer.expireAccessTokens();
  stage.authorizationServer.failTokenEndpoint({ status: 503, headers: { "retry-after": "3" } });
  await startBurst(page, stage.v1(`effects?secret=${canary}`), 3);
  await until(async () => (await stats(page)).phase === "waiting", "the outage");
  stage.authorizationServer.restoreTokenEndpoint();
  assert.deepEqual(await endOfBurst(page), { 201: 3 });
  stage.api.limit({ path: "/v1/files" });
  assert.equal(await statusOf(page, url), 200);
  await send(page, `${stage.probe.origin}/elsewhere?secret=${canary}`);
}

function assertNoSecret(stage, text) {
  const { authorizationServer, grants } = stage;
  const secrets = grants.flatMap((grant) => [grant.code, grant.code_verifier, grant.refresh_token]);
  const known = [...authorizationServer.issuedTokens(), ...secrets.filter(Boolean), canary, "elsewhere", "?"];
  assert.ok(known.length > 8, "hardly a secret to look for");
  for (const secret of known) assert.ok(!text.includes(secret), `${secret} in ${text}`);
}

function assertNumbered(entries) {
  assert.deepEqual(
    entries.map(({ seq }) => seq),
    entries.map((_, index) => index + 1),
  );
}

/** What the sink was given becomes all that the log has, each entry once and in batches. */
async function assertDelivered(page, batches) {
  const entries = await audit(page);
  await until(() => batches().flat().length >= entries.length, "all entries");
  assertNumbered(entries);
  assert.deepEqual(batches().flat(), entries);
  assert.ok(batches().length < entries.length, "nothing came in a batch");
}

async function startSignedIn(t, options) {
  const stage = await startStage(t, options);
  const page = await stage.open();
  await signIn(page);
  return { stage, page };
}

/** A signed-in app whose entries are posted to the probe, for which the browser has a cookie. */
async function startPosting(t, mode) {
  const config = ({ probe }) => ({ auditSink: `${probe.origin}/open/audit` });
  const stage = await startStage(t, { mode, config });
  await stage.context.addCookies([{ name: "who", value: "ada", url: stage.probe.origin }]);
  const page = await stage.open();
  await signIn(page);
  return { stage, page };
}

const posts = ({ probe }) => probe.requests.filter(({ url, body }) => url === "/open/audit" && body);

function withSink({ shown }, source) {
  shown.config = `({ ...${shown.config}, auditSink: ${source} })`;
}

/** Has the app's server take JSON at `path`. Returns what comes. */
function collect({ shown }, path) {
  const taken = [];
  const take = async (request) => {
    taken.push({ body: JSON.parse(await readBody(request)) });
    return ["text/plain", ""];
  };
  shown.files = { ...shown.files, [path]: take };
  return taken;
}
