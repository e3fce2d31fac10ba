import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { newContext } from "./support/browser.mjs";
import { resume, session } from "./support/calls.mjs";
import { ageLogins, pendingLogins } from "./support/records.mjs";
import { arrive, leave, signIn } from "./support/sign-in.mjs";
import { modes, scope, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const foreignState = "A".repeat(43);

/**
 * Responses that must be refused: the expected code, and the parameters as text, from `state` and `iss` as they would be
 * right. `spent` says that the response used up its pending login.
 */
const refused = {
  "no state (CB-1)": ["STATE_MISSING", ({ iss }) => `?code=c&iss=${iss}`],
  "an empty state (CB-17)": ["STATE_MISSING", ({ iss }) => `?code=c&iss=${iss}&state=`],
  "a foreign state (CB-1, CB-5)": ["STATE_MISMATCH", ({ iss }) => `?code=c&iss=${iss}&state=${foreignState}`],
  "a state with something after it": ["STATE_MISMATCH", ({ iss, state }) => `?code=c&iss=${iss}&state=${state}A`],
  "a state in another case": ["STATE_MISMATCH", ({ iss, state }) => `?code=c&iss=${iss}&state=${swapCase(state)}`],
  ...Object.fromEntries(
    ["code", "state", "iss", "error", "error_description", "error_uri", "session_state"].map((name) => [
      `${name} twice (CB-2)`,
      ["DUPLICATE_PARAMETER", ({ good }) => `?${good}&error_description=d&error_uri=u&session_state=s&error=e&${twice(name, good)}`],
    ]),
  ),
  "code in query and fragment (CB-2)": ["DUPLICATE_PARAMETER", ({ good }) => `?${good}#code=d`],
  "another issuer (CB-7)": ["ISSUER_MISMATCH", ({ state }) => `?code=c&state=${state}&iss=https%3A%2F%2Fevil.example`, "spent"],
  "the issuer with a slash (CB-8)": ["ISSUER_MISMATCH", ({ good }) => `?${good}%2F`, "spent"],
  "the issuer in upper case (CB-8)": [
    "ISSUER_MISMATCH",
    ({ state, iss }) => `?code=c&state=${state}&iss=${iss.replace("http", "HTTP")}`,
    "spent",
  ],
  "no issuer where it is announced (CB-6)": ["ISSUER_MISSING", ({ state }) => `?code=c&state=${state}`, "spent"],
  "an empty issuer (CB-17)": ["ISSUER_MISSING", ({ state }) => `?code=c&state=${state}&iss=`, "spent"],
  "an error without state (CB-3)": ["STATE_MISSING", () => "?error=access_denied&error_description=no"],
  "an error with a foreign state (CB-3)": ["STATE_MISMATCH", () => `?error=access_denied&state=${foreignState}`],
  "an error of another issuer (CB-10)": ["ISSUER_MISMATCH", ({ state }) => `?error=login_required&state=${state}&iss=x`, "spent"],
  "an access token in the fragment (CB-16)": ["TOKEN_IN_RESPONSE", ({ good }) => `#access_token=t&token_type=Bearer&${good}`],
  "an id token in the query (CB-16)": ["TOKEN_IN_RESPONSE", ({ good }) => `?id_token=t&${good}`],
  "a refresh token in the fragment (CB-16)": ["TOKEN_IN_RESPONSE", () => "#refresh_token=t"],
  "code and error (CB-15)": ["RESPONSE_MALFORMED", ({ good }) => `?${good}&error=access_denied`, "spent"],
  "neither code nor error (CB-15)": ["RESPONSE_MALFORMED", ({ state, iss }) => `?state=${state}&iss=${iss}`, "spent"],
  "an empty code (CB-17)": ["RESPONSE_MALFORMED", ({ state, iss }) => `?code=&state=${state}&iss=${iss}`, "spent"],
  "a code of a megabyte (CB-26)": ["RESPONSE_MALFORMED", ({ state, iss }) => `?state=${state}&iss=${iss}#code=${"c".repeat(1 << 20)}`],
};

function twice(name, good) {
  return `${name}=${new URLSearchParams(good).get(name) ?? "again"}`;
}

function swapCase(text) {
  return text.replace(/[a-z]/i, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()));
}

