// What metadata documents and authorization responses of real servers are like. Each test is named after the oddity.

import assert from "node:assert/strict";

import { codeOf, resume, session, statusOf } from "./support/calls.mjs";
import { having, html } from "./support/odd-server.mjs";
import { goAndReturn, signInOddly, signedIn, startOddStage } from "./support/odd-stage.mjs";
import { test } from "./support/test.mjs";

const openid = { scope: "openid files:read" };

test("an issuer with a trailing slash that the user didn't type: the error names both strings (DISC-2)", async (t) => {
  const stage = await startOddStage(t);
  const slashed = (reply, { server }) => having({ issuer: `${server.origin}/` })(reply);
  Object.assign(stage.server.odd, { oauth: slashed, openid: slashed });
  const { error } = await signInOddly(await stage.open());

  assert.equal(error.code, "TOKENKEEP_METADATA_INVALID");
  assert.ok(error.message.includes(`"${stage.server.origin}/"`), error.message);
  assert.ok(error.message.includes(`"${stage.server.origin}"`), error.message);
});

test("an issuer with a trailing slash that the user did type works (DISC-2, DISC-3)", async (t) => {
  const slashed = (reply, { server }) => having({ issuer: `${server.origin}/` })(reply);
  const withSlash = ({ headers: { location }, ...reply }, { server }) => {
    const to = new URL(location);
    to.searchParams.set("iss", `${server.origin}/`);
    return { ...reply, headers: { location: to.href } };
  };
  const stage = await startOddStage(t, {
    odd: { oauth: slashed, openid: slashed, authorize: withSlash },
    config: ({ origin }) => ({ issuer: `${origin}/` }),
  });
  const page = await signedIn(stage);
  assert.equal(await statusOf(page, stage.api), 200);
});

test("discovery that answers 200 with an HTML page: a typed error that says so (DISC-5)", async (t) => {
  const stage = await startOddStage(t, { odd: { oauth: () => html(200), openid: () => html(200) } });
  const { error } = await signInOddly(await stage.open());

  assert.equal(error.code, "TOKENKEEP_DISCOVERY_FAILED");
  assert.match(error.message, /not a JSON object of type application\/json/);
  assert.equal(stage.server.count("authorize"), 0);
});

test("an HTML page at one of the two places is passed over for the other (DISC-3)", async (t) => {
  const stage = await startOddStage(t, { odd: { oauth: () => html(200) } });
  const page = await signedIn(stage);
  assert.equal(await statusOf(page, stage.api), 200);
});

for (const [config, used, passed] of [
  [{}, "oauth", "openid"],
  [openid, "openid", "oauth"],
]) {
  test(`an OAuth document and an OpenID document that differ: ${used} counts for "${config.scope ?? "files:read"}" (DISC-8)`, async (t) => {
    const elsewhere = (reply, { server }) => having({ token_endpoint: `${server.origin}/nowhere` })(reply);
    const stage = await startOddStage(t, { odd: { [passed]: elsewhere }, config });
    const page = await signedIn(stage);

    assert.equal(await statusOf(page, stage.api), 200);
    assert.equal(stage.server.count("elsewhere"), 0, "endpoints of both were mixed");
    // Once to know it, once to see what stands between before the code is sent.
    assert.deepEqual([stage.server.count(used), stage.server.count(passed)], [2, 0]);
  });
}

test("none missing from the announced authentication methods: public clients work all the same", async (t) => {
  const secrets = having({ token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"] });
  const stage = await startOddStage(t, { odd: { oauth: secrets } });
  const page = await signedIn(stage);

  assert.equal(await statusOf(page, stage.api), 200);
  const { headers, params } = stage.server.requests.find(({ endpoint }) => endpoint === "token");
  assert.deepEqual([headers.authorization, params.client_secret, params.client_id], [undefined, undefined, "odd"]);
});

/** The authorization response with these parameters changed, which undefined removes. */
const answering = (changes) => (reply) => {
  const to = new URL(reply.headers.location);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) to.searchParams.delete(name);
    else to.searchParams.set(name, value);
  }
  return { ...reply, headers: { location: to.href } };
};
const refused = { code: undefined, error: "access_denied" };
const silent = having({ authorization_response_iss_parameter_supported: undefined });

/** Oddities of the authorization response: what is announced, what is sent, and the error's code, if any. */
const responses = {
  "iss sent but not announced, and right (CB-9)": [silent, answering({}), null],
  "iss sent but not announced, and wrong (CB-9)": [silent, answering({ iss: "https://evil.example" }), "ISSUER_MISMATCH"],
  "iss neither announced nor sent (CB-9)": [silent, answering({ iss: undefined }), null],
  "iss announced and not sent (CB-6)": [undefined, answering({ iss: undefined }), "ISSUER_MISSING"],
  "iss announced and missing from error answers (CB-6, CB-10)": [
    undefined,
    answering({ ...refused, iss: undefined }),
    "AUTHORIZATION_ERROR",
  ],
  "an error answer with iss": [undefined, answering(refused), "AUTHORIZATION_ERROR"],
  "an error redirect without state (CB-3)": [undefined, answering({ ...refused, state: undefined }), "STATE_MISSING"],
  "an error redirect with neither state nor iss (CB-3)": [
    silent,
    answering({ ...refused, state: undefined, iss: undefined }),
    "STATE_MISSING",
  ],
  "a session_state and parameters of its own": [undefined, answering({ session_state: "x.y", scope: "a", hd: "b" }), null],
};

