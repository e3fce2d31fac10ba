// What the authorization server can be told to do beyond the usual: pushed requests, resources, logout, other keys.

import assert from "node:assert/strict";
import { test } from "node:test";

import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";

import { startAuthorizationServer } from "./authorization-server.mjs";
import { startResourceServer } from "./resource-server.mjs";
import { ORIGIN, REDIRECT_URI, TestClient, browser, proofKey } from "./test-client.mjs";

async function start(t, options) {
  const as = await startAuthorizationServer({ redirectUris: [REDIRECT_URI], origins: [ORIGIN], ...options });
  t.after(as.close);
  return { as, client: new TestClient(() => as) };
}

const metadataOf = async ({ issuer }) => (await fetch(`${issuer}/.well-known/openid-configuration`)).json();

const call = (api, token) => fetch(`${api.origin}/v1/files`, { headers: { authorization: `Bearer ${token}`, origin: ORIGIN } });

test("what was not asked for is not announced", async (t) => {
  const { as } = await start(t);
  const metadata = await metadataOf(as);
  const optional = [
    "pushed_authorization_request_endpoint",
    "require_pushed_authorization_requests",
    "dpop_signing_alg_values_supported",
    "end_session_endpoint",
  ];
  assert.deepEqual(
    optional.filter((name) => metadata[name]),
    [],
  );
  assert.deepEqual(metadata.id_token_signing_alg_values_supported, ["ES256"]);
});

test("a pushed request is taken once, its parameters are on record, and others are refused if it must be one", async (t) => {
  const { as, client } = await start(t, { par: "required" });
  const metadata = await metadataOf(as);
  assert.equal(metadata.require_pushed_authorization_requests, true);
  const plain = new URL((await browser().go(client.authorizationUrl("v".repeat(43)))).url);
  assert.equal(plain.searchParams.get("error"), "invalid_request");
  const { status, body } = await client.post("/request", Object.fromEntries(client.parameters("v".repeat(43))));
  assert.equal(status, 201);
  const named = new URLSearchParams({ client_id: "tokenkeep-demo", request_uri: body.request_uri });
  const url = `${as.issuer}/auth?${named}`;
  assert.match((await browser().go(url)).html, /<form id="login"/);
  assert.equal(as.pushed[0].code_challenge_method, "S256");
  assert.equal(as.pushed.length, 1);
});

test("where pushing is announced only, both kinds of request are taken", async (t) => {
  const { as, client } = await start(t, { par: "announced" });
  const metadata = await metadataOf(as);
  assert.ok(metadata.pushed_authorization_request_endpoint);
  assert.ok(!metadata.require_pushed_authorization_requests);
  await client.signIn();
});

/** An authorization server with two resources and an API for each. */
async function startResources(t, { formats = ["opaque", "opaque"], ...options } = {}) {
  const { as, client } = await start(t, { resources: true, ...options });
  const scopes = ["files:read files:write", "files:read"];
  const startApi = (format, n) =>
    startResourceServer({
      authorizationServer: as,
      origins: [ORIGIN],
      audience: (origin) => `${origin}/v${n}/`,
      jwt: format === "jwt",
    });
  const apis = await Promise.all(formats.map(startApi));
  t.after(() => Promise.all(apis.map((api) => api.close())));
  const resources = apis.map(({ audience }, n) => ({ resource: audience, scope: scopes[n], format: formats[n] }));
  as.allow({ resources });
  return { as, client, apis, resources: apis.map(({ audience }) => audience) };
}

for (const formats of [
  ["opaque", "opaque"],
  ["jwt", "jwt"],
]) {
  test(`one grant gives ${formats[0]} tokens for two resources, each good at its own API only`, async (t) => {
    const { client, apis, resources } = await startResources(t, { formats });
    const first = await client.token({ ...(await client.authorize("Ada", { resources })), resource: resources[0] });
    const second = await client.refresh(first.body.refresh_token, { resource: resources[1] });
    assert.equal(first.body.scope, "files:read files:write");
    assert.equal(second.body.scope, "files:read");
    const tokens = [first.body.access_token, second.body.access_token];
    assert.equal(tokens[0].split(".").length, formats[0] === "jwt" ? 3 : 1);
    const statuses = [];
    for (const api of apis) for (const token of tokens) statuses.push((await call(api, token)).status);
    assert.deepEqual(statuses, [200, 401, 401, 200]);
  });
}

