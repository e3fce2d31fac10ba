import { fail, fromData } from "../errors.js";
import { later, more } from "./later.js";
import { cancelBody, describe } from "./requests.js";
import { explanationOf, toResponse } from "./responses.js";

const version = 1;
const patience = 30_000;
const grace = 1_000;

/** Calls to a holder on the other side of a port. */
export class PortTransport {
  #make;
  #port;
  #pending = new Map();
  #streams = new Set();
  #lastId = 0;
  #listener;
  #failure;
  #release;
  #answered;
  // After a holder's end, until another one answers: what is to be said to that.
  #held;
  // The last call that the holder has heard, once it makes room for another one.
  #heard;
  #seen = { op: "see" };
  #lock;
  shared;
  /** Why calls have no answer from when the page was left until it is back. */
  left;
  explain = explanationOf;

  /** `given` is a worker, a port, or a function that makes one, and another one where that has failed. */
  constructor(given) {
    if (typeof given !== "function") this.#begin(() => given);
    // Where there is no browser, as on a server, nothing is done.
    else if (globalThis.location) this.#begin((this.#make = given));
  }

  async fetch(input, init) {
    const request = describe(input, init);
    return this.send(request.then ? await request : request);
  }

  /** Once `signal` aborts the holder is told, and nobody waits for the answer any more. */
  async call(op, parameters, signal, transfer) {
    if (!this.left) this.#revive(op);
    if (this.#failure) throw this.#failure;
    const id = ++this.#lastId;
    const send = () => this.post({ id, op, ...parameters }, transfer);
    send();
    // It was for what outlives its page, which the holder takes even now.
    if (this.left) throw this.left;
    // A stream is gone once it was sent.
    const answer = new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject, op, again: !transfer && send }));
    if (!this.#port && !this.#make) this.#explain();
    const abort = () => {
      this.post({ op: "abort", target: id });
      // What has become of a sign-in by now the holder knows.
      if (op !== "outcome") this.#settle(id)?.reject(signal.reason);
    };
    signal?.addEventListener("abort", abort);
    try {
      return await answer;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  see(visible, online) {
    this.#seen = { op: "see", visible, online };
    // Without locks nobody tells of the holder's end: then it is asked.
    if (visible && (this.left || this.#failure || !navigator.locks)) this.#ask();
    else this.post(this.#seen);
  }

  /** Says what has no answer. */
  post(message, transfer) {
    if (this.#held && message.op !== "hello") this.#held.push([message, transfer]);
    else this.#port?.postMessage({ v: version, id: 0, ...message }, transfer);
  }

  /** Says hello, and resolves to the session as it is. */
  async listen(listener) {
    if (!this.#port && !this.#make) return null;
    this.#listener = listener;
    this.left = undefined;
    const answer = this.call("hello", { again: !!this.#make });
    const timer = setTimeout(() => this.fail("HOLDER_SILENT", "the worker doesn't answer"), patience);
    // Another holder has not heard of it.
    this.post(this.#seen);
    this.#stayAlive();
    return answer.finally(() => clearTimeout(timer));
  }

  close() {
    this.leave();
    this.#make = this.#failure = undefined;
    this.fail("HOLDER_FAILED", "it was closed; call connect() again");
  }

  /** Where the holder has failed, has another one take its place if one can be made, or asks it again if it was slow. */
  #revive(op) {
    if (!(this.#failure && (this.#make || /SILENT/.test(this.#failure.code)))) return;
    if (op !== "hello") return this.#ask();
    this.#failure = undefined;
    if (this.#make) this.#begin(this.#make);
  }

  #ask() {
    const tell = (session) => this.#listener({ type: "reconnected", detail: {}, session });
    this.listen(this.#listener).then(tell, () => {});
  }

  /** Sends what `describe` made of a request. */
  async send({ signal, ...request }) {
    try {
      signal?.throwIfAborted();
      request.headers = [...request.headers];
      return toResponse(await this.call("fetch", request, signal, request.duplex && [request.body]), signal, this.#streams);
    } catch (error) {
      cancelBody(request, error);
      throw error;
    }
  }

  #receive({ id, ok, error, event, lock, file, over }) {
    this.#answered = true;
    this.#flush();
    if (over >= 0) return this.#makeRoom(over);
    if (lock) return lock === this.#lock || this.#outlive(lock);
    if (file) return later(({ compare }) => compare(file, this));
    if (event) return this.#listener?.(event);
    const call = this.#settle(id);
    if (error) call?.reject(fromData(error));
    else call?.resolve(ok);
  }

  #settle(id) {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    return call;
  }

  #begin(make) {
    this.#port?.close?.();
    this.#port?.terminate?.();
    this.#port = this.#answered = this.#heard = undefined;
    try {
      const worker = make();
      this.shared = "port" in worker;
      const port = (this.#port = worker.port ?? worker);
      port.addEventListener("message", ({ data }) => [data].flat().forEach((one) => one?.v === version && this.#receive(one)));
      port.start?.();
      // A worker that threw may still answer, and then says more than its error event.
      const doubt = (event) => port === this.#port && !this.#answered && this.#explain(event);
      worker.addEventListener("error", (event) => {
        this.#flush();
        setTimeout(doubt, grace, event);
      });
      if (this.#held) setTimeout(() => this.#insist(port), grace);
    } catch (error) {
      this.#explain(error);
    }
  }

  /** A worker on its way out takes connections and hears nothing: another one is made, and only what does no harm twice was said. */
  #insist(port) {
    if (port !== this.#port || !this.#held) return;
    port.postMessage({ v: version, id: 0, op: "bye" });
    this.#begin(this.#make);
    for (const { op, again } of this.#pending.values()) if (op === "hello") again();
  }

  #flush() {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const one of held) this.post(...one);
  }

  #explain(cause) {
    const explain = ({ whyNoWorker }) => this.fail(...whyNoWorker(cause, this.shared));
    more().then(explain, () => this.fail("HOLDER_FAILED", "the worker doesn't answer"));
  }

  /** Nobody answers any more: whoever waits is told, and whoever comes. */
  fail(code, message) {
    this.#failure ??= fail(code, message);
    this.#letGo(this.#failure);
  }

  /** The holder has this lock for as long as it lives: whoever gets it has outlived the holder. */
  #outlive(lock) {
    this.#lock = lock;
    const port = this.#port;
    navigator.locks.request(lock, { mode: "shared" }, () => this.#lose(port)).catch(() => {});
  }

  /** The holder has heard nothing after this call, and its end is near. */
  #makeRoom(heard) {
    const port = this.#port;
    if (this.#make) this.#heard = heard;
    if (!navigator.locks) setTimeout(() => this.#lose(port), grace);
  }

  /** What a holder had not heard when it made room is for the next one. */
  #lose(port) {
    if (port !== this.#port) return;
    const unheard = [...this.#pending].filter(([id, { again }]) => again && id > this.#heard);
    for (const [id] of unheard) this.#pending.delete(id);
    this.fail("HOLDER_LOST", "the worker has ended; call again");
    if (this.#make && this.shared) this.#held = [];
    this.#listener?.({ type: "signedout", detail: { reason: "lost" }, session: null });
    if (unheard[0]) this.#revive();
    for (const [id, call] of unheard) {
      this.#pending.set(id, call);
      call.again();
    }
  }

  /** Holds a lock for as long as this page lives, so that the holder learns of its end however that comes. */
  #stayAlive() {
    if (!this.shared || this.#release || this.#failure || !navigator.locks) return;
    const lock = `tokenkeep-${crypto.randomUUID()}`;
    const held = new Promise((resolve) => (this.#release = resolve));
    navigator.locks
      .request(lock, () => {
        this.post({ op: "alive", lock });
        return held;
      })
      .catch(() => {});
  }

  /** The page is left: what still waits is of no use to anybody. */
  leave() {
    this.left = new DOMException("the page was left", "AbortError");
    this.#flush();
    this.post({ op: "bye" });
    this.#letGo(this.left);
  }

  #letGo(reason) {
    this.#release?.();
    this.#release = undefined;
    if (this.#held) this.#held = [];
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
    for (const end of this.#streams) end(reason);
  }
}
