// What keeps the authorization server's word from the app: each cause is really there, and is named with its cure.

import assert from "node:assert/strict";

import { strictPolicy } from "./support/app-server.mjs";
import { bundles } from "./support/bundles.mjs";
import { resume, session } from "./support/calls.mjs";
import { having, refusal } from "./support/odd-server.mjs";
import { goAndReturn, signInOddly, startOddStage } from "./support/odd-stage.mjs";
import { arrive } from "./support/sign-in.mjs";
import { modes, startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const errorOfSignIn = async (page, options) => (await page.evaluate((given) => app.outcome(() => app.auth.signIn(given)), options)).error;

/** The policy where it counts: with the page in page mode, else with the worker's script. */
async function policyOf(mode, policy) {
  if (mode === "page") return { policy };
  const { scripts } = await bundles();
  const headers = { "content-type": "text/javascript", "content-security-policy": policy };
  return { routes: { "/holder.js": (_, response) => response.writeHead(200, headers).end(scripts.holder) } };
}

for (const mode of transports) {
  test(`${mode}: no CORS on the metadata is told from a network that is down (TOKENKEEP_METADATA_BLOCKED)`, async (t) => {
    const stage = await startOddStage(t, { mode });
    stage.server.cors = (endpoint) => !["oauth", "openid"].includes(endpoint);
    const page = await stage.open();
    const error = await goAndReturn(page);

    assert.equal(error?.code, "TOKENKEEP_METADATA_BLOCKED");
    assert.ok(error.message.includes(`don't allow ${stage.app.origin} by CORS`), error.message);
    assert.match(error.message, /hold\(\{ server \}\)/);
    for (const { method, params } of stage.server.requests) assert.deepEqual([method, params], ["GET", {}]);
    stage.server.vanish();
    assert.equal((await goAndReturn(page)).code, "TOKENKEEP_NETWORK", "nobody is there at all");
  });

  test(`${mode}: no CORS on the keys is no fault of the ID token (TOKENKEEP_KEYS_BLOCKED)`, async (t) => {
    const stage = await startOddStage(t, { mode, config: { scope: "openid files:read" } });
    stage.server.cors = (endpoint) => endpoint !== "jwks";
    const { error } = await signInOddly(await stage.open());

    assert.equal(error?.code, "TOKENKEEP_KEYS_BLOCKED");
    assert.ok(error.message.includes(`jwks_uri doesn't allow ${stage.app.origin} by CORS`), error.message);
    await until(() => stage.server.count("revoke") === 1, "the tokens that nobody uses to be revoked");
  });

  test(`${mode}: no CORS on the token endpoint names the origin to allow (TOKENKEEP_TOKEN_ENDPOINT_BLOCKED)`, async (t) => {
    const stage = await startOddStage(t, { mode });
    stage.server.cors = (endpoint) => endpoint !== "token";
    const { error } = await signInOddly(await stage.open());

    assert.equal(error?.code, "TOKENKEEP_TOKEN_ENDPOINT_BLOCKED");
    assert.ok(error.message.includes(`doesn't allow ${stage.app.origin} by CORS`), error.message);
  });
}

const isolated = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
};

for (const mode of modes) {
  test(`${mode}: no CORS is told from a dead network under require-corp too (TOKENKEEP_METADATA_BLOCKED, _TOKEN_ENDPOINT_BLOCKED)`, async (t) => {
    const stage = await startOddStage(t, { mode, headers: isolated });
    let hidden = ["oauth", "openid"];
    stage.server.cors = (endpoint) => !hidden.includes(endpoint);
    const page = await stage.open();
    assert.equal((await goAndReturn(page))?.code, "TOKENKEEP_METADATA_BLOCKED");

    hidden = ["token"];
    const { error } = await signInOddly(await stage.open());
    assert.equal(error?.code, "TOKENKEEP_TOKEN_ENDPOINT_BLOCKED");

    stage.server.vanish();
    const other = await startOddStage(t, { mode, headers: isolated, config: { issuer: stage.server.origin } });
    assert.equal((await goAndReturn(await other.open()))?.code, "TOKENKEEP_NETWORK", "nobody is there at all");
  });
}

