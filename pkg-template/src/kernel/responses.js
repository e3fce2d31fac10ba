const smallest = 64 * 1024;
// A Response refuses to be made with a body for these, though a browser gives them an empty one.
const bodiless = new Set([101, 204, 205, 304]);

/**
 * Hands a response over to the page: a small body of known length as a buffer, anything else as a stream of chunks
 * through a port of its own. `send` posts the answer, `done` is called when the body has been handed over.
 */
export async function forward(response, send, done) {
  const { status, statusText, url, redirected, type } = response;
  const facts = { status, statusText, url, redirected, type, headers: [...response.headers] };
  if (!response.body || bodiless.has(status)) {
    send(facts);
  } else if (isSmall(response)) {
    const body = await response.arrayBuffer();
    send({ ...facts, body }, [body]);
  } else {
    const { port1, port2 } = new MessageChannel();
    send({ ...facts, body: port2 }, [port2]);
    return pump(response.body.getReader(), port1).finally(done);
  }
  done();
}

function isSmall({ headers }) {
  const length = headers.get("content-length");
  return length !== null && Number(length) <= smallest && !headers.get("content-type")?.startsWith("text/event-stream");
}

/** Sends a chunk for every credit that the page gives, so that a slow reader holds the API back. */
async function pump(reader, port) {
  let credit = 0;
  let wake;
  port.onmessage = ({ data }) => {
    if (data > 0) credit += data;
    else reader.cancel().catch(() => {});
    wake?.();
  };
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      while (credit < 1) await new Promise((resolve) => (wake = resolve));
      credit -= 1;
      port.postMessage(value, [value.buffer]);
    }
    port.postMessage(null);
  } catch (error) {
    port.postMessage({ message: String(error?.message ?? error), name: String(error?.name) });
  }
}
