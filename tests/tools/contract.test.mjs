// What a real `auth` does and what the one for tests does, by the same calls: page mode runs in Node too.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { installPackage } from "../../scripts/lib/pack.mjs";
import { listen, readBody, send } from "../../www/server/http.mjs";

await installPackage(import.meta.dirname);
const { hold } = await import("tokenkeep/page");
const { fakeAuth, isTokenKeepError } = await import("tokenkeep/testing");

const seen = [];
let pauses = 0;
const api = await listen(async (request, response) => {
  const { authorization, "idempotency-key": key, "content-type": type } = request.headers;
  seen.push({ authorization, key });
  if (request.url.endsWith("/never")) return undefined;
  if (request.url.endsWith("/busy") && !pauses++) return send(response, 503, "", { "retry-after": "4" });
  const body = `${await readBody(request)}`;
  return send(response, 200, JSON.stringify({ method: request.method, url: request.url, key, type, body }), {
    "content-type": "application/json",
  });
});
after(() => api.close());
const base = `http://127.0.0.1:${api.port}`;
const resourceServers = [`${base}/v1/`, { url: "https://files.example.com/a" }];
const auths = {
  real: hold({ acceptToken: true, dangerAllowLoopbackHttp: true, resourceServers }),
  fake: fakeAuth({ session: null, acceptToken: true, resourceServers }),
};
const controls = ["calls", "failNext", "fire", "reset", "route"];

/** Plain facts of how a call ends. */
async function outcome(work) {
  try {
    const value = await work();
    if (!(value instanceof Response)) return value;
    return { status: value.status, url: value.url, redirected: value.redirected, json: await value.json() };
  } catch (error) {
    const { name, code, message, reason } = error;
    return isTokenKeepError(error) ? { code, message, reason, isError: error instanceof Error } : { name, isOwn: error === mine };
  }
}

const mine = new Error("given up");

/** Does the same with both, and compares. */
async function same(work) {
  const [real, fake] = [await work(auths.real), await work(auths.fake)];
  assert.deepEqual(fake, real);
  return real;
}

function membersOf(object) {
  const names = new Set();
  for (let part = object; part !== Object.prototype; part = Object.getPrototypeOf(part))
    for (const name of Object.getOwnPropertyNames(part)) names.add(name);
  return [...names].sort();
}

test("both have the same members", () => {
  const [real, fake] = [auths.real, auths.fake].map(membersOf);
  assert.ok(real.length > 15, real.join());
  assert.deepEqual(
    fake.filter((name) => !controls.includes(name)),
    real,
  );
});

test("without a session both refuse alike, and look at the target first", async () => {
  await same((auth) => [auth.session, auth.arrival, auth.explain(new Response())]);
  await same((auth) => outcome(() => auth.resume()));
  const { code, reason } = await same((auth) => outcome(() => auth.fetch(`${base}/v1/files`)));
  assert.deepEqual([code, reason], ["TOKENKEEP_LOGIN_REQUIRED", "never-signed-in"]);
  for (const name of ["userinfo", "accessToken"]) await same((auth) => outcome(() => auth[name]()));
  await same((auth) => outcome(() => auth.signOut().then(({ revocation }) => revocation)));
  await same((auth) => outcome(() => auth.signOut({ endSession: true })));
});

test("both say of the same URLs that no resource server covers them", async () => {
  const paths = [
    "",
    "/",
    "?x",
    "/files",
    "files",
    "/../v2",
    "/a/..%2fb",
    "/%2e%2e/x",
    "/%252e%252e/x",
    "/%25252525252e/x",
    "/..;x/y",
    "/%41",
  ];
  const urls = [
    ...paths.map((path) => `${base}/v1${path}`),
    `${base.replace("127.0.0.1", "localhost")}/v1/`,
    ...["https://files.example.com/a", "https://files.example.com/ab", "http://files.example.com/a", "https://x.example.com/a"],
  ];
  const codes = await same((auth) => Promise.all(urls.map((url) => outcome(() => auth.fetch(url)).then(({ code }) => code))));
  assert.deepEqual([...new Set(codes)].sort(), ["TOKENKEEP_LOGIN_REQUIRED", "TOKENKEEP_TARGET_REFUSED"]);
});

