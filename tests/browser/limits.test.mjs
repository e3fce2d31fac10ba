// The API keeps to its limits: whoever comes back before the time it told is refused again, which shows in its record.

import assert from "node:assert/strict";

import { endOfSend, explain, send, stats } from "./support/calls.mjs";
import { assertEachOnce } from "./support/effects.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const files = "/v1/files";
const effects = "/v1/effects";
const post = (tokenkeep) => ({ method: "POST", body: JSON.stringify({ n: 0 }), tokenkeep });

for (const mode of transports) {
  for (const status of [429, 503]) {
    for (const asDate of [false, true]) {
      const form = asDate ? "a date" : "seconds";
      test(`${mode}: GET waits as ${status} with Retry-After in ${form} asks, and is answered once`, async (t) => {
        const { stage, page } = await startSignedIn(t, { mode });
        stage.api.limit({ path: files, status, asDate });
        const { value } = await send(page, stage.v1("files"));

        assert.equal(value.status, 200);
        assert.deepEqual(statuses(stage), [status, 200]);
        const { servers, paused } = await stats(page);
        assert.deepEqual([servers[0].limited, servers[0].retries, paused], [1, 1, 0]);
      });
    }
  }

  test(`${mode}: POST is not sent again unless the app says so`, async (t) => {
    const { stage, page } = await startSignedIn(t, { mode });
    stage.api.limit({ path: effects });
    const { value } = await explain(page, stage.v1("effects"), post());

    assert.equal(value.status, 429);
    const { kind, retryAfter, message } = value.explanation;
    assert.deepEqual([kind, retryAfter], ["limited", 1_000]);
    assert.match(message, /pause of 1 s/);
    assert.deepEqual([statuses(stage), stage.api.effects], [[429], []]);
  });

  const allowances = [{ retry: true }, { retry: 1 }, { idempotencyKey: true }, { idempotencyKey: "k" }];
  for (const allowance of allowances) {
    test(`${mode}: POST is sent again with ${JSON.stringify(allowance)}`, async (t) => {
      const { stage, page } = await startSignedIn(t, { mode });
      stage.authorizationServer.expireAccessTokens();
      stage.api.limit({ path: effects });
      const { value } = await send(page, stage.v1("effects"), post(allowance));

      assert.equal(value.status, 201);
      assert.deepEqual(statuses(stage), [429, 401, 201]);
      assert.deepEqual(stage.api.effects, [0]);
      const keys = new Set(stage.api.requests.map(({ idempotencyKey }) => idempotencyKey));
      const [key] = keys;
      assert.equal(keys.size, 1, "every try has the same key");
      if (allowance.idempotencyKey === true) assert.match(key, /^[\da-f-]{36}$/);
      else assert.equal(key, allowance.idempotencyKey ?? null);
    });
  }

  test(`${mode}: an abort ends the pause at once`, async (t) => {
    const { stage, page } = await startSignedIn(t, { mode });
    stage.api.limit({ path: files, seconds: 30 });
    await page.evaluate((url) => {
      globalThis.controller = new AbortController();
      globalThis.sending = app.send(url, { signal: controller.signal });
    }, stage.v1("files"));
    await until(async () => (await stats(page)).paused === 1, "the pause");
    await page.evaluate(() => controller.abort());

    assert.equal((await endOfSend(page)).error.name, "AbortError");
    await until(async () => (await stats(page)).paused === 0, "the pause's end");
    assert.deepEqual(statuses(stage), [429]);
  });

  test(`${mode}: axios gets through a limit as well`, async (t) => {
    const { stage, page } = await startSignedIn(t, { mode });
    await page.addScriptTag({ url: "/library/clients.js", type: "module" });
    const client = `axios.create({ adapter: "fetch", env: { fetch: app.auth.fetch }, baseURL: "${stage.api.origin}/v1/" })`;
    stage.api.limit({ path: files });
    assert.equal(await page.evaluate(`${client}.get("files").then(({ status }) => status)`), 200);
    assert.deepEqual(statuses(stage), [429, 200]);

    stage.api.reset();
    stage.api.limit({ path: effects });
    const refused = await page.evaluate(`${client}.post("effects", { n: 1 }).catch(({ response }) => response.status)`);
    assert.deepEqual([refused, statuses(stage)], [429, [429]]);

    stage.api.reset();
    stage.api.limit({ path: effects });
    const allowed = "{ fetchOptions: { tokenkeep: { idempotencyKey: 'k' } } }";
    const status = `.then(({ status }) => status)`;
    assert.equal(await page.evaluate(`${client}.post("effects", { n: 2 }, ${allowed})${status}`), 201);
    assert.deepEqual([statuses(stage), stage.api.effects], [[429, 201], [2]]);
  });
}

