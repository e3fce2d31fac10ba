const fields = ["method", "cache", "credentials", "integrity", "keepalive", "mode", "priority", "referrerPolicy"];

/** Whether `fetch` may take this for a Request, of whatever realm. What is text or a URL here is none. */
export const mayBeRequest = (input) => Object(input) === input && !(input instanceof URL);

/**
 * What `fetch(input, init)` asks for, as data that can cross a port. A promise only where a body has to be read. A port
 * copies buffers as they are sent; without one, `copy` says to do it here, since the caller may change them later.
 */
export function describe(input, init, copy = false) {
  const isRequest = mayBeRequest(input);
  const source = isRequest ? new Request(input, init) : init;
  const url = isRequest ? source.url : new URL(input, globalThis.document?.baseURI).href;
  // Whether this is a promise shows by its `then`, which must not come from a prototype.
  const request = { __proto__: null, url, signal: source.signal };
  for (const field of fields) {
    const value = source[field];
    // What a Request says when nobody said anything is left out.
    const isSaid = isRequest ? value && (field !== "credentials" || value !== "same-origin" || init[field]) : value !== undefined;
    if (isSaid) request[field] = value;
  }
  if (source.headers) request.headers = [...new Headers(source.headers)];
  if (init.tokenkeep) withOptions(request, init.tokenkeep);
  if (!isRequest) return init.body == null ? request : withBody(request, init.body, copy);
  // Not every browser shows a Request's body.
  const { body = !/^(GET|HEAD)$/.test(source.method) } = source;
  return body ? complete(request, source) : request;
}

async function complete(request, source) {
  request.body = await source.blob();
  return request;
}

/** The options of one call; an idempotency key becomes a header here, so that every try has the same. */
function withOptions(request, { timeout, retry, stepUp, replaceAuthorization, idempotencyKey }) {
  request.options = { timeout, retry, stepUp, replaceAuthorization, idempotent: Boolean(idempotencyKey) };
  if (!idempotencyKey) return;
  const key = idempotencyKey === true ? crypto.randomUUID() : String(idempotencyKey);
  const others = (request.headers ?? []).filter(([name]) => name !== "idempotency-key");
  request.headers = [...others, ["idempotency-key", key]];
}

/**
 * What is no text, bytes or Blob of this realm is what the platform makes of it, whichever realm it comes from. A form is encoded
 * once, here, so that every replay has the same boundary and the same bytes.
 */
function withBody(request, body, copy) {
  request.body = body;
  if (typeof body === "string" || body instanceof Blob) return request;
  if (ArrayBuffer.isView(body) || body instanceof ArrayBuffer) {
    const bytes = new Uint8Array(body.buffer ?? body, body.byteOffset, body.byteLength);
    // No port takes shared memory.
    if (copy || !(bytes.buffer instanceof ArrayBuffer)) request.body = new Uint8Array(bytes);
    return request;
  }
  const extracted = new Response(body);
  if (extracted.body === body) {
    request.duplex = "half";
    return request;
  }
  const type = extracted.headers.get("content-type");
  const headers = (request.headers ??= []);
  if (type && !headers.some(([name]) => name === "content-type")) headers.push(["content-type", type]);
  // So ends the type of what is made text here. A Blob's is in lower case.
  if (!type?.endsWith("=UTF-8")) return complete(request, extracted);
  request.body = String(body);
  return request;
}
