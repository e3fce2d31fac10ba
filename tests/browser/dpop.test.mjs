import assert from "node:assert/strict";

import { burst, codeOf, explain, send, startSend, endOfSend, stats, statusOf } from "./support/calls.mjs";
import { assertEachOnce } from "./support/effects.mjs";
import { keyPairs } from "./support/records.mjs";
import { arrive, leave, signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const bound = { server: { dpop: true }, api: { dpop: true } };
const nonces = { server: { dpop: { requireNonce: true } }, api: { dpop: { requireNonce: true } } };
const outcome = (page, method, ...values) =>
  page.evaluate(([name, given]) => app.outcome(() => app.auth[name](...given)), [method, values]);

for (const mode of transports) {
  test(`${mode}: where it is announced tokens are bound to a key, and every request has a proof of its own (DPOP-3, DPOP-4, DPOP-7, DPOP-9, DPOP-10, DPOP-11, REF-16, DPOP-21)`, async (t) => {
    const { stage, page } = await startSignedIn(t, { mode, ...bound });
    assert.equal(await statusOf(page, `${stage.v1("files")}?q=1#f`), 200);
    assert.deepEqual(await burst(page, stage.v1("effects"), 10), { 201: 10 });
    await renew(stage, page);

    assertEachOnce(stage.api.effects, 10);
    const { proofs } = stage.authorizationServer;
    assert.deepEqual(
      proofs.map(({ path, htm, htu, ath }) => [path, htm, htu, ath]),
      Array(2).fill(["/token", "POST", `${stage.authorizationServer.issuer}/token`, undefined]),
    );
    assertOneKey([...proofs, ...stage.api.proofs]);
    const [first] = stage.api.proofs;
    assert.deepEqual([first.htm, first.htu], ["GET", stage.v1("files")]);
    assert.deepEqual(Object.keys(first.jwk).sort(), ["crv", "kty", "x", "y"]);
    assert.ok(stage.api.requests.every(({ status }) => [200, 201, 401].includes(status)));
  });

  test(`${mode}: nonces cost one more request at each server, and none from then on (DPOP-13, DPOP-14, DPOP-17)`, async (t) => {
    const { stage, page } = await startSignedIn(t, { mode, ...nonces });
    assert.equal(stage.counts.exchanges, 2);
    for (let call = 0; call < 3; call += 1) assert.equal(await statusOf(page, stage.v1("files")), 200);
    assert.deepEqual(statuses(stage), [401, 200, 200, 200]);
    await renew(stage, page);
    assert.deepEqual([stage.counts.refreshes, stage.counts.refreshed], [1, 1]);
    assert.equal(stage.counts.reuseAlarms, 0);
    assertOneKey([...stage.authorizationServer.proofs, ...stage.api.proofs]);
  });
}

test("a token endpoint that replaces its nonces sees one refresh token twice and takes no alarm (DPOP-17)", async (t) => {
  const { stage, page } = await startSignedIn(t, nonces);
  await stage.authorizationServer.replaceNonces();
  await renew(stage, page);
  assert.deepEqual([stage.counts.refreshes, stage.counts.refreshed], [2, 1]);
  assert.equal(stage.counts.reuseAlarms, 0);
  assert.equal((await stats(page)).refreshes, 1);
});

test("an API that replaces its nonces under way: no request is lost, none is done twice (DPOP-5, DPOP-13)", async (t) => {
  const { stage, page } = await startSignedIn(t, nonces);
  const count = 40;
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  stage.api.replaceNonces();
  assert.deepEqual(await burst(page, stage.v1("effects"), count), { 201: count });
  assertEachOnce(stage.api.effects, count);
  assertOneKey(stage.api.proofs);
});

test("an API whose nonces are good for three requests answers twenty calls at once (DPOP-13)", async (t) => {
  const api = { dpop: { requireNonce: true, uses: 3 } };
  const { stage, page } = await startSignedIn(t, { ...nonces, api });
  const count = 20;
  assert.deepEqual(await burst(page, stage.v1("effects"), count), { 201: count });
  assertEachOnce(stage.api.effects, count);
  assertOneKey(stage.api.proofs);
});

test("the newest nonce counts, from whatever answer (DPOP-14)", async (t) => {
  const api = { dpop: { requireNonce: true, freshNonces: true } };
  const { stage, page } = await startSignedIn(t, { ...nonces, api });
  for (let call = 0; call < 4; call += 1) assert.equal(await statusOf(page, stage.v1("files")), 200);
  const seen = stage.api.proofs.map(({ nonce }) => nonce);
  assert.equal(seen[0], undefined);
  assert.equal(new Set(seen).size, 5);
});

test("nonces of one server never go to another (DPOP-15)", async (t) => {
  const options = { ...nonces, api: [{ dpop: { requireNonce: true } }, { dpop: { requireNonce: true } }] };
  const { stage, page } = await startSignedIn(t, options);
  for (const { origin } of [...stage.apis, ...stage.apis]) assert.equal(await statusOf(page, `${origin}/v1/files`), 200);
  const noncesOf = ({ proofs }) => [...new Set(proofs.map(({ nonce }) => nonce).filter(Boolean))];
  const all = [stage.authorizationServer, ...stage.apis].map(noncesOf);
  assert.deepEqual(
    all.map(({ length }) => length),
    [1, 1, 1],
  );
  assert.equal(new Set(all.flat()).size, 3);
});

for (const mode of transports) {
  test(`${mode}: 30 calls with a forgotten token cause one refresh, each replay with a proof for the new token (DPOP-5)`, async (t) => {
    const { stage, page } = await startSignedIn(t, { mode, ...nonces });
    const count = 30;
    stage.authorizationServer.expireAccessTokens();
    assert.deepEqual(await burst(page, stage.v1("effects"), count), { 201: count });
    assertEachOnce(stage.api.effects, count);
    assert.equal(stage.counts.refreshed, 1);
    assertOneKey(stage.api.proofs);
    assert.equal(new Set(stage.api.proofs.map(({ ath }) => ath)).size, 2);
  });
}

test("an API that hides its nonce from scripts refuses for good, and the explanation says why", async (t) => {
  const { stage, page } = await startSignedIn(t, nonces);
  stage.api.allow({ exposed: "WWW-Authenticate" });
  const { value } = await explain(page, stage.v1("files"));
  assert.equal(value.status, 401);
  assert.equal(value.explanation.kind, "proof");
  assert.deepEqual(statuses(stage), [401]);
});

test("an API that hides its challenge too causes one refresh and no loop (DPOP-13, USE-17)", async (t) => {
  const { stage, page } = await startSignedIn(t, nonces);
  stage.api.allow({ exposed: "Retry-After" });
  const { value } = await explain(page, stage.v1("files"));
  assert.equal(value.status, 401);
  assert.match(value.explanation.message, /expose WWW-Authenticate/);
  assert.equal(stage.counts.refreshed, 1);
  assert.deepEqual(statuses(stage), [401, 401]);
});

test("an authorization server that hides its nonce is an error that says so", async (t) => {
  const stage = await startStage(t, { server: { dpop: { requireNonce: true, exposeNonce: false } } });
  const page = await stage.open();
  await arrive(page);
  const { error } = await outcome(page, "resume");
  assert.equal(error.code, "TOKENKEEP_DPOP_NONCE");
  assert.match(error.message, /expose DPoP-Nonce/);
  assert.equal(stage.counts.exchanges, 1);
});

for (const mode of transports) {
  test(`${mode}: a token endpoint that takes no proofs by CORS is an error that says so, and the next sign-in works`, async (t) => {
    const stage = await startStage(t, { mode, ...bound });
    const { authorizationServer } = stage;
    authorizationServer.allow({ taken: "content-type" });
    const page = await stage.open();
    await arrive(page);
    const { error } = await outcome(page, "resume");
    assert.equal(error.code, "TOKENKEEP_DPOP_BLOCKED");
    assert.match(error.message, /CORS.*dpop: false/);
    assert.deepEqual(authorizationServer.proofs, []);
    authorizationServer.allow({ taken: "content-type, dpop" });
    await signIn(page);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
  });

  test(`${mode}: an API that takes no proofs by CORS fails as fetch does, and the error says what it may be`, async (t) => {
    const { stage, page } = await startSignedIn(t, { mode, ...bound });
    stage.api.allow({ taken: "authorization" });
    const { error } = await send(page, stage.v1("files"));
    assert.equal(error.name, "TypeError");
    assert.match(error.message, /its CORS settings must allow that one; else set dpop: false/);
    assert.deepEqual(stage.api.requests, []);
  });
}

test("an API whose clock is wrong is followed where it tells the time, once (DPOP-18)", async (t) => {
  const { stage, page } = await startSignedIn(t, { ...bound, api: { dpop: { clockOffset: -3600 } } });
  stage.api.allow({ exposed: "WWW-Authenticate, Date" });
  for (let call = 0; call < 2; call += 1) assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.deepEqual(statuses(stage), [401, 200, 200]);
});

test("an API whose clock is wrong and can't be read refuses for good (DPOP-18)", async (t) => {
  const { stage, page } = await startSignedIn(t, { ...bound, api: { dpop: { clockOffset: -3600 } } });
  const { value } = await explain(page, stage.v1("files"));
  assert.equal(value.status, 401);
  assert.equal(value.explanation.kind, "proof");
  assert.deepEqual(statuses(stage), [401]);
});

test("the authorization request names the key that the token will be bound to (DPOP-19)", async (t) => {
  const stage = await startStage(t, bound);
  const page = await stage.open();
  const { dpop_jkt: thumbprint } = await leave(page);
  assert.match(thumbprint, /^[\w-]{43}$/);
  const other = await stage.open();
  await signIn(other);
  const [{ jkt }] = stage.authorizationServer.proofs;
  assert.notEqual(jkt, thumbprint, "each sign-in has a key of its own");
  assert.equal((await stage.authorizationServer.verify(stage.authorizationServer.issuedTokens()[0])).jkt, jkt);
});

test("the thumbprint is in the pushed request where requests are pushed (DPOP-20)", async (t) => {
  const { stage } = await startSignedIn(t, { ...bound, server: { dpop: true, par: "required" } });
  const [{ dpop_jkt: thumbprint }] = stage.authorizationServer.pushed;
  const { proofs } = stage.authorizationServer;
  assert.ok(thumbprint);
  assert.ok(proofs.filter(({ path }) => path === "/token").every(({ jkt }) => jkt === thumbprint));
});

test("a client that must bind its tokens signs in (DPOP-10)", async (t) => {
  const { stage, page } = await startSignedIn(t, { server: { dpop: { bound: true } } });
  assert.equal(await statusOf(page, stage.v1("files")), 200);
});

test("dpop: false sends no proof, and without the announcement there is none either", async (t) => {
  for (const options of [{ ...bound, config: { dpop: false } }, {}]) {
    const { stage, page } = await startSignedIn(t, options);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
    assert.deepEqual([...stage.authorizationServer.proofs, ...stage.api.proofs], []);
  }
});

test("dpop: true does not do without: tokens that are not bound are refused (DPOP-12)", async (t) => {
  const stage = await startStage(t, { config: { dpop: true } });
  const page = await stage.open();
  await arrive(page);
  const { error } = await outcome(page, "resume");
  assert.equal(error.code, "TOKENKEEP_TOKEN_RESPONSE_INVALID");
  assert.equal(await codeOf(page, stage.v1("files")), "TOKENKEEP_LOGIN_REQUIRED");
});

test("a page can't bring a proof of its own, or have one made for another place (DPOP-24)", async (t) => {
  const { stage, page } = await startSignedIn(t, bound);
  assert.equal(await codeOf(page, stage.v1("files"), { headers: { dpop: "x" } }), "TOKENKEEP_REQUEST_REFUSED");
  assert.equal(await codeOf(page, `${stage.probe.origin}/elsewhere`), "TOKENKEEP_TARGET_REFUSED");
  const redirect = stage.v1(`redirect?to=${stage.probe.origin}/elsewhere`);
  assert.equal(await codeOf(page, redirect), "TOKENKEEP_REDIRECT_REFUSED");
  assert.equal(stage.probe.requests.length, 0);
});

test("a proof is made when its request is sent, not before (DPOP-23)", async (t) => {
  const { stage, page } = await startSignedIn(t, bound);
  stage.authorizationServer.expireAccessTokens();
  const open = stage.holdTokenEndpoint();
  await startSend(page, stage.v1("files"));
  await until(() => stage.counts.refreshes === 1, "the refresh");
  const before = stage.api.proofs.length;
  const second = Math.floor(Date.now() / 1000);
  await until(() => Math.floor(Date.now() / 1000) > second, "the next second");
  open();
  assert.equal((await endOfSend(page)).value.status, 200);
  assert.equal(stage.api.proofs.length, before + 1);
  assert.ok(stage.api.proofs.at(-1).iat > second);
});

test("the key can't be read, and is kept on request only, until the sign-out (DPOP-1, DPOP-25)", async (t) => {
  const { page } = await startSignedIn(t, bound);
  assert.deepEqual(await keyPairs(page), []);
  const { stage, page: other } = await startSignedIn(t, { ...bound, config: { persistDpopKey: true } });
  assert.deepEqual(await keyPairs(other), [{ extractable: false, exported: "InvalidAccessError" }]);
  await signInAgain(stage, other);
  assertOneKey(stage.authorizationServer.proofs);
  await outcome(other, "signOut");
  assert.deepEqual(await keyPairs(other), []);
});

test("the key of a sign-in under way can't be read either (DPOP-1)", async (t) => {
  const stage = await startStage(t, bound);
  const page = await stage.open();
  const other = await stage.open();
  await leave(page);
  assert.deepEqual(await keyPairs(other), [{ extractable: false, exported: "InvalidAccessError" }]);
});

test("streams, uploads and methods in odd case have good proofs (DPOP-6)", async (t) => {
  const { stage, page } = await startSignedIn(t, nonces);
  for (const method of ["post", "PUT", "delete", "PATCH"]) {
    const { value } = await send(page, stage.v1("echo"), { method, body: "x" });
    assert.equal(value.status, 200);
  }
  assert.equal((await send(page, stage.v1("stream?chunks=3"))).value.text, "chunk 0\nchunk 1\nchunk 2\n");
});

async function startSignedIn(t, options) {
  const stage = await startStage(t, options);
  const page = await stage.open();
  await signIn(page);
  return { stage, page };
}

/** As a second visit in the same tab would. */
async function signInAgain(stage, page) {
  await page.goto(stage.app.origin);
  await signIn(page);
}

/** Has the token refused and renewed, as any call does it. */
async function renew(stage, page) {
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
}

const statuses = ({ api }) => api.requests.map(({ status }) => status);

/** All proofs are by one key and no two are the same; the servers have checked the rest. */
function assertOneKey(proofs) {
  assert.ok(proofs.length > 0);
  assert.equal(new Set(proofs.map(({ jkt }) => jkt)).size, 1);
  assert.equal(new Set(proofs.map(({ jti }) => jti)).size, proofs.length);
  for (const { jti } of proofs) assert.ok(Buffer.from(jti, "base64url").length >= 12, jti);
}
