import assert from "node:assert/strict";

import { burst, endOfBurst, events, session, startBurst, stats } from "./support/calls.mjs";
import { assertEachOnce } from "./support/effects.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const calls = 50;
const tokenPath = "/token";
const forgiving = { reuseGrace: 60 };

/** What happens to the token endpoint, under which code each failure is told, and how many attempts there may be. */
const outages = {
  // Pauses of 0.8 s at least, then of 1.6: five attempts, and one to spare.
  "503 for five seconds": {
    fault: { kind: "status", status: 503, forMs: 5_000 },
    code: "TOKENKEEP_SERVER_UNAVAILABLE",
    most: 6,
  },
  "two requests that hang": {
    fault: { kind: "hang", times: 2 },
    config: { requestTimeout: 1_000 },
    code: "TOKENKEEP_TIMEOUT",
    most: 3,
  },
  "three connections that are reset": { fault: { kind: "reset", times: 3 }, code: "TOKENKEEP_NETWORK", most: 4 },
  "429 with Retry-After: 3": {
    fault: { kind: "status", status: 429, headers: { "retry-after": "3" }, times: 1 },
    code: "TOKENKEEP_SERVER_UNAVAILABLE",
    pause: 3_000,
    most: 2,
  },
  "three pages with 200": { fault: { kind: "html", times: 3 }, code: "TOKENKEEP_TOKEN_RESPONSE_INVALID", most: 4 },
  "an answer lost after the rotation, which the server forgives": {
    fault: { kind: "drop-after", times: 1 },
    server: forgiving,
    code: "TOKENKEEP_NETWORK",
    most: 2,
  },
  "an answer cut half way after the rotation, which the server forgives": {
    fault: { kind: "cut", times: 1 },
    server: forgiving,
    code: "TOKENKEEP_NETWORK",
    most: 2,
  },
};

for (const [name, outage] of Object.entries(outages)) {
  test(`${calls} calls with an expired token are answered once each: ${name} (REF-7, REF-9)`, async (t) => {
    const { code, most, pause = 0 } = outage;
    const { stage, page } = await startOutage(t, outage);
    const before = await session(page);

    assert.deepEqual(await burst(page, stage.v1("effects"), calls), { 201: calls });
    assertEachOnce(stage.api.effects, calls);
    const gaps = spacing(t, stage);
    const failures = (await events(page, "refreshfailed")).map(({ detail }) => detail);
    assert.deepEqual(new Set(failures.map((failure) => failure.code)), new Set([code]));
    assert.equal(gaps.length, failures.length);
    assert.ok(gaps.length < most, `${gaps.length + 1} attempts`);
    for (const [index, gap] of gaps.entries()) {
      const { retryIn } = failures[index];
      assert.ok(retryIn >= Math.max(pause, 100), `announced: ${retryIn} ms`);
      assert.ok(gap >= retryIn - 2, `${gap} ms apart, announced: ${retryIn} ms`);
    }
    assert.ok((await session(page)).expiresAt >= before.expiresAt);
    assert.deepEqual(await events(page, "signedout"), []);
  });
}

/** On a connection that it had used before, the browser itself repeats a request whose answer was lost. */
for (const isKept of [false, true]) {
  const connection = isKept ? "on a kept connection" : "on a new connection";
  test(`an answer lost after the rotation, ${connection}, is tried once more and ends the session cleanly (REF-13)`, async (t) => {
    const { stage, page } = await startOutage(t, { fault: { kind: "drop-after", times: 1 }, isKept });

    assert.deepEqual(await burst(page, stage.v1("effects"), calls), { TOKENKEEP_LOGIN_REQUIRED: calls });
    spacing(t, stage);
    assert.equal(await session(page), null);
    assert.equal((await events(page, "signedout")).length, 1);
    assert.deepEqual(await burst(page, stage.v1("effects"), 5), { TOKENKEEP_LOGIN_REQUIRED: 5 });
    assert.equal(stage.proxy.attempts.length, 2);
    assert.equal(stage.counts.reuseAlarms, 1);
    assert.deepEqual(stage.api.effects, []);
    const { phase, queued, inFlight, nextAttemptIn } = await stats(page);
    assert.deepEqual({ phase, queued, inFlight, nextAttemptIn }, idle);
  });
}

const idle = { phase: "signedout", queued: 0, inFlight: 0, nextAttemptIn: null };

test("the tab that caused the refresh is closed in the middle of it: the other's calls are answered (REF-12)", async (t) => {
  const stage = await startStage(t, { proxied: true });
  const first = await stage.open();
  await signIn(first);
  const second = await stage.open();
  await second.evaluate(() => app.auth.resume());
  expire(stage);
  const answer = stage.holdTokenAnswer();
  await startBurst(first, stage.probed("first"), calls);
  await answer.reached;
  await startBurst(second, stage.v1("effects"), calls);
  await until(async () => (await stats(second)).queued === 2 * calls, "both tabs' calls to wait");
  await first.close();
  await until(async () => (await stats(second)).queued === calls, "the closed tab's calls to be dropped");
  answer.open();

  assert.deepEqual(await endOfBurst(second), { 201: calls });
  assertEachOnce(stage.api.effects, calls);
  assert.equal(stage.proxy.attempts.length, 1);
  assert.equal((await events(second, "refreshed")).length, 1);
  assert.ok(stage.probe.requests.every(({ status }) => status === 401));
});

/** A signed-in page whose token the API no longer takes, and a fault at the token endpoint. */
async function startOutage(t, { fault, config, server, isKept = false }) {
  const stage = await startStage(t, { proxied: true, config, server });
  const page = await stage.open();
  await signIn(page);
  expire(stage);
  if (!isKept) stage.proxy.closeIdleConnections();
  stage.proxy.inject({ path: tokenPath, ...fault });
  return { stage, page };
}

function expire({ authorizationServer, proxy }) {
  authorizationServer.expireAccessTokens();
  proxy.attempts.length = 0;
}

/** Tells and returns the milliseconds between the attempts at the token endpoint. */
function spacing(t, { proxy: { attempts } }) {
  assert.ok(attempts.every(({ path }) => path === tokenPath));
  const gaps = attempts.slice(1).map(({ at }, index) => at - attempts[index].at);
  t.diagnostic(`${attempts.length} attempts, apart by ${gaps.map((gap) => `${Math.round(gap)} ms`).join(", ")}`);
  return gaps;
}
