import { more } from "./later.js";

const fields = ["method", "cache", "credentials", "integrity", "keepalive", "mode", "priority", "referrerPolicy"];

/** Whether `fetch` may take this for a Request, of whatever realm. What is text or a URL here is none. */
export const mayBeRequest = (input) => Object(input) === input && !(input instanceof URL);

/** What `fetch(input, init)` asks for; but for the headers all of it can cross a port. A promise only where a body has to be read. */
export function describe(input, init) {
  // It says what nobody has asked for: as `input` it is known for that.
  if (globalThis.Request && init instanceof Request) return describe(new Request(input, init), {});
  const isRequest = mayBeRequest(input);
  const source = isRequest ? new Request(input, init) : init;
  const url = isRequest ? source.url : new URL(input, globalThis.document?.baseURI).href;
  // Whether this is a promise shows by its `then`, which must not come from a prototype.
  const request = { __proto__: null, url, signal: source.signal };
  for (const field of fields) {
    // Not all that it was made with a Request shows.
    const value = source[field] ?? init[field];
    // What it says when nobody said anything is left out.
    const isSaid = isRequest ? value && (field !== "credentials" || value !== "same-origin" || init[field]) : value !== undefined;
    if (isSaid) request[field] = value;
  }
  const headers = new Headers(source.headers);
  if (init.tokenkeep) request.options = optionsOf(init.tokenkeep, headers);
  const unread = isRequest ? hasBody(source) && source : init.body != null && withBody(request, headers, init.body);
  request.headers = headers;
  return unread ? complete(request, unread, isRequest ? [] : Array.from(init.body)) : request;
}

// Not every browser shows a Request's body.
const hasBody = ({ method, body = !/^(GET|HEAD)$/.test(method) }) => body;

async function complete(request, unread, entries) {
  // Behind a pipe that an abort could cut all of a file would go through this page's script.
  const body = unread.blob().catch(async (error) => (await more()).encode(entries, unread.headers, error));
  request.body = await unlessAborted(body, request.signal);
  return request;
}

/** Whoever fills a stream that nobody has begun to read learns that nobody will. */
export function cancelBody({ body, duplex }, reason) {
  if (duplex && !body.locked) body.cancel(reason).catch(() => {});
}

/** As `promise`, but whoever aborts waits no longer. */
export function unlessAborted(promise, signal) {
  let abort;
  const aborted = new Promise((_, reject) => (abort = () => reject(signal.reason)));
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  return Promise.race([promise, aborted]).finally(() => signal?.removeEventListener("abort", abort));
}

/** The options of one call; an idempotency key becomes a header here, so that every try has the same. */
function optionsOf({ timeout, retry, stepUp, replaceAuthorization, idempotencyKey }, headers) {
  if (idempotencyKey) headers.set("idempotency-key", idempotencyKey === true ? crypto.randomUUID() : idempotencyKey);
  return { timeout, retry, stepUp, replaceAuthorization, idempotent: Boolean(idempotencyKey) };
}

/**
 * What is no text, bytes or Blob of this realm is what the platform makes of it, whichever realm it comes from. A form is encoded
 * once, here, so that every replay has the same boundary and the same bytes. Answers a Response if the body has yet to be read.
 */
function withBody(request, headers, body) {
  request.body = body;
  if (typeof body === "string" || body instanceof Blob) return undefined;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) {
    // The caller may change them later, no port takes shared memory, and of a buffer it would take all.
    request.body = new Uint8Array(body.buffer ?? body, body.byteOffset, body.byteLength).slice();
    return undefined;
  }
  const extracted = new Response(body);
  const type = extracted.headers.get("content-type");
  if (type && !headers.has("content-type")) headers.set("content-type", type);
  if (extracted.body === body) request.duplex = "half";
  // So ends the type of what is made text here. A Blob's is in lower case.
  else if (type?.endsWith("=UTF-8")) request.body = String(body);
  else return extracted;
  return undefined;
}
