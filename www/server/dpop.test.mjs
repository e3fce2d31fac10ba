// Proofs of possession at both servers: what an honest client sends passes, and everything else is refused.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { exportJWK } from "jose";

import { startAuthorizationServer } from "./authorization-server.mjs";
import { startResourceServer } from "./resource-server.mjs";
import { ORIGIN, REDIRECT_URI, TestClient, proofKey } from "./test-client.mjs";

let as;
let api;
let key;
let tokens;
const client = new TestClient(() => as);

before(async () => {
  as = await startBound({ requireNonce: true });
  api = await startResourceServer({ authorizationServer: as, origins: [ORIGIN], dpop: true });
  key = await proofKey();
  tokens = await signIn(key);
});

after(() => Promise.all([api.close(), as.close()]));

function startBound(dpop) {
  return startAuthorizationServer({ redirectUris: [REDIRECT_URI], origins: [ORIGIN], dpop });
}

/** Signs in with proofs by `key`, with the nonce that the server asks for. */
async function signIn({ prove }) {
  const fields = await client.authorize();
  const { status, body } = await withNonce((nonce) => redeem(fields, prove, { nonce }));
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

async function redeem(fields, prove, { nonce, ...wrong } = {}) {
  const proof = await prove({ method: "POST", url: `${as.issuer}/token`, nonce }, wrong);
  return client.token(fields, { dpop: proof });
}

/** Sends a request without a nonce, and again with the one that it is told. */
async function withNonce(send) {
  const first = await send();
  assert.equal(first.body.error, "use_dpop_nonce");
  return send(first.headers.get("dpop-nonce"));
}

/** Calls the API with a proof that is `wrong` in some way; `claimed` is what it is made for. */
async function call({ wrong, claimed, scheme = "DPoP", at = api, token = tokens.access_token, by = key, proof } = {}) {
  const url = `${at.origin}/v1/files`;
  const dpop = proof ?? (await by.prove({ url, accessToken: token, ...claimed }, wrong));
  const headers = { origin: ORIGIN, authorization: `${scheme} ${token}`, ...(dpop !== "" && { dpop }) };
  return fetch(`${url}?q=1#f`, { headers });
}

const challengeOf = (response) => response.headers.get("www-authenticate");

test("a token that was asked for with a proof is bound to its key, and passes with a fresh proof", async () => {
  assert.equal(tokens.token_type, "DPoP");
  assert.ok((await as.verify(tokens.access_token)).jkt);
  assert.equal((await call()).status, 200);
  assert.equal(api.requests.at(-1).hadToken, true);
});

test("a request without a token is asked for one with the DPoP scheme", async () => {
  const answer = await fetch(`${api.origin}/v1/files`);
  assert.equal(answer.status, 401);
  assert.equal(challengeOf(answer), 'DPoP realm="tokenkeep-demo", algs="ES256"');
});

const elsewhere = { "another URL": "http://127.0.0.1:1/v1/files", "another path": "/v1/echo", "a query": "?q=1" };
for (const [what, end] of Object.entries(elsewhere)) {
  test(`htu with ${what} is refused`, async () => {
    const htu = end.startsWith("http") ? end : new URL(end, `${api.origin}/v1/files`).href;
    await assertRefused({ wrong: { htu } }, /htu/);
  });
}

const faults = {
  "htm of another method": [{ htm: "POST" }, /htm/],
  "htm in lower case": [{ htm: "get" }, /htm/],
  "ath of another token": [{ ath: "x".repeat(43) }, /ath/],
  "no ath": [{ ath: undefined }, /missing/],
  "no jti": [{ jti: undefined }, /missing/],
  "an empty jti": [{ jti: "" }, /missing/],
  "no iat": [{ iat: undefined }, /iat/],
  "iat of two minutes ago": [{ iat: Math.floor(Date.now() / 1000) - 120 }, /iat/],
  "iat two minutes ahead": [{ iat: Math.floor(Date.now() / 1000) + 120 }, /iat/],
  "typ of a plain JWT": [{ header: { typ: "JWT" } }, /verify/],
  "no typ": [{ header: { typ: undefined } }, /verify/],
  "no key": [{ header: { jwk: undefined } }, /verify/],
};
for (const [what, [wrong, reason]] of Object.entries(faults)) {
  test(`a proof with ${what} is refused`, () => assertRefused({ wrong }, reason));
}

test("a proof by another key is refused, and so is a private key in a proof", async () => {
  const answer = await call({ by: await proofKey() });
  assert.equal(answer.status, 401);
  assert.match(challengeOf(answer), /^DPoP .*error="invalid_token"/);
  await assertRefused({ wrong: { header: { jwk: await exportJWK(key.privateKey) } } }, /verify/);
});

test("a proof whose signature is by another key than the one in it is refused", async () => {
  const { jwk } = await proofKey();
  await assertRefused({ wrong: { header: { jwk } } }, /verify/);
});

test("a proof by an algorithm that was not announced is refused", async () => {
  await assertRefused({ by: await proofKey("RS256") }, /verify/);
});

test("a used proof is refused, and so is none, and two at once", async () => {
  const proof = await key.prove({ url: `${api.origin}/v1/files`, accessToken: tokens.access_token });
  assert.equal((await call({ proof })).status, 200);
  await assertRefused({ proof }, /used before/);
  await assertRefused({ proof: "" }, /no proof/);
  const second = await key.prove({ url: `${api.origin}/v1/files`, accessToken: tokens.access_token });
  await assertRefused({ proof: `${second}, ${second}` }, /verify/);
});

test("a bound token is no bearer token, and a bearer token is not bound", async () => {
  assert.equal((await call({ scheme: "Bearer" })).status, 401);
  const token = await as.issuePersonalToken();
  assert.equal((await call({ token })).status, 401);
  assert.equal((await call({ token, scheme: "Bearer", proof: "" })).status, 200);
});

test("an API with nonces refuses proofs without one, tells it, and lets scripts read it", async (t) => {
  const dpop = { requireNonce: true };
  const strict = await startResourceServer({ authorizationServer: as, origins: [ORIGIN], dpop });
  t.after(strict.close);
  const first = await call({ at: strict });
  const nonce = first.headers.get("dpop-nonce");
  assert.equal(first.status, 401);
  assert.match(challengeOf(first), /^DPoP .*error="use_dpop_nonce"/);
  assert.match(first.headers.get("access-control-expose-headers"), /WWW-Authenticate.*DPoP-Nonce/);
  assert.equal((await call({ at: strict, claimed: { nonce } })).status, 200);
  strict.replaceNonces();
  const second = await call({ at: strict, claimed: { nonce } });
  assert.equal(second.status, 401);
  assert.notEqual(second.headers.get("dpop-nonce"), nonce);
  assert.deepEqual(
    strict.proofs.map((proof) => proof.nonce),
    [undefined, nonce, nonce],
  );
});

test("an API may give a new nonce with each answer, and its clock may be wrong", async (t) => {
  const dpop = { requireNonce: true, freshNonces: true, clockOffset: -3600 };
  const odd = await startResourceServer({ authorizationServer: as, origins: [ORIGIN], dpop });
  t.after(odd.close);
  const first = await call({ at: odd });
  const nonce = first.headers.get("dpop-nonce");
  const iat = Date.parse(first.headers.get("date")) / 1000;
  const late = await call({ at: odd, claimed: { nonce } });
  assert.match(challengeOf(late), /iat/);
  assert.notEqual(late.headers.get("dpop-nonce"), nonce);
  assert.equal((await call({ at: odd, claimed: { nonce }, wrong: { iat } })).status, 200);
});

test("the record of proofs has what each said, good or bad", async () => {
  api.reset();
  await call({ proof: "nonsense" });
  await call({ wrong: { jti: "j", iat: 5 } });
  const [bad, proof] = api.proofs;
  assert.deepEqual(bad, { path: "/v1/files", value: "nonsense" });
  const { jkt } = await as.verify(tokens.access_token);
  const { path, jti, htm, htu, iat } = proof;
  assert.deepEqual([path, jti, htm, htu, iat], ["/v1/files", "j", "GET", `${api.origin}/v1/files`, 5]);
  assert.equal(proof.jkt, jkt);
});

test("the token endpoint binds the refresh token to the key too, and its nonces can be replaced", async () => {
  const mine = await proofKey();
  const { refresh_token: refreshToken } = await signIn(mine);
  const refresh = async (nonce, { prove } = mine) =>
    client.refresh(refreshToken, {}, { dpop: await prove({ method: "POST", url: `${as.issuer}/token`, nonce }) });
  const asked = await refresh();
  assert.equal(asked.status, 400);
  const nonce = asked.headers.get("dpop-nonce");
  assert.equal((await refresh(nonce, await proofKey())).body.error, "invalid_grant");
  await as.replaceNonces();
  const again = await refresh(nonce);
  assert.equal(again.body.error, "use_dpop_nonce");
  assert.match(again.headers.get("access-control-expose-headers"), /DPoP-Nonce/);
  assert.equal((await refresh(again.headers.get("dpop-nonce"))).status, 200);
});

test("the token endpoint refuses a proof for another URL or method, and a used one", async () => {
  const fields = await client.authorize();
  const nonce = (await redeem(fields, key.prove)).headers.get("dpop-nonce");
  for (const wrong of [{ htu: `${as.issuer}/auth` }, { htm: "GET" }, { header: { typ: "JWT" } }])
    assert.equal((await redeem(fields, key.prove, { nonce, ...wrong })).body.error, "invalid_dpop_proof");
  const jti = "twice";
  assert.equal((await redeem(fields, key.prove, { nonce, jti })).status, 200);
  const again = await redeem(await client.authorize(), key.prove, { nonce, jti });
  assert.equal(again.body.error, "invalid_grant");
  assert.equal(as.proofs.at(-1).jti, jti);
});

test("a nonce that scripts may not read is sent all the same", async (t) => {
  const usual = as;
  as = await startBound({ requireNonce: true, exposeNonce: false });
  t.after(async () => {
    await as.close();
    as = usual;
  });
  const refused = await redeem(await client.authorize(), key.prove);
  assert.ok(refused.headers.get("dpop-nonce"));
  assert.doesNotMatch(refused.headers.get("access-control-expose-headers"), /DPoP-Nonce/i);
});

test("a client that must bind its tokens gets none without a proof", async (t) => {
  const usual = as;
  as = await startBound({ bound: true });
  t.after(async () => {
    await as.close();
    as = usual;
  });
  const fields = await client.authorize();
  assert.equal((await client.token(fields)).status, 400);
  assert.equal((await redeem(await client.authorize(), key.prove)).body.token_type, "DPoP");
});

async function assertRefused(how, reason) {
  const answer = await call(how);
  assert.equal(answer.status, 401);
  assert.match(challengeOf(answer), /^DPoP .*error="invalid_dpop_proof"/);
  assert.match(challengeOf(answer), reason);
}
