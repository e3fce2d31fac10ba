import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";

import { installPackage } from "../../scripts/lib/pack.mjs";

await installPackage(import.meta.dirname);
const { fakeAuth, isTokenKeepError, tokenKeepError } = await import("tokenkeep/testing");

const files = "https://api.example.com/v1/files";
const codeOf = (work) =>
  work().then(
    () => null,
    (error) => (isTokenKeepError(error) ? error.code : error.name),
  );

/** The code and the option of what is thrown at once. */
function thrown(work) {
  try {
    work();
  } catch ({ code, option, message }) {
    return { code, option, message };
  }
  return undefined;
}

/** Records all that an `auth` tells. */
function listenTo(auth) {
  const told = [];
  for (const type of ["signedin", "refreshed", "refreshfailed", "signedout", "stepup", "anomaly", "unlocked", "outdated", "waiting"])
    auth.addEventListener(type, ({ detail }) => told.push([type, detail]));
  auth.subscribe(() => told.push(["session", auth.session]));
  return told;
}

afterEach(() => mock.restoreAll());

test("the session is what the test says, and there at once", async () => {
  const { session } = fakeAuth({ claims: { sub: "bob", role: "admin" }, session: { scope: "openid files:read" } });
  const { sub, role, iss } = session.claims;
  assert.deepEqual([session.scope, sub, role, iss], ["openid files:read", "bob", "admin", "https://as.example.com"]);
  assert.ok(session.expiresAt > Date.now() && Object.isFrozen(session) && Object.isFrozen(session.claims));
  assert.equal(fakeAuth({ claims: null }).session.claims, null);
  assert.equal(await fakeAuth({ session: null }).resume(), null);
});

test("each event changes the session as it does in a real one", async () => {
  const auth = fakeAuth({ session: null, routes: { [`GET ${files}`]: [] } });
  const told = listenTo(auth);
  auth.fire("signedin", { claims: { sub: "bob" } });
  const { session } = auth;
  auth.fire("refreshed", { scope: session.scope, expiresAt: session.expiresAt });
  assert.equal(auth.session, session, "nothing has changed");
  auth.fire("refreshed", { scope: "openid files:read" });
  for (const type of ["refreshfailed", "stepup", "outdated", "waiting"]) auth.fire(type);
  auth.fire("anomaly", { kind: "off-list-target", locked: true });
  assert.equal(await codeOf(() => auth.fetch(files)), "TOKENKEEP_LOCKED");
  await auth.unlock();
  assert.equal(await codeOf(() => auth.fetch(files)), null);
  auth.fire("signedout", { reason: "revoked" });

  const details = Object.fromEntries(told);
  assert.equal(auth.session, null);
  assert.equal(session.claims.sub, "bob");
  assert.deepEqual([details.refreshed.generation, details.refreshed.scope, details.refreshed.resource], [3, "openid files:read", null]);
  assert.deepEqual(details.refreshfailed, { code: "TOKENKEEP_SERVER_UNAVAILABLE", retryIn: 1000 });
  assert.deepEqual(details.signedout, { reason: "revoked" });
  assert.ok(details.waiting.since < Date.now());
  assert.equal(told.filter(([what]) => what === "session").length, 3);
  await assert.rejects(auth.fetch(files), { code: "TOKENKEEP_LOGIN_REQUIRED", reason: "revoked" });
  assert.deepEqual(
    (await auth.audit()).map(({ kind, reason }) => reason ?? kind),
    ["signedin", "refreshed", "refreshed", "TOKENKEEP_SERVER_UNAVAILABLE", "scope", "off-list-target", "unlocked", "revoked"],
  );
});