/** Starts a sign-in and stops at the door of the authorization server. Resolves to what a right response would have. */
async function begin(stage, page, options) {
  const endpoint = `${stage.authorizationServer.issuer}/auth`;
  const isRequest = (url) => url.href.startsWith(`${endpoint}?`);
  await page.route(isRequest, (route) => route.fulfill({ contentType: "text/html", body: "<title>stopped</title>" }));
  const request = page.waitForRequest((one) => one.isNavigationRequest() && isRequest(new URL(one.url())));
  await page.evaluate((given) => void app.auth.signIn(given), options);
  const state = new URL((await request).url()).searchParams.get("state");
  await page.waitForURL(isRequest);
  const iss = encodeURIComponent(stage.authorizationServer.issuer);
  const key = createHash("sha256").update(state).digest("base64url");
  return { state, iss, key, good: `code=c&state=${state}&iss=${iss}` };
}

/** A stage with a running session, which no refused response may disturb. */
async function startSignedIn(t, options) {
  const stage = await startStage(t, options);
  const page = await stage.open();
  const signedIn = await signIn(page);
  stage.authorizationServer.reset();
  return { stage, page, signedIn };
}

test("a response is refused", async (t) => {
  const { stage, page, signedIn } = await startSignedIn(t);
  for (const [name, [code, makeParameters, spent]] of Object.entries(refused)) {
    await t.test(`with ${name}`, async () => {
      await page.goto(stage.app.origin);
      const right = await begin(stage, page);
      await page.goto(`${stage.app.origin}/callback${makeParameters(right)}`);
      const { error } = await resume(page);

      assert.deepEqual([error?.name, error?.code], ["TokenKeepError", `TOKENKEEP_${code}`]);
      assert.equal(page.url(), `${stage.app.origin}/callback`);
      assert.equal(stage.counts.tokenRequests, 0);
      assert.deepEqual(await session(page), signedIn);
      for (const told of [error.error, error.errorDescription]) assert.equal(told, undefined);
      const isPending = (await pendingLogins(page)).some(([key]) => key === right.key);
      assert.equal(isPending, !spent, isPending ? "its pending login is still there" : "its pending login is gone");
    });
  }
});

for (const mode of modes) {
  test(`${mode}: a good response that comes again is refused (CB-4)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await arrive(page);
    const arrival = page.url();
    await resume(page);
    stage.authorizationServer.reset();
    await page.goto(arrival);
    const { error } = await resume(page);

    assert.equal(error.code, "TOKENKEEP_RESPONSE_REPLAYED");
    assert.equal(stage.counts.tokenRequests, 0);
    assert.equal(page.url(), `${stage.app.origin}/callback`);
    assert.equal((await session(page)) !== null, mode === "shared");
  });

  test(`${mode}: an error with the right state is told as it is, and once (CB-24, CB-25)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    const { state, iss } = await begin(stage, page);
    const description = encodeURIComponent(`<img src=x onerror="app.hit=1">\u0000é${"x".repeat(5_000)}`);
    const parameters = `error=access_denied&error_description=${description}&error_uri=javascript:app.hit=1&state=${state}&iss=${iss}`;
    await page.goto(`${stage.app.origin}/callback?${parameters}`);
    const { error } = await resume(page);

    assert.deepEqual([error.code, error.error], ["TOKENKEEP_AUTHORIZATION_ERROR", "access_denied"]);
    assert.match(error.errorDescription, /^[ !#-[\]-~]{1,300}$/);
    assert.ok(!JSON.stringify(error).includes("javascript:"));
    assert.equal(await page.evaluate(() => app.hit), undefined);
    assert.equal(stage.counts.tokenRequests, 0);
    assert.deepEqual(await pendingLogins(page), []);
    assert.deepEqual(await resume(page), { value: null });
  });

  test(`${mode}: a pending login of more than ten minutes ago is refused (AUTHZ-16)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await arrive(page);
    await ageLogins(page, 601_000);

    assert.equal((await resume(page)).error.code, "TOKENKEEP_TRANSACTION_EXPIRED");
    assert.equal(stage.counts.tokenRequests, 0);
    assert.deepEqual(await pendingLogins(page), []);
  });

  test(`${mode}: resume() twice at once sends the code once (CB-23)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await arrive(page);
    const [first, second] = await page.evaluate(() => Promise.all([app.auth.resume(), app.auth.resume()]));

    assert.ok(first);
    assert.deepEqual(second, first);
    assert.equal(stage.counts.tokenRequests, 1);
    assert.deepEqual(await resume(page), { value: first });
  });
}

