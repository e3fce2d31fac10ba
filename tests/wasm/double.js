const real = { fetch: globalThis.fetch, performance: performance.now, date: Date.now, random: crypto.getRandomValues };
const operations = { finish: 0, signIn: 1, signOut: 2 };

/**
 * Doubles for what surrounds the wasm: the script that loads it and keeps its records, and the network. The network is
 * one because a real server can't misbehave on command; the real one is met in tests/browser.
 */
export class Double {
  log = [];
  requests = [];
  records = new Map();
  cancelled = 0;
  intercepted = false;
  /** After how many milliseconds the core is woken, as it said last; -1 if not at all. */
  alarm = -1;
  #core;
  #replies = [];
  #calls = new Map();
  #watchers = new Set();
  #storing = [];
  #storeIsSlow = false;
  #calling = false;
  #last = 0;
  #over = false;
  #timer;

  constructor() {
    globalThis.fetch = (input, init) => this.#fetch(input, init);
  }

  restore() {
    this.#over = true;
    clearTimeout(this.#timer);
    globalThis.fetch = real.fetch;
    performance.now = real.performance;
    Date.now = real.date;
    crypto.getRandomValues = real.random;
  }

  connect(core) {
    this.#core = core;
  }

  /** What the core is constructed with. */
  host() {
    return {
      answer: (flight, answer) =>
        answer.then(({ status, type, date, retryAfter, body, nonce, challenge }) =>
          this.#core.answered(flight, status, type, date, retryAfter, body, nonce, challenge),
        ),
      emit: (event) => this.#note(`emit ${JSON.parse(event).type}`, () => this.#core.describe()),
      wake: (delay) => {
        this.alarm = delay;
        clearTimeout(this.#timer);
        if (delay >= 0) this.#timer = setTimeout(() => this.#core.ring(), delay);
      },
      forget: () => (this.records.clear(), this.#note("forget")),
      makeKey: (flight) => this.#core.keyed(flight),
      sign: () => Promise.reject(new Error("no key")),
      watch: () => this.#look(),
      keep: (flight, key, record) => this.#store(`keep ${key}`, () => (this.records.set(key, record), this.#core.stored(flight))),
      seek: (flight) => this.#store("seek", () => this.#core.stored(flight, undefined)),
      take: (flight, key) => this.#store(`take ${key}`, () => this.#core.stored(flight, this.#remove(key))),
      release: (ids, generation) => this.#note(`release ${[...ids].join(" ")} @${generation}`, () => this.#core.describe()),
      reject: (ids, error) => this.#note(`reject ${[...ids].join(" ")} ${JSON.parse(error).code}`, () => this.#core.cancel(ids[0])),
      settle: (call, result, error) => this.#settle(call, result, error),
    };
  }

  /** Starts an operation: resolves to its outcome, or to `error <json>`. */
  call(operation, text) {
    return new Promise((resolve) => {
      const call = ++this.#last;
      this.#calls.set(call, resolve);
      this.#core.start(call, operations[operation], text, 1, true);
    });
  }

  core() {
    return this.#core;
  }

  /** From now on the store answers only when `finishStoring` is called. */
  slowStore() {
    this.#storeIsSlow = true;
  }

  finishStoring() {
    for (const act of this.#storing.splice(0)) act();
  }

  /** From now on every call of the wasm calls back into the wasm before it returns. */
  callBack() {
    this.#calling = true;
  }

  /** The answer to the next request that has none: `{ status, type, retryAfter, body }`, or a `kind` of trouble. */
  reply(json) {
    this.#replies.push(JSON.parse(json));
  }

  /** From now on a service worker stands between. */
  intercept() {
    this.intercepted = true;
  }

  noRandomness() {
    crypto.getRandomValues = () => {
      throw new DOMException("no entropy", "OperationError");
    };
  }

  /** Both clocks stand still and show this. */
  clocks(monotonic, wall) {
    performance.now = () => monotonic;
    Date.now = () => wall;
  }

  /** Resolves as soon as a line of the log starts with `start`. */
  seen(start) {
    if (this.log.some((line) => line.startsWith(start))) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`never saw ${start}; saw ${this.log.join(", ")}`)), 10_000);
      this.#watchers.add({ start, resolve: () => (clearTimeout(timer), resolve()) });
    });
  }

  /** Resolves when everything that can happen by itself has happened. */
  async quiet() {
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setTimeout(resolve));
  }

  logged() {
    return this.log.join("\n");
  }

  requested() {
    return this.requests.join("\n");
  }

  bodiesCancelled() {
    return this.cancelled;
  }

  /** Stands for lookout.js: a note on a request is looked for only after the request was announced. */
  #look() {
    const expected = new Set();
    const look = (url) => {
      if (url && !expected.delete(url)) throw new Error(`${url} was not announced`);
      return this.intercepted;
    };
    return Object.assign(look, { expect: (url) => expected.add(url) });
  }

  #note(line, callBack) {
    this.log.push(line);
    for (const watcher of this.#watchers) {
      if (line.startsWith(watcher.start)) watcher.resolve(this.#watchers.delete(watcher));
    }
    if (this.#calling) callBack?.();
  }

  #store(line, act) {
    this.#note(line);
    if (this.#storeIsSlow) this.#storing.push(act);
    else queueMicrotask(act);
  }

  #remove(key) {
    const record = this.records.get(key);
    this.records.delete(key);
    return record;
  }

  #settle(call, result, error) {
    this.#note(`settle ${call}`);
    this.#calls.get(call)(error ? `error ${error}` : result);
    this.#calls.delete(call);
  }

  async #fetch(input, init) {
    const request = new Request(input, init);
    if (request.cache === "force-cache") return new Response(this.#turn());
    const { url, method, redirect, credentials, cache, referrer, referrerPolicy, mode } = request;
    const headers = Object.fromEntries(request.headers);
    const body = await request.clone().text();
    this.requests.push(JSON.stringify({ url, method, redirect, credentials, cache, referrer, referrerPolicy, mode, headers, body }));
    this.#note(`fetch ${url}`);
    return this.#answer(this.#replies.shift() ?? { kind: "network" }, request.signal);
  }

  #answer({ kind, value, status = 200, type = "application/json", retryAfter, body = "", size = 0, step = 65_536 }, signal) {
    const headers = { ...(type && { "content-type": type }), ...(retryAfter && { "retry-after": retryAfter }) };
    if (kind === "network") throw new TypeError("Failed to fetch");
    if (kind === "value") throw value;
    if (kind === "nothing") throw undefined;
    if (kind === "hang") return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    if (kind === "empty") return new Response(null, { status, headers });
    const bytes = new TextEncoder().encode(body.padEnd(size));
    return new Response(this.#stream(bytes, step, kind, signal), { status, headers });
  }

  /**
   * The answer to a look at what stands between, which is no request of the protocol. It ends in the next turn, and never for
   * a world that is over by then: what that sends afterwards would be the next world's.
   */
  #turn() {
    return new ReadableStream({ start: (controller) => void setTimeout(() => this.#over || controller.close()) });
  }

  /** The bytes in steps; then the end, an error, or nothing more. */
  #stream(bytes, step, kind, signal) {
    let at = 0;
    return new ReadableStream({
      start: (controller) => signal.addEventListener("abort", () => controller.error(signal.reason)),
      pull: (controller) => {
        if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += step)));
        else if (kind === "cut") controller.error(new TypeError("network error"));
        else if (kind === "endless") return new Promise(() => {});
        else controller.close();
      },
      cancel: () => void (this.cancelled += 1),
    });
  }
}
