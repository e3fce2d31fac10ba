// What token endpoints of real servers do. Each test is named after the oddity.

import assert from "node:assert/strict";
import { test as nodeTest } from "node:test";

import { burst, codeOf, events, send, session, stats, statusOf } from "./support/calls.mjs";
import { Gate } from "./support/gate.mjs";
import { empty, having, html, refusal } from "./support/odd-server.mjs";
import { signInOddly, signedIn, startOddStage } from "./support/odd-stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const ofRefresh = (oddity) => (reply, exchange) => (exchange.params.grant_type === "refresh_token" ? oddity(reply, exchange) : reply);

/** Refused refreshes that don't name `invalid_grant`: the status and what comes of it. */
const unreadable = {
  "a 400 with an empty body and no content type": empty(400),
  "a 401 with an empty body": empty(401),
  "a 403 with a page": html(403),
  "a 404 with a page": html(404),
  "a 400 with JSON that has no error": { status: 400, body: { message: "Bad token" } },
  "a 400 with half of a JSON object": { status: 400, headers: { "content-type": "application/json" }, body: '{"error":' },
  "invalid_request (REF-8)": refusal(400, "invalid_request"),
  "unauthorized_client (REF-8)": refusal(400, "unauthorized_client"),
  "a 400 with a name of its own": refusal(400, "token_expired"),
};

// Each takes its five seconds of patience, so they take them together.
nodeTest("a refresh refused by", { concurrency: 12, timeout: 120_000 }, async (t) => {
  const cases = Object.entries(unreadable).map(([name, reply]) =>
    t.test(`${name} is tried once more, then the session ends as refused`, async (t) => {
      const stage = await startOddStage(t, { odd: { token: ofRefresh(() => reply) } });
      const page = await signedIn(stage);
      stage.server.expire();

      assert.equal(await codeOf(page, stage.api), "TOKENKEEP_LOGIN_REQUIRED");
      assert.deepEqual(await events(page, "signedout"), [{ type: "signedout", detail: { reason: "refused" } }]);
      assert.equal(await codeOf(page, stage.api), "TOKENKEEP_LOGIN_REQUIRED");
      assert.equal(stage.server.count("refresh_token"), 2, "once more and no loop");
      assert.equal(await session(page), null);
    }),
  );
  await Promise.all(cases);
});

for (const [name, reply] of Object.entries({
  "a 403 with a name of its own": refusal(403, "refresh_token_revoked"),
  "a 401 with a name of its own": refusal(401, "session_over"),
})) {
  test(`a refresh refused by ${name} ends the session at once (REF-6)`, async (t) => {
    const stage = await startOddStage(t, { odd: { token: ofRefresh(() => reply) } });
    const page = await signedIn(stage);
    stage.server.expire();

    assert.equal(await codeOf(page, stage.api), "TOKENKEEP_LOGIN_REQUIRED");
    assert.deepEqual(await events(page, "signedout"), [{ type: "signedout", detail: { reason: "revoked" } }]);
    assert.equal(stage.server.count("refresh_token"), 1);
  });
}

test("a refusal that passes, a firewall's say, costs nobody the session (REF-7)", async (t) => {
  const stage = await startOddStage(t);
  const page = await signedIn(stage);
  stage.server.odd.token = ofRefresh((reply, { nth, server }) => (nth === 2 ? html(403) : server.grant()));
  stage.server.expire();

  assert.equal(await statusOf(page, stage.api), 200);
  assert.equal((await events(page, "signedout")).length, 0);
  assert.equal(stage.server.count("refresh_token"), 2);
});

/** Answers to the code, and the code of the error that `resume()` rejects with; null if the sign-in is fine. */
const exchanges = {
  "a 500 for a bad code": [() => refusal(500, "server_error"), "SERVER_UNAVAILABLE"],
  "a 500 without a body": [() => empty(500), "SERVER_UNAVAILABLE"],
  "no token_type (TOK-12)": [having({ token_type: undefined }), "TOKEN_RESPONSE_INVALID"],
  "bearer in lower case (TOK-12)": [having({ token_type: "bearer" }), null],
  "no refresh_token, scope and expires_in (TOK-15, TOK-26)": [
    having({ refresh_token: undefined, scope: undefined, expires_in: undefined }),
    null,
  ],
  "expires_in as a string (TOK-16)": [having({ expires_in: "3600" }), null],
  "a page with status 200 (TOK-9)": [() => html(200), "TOKEN_RESPONSE_INVALID"],
  "an error with status 200 (TOK-22)": [() => refusal(200, "bad_verification_code"), "TOKEN_ERROR"],
  "a rate limit": [() => ({ ...empty(429), headers: { "retry-after": "1" } }), "SERVER_UNAVAILABLE"],
};

for (const [name, [oddity, code]] of Object.entries(exchanges)) {
  test(`the code is answered with ${name}`, async (t) => {
    const stage = await startOddStage(t, { odd: { token: oddity } });
    const page = await stage.open();
    const { value, error } = await signInOddly(page);

    assert.equal(error?.code, code ? `TOKENKEEP_${code}` : undefined);
    assert.equal(Boolean(value), !code);
    assert.equal(stage.server.count("token"), 1, "a code is sent once (TOK-24)");
    if (!code) assert.equal(await statusOf(page, stage.api), 200);
  });
}

