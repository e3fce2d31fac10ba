import { TokenKeepError, fail, fromData } from "../errors.js";
import { after, describe, discreet, dispatch, drop, hint, isStream, later, post, refuse, steady } from "./calls.js";
import { deferred } from "./captured.js";
import { guarded, legible, longest, restarted } from "./guard.js";
import { Kept } from "./kept.js";
import { Keys } from "./keys.js";
import { lookOut } from "./lookout.js";
import { Records } from "./records.js";
import { toJson } from "./settings.js";

const QUEUED = -1;
const FINAL = -2;
const STEP_UP = -4;
const TELL = -5;

const FINISH = 0;
const SIGN_IN = 1;
const SIGN_OUT = 2;
const ENTER_TOKEN = 3;
const WAIT = 4;

const none = Object.freeze({ __proto__: null });

/** Carries out what the core decides about requests: the core holds ids and deadlines, the promises are here. */
export class Kernel {
  #core;
  #records = new Records();
  #keys = new Keys(this.#records);
  #waiting = new Map();
  #calls = new Map();
  #explanations = new WeakMap();
  #lastId = 0;
  #generation = -1;
  #header;
  #settings;
  #tell;
  #timer;
  #intercepts;

  /**
   * `Core` is the wasm class. Calls `tell` with every `{ type, detail, session }`, and `broke` once if the wasm breaks down,
   * after which everything here fails. Throws a TokenKeepError if the configuration is wrong.
   */
  constructor(Core, settings, tell, broke) {
    this.#settings = settings;
    this.#tell = tell;
    try {
      const host = PAGE ? deferred(this.#host()) : this.#host();
      const core = new Core(legible(settings.config), legible(globalThis.location?.origin ?? ""), host);
      this.#core = guarded(core, () => (this.#end(), broke()));
    } catch (error) {
      throw typeof error === "string" ? parse(error) : restarted();
    }
    this.#intercepts = lookOut(() => this.#core.intercepted());
  }

  /** What the wasm left half done can't be trusted: everybody who waits hears of it. */
  #end() {
    clearTimeout(this.#timer);
    this.#header = undefined;
    this.#keys.forget();
    for (const { reject } of [...this.#waiting.values(), ...this.#calls.values()]) reject(restarted());
    this.#waiting.clear();
    this.#calls.clear();
  }

  /**
   * Sends a request with the token, now or after the refresh that it needs. `url` is what `new URL().href` wrote,
   * `init.headers` a Headers object that this call may change.
   */
  send(url, init, options = none) {
    const refusal = refuse(init, options);
    if (refusal) return Promise.reject(refusal);
    // What is judged and what is sent is text.
    const call = this.#call(`${url}`, init, options);
    if (isStream(init)) call.kept = this.#keep(init);
    return this.#ask(call);
  }

  /** A stream that may have to be sent again, if the configuration wants to keep any. */
  #keep({ body, signal }) {
    const { streamBufferLimit } = this.#facts();
    if (!streamBufferLimit) return undefined;
    const kept = new Kept(body, streamBufferLimit);
    signal?.addEventListener("abort", () => kept.cancel(signal.reason), { once: true });
    return kept;
  }

  #call(href, init, options, userinfo = false) {
    const timeout = typeof options.timeout === "number" ? options.timeout : -1;
    return { id: ++this.#lastId, href, userinfo, init, timeout, options };
  }

  /** The access token, if the configuration exposes it. */
  async accessToken(signal) {
    const id = ++this.#lastId;
    const verdict = this.#core.authorizeExposure(id);
    if (verdict < QUEUED) throw this.#refusal();
    const generation = verdict === QUEUED ? await this.#wait(id, signal) : verdict;
    this.#core.settled(id);
    const header = this.#core.authorization(generation);
    return header ? header.slice(header.indexOf(" ") + 1) : this.accessToken(signal);
  }

  // `from` is the page that a call comes from, where there are several: `{ door, alive, signal }`.
  signIn(options, from) {
    return this.#start(SIGN_IN, toJson(options ?? {}), from);
  }

  async finish(href, from) {
    const arrival = await this.#start(FINISH, href, from);
    return arrival && JSON.parse(arrival);
  }

  async signOut(options) {
    const outcome = JSON.parse(await this.#start(SIGN_OUT, toJson(options ?? {})));
    return outcome;
  }

  /** The claims of the userinfo endpoint, if they are the session's user's. */
  async userinfo(signal) {
    const init = { headers: new Headers({ accept: "application/json" }), ...discreet, signal };
    const response = await this.#ask(this.#call(undefined, init, none, true));
    const claims = this.#core.userinfo(response.status, await response.text());
    if (!claims) throw this.#refusal();
    return JSON.parse(claims);
  }

  enterToken(token, from) {
    return this.#start(ENTER_TOKEN, typeof token === "string" ? token : "", from);
  }

  /** Settles as the sign-in does whose record is called `key`, whichever page brings the response. */
  outcome(key, from) {
    return this.#start(WAIT, key, from);
  }

  /** Whoever is behind this door is there. */
  vouch(door) {
    this.#core.vouch(door);
  }

  unlock() {
    this.#core.unlock();
  }

  audit() {
    return JSON.parse(this.#core.audit());
  }

  /** Why an answer that went through is what it is, or null. */
  explain(response) {
    return this.#explanations.get(response) ?? null;
  }

  online(online) {
    this.#core.online(online);
  }

  visible(visible) {
    this.#core.visible(visible);
  }

  stats() {
    return this.#facts().stats;
  }

  /** Where sign-ins end, as configured. */
  redirectUri() {
    return this.#facts().redirectUri;
  }

  /** When this holder ends for a newer one: `never`, `at-once`, `when-left`. */
  givesWay() {
    return this.#facts().givesWay;
  }

  /** Whether there is a token in the holder's file. */
  hasSecretFile() {
    return this.#facts().hasSecretFile;
  }

  snapshot() {
    return this.#facts().session;
  }

  /** What the core tells of the session and of itself. */
  #facts() {
    return JSON.parse(this.#core.describe());
  }

  #start(operation, text, { door = 0, alive = true, signal } = none) {
    return new Promise((resolve, reject) => {
      const call = ++this.#lastId;
      this.#calls.set(call, { resolve, reject });
      // Where the response is there already, its outcome is still to come.
      signal?.addEventListener(
        "abort",
        () => this.#calls.has(call) && this.#core.cancel(call) && this.#calls.delete(call) && reject(signal.reason),
      );
      try {
        this.#core.start(call, operation, text, door, alive);
      } catch (error) {
        this.#calls.delete(call);
        reject(error);
      }
    });
  }

  /** Asks whether the call may go: at first, and anew where the token was replaced in the meantime. */
  #ask(call) {
    const { id, href, timeout } = call;
    return this.#obey(call, call.userinfo ? this.#core.authorizeUserinfo(id) : this.#core.authorize(id, href, timeout));
  }

  #obey(call, verdict) {
    if (verdict >= 0) return this.#dispatch(call, verdict);
    if (verdict === QUEUED) return this.#queued(call);
    return Promise.reject(this.#refusal());
  }

  #dispatch(call, generation) {
    const header = this.#authorization(generation);
    const sent = header && this.#fetch(call, generation, header);
    if (!sent) return this.#ask(call);
    return sent.then(
      (response) => this.#answered(call, response),
      (error) => {
        this.#core.settled(call.id);
        throw error;
      },
    );
  }

  /**
   * Sends the request, with a proof of possession if the token wants one: a new one each time. Undefined if there can't be
   * one any more, since the token was replaced, or nowhere to ask about the user.
   */
  #fetch(call, generation, header) {
    // Where that is may have changed meanwhile.
    if (call.userinfo) call.href = this.#core.userinfoEndpoint();
    const { href, init, kept } = call;
    if (!href) return undefined;
    if (kept) init.body = kept.open();
    const fields = { __proto__: null, authorization: header };
    // Asking the core costs more than looking.
    if (header[0] !== "D") return dispatch(href, init, fields);
    const proof = this.#core.prove(call.id, generation, init.method ?? "GET", href);
    return proof && this.#fetchProven(href, init, fields, proof);
  }

