// The demo's servers, driven by hand.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, beforeEach, test } from "node:test";

import { startAuthorizationServer } from "./authorization-server.mjs";
import { startResourceServer } from "./resource-server.mjs";
import { ORIGIN, REDIRECT_URI, TestClient, browser } from "./test-client.mjs";

const CLIENT_ID = "tokenkeep-demo";

let as;
let api;

before(async () => {
  as = await startAuthorizationServer({ redirectUris: [REDIRECT_URI], origins: [ORIGIN] });
  api = await startResourceServer({ authorizationServer: as, origins: () => [ORIGIN] });
});

after(async () => {
  await api.close();
  await as.close();
});

beforeEach(() => {
  as.restoreTokenEndpoint();
  as.reset();
  api.reset();
});

const client = new TestClient(() => as);
const token = (...wanted) => client.token(...wanted);
const refresh = (...wanted) => client.refresh(...wanted);
const signIn = (...wanted) => client.signIn(...wanted);
const authorizationUrl = (...wanted) => client.authorizationUrl(...wanted);

const call = (accessToken, path = "/v1/files", init = {}) =>
  fetch(api.origin + path, {
    ...init,
    headers: { ...(accessToken && { authorization: `Bearer ${accessToken}` }), origin: ORIGIN },
  });

test("signing in through the pages gives tokens that the API accepts", async () => {
  const tokens = await signIn();
  const claims = JSON.parse(Buffer.from(tokens.id_token.split(".")[1], "base64url"));
  assert.deepEqual([claims.sub, claims.name, claims.iss], ["Ada", "Ada", as.issuer]);
  assert.equal(tokens.scope, "openid profile files:read files:write");
  assert.equal((await call(tokens.access_token)).status, 200);
  for (const value of [tokens.access_token, tokens.refresh_token, tokens.id_token]) assert.ok(as.issuedTokens().includes(value));
  assert.equal(as.counts.exchanges, 1);
});

test("refusing consent sends access_denied back to the client", async () => {
  const { go, submit } = browser();
  const consent = await submit(await go(authorizationUrl("v".repeat(43))), "login", { login: "Ada" });
  const arrival = new URL((await submit(consent, "consent", { refuse: "refuse" })).url);
  assert.equal(arrival.searchParams.get("error"), "access_denied");
});

test("PKCE is required, and only S256", async () => {
  for (const extra of [{ code_challenge_method: "plain" }, { code_challenge: "" }]) {
    const arrival = new URL((await browser().go(authorizationUrl("v".repeat(43), extra))).url);
    assert.equal(arrival.searchParams.get("error"), "invalid_request");
  }
});

test("a refresh rotates, and a reused refresh token revokes the whole family", async () => {
  const first = await signIn();
  const second = await refresh(first.refresh_token);
  assert.equal(second.status, 200);
  assert.notEqual(second.body.refresh_token, first.refresh_token);
  assert.equal((await call(second.body.access_token)).status, 200);

  assert.equal((await refresh(first.refresh_token)).body.error, "invalid_grant");
  assert.equal((await refresh(second.body.refresh_token)).body.error, "invalid_grant");
  assert.equal((await call(second.body.access_token)).status, 401);
  const { refreshes, refreshed, reuseAlarms } = as.counts;
  assert.deepEqual({ refreshes, refreshed, reuseAlarms }, { refreshes: 3, refreshed: 1, reuseAlarms: 1 });
});

test("two refreshes with one token at the same moment are a reuse", async () => {
  const { refresh_token: refreshToken } = await signIn();
  const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken)]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400]);
  assert.equal(as.counts.reuseAlarms, 1);
});

test("within the grace a used refresh token works again, and after it the reuse is an alarm", async () => {
  const usual = as;
  as = await startAuthorizationServer({ redirectUris: [REDIRECT_URI], origins: [ORIGIN], reuseGrace: 0.5 });
  try {
    const { refresh_token: refreshToken } = await signIn();
    const first = await refresh(refreshToken);
    assert.deepEqual([first.status, (await refresh(refreshToken)).status], [200, 200]);
    const started = performance.now();
    while ((await refresh(refreshToken)).status === 200) assert.ok(performance.now() < started + 5000);
    assert.equal((await refresh(first.body.refresh_token)).body.error, "invalid_grant");
    assert.equal(as.counts.reuseAlarms, 1);
  } finally {
    await as.close();
    as = usual;
  }
});

test("access tokens expired on the server only are refused while a refresh still works", async () => {
  const tokens = await signIn();
  as.expireAccessTokens();
  const refused = await call(tokens.access_token);
  assert.equal(refused.status, 401);
  assert.match(refused.headers.get("www-authenticate"), /^Bearer realm="tokenkeep-demo", error="invalid_token"/);
  assert.equal((await call((await refresh(tokens.refresh_token)).body.access_token)).status, 200);
});

test("revoked grants end both the access token and the refresh token", async () => {
  const tokens = await signIn();
  as.revokeGrants();
  assert.equal((await call(tokens.access_token)).status, 401);
  assert.equal((await refresh(tokens.refresh_token)).body.error, "invalid_grant");
});

