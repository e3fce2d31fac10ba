import assert from "node:assert/strict";

import { sendJson } from "../../www/server/http.mjs";
import { codeOf, events, session, stats, statusOf } from "./support/calls.mjs";
import { dialClocks, moveClocks } from "./support/clocks.mjs";
import { arrive, signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

/** Longer than the holder waits between two looks at the issuer's keys. */
const aWhile = 10_000;

for (const alg of ["RS256", "PS256", "ES256", "EdDSA"]) {
  test(`${alg}: an ID token signs in, and refreshes go on after the key has changed (IDT-5, IDT-17)`, async (t) => {
    const { stage, page, keysFetched } = await startChangeable(t, { signingAlgs: [alg] });
    assert.equal((await signIn(page)).claims.name, "ada");
    assert.equal(keysFetched(), 1);
    await refresh(stage, page);
    assert.equal(keysFetched(), 1, "the keys are known");

    stage.authorizationServer.rotateKeys();
    stage.authorizationServer.allow({ claims: { name: "Ada Lovelace" } });
    await moveClocks(page, aWhile);
    await refresh(stage, page);
    assert.equal(keysFetched(), 2);
    assert.equal((await session(page)).claims.name, "Ada Lovelace");
    assert.equal(stage.authorizationServer.requests.filter(({ path }) => path === "/me").length, 0);
  });
}

test("an ID token by a key that is not in the issuer's set does not sign in, and its tokens are revoked (IDT-6)", async (t) => {
  const { stage, page, keysFetched } = await startChangeable(t);
  stage.authorizationServer.rotateKeys({ publish: false });
  await arrive(page);
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.resume()));
  assert.equal(error.code, "TOKENKEEP_ID_TOKEN_INVALID");
  assert.equal(await session(page), null);
  assert.equal(keysFetched(), 1);
  assert.equal(await codeOf(page, stage.v1("files")), "TOKENKEEP_LOGIN_REQUIRED");
  assert.equal(stage.counts.revocations, 1);
});

test("a refresh whose ID token nobody can check keeps the session and the claims there were (IDT-18)", async (t) => {
  const { stage, page } = await startChangeable(t);
  await signIn(page);
  stage.authorizationServer.rotateKeys({ publish: false });
  stage.authorizationServer.allow({ claims: { name: "Mallory" } });
  await moveClocks(page, aWhile);
  await refresh(stage, page);
  assert.equal((await session(page)).claims.name, "ada");
});

test("the keys may change again and again, with the old ones left in the set (IDT-17)", async (t) => {
  const { stage, page, keysFetched } = await startChangeable(t);
  await signIn(page);
  for (const name of ["one", "two", "three"]) {
    stage.authorizationServer.rotateKeys({ keep: true });
    stage.authorizationServer.allow({ claims: { name } });
    await moveClocks(page, aWhile);
    await refresh(stage, page);
    assert.equal((await session(page)).claims.name, name);
  }
  assert.equal(keysFetched(), 4);
  assert.deepEqual(await signedOut(page), []);
});

test("a key set without kid signs in and refreshes (IDT-17)", async (t) => {
  const { stage, page } = await startChangeable(t, { kids: false });
  await signIn(page);
  stage.authorizationServer.allow({ claims: { name: "Ada Lovelace" } });
  await refresh(stage, page);
  assert.equal((await session(page)).claims.name, "Ada Lovelace");
});

test("a key without kid may be replaced while a session lasts (IDT-17)", async (t) => {
  const { stage, page } = await startChangeable(t, { kids: false });
  await signIn(page);
  stage.authorizationServer.rotateKeys();
  await moveClocks(page, aWhile);
  await refresh(stage, page);
  assert.deepEqual(await signedOut(page), []);
});

test("several algorithms at one issuer: the client's own is used (IDT-7)", async (t) => {
  const { page } = await startChangeable(t, { signingAlgs: ["PS256", "RS256", "ES256", "EdDSA"] });
  assert.equal((await signIn(page)).claims.sub, "ada");
});

