import { deferred } from "./captured.js";
import { guarded, legible, refusalOf, restarted } from "./guard.js";
import { hostOf } from "./host.js";
import { Keys } from "./keys.js";
import { lookOut } from "./lookout.js";
import { Pending } from "./pending.js";
import { Records } from "./records.js";
import { Sender } from "./sender.js";
import { toJson } from "./settings.js";

const FINISH = 0;
const SIGN_IN = 1;
const SIGN_OUT = 2;
const ENTER_TOKEN = 3;
const WAIT = 4;

const none = Object.freeze({ __proto__: null });

/** Carries out what the core decides: the core holds ids and deadlines, the promises are here. */
export class Kernel {
  #core;
  #host;
  #intercepts;
  #lastId = 0;
  #pending = new Pending();
  #keys;
  #sender = new Sender({
    core: () => this.#core,
    nextId: () => ++this.#lastId,
    pending: this.#pending,
    streamLimit: () => this.#facts().streamBufferLimit,
  });

  /**
   * `Core` is the wasm class. Calls `tell` with every `{ type, detail, session }`, and `broke` once if the wasm breaks down,
   * after which everything here fails. Throws a TokenKeepError if the configuration is wrong.
   */
  constructor(Core, settings, tell, broke) {
    this.#host = this.#hostFor(settings, tell);
    try {
      const host = PAGE ? deferred(this.#host) : this.#host;
      const core = new Core(legible(settings.config), legible(globalThis.location?.origin ?? ""), host);
      this.#core = guarded(core, () => (this.#end(), broke()));
    } catch (error) {
      throw typeof error === "string" ? refusalOf(error) : restarted();
    }
    this.#intercepts = lookOut(() => this.#core.intercepted());
  }

  #hostFor({ sink }, tell) {
    const changed = (event) => {
      this.#sender.forget();
      tell(JSON.parse(event));
    };
    const records = new Records();
    this.#keys = new Keys(records);
    const parts = { pending: this.#pending, keys: this.#keys, records };
    return hostOf({ ...parts, core: () => this.#core, changed, sink, watch: () => this.#intercepts });
  }

  /** What the wasm left half done can't be trusted: everybody who waits hears of it. */
  #end() {
    this.#host.wake(-1);
    this.#sender.forget();
    this.#keys.forget();
    this.#pending.rejectAll(restarted());
  }

  /** Sends a request with the token: `Sender.send`. */
  send(url, init, options) {
    return this.#sender.send(url, init, options);
  }

  /** The access token, if the configuration exposes it. */
  accessToken(signal) {
    return this.#sender.accessToken(signal);
  }

  /** The claims of the userinfo endpoint, if they are the session's user's. */
  userinfo(signal) {
    return this.#sender.userinfo(signal);
  }

  /** Why an answer that went through is what it is, or null. */
  explain(response) {
    return this.#sender.explain(response);
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

  #start(operation, text, { door = 0, alive = true, signal } = none) {
    return new Promise((resolve, reject) => {
      const call = ++this.#lastId;
      this.#pending.add(call, { resolve, reject });
      // Where the response is there already, its outcome is still to come.
      const abort = () => this.#pending.has(call) && this.#core.cancel(call) && this.#pending.take(call)?.reject(signal.reason);
      signal?.addEventListener("abort", abort);
      try {
        this.#core.start(call, operation, text, door, alive);
      } catch (error) {
        this.#pending.take(call);
        reject(error);
      }
    });
  }

  /** What the core tells of the session and of itself. */
  #facts() {
    return JSON.parse(this.#core.describe());
  }
}