test("a refresh answer without refresh_token, scope and id_token keeps what there was (REF-4, TOK-19)", async (t) => {
  const bare = having({ refresh_token: undefined, scope: undefined, id_token: undefined });
  const stage = await startOddStage(t, { config: { scope: "openid files:read" } });
  const page = await signedIn(stage);
  const before = await session(page);
  stage.server.odd.token = ofRefresh((_, { server }) => bare(server.grant()));
  for (let round = 0; round < 3; round += 1) {
    stage.server.expire();
    assert.equal(await statusOf(page, stage.api), 200);
  }

  const sent = stage.server.requests.map(({ params }) => params.refresh_token).filter(Boolean);
  assert.deepEqual(sent, ["refresh-1", "refresh-1", "refresh-1"]);
  const after = await session(page);
  assert.deepEqual([after.scope, after.claims], [before.scope, before.claims]);
});

test("scopes in another order, and fewer than asked, are what the session tells (TOK-19, TOK-20)", async (t) => {
  const stage = await startOddStage(t, { config: { scope: "files:read files:write admin" } });
  stage.server.scope = "admin files:write";
  const page = await signedIn(stage);
  assert.equal((await session(page)).scope, "admin files:write");

  stage.server.scope = "files:write";
  stage.server.expire();
  assert.equal(await statusOf(page, stage.api), 200);
  assert.equal((await session(page)).scope, "files:write");
  assert.equal((await events(page, "refreshed")).at(-1).detail.scope, "files:write");
});

test("expires_in that changes between answers is followed (TOK-15)", async (t) => {
  const stage = await startOddStage(t);
  const page = await signedIn(stage);
  const left = async () => Math.round(((await session(page)).expiresAt - Date.now()) / 1000);
  assert.ok((await left()) > 500);
  for (const [said, least, most] of [
    [60, 30, 60],
    ["7200", 7000, 7200],
  ]) {
    stage.server.expiresIn = said;
    stage.server.expire();
    assert.equal(await statusOf(page, stage.api), 200);
    const now = await left();
    assert.ok(now > least && now <= most, `${said}: ${now}`);
  }
  stage.server.expiresIn = undefined;
  stage.server.expire();
  assert.equal(await statusOf(page, stage.api), 200);
  assert.equal((await session(page)).expiresAt, null);
});

test("an old access token dead at once after a refresh: requests in flight are replayed (REF-2)", async (t) => {
  const stage = await startOddStage(t);
  const page = await signedIn(stage);
  const gate = new Gate();
  t.after(gate.open);
  stage.server.odd.api = async (reply, { request, server, nth }) => {
    if (nth > 1) return reply;
    await gate.passed;
    return server._api({}, request);
  };
  await page.evaluate((url) => void (globalThis.slow = app.send(url)), `${stage.server.origin}/api/slow`);
  await until(() => stage.server.count("api") === 1, "the slow request's arrival");
  stage.server.expire();
  assert.equal(await statusOf(page, stage.api), 200);
  gate.open();

  assert.equal((await page.evaluate(() => slow)).value.status, 200);
  assert.equal(stage.server.count("refresh_token"), 1);
});

test("an old access token that lives on after a refresh does no harm (REF-2)", async (t) => {
  const stage = await startOddStage(t);
  const page = await signedIn(stage);
  let refuse = true;
  stage.server.odd.api = (reply) => (refuse ? ((refuse = false), { ...empty(401), headers: { "www-authenticate": "Bearer" } }) : reply);

  const { value } = await send(page, stage.api);
  assert.deepEqual(JSON.parse(value.text), { token: "access-2" }, "the new one is used, though the old one works");
  assert.equal(stage.server.count("refresh_token"), 1);
});

test("a rate limit on the token endpoint is obeyed, and the session stays (REF-9)", async (t) => {
  const stage = await startOddStage(t);
  const page = await signedIn(stage);
  const times = [];
  stage.server.odd.token = (reply, { server }) => {
    times.push(Date.now());
    return times.length === 1 ? { ...empty(429), headers: { "retry-after": "2" } } : server.grant();
  };
  stage.server.expire();

  assert.deepEqual(await burst(page, stage.api, 10), { 200: 10 });
  assert.equal(times.length, 2);
  assert.ok(times[1] - times[0] >= 1_900, `${times[1] - times[0]} ms`);
});

test("a server that answers 500 for two token requests in one second gets one at a time (REF-1, REF-10)", async (t) => {
  const stage = await startOddStage(t);
  const page = await signedIn(stage);
  let last = 0;
  stage.server.odd.token = (_, { server }) => {
    const soon = Date.now() - last < 1_000;
    last = Date.now();
    return soon ? empty(500) : server.grant();
  };
  stage.server.expire();
  assert.deepEqual(await burst(page, stage.api, 100), { 200: 100 });
  stage.server.expire();
  assert.deepEqual(await burst(page, stage.api, 100), { 200: 100 });

  assert.ok(stage.server.count("refresh_token") <= 5, `${stage.server.count("refresh_token")} refreshes`);
  assert.equal((await stats(page)).phase, "active");
});