for (const mode of modes) {
  test(`${mode}: connect-src that forbids the server is told from CORS and the network (TOKENKEEP_CONNECT_BLOCKED)`, async (t) => {
    const stage = await startOddStage(t, {
      mode,
      ...(await policyOf(mode, strictPolicy.replace("connect-src http: https:", "connect-src 'self'"))),
    });
    const page = await stage.open();
    const error = await goAndReturn(page);

    assert.equal(error?.code, "TOKENKEEP_CONNECT_BLOCKED");
    assert.match(error.message, /connect-src.*worker's script/);
    assert.deepEqual(stage.server.requests, []);
  });

  test(`${mode}: connect-src that forbids the token endpoint only (TOKENKEEP_CONNECT_BLOCKED)`, async (t) => {
    const other = await startOddStage(t);
    const metadata = (reply) => ({ ...reply, body: { ...reply.body, token_endpoint: `${other.server.origin}/token` } });
    const stage = await startOddStage(t, { mode, odd: { oauth: metadata, openid: metadata } });
    Object.assign(stage.shown, await policyOf(mode, strictPolicy.replace("http: https:", stage.server.origin)));
    const { error } = await signInOddly(await stage.open());

    assert.equal(error?.code, "TOKENKEEP_CONNECT_BLOCKED");
    assert.equal(other.server.count("token"), 0);
  });

  test(`${mode}: on another origin than redirectUri's nobody leaves (TOKENKEEP_REDIRECT_ELSEWHERE)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.context.newPage();
    const here = stage.app.origin.replace("127.0.0.1", "localhost");
    await page.goto(here);
    const error = await errorOfSignIn(page);

    assert.equal(error?.code, "TOKENKEEP_REDIRECT_ELSEWHERE");
    assert.ok(error.message.includes(`(${here})`), error.message);
    assert.equal(page.url(), `${here}/`);
    assert.deepEqual(stage.authorizationServer.requests, []);
    assert.equal((await errorOfSignIn(page, { mode: "redirect" })).code, "TOKENKEEP_REDIRECT_ELSEWHERE");
    assert.equal(await session(page), null);
  });

  test(`${mode}: a clock that is wrong is named with how much (TOKENKEEP_CLOCK_WRONG)`, async (t) => {
    for (const [hours, way] of Object.entries({ "-2": "behind", 3: "ahead" })) {
      const stage = await startStage(t, { mode });
      stage.authorizationServer.allow({ exposed: "Date" });
      setClock(stage, hours * 3_600_000);
      const page = await stage.open();
      await arrive(page);
      const { error } = await resume(page);

      assert.equal(error?.code, "TOKENKEEP_CLOCK_WRONG", error?.message);
      const [, seconds, told] = /clock is (\d+) seconds (\w+); set it/.exec(error.message);
      assert.ok(Math.abs(seconds - Math.abs(hours) * 3_600) < 60, error.message);
      assert.equal(told, way);
      assert.equal(await session(page), null);
    }
  });
}

test("a clock that is wrong is the guess where the server doesn't tell the time (TOKENKEEP_ID_TOKEN_INVALID)", async (t) => {
  const stage = await startStage(t);
  setClock(stage, -7_200_000);
  const page = await stage.open();
  await arrive(page);
  const { error } = await resume(page);

  assert.equal(error.code, "TOKENKEEP_ID_TOKEN_INVALID");
  assert.match(error.message, /: iat; most likely this machine's clock is wrong.*expose Date/);
});

test("a proof of possession that a wrong clock spoils is mended where the server tells the time, else the clock is named (TOKENKEEP_DPOP_PROOF)", async (t) => {
  const bound = { server: { dpop: {} }, config: { dpop: true, scope: "files:read" } };
  for (const exposed of ["Date", ""]) {
    const stage = await startStage(t, bound);
    stage.authorizationServer.allow({ exposed });
    setClock(stage, -7_200_000);
    const page = await stage.open();
    await arrive(page);
    const { value, error } = await resume(page);

    if (exposed) assert.ok(value, error?.message);
    else
      assert.deepEqual(
        [error?.code, /check this machine's clock, and let the server expose Date/.test(error?.message)],
        ["TOKENKEEP_DPOP_PROOF", true],
      );
  }
});

test("a redirection URI that was not registered, told by the pushed request (TOKENKEEP_REDIRECT_URI_REFUSED)", async (t) => {
  for (const mode of transports) {
    const stage = await startStage(t, {
      mode,
      server: { par: "announced" },
      config: ({ app }) => ({ redirectUri: `${app.origin}/callback/` }),
    });
    const page = await stage.open();
    const error = await errorOfSignIn(page);

    assert.equal(error?.code, "TOKENKEEP_REDIRECT_URI_REFUSED", error?.message);
    assert.match(error.message, /character by character.*check-server/);
    assert.equal(page.url(), `${stage.app.origin}/`);
  }
});

test("a redirection URI that was not registered, told by the token endpoint (TOKENKEEP_REDIRECT_URI_REFUSED)", async (t) => {
  const answers = { invalid_grant: "The redirect_uri does not match", invalid_redirect_uri: undefined };
  for (const [error, description] of Object.entries(answers)) {
    const token = () => ({ ...refusal(400, error), body: { error, error_description: description } });
    const stage = await startOddStage(t, { odd: { token } });
    const outcome = await signInOddly(await stage.open());
    assert.deepEqual([outcome.error?.code, outcome.error?.error], ["TOKENKEEP_REDIRECT_URI_REFUSED", error]);
  }
});

test("what is said at length is said of errors of the page's own class, once", async (t) => {
  const stage = await startOddStage(t);
  stage.server.cors = (endpoint) => endpoint !== "oauth" && endpoint !== "openid";
  const page = await stage.open();
  const facts = await page.evaluate(async () => {
    const error = await app.auth.signIn().catch((reason) => reason);
    const { TokenKeepError, isTokenKeepError } = app.tokenkeep;
    return [error instanceof TokenKeepError, isTokenKeepError(error), error.message.split("by CORS").length];
  });
  assert.deepEqual(facts, [true, true, 2]);
});

/** Sets the clock of the holder, which its file asks for the configuration. */
function setClock({ shown }, milliseconds) {
  shown.config = `((Date.now = ((now) => () => now() + ${milliseconds})(Date.now)), ${shown.config})`;
}

test("messages lead to the cure: the option of a profile, the URL that was asked, what an error of the endpoint is about", async (t) => {
  const stage = await startOddStage(t, { odd: { token: having({ token_type: undefined }) } });
  const { error: odd } = await signInOddly(await stage.open());
  assert.match(odd.message, /token_type is missing; .*profile\.answer\.tokenType/);

  const comeBack = (_, { params }) => ({
    status: 302,
    headers: {
      location: `${params.redirect_uri}?error=invalid_scope&state=${params.state}&iss=${encodeURIComponent(refusing.server.origin)}`,
    },
  });
  const refusing = await startOddStage(t, { odd: { authorize: comeBack } });
  const { error: refused } = await signInOddly(await refusing.open());
  assert.match(refused.message, /answered invalid_scope: .*correct scope/);
  assert.doesNotMatch(refused.message, /signIn\(\) again/);

  stage.server.vanish();
  const lost = await startOddStage(t, { config: { issuer: stage.server.origin } });
  const unreached = await goAndReturn(await lost.open());
  assert.equal(unreached.code, "TOKENKEEP_NETWORK");
  assert.ok(unreached.message.includes(`(${stage.server.origin}/.well-known/`), unreached.message);
});
