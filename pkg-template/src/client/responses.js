const ahead = 8;

/** A Response that says of itself what the one said that the holder got. */
class HeldResponse extends Response {
  #facts;

  constructor(body, facts) {
    super(body, facts.init);
    this.#facts = facts;
  }

  get url() {
    return this.#facts.url;
  }

  get status() {
    return this.#facts.status;
  }

  get statusText() {
    return this.#facts.statusText;
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
export function toResponse({ body, stream, ...facts }, signal, done) {
  if (stream) return new HeldResponse(toStream(stream, signal, done), facts);
  done?.();
  return new HeldResponse(body, facts);
}

/** The chunks that come through `port`, a few of them asked for ahead. */
function toStream(port, signal, done) {
  let asked = 0;
  // Whoever sends may wait to be asked for more.
  const end = () => {
    port.postMessage(0);
    port.close();
    done?.();
  };
  const source = {
    type: "bytes",
    start(controller) {
      const fail = (reason) => (controller.error(reason), end());
      signal?.addEventListener("abort", () => fail(signal.reason), { once: true });
      port.onmessage = ({ data }) => {
        asked -= 1;
        if (ArrayBuffer.isView(data)) controller.enqueue(data);
        else if (data) fail(data.name === "AbortError" ? new DOMException(data.message, data.name) : new TypeError(data.message));
        else {
          controller.close();
          // Who waits with bytes of his own gets them back.
          controller.byobRequest?.respond(0);
          end();
        }
      };
    },
    pull() {
      if (asked < ahead) port.postMessage(ahead - asked);
      asked = ahead;
    },
    cancel: end,
  };
  return new ReadableStream(source, { highWaterMark: 1 });
}