for (const [name, error] of Object.entries({
  login: "login_required",
  consent: "consent_required",
  any: "interaction_required",
})) {
  test(`an answer that says ${name} is needed has one code of its own (AUTHZ-23)`, async (t) => {
    const stage = await startStage(t);
    const page = await stage.open();
    const { state, iss } = await begin(stage, page, { prompt: "none" });
    await page.goto(`${stage.app.origin}/callback?error=${error}&state=${state}&iss=${iss}`);

    assert.equal((await resume(page)).error.code, "TOKENKEEP_INTERACTION_REQUIRED");
  });
}

test("refusing consent is an authorization error", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await page.evaluate(() => void app.auth.signIn());
  await page.fill("#login input[name=login]", "ada");
  await page.click("#login button[type=submit]");
  await page.click("#consent button[name=refuse]");
  await page.waitForURL(({ pathname }) => pathname === "/callback");
  const { error } = await resume(page);

  assert.deepEqual([error.code, error.error], ["TOKENKEEP_AUTHORIZATION_ERROR", "access_denied"]);
  assert.equal(page.url(), `${stage.app.origin}/callback`);
});

test("reloading while the code is exchanged does not send it again (CB-23)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await arrive(page);
  const answer = stage.holdTokenEndpoint();
  await page.evaluate(() => void app.auth.resume());
  await until(() => stage.counts.exchanges === 1, "the exchange");
  await page.reload();
  answer();

  await until(() => session(page), "the session");
  assert.equal(stage.counts.tokenRequests, 1);
});

test("of two tabs with the same response one is signed in by it (CB-23)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await arrive(page);
  const twin = await stage.context.newPage();
  await twin.goto(page.url());
  const outcomes = await Promise.all([resume(page), resume(twin)]);

  assert.equal(stage.counts.tokenRequests, 1);
  assert.equal(outcomes.filter(({ value }) => value).length, 1);
  assert.equal(outcomes.find(({ error }) => error).error.code, "TOKENKEEP_RESPONSE_REPLAYED");
});

test("the app's own parameters and history.state survive the scrubbing (CB-19)", async (t) => {
  const { stage, page } = await startSignedIn(t);
  const { good, state, iss } = await begin(stage, page);
  const places = {
    [`?tab=2&${good}#h`]: "?tab=2#h",
    [`?code=c&q=a%20b+c&flag&state=${state}&=x&iss=${iss}&q=%F0%9F%97%9D`]: "?q=a%20b+c&flag&=x&q=%F0%9F%97%9D",
    [`?${good}#/route?x=1`]: "#/route?x=1",
    [`?error=e&tab=2&state=${foreignState}`]: "?tab=2",
    "?tab=2#access_token=t&mine=1": "?tab=2#mine=1",
    [`?%63ode=c&tab=2&state=${foreignState}`]: "?tab=2",
  };
  for (const [arrival, left] of Object.entries(places)) {
    await page.goto(`${stage.app.origin}/bare.html`);
    await page.goto(`${stage.app.origin}/callback${arrival}`);
    await page.evaluate(() => history.replaceState({ mine: 1 }, ""));
    const length = await page.evaluate(() => history.length);
    const { error } = await resume(page);

    assert.ok(error?.code, `${arrival} was not refused`);
    assert.equal(page.url(), `${stage.app.origin}/callback${left}`);
    assert.deepEqual(await page.evaluate(() => history.state), { mine: 1 });
    assert.equal(await page.evaluate(() => history.length), length);
  }
});

test("a response that is carried into another browser is refused there, and good where it belongs (CB-5)", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await arrive(page);
  const stranger = await newContext();
  t.after(() => stranger.close());
  const elsewhere = await stranger.newPage();
  await elsewhere.goto(page.url());

  assert.equal((await resume(elsewhere)).error.code, "TOKENKEEP_STATE_MISMATCH");
  assert.equal(stage.counts.tokenRequests, 0);
  assert.ok((await resume(page)).value);
});