test("signing in by popup brings the session, by redirect it leaves the page, and both are recorded", async () => {
  const auth = fakeAuth({ session: null, claims: { sub: "bob" }, arrival: { returnTo: "/inbox" } });
  assert.equal(auth.arrival, null);
  const session = await auth.signIn({ mode: "popup", scope: "files:write" });
  assert.deepEqual([session.scope, session.claims.sub], ["openid files:write", "bob"]);
  const left = auth.signIn({ returnTo: "/x" });
  assert.equal(await Promise.race([left, Promise.resolve("pending")]), "pending");
  auth.signIn(new Event("click"));
  assert.equal(await auth.resume(), session);
  assert.deepEqual(auth.arrival, { returnTo: "/inbox", appState: null });
  assert.deepEqual(
    auth.calls.map(({ method, args }) => [method, ...args]),
    [["signIn", { mode: "popup", scope: "files:write" }], ["signIn", { returnTo: "/x" }], ["signIn"], ["resume"]],
  );
});

test("routes answer with JSON, responses and functions", async () => {
  const requests = [];
  const auth = fakeAuth({
    routes: {
      [`GET ${files}`]: [{ name: "a.txt" }],
      [`GET ${files}?page=2`]: new Response("second", { status: 203 }),
      [`DELETE ${files}/*`]: undefined,
      [`POST ${files}`]: async (request, options) => {
        requests.push([await request.json(), request.headers.get("authorization"), request.headers.get("idempotency-key"), options]);
        return Response.json({ id: 1 }, { status: 201 });
      },
      [`PUT ${files}`]: () => Response.error(),
      [`PATCH ${files}`]: () => Response.redirect(files, 302),
      [`OPTIONS ${files}`]: () => Promise.reject(tokenKeepError("TOKENKEEP_QUEUE_TIMEOUT")),
    },
  });
  const send = (method, url = files, init = {}) => auth.fetch(url, { ...init, method });
  assert.deepEqual(await (await send("GET", `${files}?page=1#x`)).json(), [{ name: "a.txt" }]);
  for (const n of [1, 2]) assert.equal(await (await send("GET", `${files}?page=2`)).text(), "second", `${n}`);
  assert.equal((await send("delete", `${files}/7`)).status, 204);
  const options = { idempotencyKey: "k", timeout: 5 };
  const created = await send("POST", files, { body: '{"n":1}', tokenkeep: options });
  assert.deepEqual([created.status, created.url], [201, files]);
  assert.deepEqual(requests, [[{ n: 1 }, null, "k", options]]);
  assert.equal(await codeOf(() => send("PUT")), "TypeError");
  assert.equal(await codeOf(() => send("PATCH")), "TOKENKEEP_REDIRECT_REFUSED");
  assert.equal(await codeOf(() => send("OPTIONS")), "TOKENKEEP_QUEUE_TIMEOUT");
  assert.deepEqual(auth.calls[0].request, { method: "GET", url: `${files}?page=1#x` });
});

test("a route that is added counts before those that were there", async () => {
  const auth = fakeAuth({ routes: { [`GET ${files}`]: [], [`GET ${files}*`]: () => new Response(null, { status: 404 }) } });
  const statusOf = async (url) => (await auth.fetch(url)).status;
  assert.deepEqual([await statusOf(files), await statusOf(`${files}/7`)], [404, 404]);
  auth.route(`GET ${files}`, () => Response.json({}, { status: 403 }));
  assert.deepEqual([await statusOf(files), await statusOf(`${files}/7`)], [403, 404]);
});

test("what no route answers goes to the global fetch, without a token", async () => {
  const auth = fakeAuth({ accessToken: "secret" });
  mock.method(globalThis, "fetch", async (url, { headers, redirect, credentials }) =>
    Response.json({ url, headers, redirect, credentials }),
  );
  const init = { headers: { authorization: "Bearer x", "x-own": "1" }, tokenkeep: { replaceAuthorization: true } };
  assert.deepEqual(await (await auth.fetch(files, init)).json(), {
    url: files,
    headers: [["x-own", "1"]],
    redirect: "manual",
    credentials: "omit",
  });
});

