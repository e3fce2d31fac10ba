import { PortTransport, version } from "../client/port.js";

/** The holder, seen from the page of its own origin, which may do everything. */
export class Lender {
  #make;
  #worker;
  #transport;
  #releases = new Set();

  /** `worker` is one, or a function that makes one. */
  constructor(worker) {
    this.#make = () => (typeof worker === "function" ? worker() : worker);
    globalThis.addEventListener("pagehide", () => this.#release());
  }

  /** Calls to the holder. */
  call(op, parameters) {
    this.#open();
    return this.#transport.call(op, parameters);
  }

  /** A new port to the holder that understands less, and is closed when this page ends. */
  async lend() {
    this.#open();
    const { port1, port2 } = new MessageChannel();
    const lock = await this.#hold(`tokenkeep-${crypto.randomUUID()}`);
    this.#port.postMessage({ v: version, id: 0, op: "lend", lock }, [port2]);
    return port1;
  }

  get #port() {
    return this.#worker.port ?? this.#worker;
  }

  #open() {
    this.#worker ??= this.#make();
    this.#transport ??= new PortTransport(this.#worker);
  }

  /** Holds a lock for as long as this page lives or is shown: the page of the other origin can't, locks are per origin. */
  #hold(lock) {
    const { locks } = navigator;
    if (!locks) return undefined;
    return new Promise((resolve) => {
      locks.request(lock, () => {
        resolve(lock);
        return new Promise((release) => this.#releases.add(release));
      });
    });
  }

  #release() {
    for (const release of this.#releases) release();
    this.#releases.clear();
  }
}
