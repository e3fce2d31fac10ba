import { fromData } from "../errors.js";

const ahead = 8;

const explanations = new WeakMap();

/** Why `auth.fetch` let a response through, where there is a reason, or null. */
export const explanationOf = (response) => explanations.get(response) ?? null;

/** The response that the holder describes. While its body comes, what ends that with an error is among `ends`. */
export const toResponse = ({ body, stream, ...facts }, signal, ends) => respond(stream ? toStream(stream, signal, ends) : body, facts);

/** A Response, made from what a Response can be made with, that says of itself what the one said that the holder got. */
function respond(body, facts) {
  const { init, explanation, ...said } = facts;
  const response = new Response(body, init);
  const clone = () => respond(Response.prototype.clone.call(response).body, facts);
  for (const [name, value] of Object.entries({ ...said, clone })) Object.defineProperty(response, name, { __proto__: null, value });
  explanations.set(response, explanation);
  return response;
}

/** The chunks that come through `port`, a few of them asked for ahead. */
function toStream(port, signal, ends) {
  let asked = 0;
  let controller;
  // Whoever sends may wait to be asked for more.
  const end = () => {
    port.postMessage(0);
    port.close();
    ends.delete(fail);
    signal?.removeEventListener("abort", abort);
  };
  const fail = (reason) => {
    controller.error(reason);
    end();
  };
  const abort = () => fail(signal.reason);
  ends.add(fail);
  signal?.addEventListener("abort", abort);
  port.onmessage = ({ data }) => {
    asked -= 1;
    if (ArrayBuffer.isView(data)) controller.enqueue(data);
    else if (data) fail(fromData(data));
    else {
      controller.close();
      // Who waits with bytes of his own gets them back.
      controller.byobRequest?.respond(0);
      end();
    }
  };
  const start = (given) => {
    controller = given;
  };
  const pull = () => {
    if (asked < ahead) port.postMessage(ahead - asked);
    asked = ahead;
  };
  const stream = (type) => new ReadableStream({ type, start, pull, cancel: end }, { highWaterMark: 1 });
  try {
    return stream("bytes");
  } catch {
    // Safari has no streams of bytes.
    return stream();
  }
}
