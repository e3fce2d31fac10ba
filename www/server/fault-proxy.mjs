// A reverse proxy that stands in front of one of the real servers and spoils the answers of chosen paths on command.

import { Agent, request as startRequest } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

import { corsHeaders, listen, readBody, send, urlOf } from "./http.mjs";

const EXPOSED = "Retry-After, WWW-Authenticate, Location";
// These speak of one connection, and there are two.
const HOP_BY_HOP = ["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"];

/** What each fault does with a request whose body has arrived. `pass()` has it answered by the server behind. */
const FAULTS = {
  status: ({ request, response, rule }) => answer(request, response, rule),
  html: ({ request, response, rule }) => answer(request, response, { status: 200, ...page, ...rule }),
  hang: () => {},
  reset: ({ request }) => request.socket.resetAndDestroy(),
  delay: async ({ rule, pass }) => {
    await pause(rule.ms, undefined, { ref: false });
    return pass();
  },
  "drop-after": async ({ request, ask }) => {
    await readBody(await ask());
    request.socket.resetAndDestroy();
  },
  cut: async ({ response, ask }) => {
    const answered = await ask();
    const body = await readBody(answered);
    response.writeHead(answered.statusCode, { ...endToEnd(answered.headers), "content-length": body.length });
    response.write(body.subarray(0, Math.ceil(body.length / 2)), () => response.destroy());
  },
};

const page = {
  headers: { "content-type": "text/html; charset=utf-8" },
  body: "<h1>Welcome to the hotel's network</h1>",
};

/**
 * Starts a proxy on a loopback port. `target` is the origin of the server behind, or a function evaluated at each
 * request. The Host header is passed on, so that a server behind may take this origin for its own. What `describe(body)`
 * answers is kept with the attempt.
 */
export async function startFaultProxy({ target, port = 0, host = "127.0.0.1", describe = () => ({}) }) {
  const rules = new Rules();
  const attempts = [];
  const agent = new Agent({ keepAlive: true });
  const ask = (request, response, body) => forward({ target, agent, request, response, body });
  const take = (request, response) => handle({ rules, attempts, describe, ask }, request, response);
  const { server, port: bound, close } = await listen(take, { port, host });
  return {
    origin: `http://${host}:${bound}`,
    port: bound,
    /**
     * What has arrived, but for preflights, as `{ at, method, path, fault, status, endedAt }`; times in milliseconds
     * since 1970. `endedAt` is null as long as nobody has answered or gone away; `status` is null without an answer.
     */
    attempts,
    /** The faults in force, newest first, as they were injected, with the `left` requests and `leftMs` milliseconds. */
    faults: () => rules.active(),
    /**
     * Spoils requests for `path`: `kind` is status, html, hang, reset, delay, drop-after or cut. The fault ends after
     * `times` requests, `forMs` milliseconds after the first of them, or when it is restored. The newest fault for a path counts.
     */
    inject: (rule) => rules.add(rule),
    /** Ends the faults of `path`, or all. */
    restore: (path) => rules.remove(path),
    /** Closes unused connections: a browser repeats a request by itself that breaks on one it had used before. */
    closeIdleConnections: () => server.closeIdleConnections(),
    close: async () => {
      await close();
      agent.destroy();
    },
  };
}

class Rules {
  #rules = [];

  add({ kind, path, times = Infinity, forMs = Infinity, ...details }) {
    if (!Object.hasOwn(FAULTS, kind)) throw new Error(`no fault is called ${kind}`);
    this.#rules.unshift({ ...details, kind, path, left: times, forMs });
  }

  remove(path) {
    this.#rules = this.#rules.filter((rule) => path !== undefined && rule.path !== path);
  }

  /** The rule for a request to `path`, which counts as one of its times. */
  take(path) {
    const rule = this.#rules.find((one) => one.path === path && isActive(one));
    if (!rule) return undefined;
    rule.left -= 1;
    // Whoever injects it may be slow to send what it is for.
    rule.since ??= performance.now();
    return rule;
  }

  active() {
    return this.#rules.filter(isActive).map(({ forMs, since, ...rule }) => ({ ...rule, leftMs: leftMsOf({ forMs, since }) }));
  }
}

const leftMsOf = ({ forMs, since }) => (since === undefined ? forMs : since + forMs - performance.now());
const isActive = (rule) => rule.left > 0 && leftMsOf(rule) > 0;

async function handle({ rules, attempts, describe, ask }, request, response) {
  try {
    const { pathname: path } = urlOf(request);
    const isPreflight = request.method === "OPTIONS";
    const rule = isPreflight ? undefined : rules.take(path);
    const attempt = { at: now(), method: request.method, path, fault: rule?.kind ?? null, status: null, endedAt: null };
    if (!isPreflight) attempts.push(attempt);
    response.once("close", () => {
      Object.assign(attempt, { status: response.headersSent ? response.statusCode : null, endedAt: now() });
    });
    const body = await readBody(request);
    Object.assign(attempt, describe(body));
    const askBehind = () => ask(request, response, body);
    const pass = async () => relay(await askBehind(), response);
    await (rule ? FAULTS[rule.kind]({ request, response, rule, pass, ask: askBehind }) : pass());
  } catch {
    // Whoever went away, the other side is to see a broken connection.
    response.destroy();
  }
}

const now = () => performance.timeOrigin + performance.now();

function answer(request, response, { status, headers = {}, body = { error: "temporarily_unavailable" } }) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const usual = { "content-type": "application/json", "cache-control": "no-store" };
  send(response, status, text, { ...corsHeaders(request, [request.headers.origin], EXPOSED), ...usual, ...headers });
}

/** Asks the server behind; resolves to its answer as soon as its headers are there. */
function forward({ target, agent, request, response, body }) {
  const { hostname, port } = new URL(typeof target === "function" ? target() : target);
  const { method, url: path } = request;
  const headers = { ...endToEnd(request.headers), ...(body.length > 0 && { "content-length": body.length }) };
  return new Promise((resolve, reject) => {
    const upstream = startRequest({ hostname, port, method, path, headers, agent }, resolve);
    upstream.once("error", reject);
    response.once("close", () => upstream.destroy());
    upstream.end(body);
  });
}

/** Hands over an answer piece by piece, for it may be a stream without an end. */
function relay(answered, response) {
  response.writeHead(answered.statusCode, answered.statusMessage, endToEnd(answered.headers));
  response.flushHeaders();
  answered.once("close", () => answered.complete || response.destroy());
  answered.pipe(response);
}

function endToEnd(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
