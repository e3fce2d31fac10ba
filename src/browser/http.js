// Answers carry their status; these stand for there being none.
const network = 0;
const timedOut = 1;
const tooLarge = 2;
const keyLost = 3;
const unreadable = 4;
const proofBlocked = 5;
const policyBlocked = 6;
// FULL is what the build says: whether this is not the core. Tests load this file without a build.
const full = typeof FULL === "undefined" || FULL;

const violation = "securitypolicyviolation";
const form = "application/x-www-form-urlencoded;charset=UTF-8";
const json = "application/json";
const always = { cache: "no-store", credentials: "omit", mode: "cors", redirect: "error", referrerPolicy: "no-referrer" };

/**
 * Calls the authorization server: no credentials, no cache, no redirect, no referrer, bounded in time and size.
 * Resolves to `[status, contentType, date, retryAfter, body, dpopNonce]` and never rejects.
 */
export async function send(url, body, headers, timeout, limit, probe, proof) {
  const signal = AbortSignal.timeout(timeout);
  const init = { ...always, signal };
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
    return [probe ? await diagnose(url, body, signal, proof) : network];
  }
}

/** Gets `url` as a client of its protocol does, but without a token, and reads nothing but the challenge. */
export async function challenge(url, timeout) {
  const headers = { accept: "application/json, text/event-stream" };
  try {
    const response = await fetch(url, { ...always, headers, signal: AbortSignal.timeout(timeout) });
    response.body?.cancel();
    return [response.status, , , , , , response.headers.get("www-authenticate") ?? undefined];
  } catch {
    return [network];
  }
}

/**
 * Why there was no answer: whether something answers at `url` (an empty form, if it was one, without a proof), or may just not
 * be read, whatever it says. A request whose answer nobody can read needs no permission (and follows redirects, or browsers
 * don't send it). A policy that forbids to ask says so by an event.
 */
async function diagnose(url, body, signal, proof) {
  const init = { ...always, ...(body && { method: "POST", body: new URLSearchParams() }), signal };
  const ask = (more) => fetch(url, { ...init, ...more }).then(({ type }) => type, () => "");
  let forbidden = false;
  const note = ({ blockedURI }) => (forbidden ||= blockedURI && url.startsWith(blockedURI));
  if (full) globalThis.addEventListener?.(violation, note);
  const type = await ask({ redirect: "manual" });
  const hidden = !type && (await ask({ mode: "no-cors", redirect: "follow" }));
  if (full) {
    // The event comes after the failure that it explains.
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.removeEventListener?.(violation, note);
  }
  if (hidden || type === "opaqueredirect") return unreadable;
  if (type) return proof ? proofBlocked : network;
  return forbidden ? policyBlocked : network;
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
