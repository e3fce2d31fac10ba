import assert from "node:assert/strict";

import { burst, codeOf, endOfBurst, events, resume, send, session, startBurst, stats } from "./support/calls.mjs";
import { pendingLogins } from "./support/records.mjs";
import { arrive, signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** Failures of the token endpoint that say nothing about the grant, and the code under which they are told. */
const transient = {
  "503 with Retry-After": [{ status: 503, headers: { "retry-after": "1" } }, "TOKENKEEP_SERVER_UNAVAILABLE"],
  429: [{ status: 429 }, "TOKENKEEP_SERVER_UNAVAILABLE"],
  "500 with a page": [{ status: 500, headers: { "content-type": "text/html" }, body: "<h1>oops</h1>" }, "TOKENKEEP_SERVER_UNAVAILABLE"],
  "a dropped connection": ["drop", "TOKENKEEP_NETWORK"],
  "200 with a page": [
    { status: 200, headers: { "content-type": "text/html" }, body: "<h1>Welcome to the hotel's network</h1>" },
    "TOKENKEEP_TOKEN_RESPONSE_INVALID",
  ],
  "200 with half a JSON": [{ status: 200, body: '{"access_token":' }, "TOKENKEEP_TOKEN_RESPONSE_INVALID"],
  "200 without a token": [{ status: 200, body: { token_type: "Bearer" } }, "TOKENKEEP_TOKEN_RESPONSE_INVALID"],
  "200 with another token type": [{ status: 200, body: { access_token: "a", token_type: "mac" } }, "TOKENKEEP_TOKEN_RESPONSE_INVALID"],
  "a redirect": [{ status: 307, headers: { location: "/elsewhere" } }, "TOKENKEEP_NETWORK"],
  "an answer that never ends": ["hang", "TOKENKEEP_TIMEOUT"],
};

for (const [name, [failure, code]] of Object.entries(transient)) {
  test(`an outage (${name}) keeps the session, and the waiting calls are answered after it (REF-7, REF-9)`, async (t) => {
    const stage = await startStage(t, { config: { requestTimeout: 1_000 } });
    const page = await stage.open();
    const before = await signIn(page);
    stage.authorizationServer.expireAccessTokens();
    stage.authorizationServer.failTokenEndpoint(failure);
    await startBurst(page, stage.v1("effects"), 20);
    await until(() => page.evaluate(() => app.events.some(({ type }) => type === "refreshfailed")), "the failure");
    assert.deepEqual(await session(page), before);
    stage.authorizationServer.restoreTokenEndpoint();

    assert.deepEqual(await endOfBurst(page), { 201: 20 });
    assert.equal(stage.counts.refreshed, 1);
    assert.ok(stage.counts.refreshes <= 6, `${stage.counts.refreshes} attempts`);
    const [{ detail }] = await events(page, "refreshfailed");
    assert.equal(detail.code, code);
    assert.ok(detail.retryIn > 0, `retryIn is ${detail.retryIn}`);
    assert.ok(!(await events(page)).some(({ type }) => type === "signedout"));
  });
}

test("calls during an outage cause no storm of refreshes (REF-10)", async (t) => {
  const stage = await startStage(t, { config: { queueTimeout: 60_000 } });
  const page = await stage.open();
  await signIn(page);
  stage.authorizationServer.expireAccessTokens();
  stage.authorizationServer.failTokenEndpoint({ status: 503, headers: { "retry-after": "3600" } });
  await startBurst(page, stage.v1("effects"), 1);
  await until(async () => (await stats(page)).phase === "waiting", "the pause");
  for (let round = 0; round < 20; round += 1) await startBurst(page, stage.v1("effects"), 10);
  await until(async () => (await stats(page)).queued === 201, "the queue");

  const { nextAttemptIn } = await stats(page);
  assert.equal(stage.counts.refreshes, 1);
  assert.ok(nextAttemptIn > 3_500_000, `the next attempt is in ${nextAttemptIn} ms`);
});

test("a call waits no longer than its time (REF-21)", async (t) => {
  const stage = await startStage(t, { config: { queueTimeout: 500 } });
  const page = await stage.open();
  await signIn(page);
  stage.authorizationServer.expireAccessTokens();
  stage.holdTokenEndpoint();

  assert.deepEqual(await burst(page, stage.v1("effects"), 5), { TOKENKEEP_QUEUE_TIMEOUT: 5 });
  assert.ok(await session(page), "the session is over");
  assert.deepEqual([stage.api.effects, (await stats(page)).queued], [[], 0]);
});

test("more calls than the queue holds are refused at once (REF-21, MSG-9)", async (t) => {
  const stage = await startStage(t, { config: { queueLimit: 5 } });
  const page = await stage.open();
  await signIn(page);
  stage.authorizationServer.expireAccessTokens();
  const answer = stage.holdTokenEndpoint();
  await startBurst(page, stage.v1("effects"), 5);
  await until(async () => (await stats(page)).queued === 5, "a full queue");
  assert.deepEqual(await burst(page, stage.v1("effects"), 3), { TOKENKEEP_QUEUE_FULL: 3 });
  answer();

  assert.deepEqual(await endOfBurst(page), { 201: 5 });
});

test("a client that the server refuses is told to the developer, without ending the session (REF-8)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await signIn(page);
  stage.authorizationServer.expireAccessTokens();
  stage.authorizationServer.failTokenEndpoint({
    status: 400,
    body: { error: "invalid_client", error_description: "who?" },
  });
  assert.deepEqual(await burst(page, stage.v1("effects"), 5), { TOKENKEEP_CLIENT_REFUSED: 5 });
  const { error } = await send(page, stage.v1("files"));

  assert.deepEqual([error.error, error.errorDescription], ["invalid_client", "who?"]);
  assert.equal(stage.counts.refreshes, 1);
  assert.ok(await session(page));
});