for (const [name, [oauth, authorize, code]] of Object.entries(responses)) {
  test(`${name}: ${code ?? "signed in"}`, async (t) => {
    const stage = await startOddStage(t, { odd: { ...(oauth && { oauth }), authorize } });
    const { value, error } = await signInOddly(await stage.open());

    assert.equal(error?.code, code ? `TOKENKEEP_${code}` : undefined);
    assert.equal(Boolean(value), !code);
    assert.equal(stage.server.count("token"), code ? 0 : 1);
    if (error && code !== "AUTHORIZATION_ERROR") assert.deepEqual([error.error, error.errorDescription], [undefined, undefined]);
  });
}

test("an error redirect without state costs a running session nothing", async (t) => {
  const stage = await startOddStage(t);
  const page = await signedIn(stage);
  const before = await session(page);
  stage.server.odd.authorize = answering({ ...refused, state: undefined, iss: undefined });
  assert.equal(await goAndReturn(page), undefined);

  assert.equal((await resume(page)).error.code, "TOKENKEEP_STATE_MISSING");
  assert.equal(new URL(page.url()).search, "", "the response is out of the address bar");
  assert.deepEqual((await resume(page)).value, before);
  assert.equal(await statusOf(page, stage.api), 200);
  assert.equal(await codeOf(page, "https://elsewhere.example/"), "TOKENKEEP_TARGET_REFUSED");
});

test("no redirect back at all: the next sign-in starts afresh", async (t) => {
  const stage = await startOddStage(t, { odd: { authorize: () => html(400) } });
  const page = await stage.open();
  await page.evaluate(() => void app.auth.signIn());
  await page.waitForURL(`${stage.server.origin}/authorize**`);
  stage.server.odd.authorize = undefined;
  await page.goto(stage.app.origin);

  assert.deepEqual(await resume(page), { value: null });
  assert.ok((await signInOddly(page)).value);
});

/** Claims of ID tokens, and the code of the error, if any. */
const idTokens = {
  "aud as an array (IDT-3)": [{ aud: ["odd"] }, null],
  "aud as an array with another client in it (IDT-3)": [{ aud: ["odd", "other"] }, "ID_TOKEN_INVALID"],
  "another issuer in the ID token (IDT-2, CB-12)": [{ iss: "https://evil.example" }, "ID_TOKEN_INVALID"],
};
for (const [name, [claims, code]] of Object.entries(idTokens)) {
  test(`${name}: ${code ?? "signed in"}`, async (t) => {
    const token = (reply, { server }) => {
      const [, payload] = reply.body.id_token.split(".");
      const { nonce } = JSON.parse(Buffer.from(payload, "base64url"));
      return having({ id_token: server.idToken({ nonce, ...claims }) })(reply);
    };
    const stage = await startOddStage(t, { odd: { token }, config: openid });
    const { value, error } = await signInOddly(await stage.open());
    assert.equal(error?.code, code ? `TOKENKEEP_${code}` : undefined);
    assert.equal(value?.claims?.sub, code ? undefined : "ada");
  });
}

test("a key set without kid, and an ID token without one (IDT-17)", async (t) => {
  const jwks = ({ body, ...reply }) => ({ ...reply, body: { keys: body.keys.map(({ kid: _, ...key }) => key) } });
  const stage = await startOddStage(t, { odd: { jwks }, config: openid });
  const idToken = stage.server.idToken.bind(stage.server);
  stage.server.idToken = (claims, header) => idToken(claims, { ...header, kid: undefined });
  assert.equal((await session(await signedIn(stage))).claims.sub, "ada");
});

test("Ed25519 only (IDT-5)", async (t) => {
  const stage = await startOddStage(t, { config: openid });
  stage.server.algorithm = "EdDSA";
  assert.equal((await session(await signedIn(stage))).claims.sub, "ada");
});

test("a new ID token at refresh without nonce or auth_time is taken (IDT-18, IDT-19)", async (t) => {
  const stage = await startOddStage(t, { config: openid });
  const page = await signedIn(stage);
  stage.server.odd.token = (_, { server }) => having({ id_token: server.idToken({ name: "Ada" }) })(server.grant());
  stage.server.expire();
  assert.equal(await statusOf(page, stage.api), 200);
  assert.equal((await session(page)).claims.name, "Ada");
});
