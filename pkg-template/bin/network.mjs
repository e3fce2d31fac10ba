// Asks, and is at nobody's mercy: no redirect is followed, and an answer ends in bytes and in time, its head and its body.

const mostBytes = 1024 * 1024;

/** How long one answer may take, unless somebody says otherwise. */
export const usualSeconds = 10;

/**
 * Resolves to `{ status, headers, bytes, isCut }`, or to `{ error }`. Of a body the first mebibyte is read, as it is after
 * decoding, and of a redirect's nothing. The head's bytes Node bounds by itself.
 */
export async function request(url, { seconds = usualSeconds, ...init } = {}) {
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.timeout(seconds * 1000) });
    const { status, headers } = response;
    return { status, headers, ...(await bodyOf(response)) };
  } catch (error) {
    return { error: wordsOf(error, seconds) };
  }
}

async function bodyOf({ status, body }) {
  if (status < 300 || status >= 400) return readBounded(body ?? []);
  await body?.cancel();
  return { bytes: Buffer.alloc(0), isCut: false };
}

/** Reads `chunks` for as long as there may be more: `{ bytes, isCut }`. To leave the loop is to cancel what sends them. */
export async function readBounded(chunks) {
  const kept = [];
  let left = mostBytes;
  for await (const chunk of chunks) {
    kept.push(chunk.subarray(0, left));
    left -= chunk.length;
    if (left < 0) break;
  }
  return { bytes: Buffer.concat(kept), isCut: left < 0 };
}

export const tooMuch = `it has more than ${mostBytes} bytes`;

/** Asks as a script of `origin` would: `{ status, headers, text }`, or `{ error }`. With `isPage` the beginning will do. */
export async function ask(url, { origin, method = "GET", headers = {}, form, seconds, isPage = false }) {
  const init = form ? { method: "POST", body: new URLSearchParams(form) } : { method };
  const {
    error,
    status,
    headers: fields,
    bytes,
    isCut,
  } = await request(url, { ...init, headers: { ...(origin && { origin }), ...headers }, seconds });
  if (error) return { error };
  return isCut && !isPage ? { error: tooMuch } : { status, headers: fields, text: bytes.toString() };
}

function wordsOf(error, seconds) {
  return error.name === "TimeoutError" ? `no whole answer within ${seconds} s` : (error.cause?.message ?? error.message);
}
