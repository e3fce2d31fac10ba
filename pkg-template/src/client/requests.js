const fields = ["method", "cache", "credentials", "integrity", "keepalive", "mode", "priority", "referrerPolicy"];

/**
 * What `fetch(input, init)` asks for, as data that can cross a port. A promise only where a body has to be read. A port
 * copies buffers as they are sent; without one, `copy` says to do it here, since the caller may change them later.
 */
export function describe(input, init, copy = false) {
  if (input instanceof Request) return readRequest(input, init);
  const request = { url: new URL(input, globalThis.document?.baseURI).href, signal: init.signal };
  for (const field of fields) if (init[field] !== undefined) request[field] = init[field];
  if (init.headers) request.headers = [...new Headers(init.headers)];
  if (init.tokenkeep) withOptions(request, init.tokenkeep);
  const { body } = init;
  if (body == null) return request;
  const bytes = isBuffer(body) && new Uint8Array(body.buffer ?? body, body.byteOffset, body.byteLength);
  // No port takes shared memory.
  return withBody(request, bytes && (copy || !(bytes.buffer instanceof ArrayBuffer)) ? new Uint8Array(bytes) : body);
}

const isBuffer = (body) => body instanceof ArrayBuffer || ArrayBuffer.isView(body);

/** A Request's parts; its body is read, as `fetch` would. */
async function readRequest(input, init) {
  const request = new Request(input, init);
  const { url, signal, headers, body } = request;
  const parts = { url, signal, headers: [...headers] };
  if (init.tokenkeep) withOptions(parts, init.tokenkeep);
  for (const field of fields) if (request[field]) parts[field] = request[field];
  // These are what a Request says when nobody said anything.
  if (init.credentials === undefined && parts.credentials === "same-origin") delete parts.credentials;
  if (body) parts.body = await request.blob();
  return parts;
}

/** The options of one call; an idempotency key becomes a header here, so that every try has the same. */
function withOptions(request, { timeout, retry, stepUp, idempotencyKey }) {
  request.options = { timeout, retry, stepUp, idempotent: Boolean(idempotencyKey) };
  if (!idempotencyKey) return;
  const key = idempotencyKey === true ? crypto.randomUUID() : String(idempotencyKey);
  const others = (request.headers ?? []).filter(([name]) => name !== "idempotency-key");
  request.headers = [...others, ["idempotency-key", key]];
}

function withBody(request, body) {
  if (body instanceof FormData) return withForm(request, body);
  if (body instanceof URLSearchParams) {
    return { ...withType(request, "application/x-www-form-urlencoded;charset=UTF-8"), body: String(body) };
  }
  if (body instanceof ReadableStream) return { ...request, body, duplex: "half" };
  const asIs = body instanceof Blob || isBuffer(body);
  return { ...request, body: asIs ? body : String(body) };
}

/** A form is encoded once, here, so that every replay has the same boundary and the same bytes. */
async function withForm(request, form) {
  const encoded = new Response(form);
  return { ...withType(request, encoded.headers.get("content-type")), body: await encoded.blob() };
}

function withType(request, type) {
  const headers = request.headers ?? [];
  return headers.some(([name]) => name === "content-type") ? request : { ...request, headers: [...headers, ["content-type", type]] };
}
