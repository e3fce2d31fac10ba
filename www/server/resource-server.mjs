// The resource server of the demo and of the browser tests: a small API that asks the authorization server about every
// token it is shown, and keeps a record of every request so that "lost" and "twice" can be counted.

import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import { Feed } from "./feed.mjs";
import { corsHeaders, listen, readBody, send, sendJson, urlOf } from "./http.mjs";
import { ProofLog } from "./proof-log.mjs";
import { RateLimits } from "./rate-limits.mjs";
import { TokenCheck } from "./token-check.mjs";

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const EXPOSED = "WWW-Authenticate, Retry-After, Location, DPoP-Nonce";
const LONGEST_WAIT = 60_000;

/**
 * path -> the methods it answers (all when absent), the scope it asks for, the sign-in it asks for, and what it does.
 */
const ROUTES = {
  "/v1/files": { methods: ["GET", "HEAD"], scope: "files:read", answer: files },
  "/v1/effects": { methods: ["POST"], scope: "files:write", answer: effect },
  "/v1/echo": { scope: "files:read", answer: echo },
  "/v1/bytes": { methods: ["GET", "HEAD"], scope: "files:read", answer: bytes },
  "/v1/stream": { methods: ["GET"], scope: "files:read", answer: stream },
  "/v1/events": { methods: ["GET"], scope: "files:read", answer: events },
  "/v1/feed": { methods: ["GET"], scope: "files:read", answer: feed },
  "/v1/slow": { methods: ["GET"], scope: "files:read", before: slow, answer: files },
  "/v1/vault": { methods: ["GET", "POST"], scope: "files:read", signIn: { acr: "gold" }, answer: files },
  "/v1/recent": { methods: ["GET"], scope: "files:read", signIn: { maxAge: 600 }, answer: files },
  "/v1/work": { methods: ["GET"], scope: "files:read", answer: work },
  "/v1/bin": { methods: ["DELETE"], scope: "files:delete", answer: emptyBin },
  "/v1/redirect": { scope: "files:read", answer: redirect },
};

/**
 * Starts the API on a loopback port. `publicOrigin` is its origin if a proxy stands in front of it. `audience` is the
 * resource that tokens must be for, as a function of the API's origin; `jwt` says that they are JWTs; `dpop` has the
 * options of `ProofCheck`, or is `true`. A proof is checked without it too, when a token is bound to a key.
 */
export async function startResourceServer({ port = 0, host = "127.0.0.1", authorizationServer, origins = [], ...more }) {
  const state = { origins, ...clean(), feed: new Feed(), limits: new RateLimits(), proofs: new ProofLog() };
  const { port: bound, close } = await listen((request, response) => void handle(state, request, response), {
    port,
    host,
  });
  state.origin = more.publicOrigin ?? `http://${host}:${bound}`;
  const audience = more.audience?.(state.origin);
  state.tokens = new TokenCheck({ ...more, authorizationServer, audience });
  return { origin: state.origin, port: bound, audience, close, ...recordsOf(state), ...methodsOf(state) };
}

function recordsOf({ requests, effects, feed, proofs }) {
  return { requests, effects, feed, proofs: proofs.entries };
}

function methodsOf(state) {
  return {
    /** Most requests that were being answered at once, apart from those that met a limit. */
    busiest: () => state.busiest,
    /** Takes `origins` that may call it, `exposed`: the headers that their scripts may read, and `taken`: those that they may send. */
    allow: (more) => void Object.assign(state, more),
    limit: (limit) => state.limits.set(limit),
    /** Has every nonce for DPoP that was given out so far refused. */
    replaceNonces: () => state.tokens.proofs.replaceNonces(),
    reset() {
      for (const record of Object.values(recordsOf(state))) if (Array.isArray(record)) record.length = 0;
      state.busiest = 0;
      state.limits.lift();
    },
  };
}

const clean = () => ({ requests: [], effects: [], underWay: 0, busiest: 0 });

async function handle(state, request, response) {
  for (const [name, value] of Object.entries(corsHeaders(request, state.origins, state.exposed ?? EXPOSED)))
    response.setHeader(name, value);
  if (request.method === "OPTIONS") return preflight(state, request, response);
  const url = urlOf(request);
  const record = recordOf(request, url);
  state.requests.push(record);
  state.proofs.note(request, url.pathname);
  addDpopHeaders(state.tokens, response);
  response.once("close", () => Object.assign(record, { status: response.statusCode, complete: response.writableFinished }));
  try {
    const body = await readBody(request);
    Object.assign(record, { length: body.length, sha256: sha256(body) });
    const exchange = { state, request, response, url, record, body };
    return state.limits.refuses(exchange) ? undefined : await counted(state, () => serve(exchange));
  } catch (error) {
    return response.headersSent || response.destroyed ? response.destroy() : sendJson(response, 400, { error: error.message });
  }
}