test("the revocation endpoint ends the family", async () => {
  const tokens = await signIn();
  const body = new URLSearchParams({ client_id: CLIENT_ID, token: tokens.refresh_token });
  assert.equal((await fetch(`${as.issuer}/token/revocation`, { method: "POST", body })).status, 200);
  assert.equal((await refresh(tokens.refresh_token)).body.error, "invalid_grant");
  assert.equal(as.counts.revocations, 1);
});

test("an injected failure carries its status, headers and CORS, and touches no token", async () => {
  const tokens = await signIn();
  as.failTokenEndpoint({ status: 503, headers: { "retry-after": "1" } });
  const failed = await refresh(tokens.refresh_token);
  assert.equal(failed.status, 503);
  assert.equal(failed.headers.get("retry-after"), "1");
  assert.equal(failed.headers.get("access-control-allow-origin"), ORIGIN);
  as.failTokenEndpoint("drop");
  await assert.rejects(refresh(tokens.refresh_token), TypeError);
  as.restoreTokenEndpoint();
  assert.equal((await refresh(tokens.refresh_token)).status, 200);
});

test("clients that give up do not hold up the token endpoint", async () => {
  const tokens = await signIn();
  as.delayTokenEndpoint(30);
  const fields = { client_id: CLIENT_ID, grant_type: "refresh_token", refresh_token: "x" };
  const give = () => fetch(`${as.issuer}/token`, { method: "POST", body: new URLSearchParams(fields), signal: AbortSignal.timeout(10) });
  await Promise.allSettled([give(), give(), give()]);
  as.restoreTokenEndpoint();
  assert.equal((await refresh(tokens.refresh_token)).status, 200);
});

test("an origin that is not on the list gets no CORS", async () => {
  const { refresh_token: refreshToken } = await signIn();
  const answer = await token({ grant_type: "refresh_token", refresh_token: refreshToken }, { origin: "http://127.0.0.1:10" });
  assert.equal(answer.headers.get("access-control-allow-origin"), null);
});

test("a lifetime of half a second is half a second", async () => {
  const short = await startAuthorizationServer({
    redirectUris: [REDIRECT_URI],
    origins: [ORIGIN],
    accessTokenTtl: 0.5,
  });
  const usual = as;
  as = short;
  try {
    const issuedAt = Date.now();
    const { access_token: accessToken, expires_in: expiresIn } = await signIn();
    assert.equal(expiresIn, 1);
    let active = await short.verify(accessToken);
    assert.ok(active.exp * 1000 - issuedAt >= 500);
    while ((active = await short.verify(accessToken)).active) assert.ok(Date.now() < issuedAt + 5000);
    assert.ok(Date.now() - issuedAt >= 500);
  } finally {
    as = usual;
    await short.close();
  }
});

test("the API answers 404, 405, 401 and 403 for what they mean", async () => {
  const { access_token: reader } = await signIn("Bob", { scope: "openid files:read" });
  assert.equal((await call(reader, "/v1/nothing")).status, 404);
  assert.equal((await call(reader, "/v1/files", { method: "DELETE" })).status, 405);
  const anonymous = await call(null);
  assert.equal(anonymous.status, 401);
  assert.equal(anonymous.headers.get("www-authenticate"), 'Bearer realm="tokenkeep-demo"');
  const refused = await call(reader, "/v1/effects", { method: "POST", body: '{"n":1}' });
  assert.equal(refused.status, 403);
  assert.match(refused.headers.get("www-authenticate"), /error="insufficient_scope", scope="files:write"/);
  assert.deepEqual(api.effects, []);
});

test("the API keeps to the limit that it tells, in seconds and as a date", async () => {
  const { access_token: accessToken } = await signIn();
  for (const [status, asDate] of Object.entries({ 429: false, 503: true })) {
    api.limit({ path: "/v1/files", status: Number(status), seconds: 1, asDate });
    const refused = await call(accessToken);
    const pause = refused.headers.get("retry-after");
    assert.equal(refused.status, Number(status));
    assert.match(pause, asDate ? /^\w{3}, .* GMT$/ : /^1$/);
    assert.equal((await call(accessToken)).status, Number(status), "too early");
    assert.equal((await call(accessToken, "/v1/echo")).status, 200, "another path");
    const end = asDate ? Date.parse(pause) : api.requests.at(-3).at + 1000;
    while ((await call(accessToken)).status !== 200) assert.ok(Date.now() < end + 5000);
    assert.ok(Date.now() >= end);
  }
  assert.equal(api.busiest(), 1);
});

