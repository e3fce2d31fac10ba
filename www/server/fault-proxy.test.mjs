// The proxy against a server behind it that counts, and against the real authorization server.

import assert from "node:assert/strict";
import { after, before, beforeEach, test as nodeTest } from "node:test";

import { startAuthorizationServer } from "./authorization-server.mjs";
import { startFaultProxy } from "./fault-proxy.mjs";
import { listen, readBody, sendJson } from "./http.mjs";

const test = (name, work) => nodeTest(name, { timeout: 10_000 }, work);
const ORIGIN = "http://127.0.0.1:9";
let behind;
let proxy;
let arrived;
let finished;
let left;

before(async () => {
  behind = await listen(async (request, response) => {
    const body = (await readBody(request)).toString();
    arrived.push(`${request.method} ${request.url}`);
    response.once("finish", () => (finished += 1));
    response.once("close", () => (left += response.writableFinished ? 0 : 1));
    if (request.url === "/endless") return void response.writeHead(200).write("first piece");
    if (request.url === "/broken") return void response.writeHead(200).write("half", () => response.destroy());
    return sendJson(response, 200, { url: request.url, host: request.headers.host, body });
  });
  proxy = await startFaultProxy({ target: () => `http://127.0.0.1:${behind.port}` });
});

after(async () => {
  await proxy.close();
  await behind.close();
});

beforeEach(() => {
  proxy.restore();
  proxy.attempts.length = 0;
  [arrived, finished, left] = [[], 0, 0];
});

const post = (path, init) => fetch(proxy.origin + path, { method: "POST", body: "hello", headers: { origin: ORIGIN }, ...init });

/** The attempts, as soon as `count` of them have ended. */
async function ended(count) {
  while (proxy.attempts.filter(({ endedAt }) => endedAt !== null).length < count) await new Promise(setImmediate);
  return proxy.attempts;
}

/** The code of the socket error that a request failed with. */
const failure = (work) =>
  work.then(
    () => null,
    ({ cause, message }) => cause?.code ?? message,
  );

test("what is not spoilt passes, with the host it was sent to", async () => {
  const answer = await (await post("/a?b=c")).json();

  assert.deepEqual(answer, { url: "/a?b=c", host: new URL(proxy.origin).host, body: "hello" });
  const [{ at, endedAt, ...attempt }] = await ended(1);
  assert.deepEqual(attempt, { method: "POST", path: "/a", fault: null, status: 200 });
  assert.ok(Math.abs(at - Date.now()) < 60_000, `${at}`);
  assert.ok(endedAt >= at, `${endedAt}`);
});

test("an attempt says what it was, and how it ended", async () => {
  for (const [path, kind] of [
    ["/a", "reset"],
    ["/b", "html"],
    ["/c", "hang"],
  ])
    proxy.inject({ path, kind });
  await failure(post("/a"));
  await post("/b");
  const leave = new AbortController();
  const hanging = failure(post("/c", { signal: leave.signal }));
  const [first, second] = await ended(2);
  assert.deepEqual([first.fault, first.status, second.fault, second.status], ["reset", null, "html", 200]);
  while (proxy.attempts.length < 3) await new Promise(setImmediate);
  assert.equal(proxy.attempts[2].endedAt, null);
  leave.abort();
  await hanging;
  assert.equal((await ended(3))[2].status, null);

  const telling = await startFaultProxy({ target: () => proxy.origin, describe: (body) => ({ said: String(body) }) });
  await fetch(`${telling.origin}/d`, { method: "POST", body: "who I am" });
  assert.equal(telling.attempts[0].said, "who I am");
  await telling.close();
});

test("the faults in force are told with what is left of them", async () => {
  proxy.inject({ path: "/a", kind: "html", times: 2, name: "pages" });
  proxy.inject({ path: "/b", kind: "reset", forMs: 60_000 });
  await post("/a");
  const [reset, { leftMs, ...pages }] = proxy.faults();
  assert.deepEqual(pages, { path: "/a", kind: "html", name: "pages", left: 1 });
  assert.ok(reset.leftMs > 0 && reset.leftMs <= 60_000 && leftMs === Infinity, `${reset.leftMs}`);

  await post("/a");
  assert.deepEqual(
    proxy.faults().map(({ path }) => path),
    ["/b"],
  );
  proxy.restore();
  assert.deepEqual(proxy.faults(), []);
});

test("a stream passes piece by piece, and its end at the reader is its end behind", async () => {
  const leave = new AbortController();
  const { body } = await fetch(`${proxy.origin}/endless`, { signal: leave.signal });
  const { value } = await body.getReader().read();
  assert.equal(new TextDecoder().decode(value), "first piece");
  assert.equal(left, 0);
  leave.abort();
  while (left === 0) await new Promise(setImmediate);
});