function addDpopHeaders({ proofs }, response) {
  const nonce = proofs.nonceForAnswer();
  if (nonce) response.setHeader("dpop-nonce", nonce);
  if (proofs.clockOffset) response.setHeader("date", new Date(proofs.now() * 1000).toUTCString());
}

function recordOf(request, url) {
  const { method, headers } = request;
  const n = url.searchParams.get("n");
  return {
    method,
    path: url.pathname,
    status: null,
    hadToken: /^(Bearer|DPoP) /i.test(headers.authorization ?? ""),
    n: n === null ? null : Number(n),
    at: Date.now(),
    contentType: headers["content-type"] ?? null,
    lastEventId: headers["last-event-id"] ?? null,
    idempotencyKey: headers["idempotency-key"] ?? null,
  };
}

function preflight({ taken }, request, response) {
  send(response, 204, "", {
    "access-control-allow-methods": METHODS,
    "access-control-allow-headers": taken ?? request.headers["access-control-request-headers"] ?? "",
    "access-control-max-age": "600",
  });
}

async function counted(state, work) {
  state.underWay += 1;
  state.busiest = Math.max(state.busiest, state.underWay);
  try {
    return await work();
  } finally {
    state.underWay -= 1;
  }
}

async function serve(exchange) {
  const { state, request, response, url } = exchange;
  const route = ROUTES[url.pathname];
  if (!route) return sendJson(response, 404, { error: "not_found" });
  if (route.methods && !route.methods.includes(request.method)) {
    return sendJson(response, 405, { error: "method_not_allowed" }, { allow: route.methods.join(", ") });
  }
  await route.before?.(exchange);
  const challenge = await state.tokens.challengeFor(request, state.origin + url.pathname, route);
  if (!challenge) return route.answer(exchange);
  // Others may have used up the nonce while this proof was looked at.
  addDpopHeaders(state.tokens, response);
  const { status, error = "token_required", header } = challenge;
  return sendJson(response, status, { error }, { "www-authenticate": header });
}

function files({ response }) {
  const names = ["keep.txt", "bailey.txt", "moat.txt"];
  sendJson(response, 200, { files: names.map((name, index) => ({ id: index + 1, name, size: 512 * (index + 1) })) });
}

function effect({ state, response, record, body }) {
  const { n } = JSON.parse(body.toString());
  record.n ??= n;
  state.effects.push(n);
  sendJson(response, 201, { n, applied: state.effects.length });
}

function echo({ request, response, body }) {
  const told = ([name]) => name.startsWith("x-") || name.startsWith("accept") || name === "range";
  const headers = Object.fromEntries(Object.entries(request.headers).filter(told));
  const contentType = request.headers["content-type"] ?? null;
  sendJson(response, 200, { method: request.method, contentType, length: body.length, sha256: sha256(body), headers });
}

function bytes({ response, url }) {
  const length = numberFrom(url, "n", 2048, 16 * 1024 * 1024);
  send(response, 200, Buffer.alloc(length, "tokenkeep "), {
    "content-type": "application/octet-stream",
    "cache-control": "no-store",
  });
}

async function stream({ response, url }) {
  response.writeHead(200, { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
  await write(response, url, { count: "chunks", text: (index) => `chunk ${index}\n` });
}

async function events({ response, url }) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  await write(response, url, { count: "count", text: (index) => `id: ${index}\ndata: event ${index}\n\n` });
}

function feed({ state, request, response }) {
  state.feed.follow(response, request.headers["last-event-id"]);
}

/** Writes pieces with a pause before each but the first, until done or the reader is gone. */
async function write(response, url, { count, text }) {
  const pieces = numberFrom(url, count, 5, 1000);
  const every = numberFrom(url, "every", 10, LONGEST_WAIT);
  for (let index = 0; index < pieces && !response.destroyed; index += 1) {
    if (index > 0) await pause(every);
    response.write(text(index));
  }
  response.end();
}

/** Waits before the token is looked at, so that a test can let it die meanwhile. */
function slow({ url }) {
  return pause(numberFrom(url, "ms", 100, LONGEST_WAIT));
}

/** Takes its time once the token is accepted. */
async function work({ response, url }) {
  await pause(numberFrom(url, "ms", 100, LONGEST_WAIT));
  sendJson(response, 200, { done: true });
}

function emptyBin({ response }) {
  sendJson(response, 200, { emptied: true });
}

function redirect({ response, url }) {
  const status = numberFrom(url, "status", 302, 308);
  send(response, status, "", { location: url.searchParams.get("to") ?? "/v1/files" });
}

function numberFrom(url, name, fallback, most) {
  const value = Number(url.searchParams.get(name) ?? fallback);
  if (!Number.isInteger(value) || value < 0 || value > most) throw new Error(`${name} must be a whole number from 0 to ${most}`);
  return value;
}

const sha256 = (body) => createHash("sha256").update(body).digest("hex");
