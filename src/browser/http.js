// Answers carry their status; these stand for there being none.
const network = 0;
const timedOut = 1;
const tooLarge = 2;
const keyLost = 3;
const unreadable = 4;

const form = "application/x-www-form-urlencoded;charset=UTF-8";
const json = "application/json";

/**
 * Calls the authorization server: no credentials, no cache, no redirect, no referrer, bounded in time and size.
 * Resolves to `[status, contentType, date, retryAfter, body, dpopNonce]` and never rejects.
 */
export async function send(url, body, headers, timeout, limit, proof, probe) {
  const signal = AbortSignal.timeout(timeout);
  const init = { cache: "no-store", credentials: "omit", mode: "cors", redirect: "error", referrerPolicy: "no-referrer", signal };
  // No form starts with a brace.
  const type = body?.startsWith("{") ? json : form;
  if (body !== undefined) Object.assign(init, { method: "POST", headers: { ...JSON.parse(headers ?? null), "content-type": type }, body });
  if (proof) {
    try {
      init.headers.dpop = await proof;
    } catch {
      return [keyLost];
    }
  }
  try {
    const response = await fetch(url, init);
    const bytes = await read(response, limit);
    const { headers } = response;
    const fields = ["content-type", "date", "retry-after", "dpop-nonce"].map((name) => headers.get(name));
    const nonce = fields.pop();
    return bytes ? [response.status, ...fields, bytes, nonce] : [tooLarge];
  } catch {
    if (signal.aborted) return [timedOut];
    return [probe && (await isUnreadable(url, signal)) ? unreadable : network];
  }
}

/**
 * Whether something answers at `url` that may not be read, whatever it says to an empty form. A request whose answer nobody
 * can read needs no permission (and follows redirects, or browsers don't send it).
 */
async function isUnreadable(url, signal) {
  const init = { method: "POST", body: new URLSearchParams(), cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer", signal };
  const answers = (mode, redirect) => fetch(url, { ...init, mode, redirect }).then(() => true, () => false);
  return !(await answers("cors", "error")) && answers("no-cors", "follow");
}

/** The body, or undefined if it is longer than `limit`. */
async function read(response, limit) {
  const chunks = [];
  let length = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) break;
    length += value.length;
    if (length > limit) return void reader.cancel();
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  for (const chunk of chunks.reverse()) bytes.set(chunk, (length -= chunk.length));
  return bytes;
}