// The browser itself repeats a request once if a connection that it had used before breaks under it.
const failedExchanges = [
  ["drop", "TOKENKEEP_NETWORK", 2],
  ["hang", "TOKENKEEP_TIMEOUT", 1],
  [{ status: 503 }, "TOKENKEEP_SERVER_UNAVAILABLE", 1],
  [{ status: 400, body: { error: "invalid_grant" } }, "TOKENKEEP_TOKEN_ERROR", 1],
  [{ status: 200, body: { access_token: "a b", token_type: "Bearer" } }, "TOKENKEEP_TOKEN_RESPONSE_INVALID", 1],
];

test("a code exchange that fails is not repeated (TOK-24)", async (t) => {
  const stage = await startStage(t, { config: { requestTimeout: 1_000 } });
  const page = await stage.open();
  for (const [failure, code, most] of failedExchanges) {
    stage.authorizationServer.reset();
    stage.authorizationServer.failTokenEndpoint(failure);
    await arrive(page);
    const { error } = await resume(page);

    assert.equal(error.code, code);
    assert.ok(stage.counts.exchanges <= most, `${stage.counts.exchanges} exchanges after ${code}`);
    assert.equal(await session(page), null);
    assert.deepEqual(await pendingLogins(page), []);
    assert.equal(await codeOf(page, stage.v1("files")), "TOKENKEEP_LOGIN_REQUIRED");
  }
  stage.authorizationServer.restoreTokenEndpoint();
  assert.ok(await signIn(page));
});

test("the token endpoint sees no cookie, no referrer, no secret and no Authorization header (TOK-3, TOK-6, TOK-7)", async (t) => {
  const stage = await startStage(t);
  const seen = [];
  stage.authorizationServer.provider.on("grant.success", ({ req, oidc }) => seen.push([req.headers, oidc.params]));
  const page = await stage.open();
  await signIn(page);
  stage.authorizationServer.expireAccessTokens();
  await send(page, stage.v1("files"));

  assert.equal(seen.length, 2);
  for (const [headers, params] of seen) {
    for (const name of ["cookie", "referer", "authorization"]) assert.equal(headers[name], undefined, name);
    assert.match(headers["content-type"], /^application\/x-www-form-urlencoded/);
    assert.deepEqual([params.client_id, params.client_secret], ["tokenkeep-demo", undefined]);
  }
});
