// What APIs and revocation endpoints of real servers do. Each test is named after the oddity.

import assert from "node:assert/strict";

import { events, explain, send, session, statusOf } from "./support/calls.mjs";
import { empty, html, refusal } from "./support/odd-server.mjs";
import { signedIn, startOddStage } from "./support/odd-stage.mjs";
import { test } from "./support/test.mjs";

/** Refuses the first token with this challenge. */
const challenging =
  (challenge) =>
  (reply, { request }) => {
    if (request.headers.authorization !== "Bearer access-1") return reply;
    return { ...empty(401), headers: challenge === undefined ? {} : { "www-authenticate": challenge } };
  };

for (const [name, challenge, exposed] of [
  ["hidden by CORS", 'Bearer error="invalid_token"', "Date"],
  ["absent", undefined, "WWW-Authenticate"],
  ["without a scheme", 'error="invalid_token", error_description="expired"', "WWW-Authenticate"],
  ["of a scheme of its own", 'Token realm="api"', "WWW-Authenticate"],
  ["empty", "", "WWW-Authenticate"],
]) {
  test(`WWW-Authenticate ${name}: a 401 leads to one refresh and one replay all the same (WWW-7)`, async (t) => {
    const stage = await startOddStage(t, { odd: { api: challenging(challenge) } });
    stage.server.exposed = exposed;
    const page = await signedIn(stage);

    assert.equal(await statusOf(page, stage.api), 200);
    assert.equal(stage.server.count("refresh_token"), 1);
    assert.equal(stage.server.count("api"), 2);
  });
}

test("WWW-Authenticate hidden by CORS: the explanation of a final answer says what to expose", async (t) => {
  const odd = { api: () => ({ ...empty(403), headers: { "www-authenticate": 'Bearer error="insufficient_scope"' } }) };
  const stage = await startOddStage(t, { odd });
  stage.server.exposed = "Date";
  const page = await signedIn(stage);
  const { value } = await explain(page, stage.api);

  assert.equal(value.status, 403);
  assert.match(value.explanation.message, /expose WWW-Authenticate/);
  assert.equal(stage.server.count("refresh_token"), 0);
});

test("an API that answers 403 for an expired token: the profile says so, and insufficient_scope stays a step-up (WWW-8)", async (t) => {
  const forbidding = (reply) => (reply.status === 401 ? html(403) : reply);
  const profile = { api: { expired: [403] } };
  const stage = await startOddStage(t, { odd: { api: forbidding }, config: { profile } });
  const page = await signedIn(stage);
  stage.server.expire();
  assert.equal(await statusOf(page, stage.api), 200);
  assert.equal(stage.server.count("refresh_token"), 1);

  const more = { "www-authenticate": 'Bearer error="insufficient_scope", scope="admin"' };
  stage.server.odd.api = () => ({ ...empty(403), headers: more });
  assert.equal(await statusOf(page, stage.api), 403);
  assert.equal((await events(page, "stepup"))[0].detail.signIn.scope, "admin");
  assert.equal(stage.server.count("refresh_token"), 1, "more rights don't come of a refresh");
});

test("an API that answers 403 for an expired token, without a profile: the answer goes through", async (t) => {
  const stage = await startOddStage(t, { odd: { api: (reply) => (reply.status === 401 ? html(403) : reply) } });
  const page = await signedIn(stage);
  stage.server.expire();

  assert.equal(await statusOf(page, stage.api), 403);
  assert.equal(stage.server.count("refresh_token"), 0);
});

test("a 403 that the profile takes for expired, to a token that is not: one refresh, no loop (USE-13)", async (t) => {
  const stage = await startOddStage(t, { odd: { api: () => empty(403) }, config: { profile: { api: { expired: [403] } } } });
  const page = await signedIn(stage);
  const statuses = [];
  for (let round = 0; round < 4; round += 1) statuses.push(await statusOf(page, stage.api));

  assert.deepEqual(statuses, [403, 403, 403, 403]);
  assert.equal(stage.server.count("refresh_token"), 1);
  assert.equal(stage.server.count("api"), 5, "one replay");
  assert.equal((await explain(page, stage.api)).value.explanation.kind, "refused");
});

test("a status of its own for an expired token, and an uploaded stream", async (t) => {
  const odd = { api: (reply) => (reply.status === 401 ? empty(498) : reply) };
  const stage = await startOddStage(t, { odd, mode: "page", config: { profile: { api: { expired: [498] } } } });
  const page = await signedIn(stage);
  stage.server.expire();
  assert.equal(await statusOf(page, stage.api), 200);
  assert.equal(await statusOf(page, stage.api, { method: "POST", body: "x" }), 200);
  assert.equal(stage.server.count("refresh_token"), 1);
});

/** Answers of the revocation endpoint, and what sign-out says of it. */
const revocations = {
  "refused with 401": [refusal(401, "invalid_client"), "unconfirmed"],
  "refused with 401 and no body": [empty(401), "unconfirmed"],
  "answered with HTML and an error (REV-6)": [html(503), "unconfirmed"],
  "answered with HTML and 200 (REV-5)": [html(200), "confirmed"],
  "answered with 204": [empty(204), "unconfirmed"],
  "not supported for this type of token (REV-7)": [refusal(400, "unsupported_token_type"), "unsupported"],
  "answered with a redirect": [{ ...empty(302), headers: { location: "/login" } }, "unconfirmed"],
};

for (const [name, [reply, outcome]] of Object.entries(revocations)) {
  test(`revocation ${name}: sign-out goes on (REV-1)`, async (t) => {
    const stage = await startOddStage(t, { odd: { revoke: () => reply } });
    const page = await signedIn(stage);
    const said = await page.evaluate(() => app.outcome(() => app.auth.signOut()));

    assert.equal(said.error, undefined);
    assert.equal(said.value.revocation, outcome);
    assert.equal(await session(page), null);
    assert.equal((await send(page, stage.api)).error.code, "TOKENKEEP_LOGIN_REQUIRED");
    assert.deepEqual(await events(page, "signedout"), [{ type: "signedout", detail: { reason: "signout" } }]);
    assert.equal(stage.server.count("revoke"), 1);
  });
}