test("both take a token, tell of the session and keep its object", async () => {
  await same((auth) => outcome(() => auth.enterToken("no token")));
  await same((auth) => outcome(() => auth.enterToken()));
  const facts = await same(async (auth) => {
    const told = [];
    const { subscribe, enterToken } = auth;
    const stop = subscribe(() => told.push("subscriber"));
    auth.addEventListener("signedin", ({ type, detail }) => told.push(type, detail), { once: true });
    await enterToken("t0ken");
    const { session } = auth;
    await enterToken("another");
    stop();
    return {
      told,
      session,
      isFrozen: Object.isFrozen(session),
      isSame: session === auth.session,
      resumed: await auth.resume(new Event("x")),
    };
  });
  assert.equal(facts.told[0], "signedin");
  const phases = await same((auth) => auth.stats().then((stats) => [stats.phase, stats.locked, Object.keys(stats).sort()]));
  assert.equal(phases[0], "active");
  // Nothing is out of the ordinary to the fake, unless a test says so.
  const kindsOf = (entries) => [...new Set(entries.map(({ kind }) => kind))].filter((kind) => kind !== "anomaly").sort();
  assert.deepEqual(await same((auth) => auth.audit().then(kindsOf)), ["signedin", "target-refused"]);
});

test("both send what `fetch` takes, and what is under `tokenkeep`", async () => {
  const url = `${base}/v1/files?q=1#x`;
  const { json } = await same((auth) => outcome(() => auth.fetch(url)));
  assert.deepEqual(json, { method: "GET", url: "/v1/files?q=1", body: "" });
  for (const [input, init] of [
    [new URL(url), { method: "post", body: "text" }],
    [new Request(url, { method: "PUT", body: '{"n":1}', headers: { "content-type": "application/json" } })],
    [url, { method: "POST", body: new URLSearchParams({ a: "b" }), tokenkeep: { idempotencyKey: "k" } }],
    [url, { headers: { authorization: "Basic x" }, tokenkeep: { replaceAuthorization: true } }],
  ])
    await same((auth) => outcome(() => auth.fetch(input instanceof Request ? input.clone() : input, init)));
  assert.deepEqual([...new Set(seen.map(({ authorization }) => authorization))], ["Bearer another", undefined]);
  assert.equal(seen.filter(({ key }) => key === "k").length, 2);
  await same((auth) => outcome(() => auth.fetch(`${base}/elsewhere`, { tokenkeep: { skipAuth: true } })));
});

test("both refuse requests that can't go with a token", async () => {
  const url = `${base}/v1/files`;
  for (const init of [{ headers: { authorization: "Basic x" } }, { headers: { dpop: "x" } }, { mode: "no-cors" }, { method: {} }]) {
    const { code } = await same((auth) => outcome(() => auth.fetch(url, init)));
    assert.equal(code, "TOKENKEEP_REQUEST_REFUSED");
  }
  await same((auth) => outcome(() => auth.fetch("no URL")));
});

test("both reject with the signal's reason, before and while an answer is awaited", async () => {
  await same((auth) => outcome(() => auth.fetch(`${base}/v1/files`, { signal: AbortSignal.abort(mine) })));
  const facts = await same(async (auth) => {
    const giving = new AbortController();
    const sent = seen.length;
    const waiting = outcome(() => auth.fetch(`${base}/v1/never`, { signal: giving.signal }));
    while (seen.length === sent) await new Promise((resolve) => setImmediate(resolve));
    giving.abort(mine);
    return waiting;
  });
  assert.equal(facts.isOwn, true);
});

test("both tell of long waits and of their end in the same words", async () => {
  const told = { real: [], fake: [] };
  for (const name of ["real", "fake"]) auths[name].addEventListener("waiting", ({ detail }) => told[name].push(detail));
  assert.equal((await auths.real.fetch(`${base}/v1/busy`)).status, 200);
  auths.fake.fire("waiting", told.real[0]);
  auths.fake.fire("waiting", { for: null });
  assert.deepEqual(told.fake, told.real);
  const { since, until, ...rest } = told.real[0];
  assert.deepEqual([rest, until >= since + 4_000], [{ for: "retry-after", calls: 1 }, true]);
  auths.fake.fire("waiting");
  assert.deepEqual(Object.keys(told.fake[2]), Object.keys(told.real[0]));
});

test("both end the session alike", async () => {
  await same(async (auth) => {
    const told = [];
    auth.addEventListener("signedout", ({ detail }) => told.push(detail, auth.session), { once: true });
    await auth.signOut();
    return [told, auth.session, await outcome(() => auth.fetch(`${base}/v1/files`)), (await auth.signOut()).revocation];
  });
  await same((auth) => outcome(() => auth.fetch("https://127.0.0.1:1/x", { tokenkeep: { skipAuth: true } })));
});