test("calls fail as the test says, once each", async () => {
  const auth = fakeAuth({ routes: { [`GET ${files}`]: [] } });
  auth.failNext("fetch", "TOKENKEEP_NETWORK");
  auth.failNext("fetch", "TOKENKEEP_QUEUE_FULL");
  auth.failNext("signIn", "TOKENKEEP_AUTHORIZATION_ERROR", { error: "access_denied" });
  const codes = [];
  for (let n = 0; n < 3; n += 1) codes.push(await codeOf(() => auth.fetch(files)));
  assert.deepEqual(codes, ["TOKENKEEP_NETWORK", "TOKENKEEP_QUEUE_FULL", null]);
  await assert.rejects(auth.signIn({ mode: "popup" }), { code: "TOKENKEEP_AUTHORIZATION_ERROR", error: "access_denied" });
});

test("what the configuration allows is what the test allows", async () => {
  const explanation = { kind: "forbidden", message: "no", retryAfter: null };
  const auth = fakeAuth({ accessToken: "abc", userinfo: { name: "Ada" }, explain: () => explanation, stats: { queued: 3 } });
  assert.deepEqual([await auth.accessToken(), await auth.userinfo()], ["abc", { sub: "ada", name: "Ada" }]);
  assert.equal(auth.explain(new Response()), explanation);
  const { queued, phase } = await auth.stats();
  assert.deepEqual([queued, phase], [3, "active"]);
  assert.equal(await codeOf(() => auth.enterToken("x")), "TOKENKEEP_TOKEN_NOT_ACCEPTED");
  assert.equal(await codeOf(() => fakeAuth().accessToken()), "TOKENKEEP_TOKEN_NOT_EXPOSED");
  assert.equal(await codeOf(() => fakeAuth({ session: null }).signOut({ endSession: true })), "TOKENKEEP_END_SESSION_UNAVAILABLE");
});

test("reset() makes all as it was, with changes until the next one", async () => {
  const auth = fakeAuth({ session: null, routes: { [`GET ${files}`]: [] } });
  const told = listenTo(auth);
  const { calls } = auth;
  auth.fire("signedin");
  auth.failNext("resume", "TOKENKEEP_NETWORK");
  auth.route(`GET ${files}`, "other");
  auth.reset();
  assert.deepEqual([auth.session, auth.calls.length, await auth.audit()], [null, 0, []]);
  assert.equal(auth.calls, calls);
  assert.equal(await auth.resume(), null);
  auth.reset({ session: {} });
  assert.deepEqual(await (await auth.fetch(files)).json(), []);
  auth.reset();
  assert.equal(auth.session, null);
  assert.deepEqual(
    told.filter(([what]) => what === "session").map(([, session]) => session === null),
    [false, true, false, true],
  );
});

test("methods may be replaced, so that spies see calls", async () => {
  const auth = fakeAuth();
  const spy = mock.method(auth, "signOut", () => "mine");
  assert.equal(auth.signOut(), "mine");
  assert.equal(spy.mock.callCount(), 1);
});

test("what a test gets wrong is told with its cure", () => {
  const facts = [
    thrown(() => fakeAuth({ sesion: null })),
    thrown(() => fakeAuth({ routes: { "/files": [] } })),
    thrown(() => fakeAuth({ resourceServers: ["x"] })),
    thrown(() => fakeAuth().fire("signedOut")),
    thrown(() => fakeAuth().failNext("fetchAll", "TOKENKEEP_NETWORK")),
    thrown(() => tokenKeepError("NETWORK")),
  ];
  for (const { code, message } of facts)
    assert.ok(code === "TOKENKEEP_CONFIG_INVALID" && / (takes?|such as|there are|array) /.test(message), message);
  assert.deepEqual(
    facts.map(({ option }) => option),
    ["sesion", "routes", "resourceServers", "fire", "failNext", "code"],
  );
});
