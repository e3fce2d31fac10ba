const ahead = 8;

/** A Response whose `url`, `redirected` and `type` are those of the one the holder got. */
class HeldResponse extends Response {
  #facts;

  constructor(body, facts) {
    super(body, facts);
    this.#facts = facts;
  }

  get url() {
    return this.#facts.url;
  }

  get redirected() {
    return this.#facts.redirected;
  }

  get type() {
    return this.#facts.type;
  }

  static explanation(response) {
    return response instanceof HeldResponse ? (response.#facts.explanation ?? null) : null;
  }

  clone() {
    return new HeldResponse(super.clone().body, this.#facts);
  }
}

export const explanationOf = (response) => HeldResponse.explanation(response);

/** The response that `facts` describe; `done` is called when nothing of it can be aborted any more. */
export function toResponse(facts, signal, done) {
  if (facts.body instanceof MessagePort) return new HeldResponse(toStream(facts.body, signal, done), facts);
  done?.();
  return new HeldResponse(facts.body ?? null, facts);
}

/** The chunks that come through `port`, a few of them asked for ahead. */
function toStream(port, signal, done) {
  const end = () => {
    port.close();
    done?.();
  };
  return new ReadableStream({
    start(controller) {
      const fail = (reason) => (controller.error(reason), end());
      signal?.addEventListener("abort", () => fail(signal.reason), { once: true });
      port.onmessage = ({ data }) => {
        if (data instanceof Uint8Array) controller.enqueue(data);
        else if (data) fail(data.name === "AbortError" ? new DOMException(data.message, data.name) : new TypeError(data.message));
        else {
          controller.close();
          end();
        }
      };
      port.postMessage(ahead);
    },
    pull: () => port.postMessage(1),
    cancel() {
      port.postMessage(0);
      end();
    },
  });
}
