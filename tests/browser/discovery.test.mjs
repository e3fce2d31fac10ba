import assert from "node:assert/strict";

import { sendJson } from "../../www/server/http.mjs";
import { statusOf } from "./support/calls.mjs";
import { startProbe } from "./support/probe.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

/** A metadata document that is all right, for the issuer that serves it. */
const whole = (issuer) => ({
  issuer,
  authorization_endpoint: `${issuer}/authorize?tenant=1`,
  token_endpoint: `${issuer}/token`,
  response_types_supported: ["code"],
  grant_types_supported: ["authorization_code", "refresh_token"],
  code_challenge_methods_supported: ["S256"],
});

/** Answers with the good document and these changes to it. */
const document =
  (change) =>
  ({ response }, issuer) =>
    sendJson(response, 200, { ...whole(issuer), ...change(issuer) });
const status =
  (code, headers) =>
  ({ response }) =>
    response.writeHead(code, headers).end("<p>hello");

/** What may be wrong with the metadata: how the issuer answers, and the code of the error. */
const unfit = {
  "another issuer (DISC-2)": [document(() => ({ issuer: "https://evil.example" })), "METADATA_INVALID"],
  "the issuer with a slash (DISC-2)": [document((issuer) => ({ issuer: `${issuer}/` })), "METADATA_INVALID"],
  "a token endpoint on http (DISC-6)": [document(() => ({ token_endpoint: "http://as.example/t" })), "METADATA_INVALID"],
  "no token endpoint": [document(() => ({ token_endpoint: undefined })), "METADATA_INVALID"],
  "a fragment in an endpoint (AUTHZ-6)": [document((issuer) => ({ authorization_endpoint: `${issuer}/a#b` })), "METADATA_INVALID"],
  "an endpoint that is script": [document(() => ({ authorization_endpoint: "javascript:app.hit=1" })), "METADATA_INVALID"],
  "no code among the response types (DISC-11)": [document(() => ({ response_types_supported: ["token"] })), "METADATA_INVALID"],
  "no PKCE (PKCE-7)": [document(() => ({ code_challenge_methods_supported: undefined })), "PKCE_UNSUPPORTED"],
  "only plain PKCE (PKCE-3)": [document(() => ({ code_challenge_methods_supported: ["plain"] })), "PKCE_UNSUPPORTED"],
  "a 404": [status(404), "DISCOVERY_FAILED"],
  "a page": [status(200, { "content-type": "text/html" }), "DISCOVERY_FAILED"],
  "a JSON array": [({ response }) => sendJson(response, 200, []), "DISCOVERY_FAILED"],
  "a dropped connection": [({ response }) => response.destroy(), "NETWORK"],
  "a redirect (DISC-5)": [status(302, { location: "/elsewhere" }), "METADATA_BLOCKED"],
};

async function startIssuer(t, answer) {
  const issuer = await startProbe({ answer: (exchange) => answer(exchange, issuer.origin) });
  t.after(issuer.close);
  return issuer;
}

test("signing in is refused where the metadata", async (t) => {
  for (const [name, [answer, code]] of Object.entries(unfit)) {
    await t.test(`has ${name}`, async (t) => {
      const issuer = await startIssuer(t, answer);
      const stage = await startStage(t, { config: { issuer: issuer.origin } });
      const page = await stage.open();
      const { error } = await page.evaluate(() => app.outcome(() => app.auth.signIn()));

      assert.equal(error?.code, `TOKENKEEP_${code}`);
      assert.equal(page.url(), `${stage.app.origin}/`);
      const paths = issuer.requests.map(({ url }) => url);
      assert.ok(
        paths.every((path) => path.startsWith("/.well-known/")),
        `${paths}`,
      );
      for (const { headers } of issuer.requests) assert.deepEqual([headers.cookie, headers.referer], [undefined, undefined]);
    });
  }
});

test("the endpoints of the metadata are used as they are, queries included (AUTHZ-6, DISC-7)", async (t) => {
  const issuer = await startIssuer(
    t,
    document(() => ({})),
  );
  const stage = await startStage(t, { config: { issuer: issuer.origin } });
  const page = await stage.open();
  await page.evaluate(() => void app.auth.signIn());
  await page.waitForURL(`${issuer.origin}/**`);

  const { pathname, searchParams } = new URL(page.url());
  assert.deepEqual([pathname, searchParams.get("tenant"), searchParams.get("client_id")], ["/authorize", "1", "tokenkeep-demo"]);
});

test("an issuer with a path is looked up in both places (DISC-3)", async (t) => {
  const issuer = await startIssuer(t, status(404));
  const paths = async (config) => {
    issuer.requests.length = 0;
    const stage = await startStage(t, { config: { issuer: `${issuer.origin}/tenant/1`, ...config } });
    const page = await stage.open();
    await page.evaluate(() => app.outcome(() => app.auth.signIn()));
    return issuer.requests.map(({ url }) => url);
  };

  const oauth = "/.well-known/oauth-authorization-server/tenant/1";
  const openid = "/tenant/1/.well-known/openid-configuration";
  const looked = await paths({ scope: "files:read" });
  assert.equal(looked[0], oauth);
  assert.ok(looked.includes(openid), `${looked}`);
  assert.equal((await paths({ scope: "openid" }))[0], openid);
});

test("a failed discovery is tried again at the next sign-in", async (t) => {
  const stage = await startStage(t);
  let broken = true;
  const issuer = await startIssuer(t, (exchange, origin) => (broken ? status(503) : document(() => ({})))(exchange, origin));
  stage.configure({ issuer: issuer.origin });
  const page = await stage.open();
  assert.equal((await page.evaluate(() => app.outcome(() => app.auth.signIn()))).error.code, "TOKENKEEP_DISCOVERY_FAILED");

  broken = false;
  await page.evaluate(() => void app.auth.signIn());
  await page.waitForURL(`${issuer.origin}/authorize**`);
});

test("metadata by hand needs no discovery (DISC-8)", async (t) => {
  const stage = await startStage(t, {
    config: ({ authorizationServer: { issuer } }) => ({
      issuer: undefined,
      server: { ...whole(issuer), authorization_endpoint: `${issuer}/auth`, revocation_endpoint: undefined, jwks_uri: `${issuer}/jwks` },
    }),
  });
  const page = await stage.open();
  await signIn(page);

  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "unsupported" });
  assert.equal(stage.counts.revocations, 0);
});