test("the API asks for a stronger or a newer sign-in, and the pages give it", async () => {
  const { access_token: accessToken } = await signIn();
  const asked = async (token, path) => (await call(token, path)).headers.get("www-authenticate");
  assert.equal((await call(accessToken, "/v1/recent")).status, 200);
  as.ageSignIns(601);
  assert.match(await asked(accessToken, "/v1/recent"), /error="insufficient_user_authentication", max_age="600"$/);
  assert.match(await asked(accessToken, "/v1/vault"), /error="insufficient_user_authentication", acr_values="gold"$/);
  const { access_token: stronger, refresh_token: refreshToken } = await signIn("Ada", { acr_values: "gold" });
  for (const path of ["/v1/vault", "/v1/recent"]) assert.equal((await call(stronger, path)).status, 200);
  const { body } = await refresh(refreshToken);
  assert.equal((await call(body.access_token, "/v1/vault")).status, 200, "a refresh goes back to the same sign-in");
});

test("whoever signed in before has to do so again for a stronger or a newer sign-in only", async () => {
  const person = browser();
  const consent = await person.submit(await person.go(authorizationUrl("v".repeat(43))), "login", { login: "Ada" });
  await person.submit(consent, "consent", { consent: "allow" });
  const isAsked = async (extra) => !(await person.go(authorizationUrl("v".repeat(43), extra))).url.startsWith(ORIGIN);
  assert.deepEqual([await isAsked({}), await isAsked({ max_age: 600 })], [false, false]);
  assert.equal(await isAsked({ acr_values: "gold" }), true);
  as.ageSignIns(601);
  assert.deepEqual([await isAsked({}), await isAsked({ max_age: 600 })], [false, true]);
});

test("a personal access token has its scope and is refused once its grant is revoked", async () => {
  const accessToken = await as.issuePersonalToken({ scope: "files:read" });
  assert.equal((await call(accessToken)).status, 200);
  assert.equal((await call(accessToken, "/v1/effects", { method: "POST", body: '{"n":1}' })).status, 403);
  as.revokeGrants();
  assert.equal((await call(accessToken)).status, 401);
});

test("the API empties the bin only for tokens that may, which nobody's may without asking", async () => {
  const { access_token: usual } = await signIn();
  const refused = await call(usual, "/v1/bin", { method: "DELETE" });
  assert.equal(refused.status, 403);
  assert.match(refused.headers.get("www-authenticate"), /error="insufficient_scope", scope="files:delete"/);
  const { access_token: more } = await signIn("Ada", { scope: "openid files:read files:delete" });
  assert.deepEqual(await (await call(more, "/v1/bin", { method: "DELETE" })).json(), { emptied: true });
});

test("the API looks at the token before it works", async () => {
  const { access_token: accessToken } = await signIn();
  const started = performance.now();
  assert.equal((await call("bad", "/v1/work?ms=60000")).status, 401);
  assert.equal((await call(accessToken, "/v1/work?ms=150")).status, 200);
  assert.ok(performance.now() - started >= 149);
});

test("the API applies an effect once and keeps a record of each request", async () => {
  const { access_token: accessToken } = await signIn();
  assert.equal((await call(accessToken, "/v1/effects", { method: "POST", body: '{"n":7}' })).status, 201);
  assert.deepEqual(api.effects, [7]);
  const [{ method, path, status, hadToken, n }] = api.requests;
  assert.deepEqual({ method, path, status, hadToken, n }, { method: "POST", path: "/v1/effects", status: 201, hadToken: true, n: 7 });
});

test("the API echoes, streams and redirects", async () => {
  const { access_token: accessToken } = await signIn();
  const echoed = await (await call(accessToken, "/v1/echo", { method: "PUT", body: "hello" })).json();
  assert.equal(echoed.sha256, createHash("sha256").update("hello").digest("hex"));
  assert.equal((await (await call(accessToken, "/v1/bytes?n=100")).arrayBuffer()).byteLength, 100);
  assert.equal(await (await call(accessToken, "/v1/stream?chunks=3")).text(), "chunk 0\nchunk 1\nchunk 2\n");
  assert.match(await (await call(accessToken, "/v1/events?count=2")).text(), /data: event 1\n\n$/);
  const moved = await call(accessToken, "/v1/redirect?to=/v1/bytes", { redirect: "manual" });
  assert.equal(moved.headers.get("location"), "/v1/bytes");
});

test("the API's feed goes on where its reader left it", async () => {
  const { access_token: accessToken } = await signIn();
  const follow = (headers) => fetch(`${api.origin}/v1/feed`, { headers: { authorization: `Bearer ${accessToken}`, ...headers } });
  const heard = async (response) => (await response.text()).match(/(?<=^data: ).*$/gm);
  api.feed.publish("one");
  const first = await follow();
  api.feed.publish("two");
  api.feed.end();
  assert.deepEqual(await heard(first), ["one", "two"]);
  api.feed.publish("three");
  const second = await follow({ "last-event-id": "1" });
  api.feed.end();
  assert.deepEqual(await heard(second), ["two", "three"]);
  const third = await follow({ "last-event-id": "3" });
  api.feed.end({ isBroken: true });
  await assert.rejects(third.text(), TypeError);
  assert.equal(api.feed.readers, 0);
  assert.deepEqual(
    api.requests.map(({ lastEventId }) => lastEventId),
    [null, "1", "3"],
  );
  assert.equal((await follow({ "last-event-id": "4" })).status, 400);
});