for (const dpop of [undefined, true, { requireNonce: true }]) {
  test(`userinfo is about the same person, with ${dpop ? "proofs" : "a bearer token"}${dpop?.requireNonce ? " and nonces" : ""} (IDT-20)`, async (t) => {
    const { stage, page } = await startChangeable(t, { dpop });
    await signIn(page);
    stage.authorizationServer.allow({ claims: { name: "Ada Lovelace" } });
    assert.deepEqual(await userinfo(page), { value: { sub: "ada", name: "Ada Lovelace" } });
    assert.equal((await session(page)).claims.name, "ada", "only a new ID token changes the claims");
    stage.authorizationServer.allow({ userinfo: { sub: "mallory" } });
    const { value, error } = await userinfo(page);
    assert.equal(value, undefined);
    assert.equal(error.name, "TokenKeepError");
  });
}

test("userinfo is asked for with a fresh token when the old one was forgotten (IDT-20)", async (t) => {
  const { stage, page } = await startChangeable(t);
  await signIn(page);
  stage.authorizationServer.expireAccessTokens();
  assert.equal((await userinfo(page)).value.sub, "ada");
  assert.equal(stage.counts.refreshed, 1);
});

for (const mode of modes) {
  test(`${mode}: the token goes to the userinfo endpoint for userinfo() only, and to exactly that URL (USE-3, IDT-20)`, async (t) => {
    const answer = ({ response }) => sendJson(response, 200, { sub: "ada" });
    const stage = await startStage(t, { mode, probe: { answer }, config: withQuery });
    const endpoint = `${stage.probe.origin}/who`;
    const page = await stage.open();
    await signIn(page);
    for (const url of [`${endpoint}?schema=openid`, endpoint, `${endpoint}/x`])
      assert.equal(await codeOf(page, url), "TOKENKEEP_TARGET_REFUSED", url);
    assert.deepEqual(stage.probe.requests, []);
    assert.deepEqual(await userinfo(page), { value: { sub: "ada" } });
    stage.authorizationServer.expireAccessTokens();
    assert.deepEqual(await userinfo(page), { value: { sub: "ada" } });
    const seen = stage.probe.requests.map(({ url, status }) => [url, status]);
    assert.deepEqual(
      seen,
      [200, 401, 200].map((status) => ["/who?schema=openid", status]),
    );
    assert.equal(stage.counts.refreshed, 1);
  });
}

test("the configuration may let auth.fetch go to the userinfo endpoint (USE-3)", async (t) => {
  const stage = await startStage(t, { config: ({ authorizationServer: { issuer } }) => ({ resourceServers: [`${issuer}/me`] }) });
  const page = await stage.open();
  await signIn(page);
  assert.equal(await statusOf(page, `${stage.authorizationServer.issuer}/me`), 200);
  assert.equal((await userinfo(page)).value?.sub, "ada");
});

/** The server's metadata by hand, with a query in the userinfo endpoint. */
function withQuery({ authorizationServer: { issuer }, probe }) {
  const at = (path) => issuer + path;
  const server = {
    issuer,
    authorization_endpoint: at("/auth"),
    token_endpoint: at("/token"),
    jwks_uri: at("/jwks"),
    userinfo_endpoint: `${probe.origin}/who?schema=openid`,
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
  };
  return { issuer: undefined, server };
}

/** A page whose holder's clocks the test moves. */
async function startChangeable(t, server) {
  const stage = await startStage(t, { server });
  dialClocks(stage);
  const page = await stage.open();
  const keysFetched = () => stage.authorizationServer.requests.filter(({ path }) => path === "/jwks").length;
  return { stage, page, keysFetched };
}

/** Has the access token refused and renewed, as any call does it. */
async function refresh(stage, page) {
  const { refreshes } = await stats(page);
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal((await stats(page)).refreshes, refreshes + 1);
}

const userinfo = (page) => page.evaluate(() => app.outcome(() => app.auth.userinfo()));

const signedOut = (page) => events(page, "signedout");
