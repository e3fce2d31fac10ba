// What no honest server does. Whatever it is: no token is used or shown, nothing hangs, and the error has a code.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

import { codeOf, events, explain, session, stats, statusOf } from "./support/calls.mjs";
import { empty, having, html, keys } from "./support/odd-server.mjs";
import { signInOddly, signedIn, startOddStage } from "./support/odd-stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const openid = { scope: "openid files:read" };
const mebibyte = 1 << 20;

/** Sends this many bytes of JSON's white space, or goes on until the browser has had enough. */
function flood(bytes) {
  return (reply, { response, allowed }) => {
    response.writeHead(200, { "content-type": "application/json", ...allowed });
    const chunk = Buffer.alloc(64 * 1024, " ");
    let sent = 0;
    const more = () => {
      while (sent < bytes && !response.destroyed) {
        sent += chunk.length;
        if (!response.write(chunk)) return void response.once("drain", more);
      }
      response.end(JSON.stringify(reply.body));
    };
    more();
    return null;
  };
}

/** An endpoint of both metadata documents. */
const metadata = (oddity) => ({ oauth: oddity, openid: oddity });

/** Hostile metadata, and the code of the error. */
const documents = {
  "names another issuer (DISC-2)": [having({ issuer: "https://evil.example" }), "METADATA_INVALID"],
  "names the issuer in upper case (DISC-2)": [
    (reply, { server }) => having({ issuer: server.origin.toUpperCase() })(reply),
    "METADATA_INVALID",
  ],
  "redirects (DISC-5)": [() => ({ ...empty(302), headers: { location: "/jwks" } }), "METADATA_BLOCKED"],
  "has ten megabytes (TOK-23)": [flood(10 * mebibyte), "TOKEN_RESPONSE_INVALID"],
  "has no end (DISC-5, TOK-23)": [flood(Infinity), "TOKEN_RESPONSE_INVALID"],
  "has an endpoint that is script (DISC-6)": [having({ authorization_endpoint: "javascript:alert(1)" }), "METADATA_INVALID"],
  "has a token endpoint without TLS (DISC-6)": [having({ token_endpoint: "http://evil.example/token" }), "METADATA_INVALID"],
  "has an endpoint with parameters of ours": [
    (reply, { server }) => having({ authorization_endpoint: `${server.origin}/authorize?code_challenge=x` })(reply),
    "METADATA_INVALID",
  ],
};

for (const [name, [oddity, code]] of Object.entries(documents)) {
  test(`metadata that ${name}`, async (t) => {
    const stage = await startOddStage(t, { odd: metadata(oddity) });
    const page = await stage.open();
    const { error } = await signInOddly(page);

    assert.equal(error?.code, `TOKENKEEP_${code}`);
    assert.equal(page.url(), `${stage.app.origin}/`);
    assert.equal(stage.server.count("authorize") + stage.server.count("jwks"), 0);
  });
}

/** Hostile answers to the code, and the code of the error. */
const answers = {
  "with ten megabytes (TOK-23)": [flood(10 * mebibyte), "TOKEN_RESPONSE_INVALID"],
  "without end (TOK-23)": [flood(Infinity), "TOKEN_RESPONSE_INVALID"],
  "with a redirect (TOK-6)": [() => ({ ...empty(307), headers: { location: "/api/steal" } }), "TOKEN_ENDPOINT_BLOCKED"],
  "with a header in the token (TOK-11)": [having({ access_token: "a\r\nx-evil: 1" }), "TOKEN_RESPONSE_INVALID"],
  "with a token for another kind of header (TOK-13)": [having({ token_type: "mac" }), "TOKEN_RESPONSE_INVALID"],
  "with an error that has a token in it (TOK-22)": [
    having({ error: "x canary-1", error_description: "<img src=x onerror=alert(1)> canary-2" }),
    "TOKEN_ERROR",
  ],
};

for (const [name, [oddity, code]] of Object.entries(answers)) {
  test(`a code is answered ${name}`, async (t) => {
    const stage = await startOddStage(t, { odd: { token: oddity } });
    const page = await stage.open();
    const { error } = await signInOddly(page);

    assert.equal(error?.code, `TOKENKEEP_${code}`);
    assert.doesNotMatch(JSON.stringify(error), /access-\d|refresh-\d/);
    assert.equal(await session(page), null);
    const elsewhere = stage.server.requests.filter(({ endpoint }) => endpoint === "api");
    for (const { params, headers } of elsewhere)
      assert.deepEqual([params, headers.authorization, headers.referer], [{}, undefined, undefined]);
    const shown = await page.evaluate(() => app.auth.audit());
    assert.doesNotMatch(JSON.stringify(shown), /access-|refresh-|canary/, "the log has what the server said");
  });
}

test("a token in the error of a refused refresh is nowhere to be seen (LOG-4)", async (t) => {
  const stage = await startOddStage(t);
  const page = await signedIn(stage);
  stage.server.odd.token = (_, { params }) => ({
    status: 400,
    body: { error: "invalid_grant", error_description: `${params.refresh_token} is dead` },
  });
  stage.server.expire();

  assert.equal(await codeOf(page, stage.api), "TOKENKEEP_LOGIN_REQUIRED");
  const told = await page.evaluate(async () => JSON.stringify([app.events, await app.auth.audit(), await app.auth.stats()]));
  assert.doesNotMatch(told, /refresh-1/);
});

const publicKey = () => keys.RS256.publicKey.export({ type: "spki", format: "pem" });