  async #fetchProven(href, init, fields, proof) {
    try {
      fields.dpop = await steady(proof);
    } catch {
      this.#core.keyLost();
      throw fail("DPOP_KEY_LOST", "the key that the token is bound to is gone; call signIn() again");
    }
    const response = await dispatch(href, init, fields).catch((error) => Promise.reject(hint(error)));
    const nonce = response.headers.get("dpop-nonce");
    if (nonce) this.#core.nonce(href, nonce);
    return response;
  }

  async #queued(call) {
    return this.#dispatch(call, await this.#wait(call.id, call.init.signal));
  }

  /** Waits for more rights; until its time is over the answer that asks for them is kept. */
  async #steppingUp(call, response) {
    const generation = await this.#wait(call.id, call.init.signal).catch((error) => {
      drop(response);
      throw error;
    });
    if (generation === FINAL) return response;
    drop(response);
    return this.#dispatch(call, generation);
  }

  #answered(call, response) {
    const verdict = this.#core.responded(call.id, response.status);
    if (verdict === FINAL) return response;
    if (verdict === TELL) return this.#judge(call, response);
    throw this.#refusal();
  }

  #judge(call, response) {
    const verdict = this.#core.replied(call.id, JSON.stringify(describe(call, response)));
    if (verdict === FINAL || verdict === STEP_UP) {
      this.#explanations.set(response, JSON.parse(this.#core.takeReason() ?? "null"));
      return verdict === FINAL ? response : this.#steppingUp(call, response);
    }
    drop(response);
    return this.#obey(call, verdict);
  }

  #authorization(generation) {
    if (generation !== this.#generation || !this.#header) {
      this.#header = this.#core.authorization(generation);
      this.#generation = generation;
    }
    return this.#header;
  }

  #wait(id, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return this.#giveUp(id, reject, signal);
      const abort = signal && (() => this.#giveUp(id, reject, signal));
      signal?.addEventListener("abort", abort, { once: true });
      const settle = (act) => (value) => (signal?.removeEventListener("abort", abort), act(value));
      this.#waiting.set(id, signal ? { resolve: settle(resolve), reject: settle(reject) } : { resolve, reject });
    });
  }

  #giveUp(id, reject, signal) {
    this.#waiting.delete(id);
    this.#core.cancel(id);
    reject(signal.reason);
  }

  #refusal() {
    return parse(this.#core.takeReason());
  }

  #take(id) {
    const waiter = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiter;
  }

  #host() {
    return {
      release: (ids, generation) => {
        for (const id of ids) {
          const waiter = this.#take(id);
          if (waiter) waiter.resolve(generation);
          else this.#core.settled(id);
        }
      },
      reject: (ids, error) => {
        const data = JSON.parse(error);
        for (const id of ids) this.#take(id)?.reject(fromData(data));
      },
      emit: (event) => {
        this.#header = undefined;
        this.#tell(JSON.parse(event));
      },
      settle: (call, result, error) => {
        const { resolve, reject } = this.#calls.get(call);
        this.#calls.delete(call);
        if (error) reject(parse(error));
        else resolve(result);
      },
      answer: (flight, answer) =>
        after(answer, ({ status, type, date, retryAfter, body, nonce, challenge }) =>
          this.#core.answered(flight, status, type, date, retryAfter, body, nonce, challenge),
        ),
      watch: () => this.#intercepts,
      wake: (delay) => {
        clearTimeout(this.#timer);
        if (delay >= 0) this.#timer = setTimeout(() => this.#core.ring(), delay);
      },
      keep: (flight, key, record, handle) => {
        const pair = this.#keys.get(handle);
        after(this.#records.keep(key, record, pair), (fleeting) => this.#core.stored(flight, fleeting));
      },
      take: (flight, key) => after(this.#taken(key), (record) => this.#core.stored(flight, asText(record))),
      seek: (flight) => after(this.#records.seek(), (word) => this.#core.stored(flight, word)),
      forget: () => {
        this.#keys.forget();
        this.#records.forget();
      },
      verified: (flight, outcome) => after(outcome, (said) => this.#core.verified(flight, said)),
      recall: (flight, key) => after(this.#records.recall(key), (record) => this.#core.stored(flight, asText(record))),
      remember: (key, record) => this.#records.remember(key, record),
      makeKey: (flight, persist) => after(this.#keys.make(persist), (jwk) => this.#core.keyed(flight, jwk)),
      sign: (handle, input) => this.#keys.sign(handle, input),
      report: (url, entries) => {
        if (url) post(url, entries);
        else later(async () => this.#settings.sink?.(JSON.parse(entries)));
      },
    };
  }

  async #taken(key) {
    const { record, pair } = (await this.#records.take(key)) ?? {};
    // A pair that is damaged is found missing when it is needed.
    if (pair) await this.#keys.add(pair).catch(() => {});
    return record;
  }
}

// Other script of this origin may write into the store.
const asText = (record) => (typeof record === "string" && record.length < longest ? record : undefined);

const parse = (json) => new TokenKeepError(JSON.parse(json));
