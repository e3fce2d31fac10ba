// `npx tokenkeep check-server`, as the packed package has it, against a real authorization server and a scriptable one.

import assert from "node:assert/strict";

import { startAuthorizationServer } from "../../www/server/authorization-server.mjs";
import { asArguments, runCommand } from "./support/command.mjs";
import { empty, having, html, refusal, startOddServer } from "./support/odd-server.mjs";
import { test } from "./support/test.mjs";

const origin = "http://127.0.0.1:9";
const redirectUri = `${origin}/callback`;

/** A real server that knows the application. */
async function startReal(t, options) {
  const server = await startAuthorizationServer({ redirectUris: [redirectUri], origins: [origin], ...options });
  t.after(server.close);
  return server;
}

const run = (...args) => runCommand(["check-server", ...args]);

const check = (issuer, more = {}) => run(issuer, ...asArguments({ "client-id": "tokenkeep-demo", "redirect-uri": redirectUri, ...more }));

test("a real server that knows the application passes", async (t) => {
  const server = await startReal(t);
  server.allow({ exposed: "Date, Retry-After" });
  const { code, wrong, text } = await check(server.issuer);

  assert.deepEqual([code, wrong], [0, []], text);
  for (const word of [
    /metadata may be read/,
    /keys may be read/,
    /token endpoint may be read/,
    /S256 is announced/,
    /made-up code with invalid_grant/,
    /redirect URI is taken, and people are asked to sign in/,
  ])
    assert.match(text, word);
  assert.equal(server.issuedTokens().length, 0);
});

test("a real server with proofs and pushed requests passes", async (t) => {
  for (const par of ["announced", "required"]) {
    const server = await startReal(t, { dpop: {}, par });
    const { code, text } = await check(server.issuer);
    assert.equal(code, 0, text);
    assert.match(text, /takes the field dpop/);
    assert.match(text, /a pushed request with this redirect URI is taken/);
    assert.match(text, /DPoP with ES256, pushed requests/);
  }
});

test("a real server that doesn't know the redirect URI: the page that nobody but the person would see", async (t) => {
  const server = await startReal(t);
  const { code, wrong } = await check(server.issuer, { "redirect-uri": `${redirectUri}/` });
  assert.deepEqual([code, wrong.length], [1, 1]);
  assert.match(wrong[0], /error page \(400\): register http:\/\/127\.0\.0\.1:9\/callback\/ for tokenkeep-demo.*character by character/);

  const pushing = await startReal(t, { par: "required" });
  const pushed = await check(pushing.issuer, { "redirect-uri": `${redirectUri}/` });
  assert.match(pushed.wrong.join(), /a pushed request with this redirect URI is refused: invalid_re/);
});

test("a real server that doesn't know the client", async (t) => {
  const server = await startReal(t);
  const { code, wrong } = await check(server.issuer, { "client-id": "nobody" });
  assert.equal(code, 1);
  assert.match(wrong.join("\n"), /answers invalid_client.*register nobody as a public client/);
  assert.match(wrong.join("\n"), /error page/);
});

