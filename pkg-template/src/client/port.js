import { fail, fromData } from "../errors.js";
import { more } from "./later.js";
import { describe } from "./requests.js";
import { explanationOf, toResponse } from "./responses.js";

export const version = 1;
const patience = 30_000;
const grace = 1_000;

/** Calls to a holder on the other side of a port. */
export class PortTransport {
  #port;
  #pending = new Map();
  #lastId = 0;
  #listener;
  #failure;
  #release;
  #answered = false;
  shared;

  /** `given` is a worker, a port, or a function that makes one. */
  constructor(given) {
    const worker = this.#make(given);
    this.shared = "port" in worker;
    this.#port = worker.port ?? worker;
    this.#port.addEventListener("message", ({ data }) => data?.v === version && this.#receive(data));
    this.#port.start?.();
    worker.addEventListener("error", (event) => this.#doubt(event));
    globalThis.addEventListener?.("pagehide", () => this.#leave());
  }

  fetch(input, init) {
    try {
      const request = describe(input, init);
      return request.then ? request.then((read) => this.send(read)) : this.send(request);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  call(op, parameters) {
    return this.#call({ op, ...parameters });
  }

  see(visible, online) {
    this.#port.postMessage({ v: version, id: 0, op: "see", visible, online });
  }

  /** The outcome of a sign-in that another page finishes. */
  wait(key, signal) {
    const outcome = this.#call({ op: "outcome", key });
    const target = this.#lastId;
    signal.addEventListener("abort", () => this.#abort(target));
    return outcome;
  }

  explain(response) {
    return explanationOf(response);
  }

  /** Says hello, and resolves to the session as it is. */
  listen(listener) {
    this.#listener = listener;
    this.#stayAlive();
    const timer = setTimeout(() => this.#giveUp(), patience);
    return this.#call({ op: "hello" }).finally(() => clearTimeout(timer));
  }

  close() {
    this.#leave();
    this.fail("it was closed; call connect() again");
  }

  #call(message, transfer = []) {
    if (this.#failure) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#port.postMessage({ v: version, id, ...message }, transfer);
      this.#pending.set(id, { resolve, reject });
    });
  }

  #abort(target) {
    this.#port.postMessage({ v: version, id: 0, op: "abort", target });
  }

  /** Sends what `describe` made of a request. */
  async send({ signal, ...request }) {
    signal?.throwIfAborted();
    const answer = this.#call({ op: "fetch", ...request }, request.duplex ? [request.body] : []);
    if (!signal) return toResponse(await answer);
    const target = this.#lastId;
    const abort = () => {
      this.#abort(target);
      this.#pending.get(target)?.reject(signal.reason);
      this.#pending.delete(target);
    };
    const relax = () => signal.removeEventListener("abort", abort);
    signal.addEventListener("abort", abort, { once: true });
    try {
      const facts = await answer;
      return toResponse(facts, signal, relax);
    } catch (error) {
      relax();
      throw error;
    }
  }

  #receive({ id, ok, error, event }) {
    this.#answered = true;
    if (event) return this.#listener?.(event);
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    if (error) call?.reject(fromData(error));
    else call?.resolve(ok);
  }

  #make(given) {
    try {
      return typeof given === "function" ? given() : given;
    } catch (error) {
      this.#doubt(error);
      return new MessageChannel().port1;
    }
  }

  /** A worker that threw may still answer, and then says more than its error event. */
  #doubt(cause) {
    const explain = () =>
      more().then(
        ({ whyNoWorker }) => this.fail(...whyNoWorker(cause, this.shared)),
        () => this.#giveUp(),
      );
    setTimeout(() => this.#answered || explain(), grace);
  }

  #giveUp() {
    this.fail("the worker doesn't answer: check that it calls hold()");
  }

  /** Nobody answers any more: whoever waits is told, and whoever comes. */
  fail(message, code = "HOLDER_FAILED") {
    this.#failure ??= fail(code, message);
    this.#drop(this.#failure);
  }

  #drop(reason) {
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  /** Holds a lock for as long as this page lives, so that the holder learns of its end however that comes. */
  #stayAlive() {
    const { locks } = globalThis.navigator;
    if (!this.shared || this.#release || !locks) return;
    const lock = `tokenkeep-${crypto.randomUUID()}`;
    const held = new Promise((resolve) => (this.#release = resolve));
    locks
      .request(lock, () => {
        this.#port.postMessage({ v: version, id: 0, op: "alive", lock });
        return held;
      })
      .catch(() => {});
  }

  #leave() {
    this.#port.postMessage({ v: version, id: 0, op: "bye" });
    this.#release?.();
    this.#release = undefined;
    this.#drop(new DOMException("the page was left", "AbortError"));
  }
}