test("a stream that breaks behind breaks at the reader", async () => {
  const answer = await fetch(`${proxy.origin}/broken`);

  await assert.rejects(answer.text(), TypeError);
});

test("a status comes with its headers, its body and CORS, for as many requests as were asked for", async () => {
  const busy = { status: 429, headers: { "retry-after": "3" }, body: { error: "busy" } };
  proxy.inject({ path: "/a", kind: "status", ...busy, times: 2 });
  for (let round = 0; round < 2; round += 1) {
    const answer = await post("/a");
    assert.deepEqual([answer.status, answer.headers.get("retry-after")], [429, "3"]);
    assert.equal(answer.headers.get("access-control-allow-origin"), ORIGIN);
    assert.match(answer.headers.get("access-control-expose-headers"), /Retry-After/);
    assert.deepEqual(await answer.json(), { error: "busy" });
  }
  assert.deepEqual(arrived, []);

  assert.equal((await post("/a")).status, 200);
  assert.deepEqual(
    proxy.attempts.map(({ fault }) => fault),
    ["status", "status", null],
  );
});

test("a fault ends some time after the first request that it spoils, and concerns its path only", async () => {
  proxy.inject({ path: "/a", kind: "status", status: 503, forMs: 300 });
  const injected = performance.now();
  while (performance.now() - injected < 300) assert.equal((await post("/b")).status, 200);
  const started = performance.now();
  assert.equal((await post("/a")).status, 503);
  let answer;
  while ((answer = await post("/a")).status === 503) await answer.text();
  assert.equal(answer.status, 200);
  assert.ok(performance.now() - started >= 300);
});

test("a page instead of an answer", async () => {
  proxy.inject({ path: "/a", kind: "html" });
  const answer = await post("/a");

  assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
  assert.match(await answer.text(), /^<h1>/);
});

test("a reset connection", async () => {
  proxy.inject({ path: "/a", kind: "reset", times: 1 });

  assert.equal(await failure(post("/a")), "ECONNRESET");
  assert.deepEqual(arrived, []);
  assert.equal((await post("/a")).status, 200);
});

test("a request that hangs is never answered, and a restored path is", async () => {
  for (const path of ["/a", "/b"]) proxy.inject({ path, kind: "hang" });
  const hanging = failure(post("/a", { signal: AbortSignal.timeout(300) }));
  while (proxy.attempts.length === 0) await new Promise(setImmediate);
  proxy.restore("/a");
  assert.match(await failure(post("/b", { signal: AbortSignal.timeout(300) })), /timeout/);
  assert.equal((await post("/a")).status, 200);

  assert.match(await hanging, /timeout/);
  assert.deepEqual(arrived, ["POST /a"]);
});

test("an answer that is dropped after the server behind has finished", async () => {
  proxy.inject({ path: "/a", kind: "drop-after", times: 1 });

  assert.equal(await failure(post("/a")), "ECONNRESET");
  assert.deepEqual([arrived, finished], [["POST /a"], 1]);
});

test("an answer that is cut half way", async () => {
  proxy.inject({ path: "/a", kind: "cut", times: 1 });
  const answer = await post("/a");
  assert.equal(answer.status, 200);

  await assert.rejects(answer.text(), TypeError);
});

test("an answer that is late", async () => {
  proxy.inject({ path: "/a", kind: "delay", ms: 150, times: 1 });
  const started = performance.now();

  assert.equal((await post("/a")).status, 200);
  assert.ok(performance.now() - started >= 149);
});

test("preflights pass and are no attempts", async () => {
  proxy.inject({ path: "/a", kind: "reset" });
  await fetch(`${proxy.origin}/a`, { method: "OPTIONS" });

  assert.deepEqual([arrived, proxy.attempts], [["OPTIONS /a"], []]);
});

test("a fault that does not exist is refused", () => {
  assert.throws(() => proxy.inject({ path: "/a", kind: "hope" }), /no fault is called hope/);
});

test("a server behind that is gone is a broken connection", async () => {
  const lonely = await startFaultProxy({ target: "http://127.0.0.1:1" });

  assert.equal(await failure(fetch(lonely.origin)), "UND_ERR_SOCKET");
  await lonely.close();
});

test("the authorization server behind a proxy calls itself by the proxy's origin", async () => {
  let as;
  const front = await startFaultProxy({ target: () => as.origin });
  as = await startAuthorizationServer({ publicOrigin: front.origin });
  const metadata = await (await fetch(`${front.origin}/.well-known/openid-configuration`)).json();

  for (const name of ["issuer", "token_endpoint", "authorization_endpoint"])
    assert.ok(metadata[name].startsWith(front.origin), `${name} is ${metadata[name]}`);
  await front.close();
  await as.close();
});
