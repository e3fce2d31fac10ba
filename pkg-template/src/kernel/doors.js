import { fail, toData } from "../errors.js";
import { Joined } from "./joined.js";
import { forward } from "./responses.js";
import { Succession } from "./succession.js";

const version = 1;
// Far beyond what an application does: bounds for script that floods the holder.
const mostPending = 200_000;
const mostDoors = 1_000;
const mostLocks = 8;
const mostNames = 32;
const grace = 1_000;
// Where fewer calls are under way each is answered by itself.
const crowd = 16;
const doors = new Set();
// Each speaks for one door: their names can be seen by others.
const shown = new Set();
// No page outlives a worker of its own, or is outlived by it.
const locks = "onconnect" in globalThis ? globalThis.navigator?.locks : undefined;
// What doesn't make a page one of those who are connected.
const quiet = new Set(["alive", "bye", "see", "abort", "found"]);
// Requests that have no answer yet, also those that outlive their page: another holder doesn't take over meanwhile.
const unanswered = new Set();
const succession = "onconnect" in globalThis ? new Succession(doors, unanswered) : undefined;
// A promise of the lock that this holder has for as long as it lives, which pages wait for.
let living;
let lastNumber = 0;
const fields = ["method", "body", "cache", "credentials", "duplex", "integrity", "keepalive", "mode", "priority", "referrerPolicy"];

/** Opens a door for every page that connects. `supervisor` may be a promise. */
export function open(supervisor) {
  live();
  if ("onconnect" in globalThis) globalThis.onconnect = ({ ports: [port] }) => new Door(port, supervisor);
  else new Door(globalThis, supervisor);
}

/** Whoever takes the lock away gets that one only. Where cookies are blocked there are no locks. */
function live() {
  const lock = `tokenkeep:holder-${crypto.randomUUID()}`;
  living = new Promise((resolve) => {
    const hold = () => (resolve(lock), new Promise(() => {}));
    globalThis.navigator?.locks?.request(lock, hold).catch(({ name }) => name === "AbortError" && live());
  });
}

/**
 * One page's way in. Answers go to this page only; what isn't a well-formed message is dropped. It closes when the page says
 * goodbye, lets its lock go or is gone, and stays closed until a lock shows that somebody is there again. A door that is `lent`
 * is for a page of another origin, does what that may have done, and is shut for good with the lock of the page that lent it.
 */
class Door {
  #port;
  #supervisor;
  #number = ++lastNumber;
  #pending = new Map();
  #underWay = 0;
  #silence;
  #closed = false;
  // While somebody knocks at the closed door: a promise of whether it opens, and what settles that.
  #knock;
  #open;
  // The lock that was spoken of last, and the one that was found to be held.
  #said;
  #lock;
  #locks = 0;
  #alive = !locks;
  #lent;
  #over = false;
  // The last message that this holder has taken, and whether it takes any more.
  #heard = 0;
  #shut = false;
  #names = new Set();
  #joined = new Joined((messages) => this.#post(messages));

