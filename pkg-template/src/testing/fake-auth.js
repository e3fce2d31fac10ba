import { objectURL } from "../client/object-url.js";
import { optionsOf } from "../client/options.js";
import { describe } from "../client/requests.js";
import { misuse, refusal, tokenKeepError } from "./refusals.js";
import { Routes } from "./routes.js";
import { check, send } from "./send.js";
import { after, calm, details, personal, sessionOf, unlogged, widened } from "./sessions.js";
import { targets } from "./targets.js";

const known = ["session", "claims", "arrival", "routes", "resourceServers", "userinfo", "accessToken", "acceptToken", "explain", "stats"];
const recorded = [
  ...["resume", "signIn", "signOut", "fetch", "objectURL", "explain", "userinfo", "stats", "audit", "unlock"],
  ...["enterToken", "accessToken", "close"],
];
const leftPage = new Promise(() => {});
const token = /^[\w\-.~+/]+=*$/;

/** Has the face of an Auth and answers as a test says. Unlike the real one's its methods can be replaced, by spies too. */
export class FakeAuth extends EventTarget {
  #given;
  #now;
  #calls = [];
  #listeners = new Set();

  constructor(given) {
    super();
    this.#given = checked(given);
    this.#begin(this.#given);
    for (const { prototype } of [FakeAuth, EventTarget]) detach(this, prototype);
  }

  get session() {
    return this.#now.session;
  }

  get arrival() {
    return this.#now.arrival;
  }

  /** What was called, in order: the same array always. */
  get calls() {
    return this.#calls;
  }

  async resume(given) {
    this.#called("resume", given);
    const { arrival } = this.#now.options;
    if (arrival) this.#now.arrival ??= { returnTo: null, appState: null, ...arrival };
    return this.session;
  }

  async signIn(given) {
    this.#called("signIn", given);
    const { mode, scope } = optionsOf(given);
    if (mode !== "popup") return leftPage;
    this.fire("signedin", widened(this.session ?? this.#now.next, scope));
    return this.session;
  }

  async signOut(given) {
    this.#called("signOut", given);
    const { endSession } = optionsOf(given);
    const revocation = this.session ? "confirmed" : "none";
    if (this.session) this.fire("signedout");
    if (!endSession) return { revocation };
    if (revocation === "none") throw refusal("END_SESSION_UNAVAILABLE");
    return leftPage;
  }

  async fetch(input, init) {
    const call = this.#called("fetch", input, init);
    const options = init?.tokenkeep ?? {};
    if (options.skipAuth) return fetch(input, init);
    const request = await describe(input, init ?? {});
    const { signal, url, method = "GET" } = request;
    call.request = { method: String(method).toUpperCase(), url };
    signal?.throwIfAborted();
    this.#admit(request);
    return send({ ...request, ...call.request }, this.#now.routes.find(call.request), options);
  }

  async objectURL(input, init) {
    this.#called("objectURL", input, init);
    return objectURL(this.fetch, input, init);
  }

  explain(response) {
    this.#called("explain", response);
    return this.#now.options.explain?.(response) ?? null;
  }

  async userinfo() {
    this.#called("userinfo");
    const { claims } = this.session ?? {};
    if (!claims) throw refusal("USERINFO_UNAVAILABLE");
    return { sub: claims.sub, ...this.#now.options.userinfo };
  }

  async stats() {
    this.#called("stats");
    const { session, generation, locked, options } = this.#now;
    return { ...calm, phase: session ? "active" : "signedout", generation, locked, ...options.stats };
  }

  async audit() {
    this.#called("audit");
    return this.#now.audit.map((entry) => ({ ...entry }));
  }

  async unlock() {
    this.#called("unlock");
    if (this.#now.locked) this.fire("unlocked");
  }

  async enterToken(given) {
    this.#called("enterToken", given);
    if (!this.#now.options.acceptToken) throw refusal("TOKEN_NOT_ACCEPTED");
    if (typeof given !== "string" || !token.test(given)) throw refusal("TOKEN_MALFORMED");
    this.fire("signedin", personal);
  }

  async accessToken() {
    this.#called("accessToken");
    const { accessToken } = this.#now.options;
    if (accessToken === undefined) throw refusal("TOKEN_NOT_EXPOSED");
    this.#needSession();
    return accessToken;
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close() {
    this.#called("close");
  }

  /** Has an event happen, and the session become what it is after that. */
  fire(type, given) {
    if (!Object.hasOwn(details, type)) throw misuse("fire", `knows no "${type}"; it takes ${Object.keys(details).join(", ")}`);
    const detail = details[type](this.#now, given);
    if (!unlogged.includes(type)) this.#note(type, detail.reason ?? detail.code ?? detail.kind);
    this.#become(after(type, this.#now, detail), new CustomEvent(type, { detail }));
  }

  /** Has the next call of a method fail. */
  failNext(method, code, more) {
    if (!recorded.includes(method)) throw misuse("failNext", `knows no "${method}"; it takes ${recorded.join(", ")}`);
    (this.#now.failures[method] ??= []).push(tokenKeepError(code, more));
  }

  /** Answers such a request from now on, before the routes that are there. */
  route(name, answer) {
    this.#now.routes.add(name, answer);
  }

  /** All is as at first, but for `changes` and for who listens. */
  reset(changes) {
    this.#calls.length = 0;
    const { session } = this.#now;
    this.#begin({ ...this.#given, ...checked(changes) });
    if (session !== this.session) this.#tell();
  }

  #begin(options) {
    const next = sessionOf(options);
    const session = options.session === null ? null : next;
    const fresh = { arrival: null, reason: "never-signed-in", locked: false, failures: {}, audit: [], generation: session ? 1 : 0 };
    this.#now = { ...fresh, options, next, session, routes: new Routes(options.routes), covers: targets(options.resourceServers) };
  }

  #become(state, event) {
    const { session } = this.#now;
    this.#now = state;
    this.dispatchEvent(event);
    if (session !== state.session) this.#tell();
  }

  #tell() {
    for (const listener of this.#listeners) listener();
  }

  /** Takes note of a call, and fails if the test wants that. An event that a method handles is no argument. */
  #called(method, ...given) {
    const said = given.filter((one) => !one?.preventDefault);
    const call = { method, args: said.slice(0, said.findLastIndex((one) => one !== undefined) + 1) };
    this.#calls.push(call);
    const failure = this.#now.failures[method]?.shift();
    if (failure) throw failure;
    return call;
  }

  #admit(request) {
    try {
      check(request, this.#now.covers);
    } catch (error) {
      if (/TARGET/.test(error.code)) this.#note("target-refused");
      throw error;
    }
    this.#needSession();
  }

  #needSession() {
    const { session, locked, reason } = this.#now;
    if (!session) throw refusal("LOGIN_REQUIRED", reason);
    if (locked) throw refusal("LOCKED");
  }

  #note(kind, reason) {
    const { audit } = this.#now;
    audit.push({ seq: audit.length + 1, time: Date.now(), kind, ...(reason && { reason }), count: 1 });
  }
}

/** Lets the methods of `prototype` be taken from the object. */
function detach(object, prototype) {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (typeof value !== "function" || name === "constructor") continue;
    Object.defineProperty(object, name, { value: value.bind(object), writable: true, configurable: true });
  }
}

function checked(options = {}) {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown) throw misuse(unknown, `is no option; there are ${known.join(", ")}`);
  return options;
}