const bounds = [
  { name: "the default", sent: 3 },
  { name: "retry: false", init: { tokenkeep: { retry: false } }, sent: 1 },
  { name: "retry: 0", init: { tokenkeep: { retry: 0 } }, sent: 1 },
  { name: "retry: 5", init: { tokenkeep: { retry: 5 } }, sent: 6 },
  { name: "retryLimit: 1", config: { retryLimit: 1 }, sent: 2 },
  { name: "retryLimit: 0", config: { retryLimit: 0 }, sent: 1 },
  { name: "retry: true under retryLimit: 1", config: { retryLimit: 1 }, init: post({ retry: true }), sent: 2 },
  { name: "a pause beyond maxRetryAfter", config: { maxRetryAfter: 999 }, sent: 1 },
  { name: "a pause of just maxRetryAfter", config: { maxRetryAfter: 1_000, retryLimit: 1 }, sent: 2 },
];

for (const { name, config, init, sent } of bounds) {
  test(`an API that is limited on and on sees ${sent} tries with ${name}`, async (t) => {
    const { stage, page } = await startSignedIn(t, { config });
    const path = init?.method ? "effects" : "files";
    stage.api.limit({ path: `/v1/${path}`, rounds: Infinity });
    const { value } = await explain(page, stage.v1(path), init);

    assert.equal(value.status, 429);
    assert.equal(value.explanation.kind, "limited");
    assert.deepEqual(statuses(stage), Array(sent).fill(429));
    assert.equal((await stats(page)).servers[0].retries, sent - 1);
  });
}

test("a pause that the API does not let scripts read goes through", async (t) => {
  const { stage, page } = await startSignedIn(t);
  stage.api.allow({ exposed: "WWW-Authenticate" });
  stage.api.limit({ path: files, status: 503 });
  const { value } = await explain(page, stage.v1("files"));

  assert.equal(value.status, 503);
  assert.deepEqual([value.explanation.kind, value.explanation.retryAfter], ["unavailable", null]);
  assert.deepEqual(statuses(stage), [503]);
});

test("50 calls that were told the same pause come back once each and in disorder", async (t) => {
  const { stage, page } = await startSignedIn(t);
  stage.api.limit({ path: effects, seconds: 5 });
  const outcome = await page.evaluate(burstOfRepeatable, [stage.v1("effects"), 50]);

  assert.deepEqual(outcome, Array(50).fill(201));
  assertEachOnce(stage.api.effects, 50);
  const answered = stage.api.requests.filter(({ status }) => status === 201);
  t.diagnostic(`they came back within ${answered.at(-1).at - answered[0].at} ms`);
  const refused = keysOf(stage, 429);
  assert.equal(refused.length, 50);
  const share = disorder(keysOf(stage, 201).map((key) => refused.indexOf(key)));
  // Several connections alone hardly change the order.
  t.diagnostic(`${share} of all pairs have changed places`);
  assert.ok(share > 0.15, `${share} of all pairs have changed places`);
});

test("calls that come back after a pause are on their way drainConcurrency at a time", async (t) => {
  const { stage, page } = await startSignedIn(t, { config: { drainConcurrency: 2 } });
  // The browser has requests for one URL follow each other.
  const calls = Array.from({ length: 12 }, (_, n) => stage.v1(`slow?ms=200&n=${n}`));
  const sendAll = () => page.evaluate((urls) => Promise.all(urls.map((url) => app.send(url))), calls);
  await sendAll();
  assert.ok(stage.api.busiest() > 2, "nothing else holds calls back");
  stage.api.reset();
  stage.api.limit({ path: "/v1/slow", seconds: 3 });
  const outcomes = await sendAll();

  assert.ok(outcomes.every(({ value }) => value.status === 200));
  assert.deepEqual(statuses(stage).sort(), [...Array(12).fill(200), ...Array(12).fill(429)]);
  assert.ok(stage.api.busiest() <= 2, `${stage.api.busiest()} at once`);
});

async function startSignedIn(t, options) {
  const stage = await startStage(t, options);
  const page = await stage.open();
  await signIn(page);
  return { stage, page };
}

const statuses = ({ api }) => api.requests.map(({ status }) => status);

const keysOf = ({ api }, wanted) => api.requests.filter(({ status }) => status === wanted).map(({ idempotencyKey }) => idempotencyKey);

/** The share of pairs that are in the wrong order: none in order, half of them by chance. */
function disorder(places) {
  const pairs = places.flatMap((place, index) => places.slice(index + 1).map((later) => later < place));
  return pairs.filter(Boolean).length / pairs.length;
}

/** Runs in the page: sends numbered effects at once that may all be repeated; the statuses. */
function burstOfRepeatable([url, count]) {
  const init = (n) => ({ method: "POST", body: JSON.stringify({ n }), tokenkeep: { idempotencyKey: `key-${n}` } });
  const calls = Array.from({ length: count }, (_, n) => app.send(url, init(n)));
  return Promise.all(calls.map(async (call) => (await call).value?.status));
}