  constructor(port, supervisor, lent = false) {
    this.#port = port;
    this.#lent = lent;
    this.#supervisor = Promise.resolve(supervisor);
    this.#supervisor.then(
      (ready) => (this.#supervisor = ready),
      () => {},
    );
    if ("onclose" in port) port.onclose = () => this.#close();
    port.onmessage = ({ data, ports: [given] }) => isMessage(data) && (given ? this.#lend(data, given) : this.#receive(data));
  }

  async #lend({ op, lock }, port) {
    if (op !== "lend" || this.#lent) return;
    await Promise.resolve(this.#supervisor).catch(() => {});
    new Door(port, this.#supervisor, true).#watch(lock).catch(() => {});
  }

  async #receive(message) {
    const { id, op } = message;
    if (this.#shut) return;
    this.#heard = Math.max(this.#heard, id);
    this.#underWay += 1;
    try {
      if (this.#lent && !lendable.has(op)) throw fail("OPERATION_REFUSED", "a page of another origin can't do this");
      // What outlives its page may be sent while that is left, after it has said goodbye.
      const lasts = op === "fetch" && message.keepalive === true;
      if (this.#closed && !(lasts ? this.#underWay <= mostPending : await this.#opens(op))) return;
      if (!this.#closed && !quiet.has(op)) this.#limit();
      const supervisor = this.#supervisor instanceof Promise ? await this.#supervisor : this.#supervisor;
      if (this.#closed && !lasts && !quiet.has(op)) return;
      const result = await this.#operations[op](message, supervisor.kernel, supervisor);
      if (result !== this) this.#answer({ id, ok: result });
    } catch (error) {
      this.#answer({ id, error: toData(error) });
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0 && !(this.#supervisor instanceof Promise)) succession?.consider(this.#supervisor);
    }
  }

  /** Whether a closed door lets this in, maybe later: what follows a knock waits until a lock is shown. */
  #opens(op) {
    if (this.#over) return false;
    if (op === "hello" && locks) {
      this.#limit();
      this.#knock ??= new Promise((open) => (this.#open = open));
    } else if (op === "hello") this.#closed = false;
    if (op === "alive" || op === "bye" || !this.#closed) return true;
    return this.#underWay <= mostPending && this.#knock;
  }

  #limit() {
    if (this.#underWay > mostPending) throw fail("QUEUE_FULL", "this page has too many requests under way; send fewer");
    if (doors.has(this)) return;
    // A page at an origin of the holder's own has two, of which one is lent.
    const kind = [...doors].filter((door) => door.#lent === this.#lent);
    if (kind.length >= mostDoors) {
      const oldest = kind.find((door) => !door.#alive);
      if (!oldest) throw fail("QUEUE_FULL", "too many connections; call close() on those that aren't used any more");
      oldest.#close();
    }
    doors.add(this);
  }

  // An operation that returns the door itself has no answer, or has given it.
  #operations = {
    __proto__: null,
    hello: ({ id, again }, kernel, supervisor) => {
      // Locks are per origin, and so is reading the holder's file.
      if (!this.#lent) living.then((lock) => this.#answer({ lock }));
      if (succession?.greet(this, again === true, supervisor)) return this.#unhear(id);
      this.#silence ??= supervisor.listen((event) => this.#answer({ event }));
      const file = this.#lent ? undefined : succession?.due(supervisor);
      if (file) this.#answer({ file });
      const event = succession?.news(supervisor);
      if (event) this.#answer({ event });
      return kernel.snapshot();
    },
    alive: ({ lock }) => {
      this.#watch(lock).catch(() => {});
      return this;
    },
    bye: () => this.#close(),
    found: ({ print }, _, supervisor) => {
      if (doors.has(this)) succession?.found(print, lastNumber, supervisor);
      return this;
    },
    fetch: (message, kernel) => this.#fetch(message, kernel),
    abort: ({ target }) => {
      this.#pending.get(target)?.controller.abort();
      return this;
    },
    signIn: ({ id, options }, kernel) => this.#signIn(id, options, kernel),
    finish: ({ href }, kernel) => kernel.finish(String(href), this.#from()),
    redirectUri: (_, kernel) => ({ redirectUri: kernel.redirectUri() }),
    signOut: ({ options }, kernel) => kernel.signOut(this.#lent ? {} : options),
    userinfo: ({ id }, kernel) => this.#abortable(id, (signal) => kernel.userinfo(signal)),
    enterToken: ({ token }, kernel) => kernel.enterToken(token, this.#from()),
    stats: (_, kernel) => kernel.stats(),
    audit: (_, kernel) => kernel.audit(),
    unlock: (_, kernel) => kernel.unlock(),
    see: ({ visible, online }, _, supervisor) => {
      if (doors.has(this)) supervisor.see(this, visible === true, online !== false);
      return this;
    },
    accessToken: ({ id }, kernel) => this.#abortable(id, (signal) => kernel.accessToken(signal)),
    outcome: ({ id, key }, kernel) => {
      if (!this.#names.has(key)) throw fail("REQUEST_REFUSED", "no sign-in of that name was started by this page; call signIn()");
      return this.#abortable(id, (signal) => kernel.outcome(key, this.#from(signal)));
    },
  };

  get number() {
    return this.#number;
  }

  get underWay() {
    return this.#underWay;
  }

  /** The last word: another holder takes over, and whatever came after the last message that was heard is for that one. */
  shut() {
    this.#answer({ over: this.#heard });
    this.#shut = true;
  }

  #unhear(id) {
    this.#heard = id - 1;
    return this;
  }

  #from(signal) {
    return { door: this.#number, alive: this.#alive, signal };
  }

  /** Looks whether some page holds `lock`. Looks are shared, so that one doesn't pass for a page that holds it. */
  async #watch(lock) {
    if (!locks || this.#locks === mostLocks || lock === this.#lock || !/^tokenkeep-[\w-]{36}$/.test(lock)) return;
    this.#said = lock;
    this.#locks += 1;
    try {
      const held = await locks.request(lock, { mode: "shared", ifAvailable: true }, (free) => !free);
      if (held && this.#said === lock) await this.#live(lock);
    } finally {
      this.#locks -= 1;
    }
  }

  /** Is open for as long as `lock` is held, or another one that is shown later. */
  async #live(lock) {
    const first = !shown.has(lock);
    shown.add(lock);
    this.#lock = lock;
    this.#alive = first;
    this.#closed = false;
    this.#answerKnock(true);
    try {
      if (first) this.#supervisor.kernel.vouch(this.#number);
      await locks.request(lock, { mode: "shared" }, () => {});
    } finally {
      if (first) shown.delete(lock);
      if (this.#lock === lock) this.#close();
      if (this.#lent) this.#end();
    }
  }

  /** Whoever has the other end could say hello again, and nothing would tell of its end then. What was sent last is still to come. */
  #end() {
    this.#over = true;
    setTimeout(() => this.#port.close(), grace);
  }

  #answerKnock(opens) {
    this.#open?.(opens);
    this.#knock = this.#open = undefined;
  }

  /** What comes of a sign-in in a popup is for the page that has the name of its record from here. */
  async #signIn(id, options, kernel) {
    const answer = await this.#abortable(id, (signal) => kernel.signIn(options, this.#from(signal)));
    if (options?.mode === "popup") this.#names.add(answer.slice(0, 43));
    if (this.#names.size > mostNames) this.#names.delete(this.#names.keys().next().value);
    return answer;
  }

  #abortable(id, work) {
    const { signal, done } = this.#track(id);
    return work(signal).finally(done);
  }

  /** Something that ends when the page says so by its id, or is gone. */
  #track(id, lasts = false) {
    if (this.#pending.has(id)) throw fail("REQUEST_REFUSED", "there is a request with this id; take another one");
    const call = { controller: new AbortController(), lasts, left: this.#closed };
    this.#pending.set(id, call);
    return { call, signal: call.controller.signal, done: () => this.#pending.get(id) === call && this.#pending.delete(id) };
  }

  async #fetch(message, kernel) {
    const { id, url, headers, options } = message;
    const { signal, done, call } = this.#track(id, message.keepalive === true);
    unanswered.add(call);
    try {
      const init = requestInit(message, signal, headers);
      const response = await kernel.send(new URL(url).href, init, options instanceof Object ? options : {});
      // Whoever asked has left, and the API was told.
      if (call.left) return (call.controller.abort(), done(), this);
      call.lasts = false;
      const explanation = kernel.explain(response);
      const answer = (ok, transfer) => {
        this.#answerFetch({ id, ok: explanation ? { ...ok, explanation } : ok }, transfer);
        this.#answered(call);
      };
      await forward(response, answer, done, call.controller);
    } catch (error) {
      done();
      throw error;
    } finally {
      this.#answered(call);
    }
    return this;
  }

  #answered(call) {
    if (unanswered.delete(call) && unanswered.size === 0) succession?.consider(this.#supervisor);
  }

  // What has a stream or a large body with it goes by itself.
  #answerFetch(message, transfer) {
    if (transfer || this.#pending.size < crowd) this.#answer(message, transfer);
    else this.#joined.add({ v: version, ...message });
  }

  #answer(message, transfer) {
    this.#joined.flush();
    this.#post({ v: version, ...message }, transfer);
  }

  // A message to a page in the back/forward cache would throw it out of there.
  #post(data, transfer = []) {
    if (!this.#closed && !this.#shut) this.#port.postMessage(data, transfer);
  }

  /** The page is gone or hidden away: its requests are of no use to anybody, but for those that outlive it. */
  #close() {
    this.#closed = true;
    this.#alive = !locks;
    this.#said = this.#lock = undefined;
    this.#answerKnock(false);
    doors.delete(this);
    this.#names.clear();
    this.#silence?.();
    this.#silence = undefined;
    for (const call of this.#pending.values()) {
      call.left = true;
      if (!call.lasts) call.controller.abort();
    }
    this.#pending.clear();
    if (this.#supervisor instanceof Promise) return this;
    this.#supervisor.see(this, false);
    succession?.consider(this.#supervisor);
    return this;
  }
}

const operations = new Set([
  ...["hello", "alive", "bye", "found", "see", "fetch", "abort", "signIn", "finish", "outcome", "signOut", "enterToken", "accessToken"],
  ...["userinfo", "stats", "audit", "unlock", "redirectUri", "lend"],
]);

// What crosses to another origin: requests, facts of the session, and signing out.
const lendable = new Set(["hello", "bye", "see", "fetch", "abort", "signOut", "userinfo", "stats", "audit", "unlock"]);

function isMessage(data) {
  return data instanceof Object && data.v === version && Number.isSafeInteger(data.id) && operations.has(data.op);
}

function requestInit(message, signal, headers) {
  const init = { credentials: "omit", referrerPolicy: "no-referrer" };
  for (const name of fields) if (message[name] !== undefined) init[name] = message[name];
  return Object.assign(init, { headers: new Headers(headers), redirect: "manual", signal });
}
