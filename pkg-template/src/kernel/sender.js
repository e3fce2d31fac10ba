import { fail } from "../errors.js";
import { describe, discreet, dispatch, drop, hint, isStream, refuse, steady } from "./calls.js";
import { refusalOf } from "./guard.js";
import { Kept } from "./kept.js";

const QUEUED = -1;
const FINAL = -2;
const STEP_UP = -4;
const TELL = -5;

const none = Object.freeze({ __proto__: null });

/** Sends requests as the core decides about them: at once, after a refresh, again, or not at all. */
export class Sender {
  #core;
  #nextId;
  #pending;
  #streamLimit;
  #explanations = new WeakMap();
  #generation = -1;
  #header;

  /**
   * `core()` answers the core, `nextId()` a number that it doesn't know yet, `streamLimit()` how much of a stream is kept, in
   * bytes. Requests that wait are `pending`.
   */
  constructor({ core, nextId, pending, streamLimit }) {
    this.#core = core;
    this.#nextId = nextId;
    this.#pending = pending;
    this.#streamLimit = streamLimit;
  }

  /** The session has changed, and what was known of its token with it. */
  forget() {
    this.#header = undefined;
  }

  /**
   * Sends a request with the token, now or after the refresh that it needs. `url` is what `new URL().href` wrote,
   * `init.headers` a Headers object that this call may change.
   */
  send(url, init, options = none) {
    const refusal = refuse(init, options);
    // What is judged and what is sent is text.
    const call = this.#call(`${url}`, init, options);
    if (isStream(init)) return this.#sendStream(call, refusal);
    return refusal ? Promise.reject(refusal) : this.#ask(call);
  }

  /** The access token, if the configuration exposes it. */
  async accessToken(signal) {
    const id = this.#nextId();
    const verdict = this.#core().authorizeExposure(id);
    if (verdict < QUEUED) throw this.#refusal();
    const generation = verdict === QUEUED ? await this.#wait(id, signal) : verdict;
    this.#core().settled(id);
    const header = this.#core().authorization(generation);
    return header ? header.slice(header.indexOf(" ") + 1) : this.accessToken(signal);
  }

  /** The claims of the userinfo endpoint, if they are the session's user's. */
  async userinfo(signal) {
    const init = { headers: new Headers({ accept: "application/json" }), ...discreet, signal };
    const response = await this.#ask(this.#call(undefined, init, none, true));
    const claims = this.#core().userinfo(response.status, await response.text());
    if (!claims) throw this.#refusal();
    return JSON.parse(claims);
  }

  /** Why an answer that went through is what it is, or null. */
  explain(response) {
    return this.#explanations.get(response) ?? null;
  }

  /** A stream may have to be sent again, if the configuration wants to keep any; who fills one that fails is told. */
  async #sendStream(call, refusal) {
    const { body, signal } = call.init;
    const limit = this.#streamLimit();
    if (limit) call.kept = new Kept(body, limit, signal);
    try {
      if (refusal) throw refusal;
      return await this.#ask(call);
    } catch (error) {
      if (call.kept) call.kept.cancel(error);
      // What it has begun to read fetch cancels by itself.
      else if (!body.locked) body.cancel(error).catch(() => {});
      throw error;
    }
  }

  #call(href, init, options, userinfo = false) {
    const timeout = typeof options.timeout === "number" ? options.timeout : -1;
    return { id: this.#nextId(), href, userinfo, init, timeout, options };
  }

  /** Asks whether the call may go: at first, and anew where the token was replaced in the meantime. */
  #ask(call) {
    const { id, href, timeout } = call;
    return this.#obey(call, call.userinfo ? this.#core().authorizeUserinfo(id) : this.#core().authorize(id, href, timeout));
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
        // Whoever gives up is no failure of the API. What fetch refuses by itself can't be told from a network that fails.
        if (call.init.signal?.aborted) this.#core().settled(call.id);
        else this.#core().failed(call.id);
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
    if (call.userinfo) call.href = this.#core().userinfoEndpoint();
    const { href, init, kept } = call;
    if (!href) return undefined;
    if (kept) init.body = kept.open();
    const fields = { __proto__: null, authorization: header };
    // Asking the core costs more than looking.
    if (header[0] !== "D") return dispatch(href, init, fields);
    const proof = this.#core().prove(call.id, generation, init.method ?? "GET", href);
    return proof && this.#fetchProven(href, init, fields, proof);
  }

  async #fetchProven(href, init, fields, proof) {
    try {
      fields.dpop = await steady(proof);
    } catch {
      this.#core().keyLost();
      throw fail("DPOP_KEY_LOST", "the key that the token is bound to is gone; call signIn() again");
    }
    const response = await dispatch(href, init, fields).catch((error) => Promise.reject(hint(error)));
    const nonce = response.headers.get("dpop-nonce");
    if (nonce) this.#core().nonce(href, nonce);
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
    const verdict = this.#core().responded(call.id, response.status);
    if (verdict === FINAL) return response;
    if (verdict === TELL) return this.#judge(call, response);
    throw this.#refusal();
  }

  #judge(call, response) {
    const verdict = this.#core().replied(call.id, JSON.stringify(describe(call, response)));
    if (verdict === FINAL || verdict === STEP_UP) {
      this.#explanations.set(response, JSON.parse(this.#core().takeReason() ?? "null"));
      return verdict === FINAL ? response : this.#steppingUp(call, response);
    }
    drop(response);
    return this.#obey(call, verdict);
  }

  #authorization(generation) {
    if (generation !== this.#generation || !this.#header) {
      this.#header = this.#core().authorization(generation);
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
      this.#pending.add(id, signal ? { resolve: settle(resolve), reject: settle(reject) } : { resolve, reject });
    });
  }

  #giveUp(id, reject, signal) {
    this.#pending.take(id);
    this.#core().cancel(id);
    reject(signal.reason);
  }

  #refusal() {
    return refusalOf(this.#core().takeReason());
  }
}