test("a real server that doesn't allow the origin", async (t) => {
  const server = await startReal(t, { origins: ["https://other.example"], dpop: {} });
  const { code, wrong } = await check(server.issuer);
  assert.equal(code, 1);
  const places = wrong.map(
    (line) =>
      /^FAIL {2}CORS {4}(the [a-z ]+?) (?:may not be read by http:\/\/127\.0\.0\.1:9 |doesn't allow the field dpop)/.exec(line)?.[1],
  );
  assert.ok(places.includes("the token endpoint"), wrong.join("\n"));
});

/** What may be odd about a server: how it answers, and a word of the line. */
const oddities = {
  "no metadata": [{ oauth: () => empty(404), openid: () => html(200) }, /openid-configuration: 200/],
  "metadata of another issuer": [{ oauth: having({ issuer: "https://other.example" }), openid: () => empty(404) }, /must be "http/],
  "no S256": [both(having({ code_challenge_methods_supported: ["plain"] })), /assumePkce: true/],
  "no code": [both(having({ response_types_supported: ["token"] })), /lacks code/],
  "an endpoint without TLS": [
    both(having({ token_endpoint: "http://as.example/token" })),
    /token_endpoint is "http:\/\/as.example\/token"/,
  ],
  "no token endpoint": [both(having({ token_endpoint: undefined })), /token_endpoint is missing/],
  "no keys": [{ jwks: () => ({ status: 200, body: { keys: [] } }) }, /jwks has none \(200\)/],
  "a client that is refused": [{ token: () => refusal(401, "invalid_client") }, /register tokenkeep-demo as a public client/],
  "a redirect at the token endpoint": [
    { token: () => ({ ...empty(307), headers: { location: "/elsewhere" } }) },
    /the token endpoint redirects/,
  ],
  "an error page": [{ authorize: () => html(403) }, /error page \(403\): check the client id/],
  "a refusal that comes back": [
    { authorize: (_, { params }) => comeBack(params, "error=invalid_scope&error_description=no") },
    /request refused: invalid_scope \(no\)/,
  ],
};

function both(oddity) {
  return { oauth: oddity, openid: oddity };
}

const comeBack = ({ redirect_uri: uri }, query) => ({ status: 302, headers: { location: `${uri}?${query}` } });

for (const [name, [odd, word]] of Object.entries(oddities)) {
  test(`a server with ${name} fails`, async (t) => {
    const server = await startOddServer(odd);
    t.after(server.close);
    const { code, wrong, text } = await check(server.origin);
    assert.equal(code, 1, text);
    assert.match(wrong.join("\n"), word);
  });
}

/** What isn't said by a list alone: how the server answers besides, what is warned of, and what isn't. */
const revocation = (answer) => ({ revoke: () => answer });
const short = both(
  having({ grant_types_supported: ["authorization_code"], token_endpoint_auth_methods_supported: ["client_secret_basic"] }),
);
const grant =
  (error) =>
  (_, { params }) =>
    refusal(400, params.grant_type === "refresh_token" ? error : "invalid_grant");
const doubtful = {
  "a list that is merely short": [{ ...short, token: grant("invalid_grant") }, undefined, /sessions end|public clients/],
  "a list that lacks refresh_token, and means it": [{ ...short, token: grant("unsupported_grant_type") }, /first token.*refresh_token/],
  "a client that may not refresh": [{ ...short, token: grant("unauthorized_client") }, /no new tokens \(unauthorized_client\)/],
  "no revocation endpoint": [both(having({ revocation_endpoint: undefined })), /no revocation_endpoint.*hold\(\{ server/],
  "a revocation endpoint that refuses the client": [
    revocation(refusal(401, "invalid_client")),
    /revocation endpoint answers invalid_client/,
  ],
  "a revocation endpoint that is not there": [revocation(empty(404)), /made-up token with 404/],
  "a revocation endpoint that fails": [revocation(html(500)), /made-up token with 500/],
};

for (const [name, [odd, word, not]] of Object.entries(doubtful)) {
  test(`a server with ${name} is ${word ? "warned of" : "not"}`, async (t) => {
    const server = await startOddServer(odd);
    t.after(server.close);
    const { code, doubts, text } = await check(server.origin);
    assert.equal(code, 0, text);
    if (word) assert.match(doubts.join("\n"), word);
    if (not) assert.doesNotMatch(doubts.join("\n"), not);
  });
}

test("what is not there is told once", async (t) => {
  const server = await startOddServer({ oauth: () => empty(404), openid: () => empty(404) });
  t.after(server.close);
  const { wrong } = await check(server.origin);
  assert.deepEqual(
    wrong.map((line) => /\.well-known\/([\w-]+): 404$/.exec(line)?.[1]),
    ["oauth-authorization-server", "openid-configuration"],
  );
});

for (const place of ["oauth", "jwks", "token"]) {
  test(`a server whose ${place} endpoint allows no origin fails, once`, async (t) => {
    const server = await startOddServer();
    t.after(server.close);
    server.cors = (endpoint) => endpoint !== place;
    const { code, wrong } = await check(server.origin);
    assert.deepEqual([code, wrong.length], [1, 1], wrong.join("\n"));
    assert.match(wrong[0], /may not be read by http:\/\/127\.0\.0\.1:9 .*says nothing/);
  });
}

test("what can't be told is not claimed: the same page for whatever is asked", async (t) => {
  const server = await startOddServer({ authorize: () => html(200) });
  t.after(server.close);
  const { code, doubts } = await check(server.origin);
  assert.equal(code, 0);
  assert.match(doubts.join("\n"), /can't be told: the server treats one that nobody registered the same way/);
});

test("it is asked as a page would ask, and nothing is left behind", async (t) => {
  const server = await startOddServer();
  t.after(server.close);
  await check(server.origin, { origin: `${origin}/somewhere` });
  const by = (endpoint) => server.requests.filter((request) => request.endpoint === endpoint);
  for (const endpoint of ["oauth", "jwks", "token", "revoke"])
    for (const { headers } of by(endpoint)) assert.equal(headers.origin, origin, endpoint);
  const [visit, other] = by("authorize");
  assert.equal(visit.headers.origin, undefined);
  assert.deepEqual([visit.params.redirect_uri, visit.params.code_challenge_method, visit.params.scope], [redirectUri, "S256", "openid"]);
  assert.notEqual(other.params.redirect_uri, redirectUri);
  assert.equal(by("token").length, 1);
  assert.equal(by("token")[0].params.refresh_token, undefined);
});

test("an application on another origin than its redirect URI is told before anybody is asked", async () => {
  const { code, wrong } = await check("http://127.0.0.1:1", { origin: "http://localhost:9" });
  assert.equal(code, 1);
  assert.match(wrong.join(), /on another origin than http:\/\/localhost:9/);
});

test("a server that is down, and calls that make no sense", async () => {
  const down = await check("http://127.0.0.1:1");
  assert.equal(down.code, 1);
  assert.match(down.wrong[0], /bad port|ECONNREFUSED|refused/i);
  assert.equal((await check("nowhere")).code, 1);
  for (const args of [[], ["https://as.example"], ["https://as.example", "--client-id=x"], ["--wrong"]])
    assert.equal((await run(...args)).code, 2);
});
