import { fail, fromData, toData } from "../errors.js";

/** Asks questions over a port; each has one answer. */
export class Line {
  #port;
  #asked = new Map();
  #last = 0;
  #cut;

  constructor(port) {
    this.#port = port;
    port.onmessage = ({ data, ports }) => this.#receive(data, ports);
  }

  /** Resolves to the answer, with the port that came with it as `port`. Once `signal` aborts it rejects with the reason. */
  ask(op, parameters, signal) {
    if (this.#cut) return Promise.reject(this.#cut);
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      signal?.addEventListener("abort", () => {
        this.#asked.delete(id);
        this.#port.postMessage({ id, op: "abort" });
        reject(signal.reason);
      });
      this.#port.postMessage({ id, op, ...parameters });
    });
  }

  /** Nobody is there any more. */
  cut(error) {
    this.#cut ??= error;
    for (const { reject } of this.#asked.values()) reject(this.#cut);
    this.#asked.clear();
    this.#port.close();
  }

  #receive({ id, ok, error }, [port]) {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (error) asked?.reject(fromData(error));
    else asked?.resolve(port ? { ...ok, port } : ok);
  }
}

/**
 * Answers what is asked over `port`: `operations` has a function for each `op`, of the question and a signal; what it answers
 * as `{ port, .. }` hands a port over.
 */
export function answer(port, operations) {
  const aborts = new Map();
  port.onmessage = async ({ data }) => {
    const { id, op } = data ?? {};
    if (op === "abort") return aborts.get(id)?.abort();
    const controller = new AbortController();
    aborts.set(id, controller);
    try {
      if (!Object.hasOwn(operations, op)) throw fail("OPERATION_REFUSED", "the page at the holder's origin doesn't know this operation");
      const { port: handed, ...ok } = (await operations[op](data, controller.signal)) ?? {};
      port.postMessage({ id, ok }, handed ? [handed] : []);
    } catch (error) {
      port.postMessage({ id, error: toData(error) });
    } finally {
      aborts.delete(id);
    }
  };
}
