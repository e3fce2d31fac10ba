import { toData } from "../errors.js";

const smallest = 64 * 1024;
// Is copied: what crosses by itself costs more.
const tiny = 4 * 1024;
// Enough for a body that comes with its header, too short for anybody to notice.
const moment = 10;
// A Response refuses to be made with a body for these, though a browser gives them an empty one.
const bodiless = new Set([101, 204, 205, 304]);

/**
 * Hands a response over to the page: a small body of known length that comes with its header as a buffer, anything else as a
 * stream of chunks through a port of its own. `send` posts the answer, `done` is called when the body has been handed over,
 * `controller` ends the request that brought it.
 */
export async function forward(response, send, done, controller) {
  const { status, statusText, url, redirected, type } = response;
  const facts = { status, statusText, url, redirected, type, init: initOf(response) };
  if (!response.body || bodiless.has(status)) {
    send(facts);
    return done();
  }
  const reader = response.body.getReader();
  const { body, reads } = isSmall(response) ? await begin(reader, response.headers) : { reads: [] };
  if (body) {
    send({ ...facts, body }, body.length > tiny ? [body.buffer] : undefined);
    return done();
  }
  const { port1, port2 } = new MessageChannel();
  send({ ...facts, stream: port2 }, [port2]);
  return pump(reader, port1, reads, controller).finally(done);
}

/** What a Response can be made with: less than a network brings. */
function initOf({ status, statusText, headers }) {
  const isStatus = status > 199 && status < 600;
  const isText = !/[^\t -~\x80-\xff]/.test(statusText);
  return { status: isStatus ? status : 599, statusText: isText ? statusText : "", headers: [...headers] };
}

function isSmall({ headers }) {
  const length = headers.get("content-length");
  return length !== null && Number(length) <= smallest && !headers.get("content-type")?.startsWith("text/event-stream");
}

let ticking;
/** Resolves within a moment, at once for all who asked meanwhile: with a timer for each a tenth of the work is timers. */
function soon() {
  ticking ??= new Promise((resolve) => setTimeout(() => resolve((ticking = undefined)), moment));
  return ticking;
}

/** The `body`, if all of it comes within a moment; else the `reads` that were begun, the last of which may be to come or fail. */
async function begin(reader, headers) {
  // Of a body that was compressed nobody has said how long it is.
  const end = headers.has("content-encoding") ? -1 : Number(headers.get("content-length"));
  const [reads, chunks] = [[], []];
  let size = 0;
  const late = soon().then(soon);
  const next = () => reads[reads.push(reader.read()) - 1];
  try {
    for (;;) {
      const read = await Promise.race([next(), late]);
      if (!read) return { reads };
      if (read.done) break;
      chunks.push(read.value);
      size += read.value.length;
      if (size === end) break;
    }
  } catch {
    return { reads };
  }
  // The connection is free for others when its end has been read; the page needn't wait for that.
  if (size === end) reader.read().catch(() => {});
  return { body: joined(chunks, size) };
}

function joined(chunks, size) {
  if (chunks.length === 1 && size > tiny) return chunks[0];
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** Sends a chunk for every credit that the page gives, so that a slow reader holds the API back. */
async function pump(reader, port, reads, controller) {
  const { signal } = controller;
  let credit = 0;
  let wake;
  const give = (more) => {
    credit += more;
    wake?.();
  };
  // Not every browser lets go of the connection when the reader is cancelled.
  port.onmessage = ({ data }) => (data ? give(data) : controller.abort());
  // Nobody gives credit for what nobody wants any more.
  const end = () => give(Number.POSITIVE_INFINITY);
  if (signal.aborted) end();
  signal.addEventListener("abort", end);
  try {
    for (;;) {
      const { done, value } = await (reads.shift() ?? reader.read());
      if (done) break;
      while (credit < 1) await new Promise((resolve) => (wake = resolve));
      credit -= 1;
      port.postMessage(value, [value.buffer]);
    }
    port.postMessage(null);
  } catch (error) {
    port.postMessage(toData(error));
  }
}