/** Forged ID tokens: header, and what signs them. */
const forgeries = {
  "alg none, without a signature (IDT-7)": [{ alg: "none" }, () => Buffer.alloc(0)],
  "alg none, with a signature (IDT-7)": [{ alg: "none" }, () => Buffer.from("x")],
  "alg NONE in upper case (IDT-7)": [{ alg: "NONE" }, () => Buffer.from("x")],
  "HS256 with the public key as its secret (IDT-7)": [
    { alg: "HS256" },
    (input) => createHmac("sha256", publicKey()).update(input).digest(),
  ],
  "RS256 with the signature of somebody else (IDT-6)": [{}, (input) => createHmac("sha512", input).digest()],
  "EdDSA with a key of the wrong kind (IDT-17)": [{ alg: "EdDSA" }, keys.EdDSA.privateKey],
  "a key of its own in the header (IDT-6)": [
    { alg: "EdDSA", kid: "own", jwk: keys.EdDSA.publicKey.export({ format: "jwk" }) },
    keys.EdDSA.privateKey,
  ],
};

for (const [name, [header, key]] of Object.entries(forgeries)) {
  test(`an ID token with ${name}`, async (t) => {
    const stage = await startOddStage(t, { config: openid });
    const idToken = stage.server.idToken.bind(stage.server);
    stage.server.idToken = (claims) => {
      if (header.alg === "EdDSA") stage.server.algorithm = "EdDSA";
      const forged = idToken(claims, header, key);
      stage.server.algorithm = "RS256";
      return forged;
    };
    const page = await stage.open();
    const { error } = await signInOddly(page);

    assert.equal(error?.code, "TOKENKEEP_ID_TOKEN_INVALID");
    assert.equal(await session(page), null);
    await until(() => stage.server.count("revoke") === 1, "the revocation of what came with it (TOK-25)");
  });
}

test("an ID token at the refresh for somebody else ends the session (IDT-18, REF-22)", async (t) => {
  const stage = await startOddStage(t, { config: openid });
  const page = await signedIn(stage);
  stage.server.odd.token = (_, { server }) => having({ id_token: server.idToken({ sub: "eve" }) })(server.grant());
  stage.server.expire();

  assert.equal(await codeOf(page, stage.api), "TOKENKEEP_LOGIN_REQUIRED");
  assert.equal((await events(page, "signedout"))[0].detail.reason, "subject-changed");
});

/** Challenges that are made to break whoever reads them. */
const bombs = {
  "a hundred thousand commas": ",".repeat(12_000),
  "ten thousand schemes": "Bearer ".repeat(1_500),
  "a string without end": `Bearer error="${"x".repeat(7_000)}`,
  backslashes: `Bearer error="${"\\\\".repeat(3_500)}"`,
  "a scope of seven thousand characters": `Bearer error="insufficient_scope", scope="${"a ".repeat(3_500)}a"`,
  "every parameter twice (WWW-3)": 'Bearer error="insufficient_scope", scope="a", scope="b", error="invalid_token"',
  "a realm that looks like an error (WWW-2)": 'Bearer realm="error=\\"insufficient_scope\\", scope=\\"admin\\""',
};

for (const [name, challenge] of Object.entries(bombs)) {
  test(`a challenge bomb in WWW-Authenticate: ${name} (WWW-1, WWW-4)`, async (t) => {
    const stage = await startOddStage(t, { odd: { api: () => ({ ...empty(401), headers: { "www-authenticate": challenge } }) } });
    const page = await signedIn(stage);
    const { value } = await explain(page, stage.api);

    assert.equal(value.status, 401);
    assert.equal((await events(page, "stepup")).length, 0);
    assert.ok(stage.server.count("refresh_token") <= 1 && stage.server.count("api") <= 2, "a loop");
    assert.ok(JSON.stringify(value.explanation).length < 3_000);
  });
}

test("text of an API is text for developers and never markup (WWW-12)", async (t) => {
  const markup = "<img/src=x/onerror=app.hit=1>";
  const challenge = `Bearer error="insufficient_scope", scope="${markup}", error_description="${markup}"`;
  const stage = await startOddStage(t, { odd: { api: () => ({ ...empty(403), headers: { "www-authenticate": challenge } }) } });
  const page = await signedIn(stage);
  const { value } = await explain(page, stage.api);
  const [{ detail }] = await until(async () => (await events(page, "stepup")).length && events(page, "stepup"), "the event");

  assert.equal(typeof value.explanation.message, "string");
  assert.equal(detail.signIn.scope, markup, "the scope comes as it was sent");
  assert.deepEqual(await page.evaluate(() => [app.hit, document.querySelector("img")]), [undefined, null]);
});

test("an API that asks for more rights with every answer is heard five times (WWW-11)", async (t) => {
  const odd = {
    api: (_, { nth }) => ({ ...empty(403), headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="s${nth}"` } }),
  };
  const stage = await startOddStage(t, { odd });
  const page = await signedIn(stage);
  for (let round = 0; round < 20; round += 1) assert.equal(await statusOf(page, stage.api), 403);

  assert.equal((await events(page, "stepup")).length, 5);
  assert.equal(stage.server.count("refresh_token"), 0);
});

test("a refresh answered with pages for ever costs no session and makes no storm (REF-7, REF-9)", async (t) => {
  const stage = await startOddStage(t, { config: { queueTimeout: 4_000 } });
  const page = await signedIn(stage);
  stage.server.odd.token = () => html(200);
  stage.server.expire();

  assert.equal(await codeOf(page, stage.api), "TOKENKEEP_QUEUE_TIMEOUT");
  assert.ok(stage.server.count("refresh_token") <= 8, `${stage.server.count("refresh_token")} refreshes`);
  assert.equal((await stats(page)).phase, "waiting");
});
