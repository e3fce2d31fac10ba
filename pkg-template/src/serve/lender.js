import { PortTransport } from "../client/port.js";

/** The holder, seen from the page of its own origin, which may do everything. */
export class Lender {
  #worker;
  #transport;
  #releases = new Set();
  #tell;

  /** Resolves when the holder has ended. */
  lost = new Promise((resolve) => (this.#tell = resolve));

  /** `worker` is one, or a function that makes one. */
  constructor(worker) {
    this.#worker = worker;
    globalThis.addEventListener("pagehide", () => this.#leave());
  }

  /** Calls to the holder. */
  call(op, parameters) {
    return this.#open().call(op, parameters);
  }

  /** A new port to the holder that understands less, and is closed when this page ends. */
  async lend() {
    const { port1, port2 } = new MessageChannel();
    const lock = await this.#hold(`tokenkeep-${crypto.randomUUID()}`);
    this.#open().post({ op: "lend", lock }, [port2]);
    return port1;
  }

  /** Only who has said hello is told of the holder's end. */
  #open() {
    if (this.#transport) return this.#transport;
    this.#transport = new PortTransport(this.#worker);
    this.#transport.lends = true;
    this.#transport.listen(({ detail }) => detail.reason === "lost" && this.#tell()).catch(() => {});
    return this.#transport;
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

  #leave() {
    this.#transport?.leave();
    for (const release of this.#releases) release();
    this.#releases.clear();
  }
}