test("what is not at the redirection URI is not redeemed, and says where it is if it is this browser's (CB-14)", async (t) => {
  const { stage, page, signedIn } = await startSignedIn(t);
  for (const path of ["/", "/callback/", "/callback.html", "/Callback", "/shop", "//shop"]) {
    await page.goto(stage.app.origin);
    const { good } = await begin(stage, page);
    await page.goto(`${stage.app.origin}${path}?${good}&error_description=d#h`);
    const { error } = await resume(page);
    assert.equal(error?.code, "TOKENKEEP_REDIRECT_URI_MOVED", path);
    for (const place of [path, "/callback"]) assert.ok(error.message.includes(`${stage.app.origin}${place}`), error.message);
    assert.equal(page.url(), `${stage.app.origin}${path}#h`, "the code has left the address bar");
    assert.deepEqual(await session(page), signedIn);

    const foreign = `${stage.app.origin}${path}?code=c&state=${foreignState}&error_description=d#h`;
    await page.goto(foreign);
    assert.deepEqual(await resume(page), { value: signedIn });
    assert.equal(page.url(), foreign);
  }
  assert.equal(stage.counts.tokenRequests, 0);
});

for (const mode of modes) {
  test(`${mode}: a host that leads the redirection URI to another path is found out`, async (t) => {
    const lead = ({ url }, response) => response.writeHead(301, { location: url.replace("/callback", "/callback/") }).end();
    const stage = await startStage(t, { mode, routes: { "/callback": lead } });
    const page = await stage.open();
    await arrive(page, undefined, (url) => new URL(url).pathname === "/callback/" && url.includes("code="));
    await page.waitForFunction(() => globalThis.app);
    const { error } = await resume(page);
    assert.equal(error?.code, "TOKENKEEP_REDIRECT_URI_MOVED");
    assert.equal(page.url(), `${stage.app.origin}/callback/`);
    assert.equal(stage.counts.tokenRequests, 0);
  });

  test(`${mode}: what answers nothing that was sent is left to the application`, async (t) => {
    const stage = await startStage(t, { mode, config: ({ app }) => ({ redirectUri: `${app.origin}/` }) });
    const page = await stage.open();
    for (const place of [
      "/?code=SPRING25",
      "/?error=out-of-stock#x",
      "/?code=SPRING25&state=CA",
      "/#code=main",
      "//x?code=1",
      "//x/y?error=1#z",
    ]) {
      await page.goto(stage.app.origin + place);
      assert.deepEqual(await resume(page), { value: null }, place);
      assert.equal(page.url(), stage.app.origin + place);
    }
  });
}

test("opening the app with parameters of a sign-in starts none, and changes none (AUTHZ-20, DISC-4)", async (t) => {
  const stage = await startStage(t);
  const url = "/?iss=https://evil.example&login_hint=ada&target_link_uri=https://evil.example&scope=admin&prompt=none";
  const page = await stage.open(url);

  assert.deepEqual(await resume(page), { value: null });
  assert.equal(page.url(), stage.app.origin + url);
  assert.deepEqual(await pendingLogins(page), []);
  const { url: request, scope: asked, login_hint: hint, prompt } = await leave(page);
  assert.equal(request.origin + request.pathname, `${stage.authorizationServer.issuer}/auth`);
  assert.deepEqual([asked, hint, prompt], [scope, undefined, undefined]);
});

test("a server that announces no iss may leave it out, but not send a wrong one (CB-9)", async (t) => {
  const server = ({ authorizationServer: { issuer } }) => ({
    issuer: undefined,
    server: {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      code_challenge_methods_supported: ["S256"],
    },
  });
  const stage = await startStage(t, { config: server });
  const page = await stage.open();
  const { state } = await begin(stage, page);
  await page.goto(`${stage.app.origin}/callback?code=c&state=${state}&iss=https://evil.example`);
  assert.equal((await resume(page)).error.code, "TOKENKEEP_ISSUER_MISMATCH");
  assert.equal(stage.counts.tokenRequests, 0);

  await page.unrouteAll();
  await arrive(page);
  await page.goto(page.url().replace(/&iss=[^&]*/, ""));
  assert.ok((await resume(page)).value);
});