test("a resource that is unknown or was not granted is an invalid target", async (t) => {
  const { client, resources } = await startResources(t);
  // A sign-in each, because oidc-provider spends the refresh token before it looks at the resource.
  for (const resource of [resources[1], "https://elsewhere.example/"]) {
    const granted = await client.authorize("Ada", { resources: [resources[0]] });
    const { body } = await client.token({ ...granted, resource: resources[0] });
    assert.equal((await client.refresh(body.refresh_token, { resource })).body.error, "invalid_target");
  }
});

test("a default resource gets its tokens without being named, and a JWT dies with its grant or on demand", async (t) => {
  const { as, client, apis, resources } = await startResources(t, { formats: ["jwt"] });
  as.allow({ resources: [{ resource: resources[0], scope: "files:read", format: "jwt", isDefault: true }] });
  const tokens = await client.signIn();
  assert.equal(decodeJwt(tokens.access_token).aud, resources[0]);
  assert.equal((await call(apis[0], tokens.access_token)).status, 200);
  as.expireAccessTokens();
  assert.equal((await call(apis[0], tokens.access_token)).status, 401);
  const { body } = await client.refresh(tokens.refresh_token);
  assert.equal((await call(apis[0], body.access_token)).status, 200);
  as.revokeGrants();
  assert.equal((await call(apis[0], body.access_token)).status, 401);
});

test("an API of JWTs takes none that it can't verify, and follows a change of keys", async (t) => {
  const { as, client, apis, resources } = await startResources(t, { formats: ["jwt"] });
  const tokens = await client.token({ ...(await client.authorize("Ada", { resources })), resource: resources[0] });
  const { access_token: token, refresh_token: refreshToken } = tokens.body;
  assert.equal((await call(apis[0], token)).status, 200);
  as.rotateKeys({ publish: false });
  const unknown = await client.refresh(refreshToken, { resource: resources[0] });
  assert.equal((await call(apis[0], unknown.body.access_token)).status, 401);
  as.rotateKeys();
  const known = await client.refresh(unknown.body.refresh_token, { resource: resources[0] });
  assert.equal((await call(apis[0], known.body.access_token)).status, 200);
});

test("a JWT that is bound to a key says so and wants a proof", async (t) => {
  const { as, client, apis, resources } = await startResources(t, { formats: ["jwt"], dpop: true });
  const { prove } = await proofKey();
  const fields = { ...(await client.authorize("Ada", { resources })), resource: resources[0] };
  const dpop = await prove({ method: "POST", url: `${as.issuer}/token` });
  const { body } = await client.token(fields, { dpop });
  const url = `${apis[0].origin}/v1/files`;
  const proof = await prove({ url, accessToken: body.access_token });
  const headers = { authorization: `DPoP ${body.access_token}`, dpop: proof };
  assert.equal((await fetch(url, { headers })).status, 200);
  assert.equal((await call(apis[0], body.access_token)).status, 401);
});

for (const alg of ["RS256", "PS256", "ES256", "EdDSA"]) {
  test(`ID tokens by ${alg} verify with the JWK set, before and after a change of keys`, async (t) => {
    const { as, client } = await start(t, { signingAlgs: [alg] });
    assert.deepEqual((await metadataOf(as)).id_token_signing_alg_values_supported, [alg]);
    const tokens = await client.signIn();
    const old = decodeProtectedHeader(tokens.id_token);
    assert.equal(old.alg, alg);
    await verify(as, tokens.id_token);
    const kid = as.rotateKeys();
    const { body } = await client.refresh(tokens.refresh_token);
    assert.deepEqual(decodeProtectedHeader(body.id_token), { ...old, kid });
    assert.notEqual(kid, old.kid);
    await verify(as, body.id_token);
    await assert.rejects(verify(as, tokens.id_token), { code: "ERR_JWKS_NO_MATCHING_KEY" });
  });
}

test("old keys stay in the set if they are to, new ones stay out if they are to, and names can be left out", async (t) => {
  const { as, client } = await start(t, { kids: false });
  const tokens = await client.signIn();
  assert.equal(decodeProtectedHeader(tokens.id_token).kid, undefined);
  assert.equal("kid" in (await fetchJwks(as)).keys[0], false);
  await verify(as, tokens.id_token);
  as.rotateKeys({ keep: true });
  assert.equal((await fetchJwks(as)).keys.length, 2);
  as.rotateKeys({ publish: false });
  const { body } = await client.refresh(tokens.refresh_token);
  const { keys } = await fetchJwks(as);
  for (const key of keys) await assert.rejects(jwtVerify(body.id_token, createLocalJWKSet({ keys: [key] })));
});

test("claims change while a session lasts, and userinfo tells them too", async (t) => {
  const { as, client } = await start(t);
  const tokens = await client.signIn("Ada", { scope: "openid profile email files:read" });
  as.allow({ claims: { name: "Ada L.", email: "ada@example.com" } });
  const { body } = await client.refresh(tokens.refresh_token);
  assert.equal(decodeJwt(body.id_token).name, "Ada L.");
  const headers = { authorization: `Bearer ${body.access_token}`, origin: ORIGIN };
  const userinfo = await fetch(`${as.issuer}/me`, { headers });
  assert.deepEqual(await userinfo.json(), { sub: "Ada", name: "Ada L.", email: "ada@example.com" });
  assert.equal(userinfo.headers.get("access-control-allow-origin"), ORIGIN);
});

test("signing out at the server goes through its own page and back to the app", async (t) => {
  const { as, client } = await start(t, { logout: true });
  as.allow({ postLogoutRedirectUris: [`${ORIGIN}/bye`] });
  const person = browser();
  const login = await person.go(client.authorizationUrl("v".repeat(43)));
  const consent = await person.submit(login, "login", { login: "Ada" });
  await person.submit(consent, "consent", { consent: "allow" });
  const { end_session_endpoint: endpoint } = await metadataOf(as);
  const parameters = { client_id: "tokenkeep-demo", post_logout_redirect_uri: `${ORIGIN}/bye`, state: "s2" };
  const page = await person.go(`${endpoint}?${new URLSearchParams(parameters)}`);
  assert.match(page.html, /id="logout"/);
  const [, xsrf] = /name="xsrf" value="(\w+)"/.exec(page.html);
  const end = await person.submit(page, "op.logoutForm", { xsrf, logout: "yes" });
  assert.equal(end.url, `${ORIGIN}/bye?state=s2`);
  assert.match((await person.go(client.authorizationUrl("v".repeat(43)))).html, /<form id="login"/);
  const evil = new URLSearchParams({ ...parameters, post_logout_redirect_uri: "https://evil.example/" });
  const refused = await person.go(`${endpoint}?${evil}`);
  assert.equal(refused.status, 400);
});

test("a request to sign out comes as a form too, if the server takes those", async (t) => {
  const statuses = [];
  for (const logout of [true, { takesPost: true }]) {
    const { as } = await start(t, { logout });
    const body = new URLSearchParams({ client_id: "tokenkeep-demo", state: "s2" });
    statuses.push((await fetch(`${as.issuer}/session/end`, { method: "POST", body })).status);
  }
  assert.deepEqual(statuses, [404, 200]);
});

const fetchJwks = async ({ issuer }) => (await fetch(`${issuer}/jwks`)).json();

const verify = async (as, token) =>
  jwtVerify(token, createLocalJWKSet(await fetchJwks(as)), { issuer: as.issuer, audience: "tokenkeep-demo" });
