// Answers carry their status; these stand for there being none.
const network = 0;
const timedOut = 1;
const tooLarge = 2;
const keyLost = 3;
const unreadable = 4;
const proofBlocked = 5;
const policyBlocked = 6;
const intercepted = 7;
// PAGE is what the build says: whether this runs in the page. Tests load this file without a build.
const page = typeof PAGE !== "undefined" && PAGE;

const violation = "securitypolicyviolation";
const form = "application/x-www-form-urlencoded;charset=UTF-8";
const json = "application/json";
// Without a prototype nothing of these comes from whoever has patched that.
const always = { __proto__: null, cache: "no-store", credentials: "omit", mode: "cors", redirect: "error", referrerPolicy: "no-referrer" };
const only = (status) => ({ __proto__: null, status });

/**
 * Calls the authorization server: no credentials, no cache, no redirect, no referrer, bounded in time and size.
 * Resolves to `{ status, type, date, retryAfter, body, nonce }` and never rejects.
 */
export async function send(url, body, headers, timeout, limit, probe, proof, watch, first) {
  // The wasm has to return before anything of the page's runs: see captured.js.
  if (page) await undefined;
  const signal = AbortSignal.timeout(timeout);
  const init = { __proto__: null, ...always, signal };
  if (body !== undefined) {
    init.method = "POST";
    init.body = body;
    // No form starts with a brace.
    init.headers = { __proto__: null, ...JSON.parse(headers ?? null), "content-type": body[0] === "{" ? json : form };
  }
  if (proof) {
    try {
      // In page mode this Promise is one that leaves nothing to the page's: see captured.js.
      init.headers.dpop = await Promise.resolve(proof);
    } catch {
      return only(keyLost);
    }
  }
  const intercepts = async (answered) => (await watch?.(answered)) === true;
  try {
    // What comes while the first look is on its way is seen by the second, which is short: the browser has the document then.
    for (let look = 0; look < 2 && first; look += 1) {
      watch?.expect(first);
      await Promise.resolve(read(await fetch(first, { __proto__: null, ...always, cache: "force-cache", signal }), limit));
      if (await intercepts(first)) return only(intercepted);
    }
    if (watch?.() === true) return only(intercepted);
    watch?.expect(url);
    const response = await fetch(url, init);
    const bytes = await Promise.resolve(read(response, limit));
    if (await intercepts(url)) return only(intercepted);
    return bytes ? told(response, bytes) : only(tooLarge);
  } catch {
    if (await intercepts()) return only(intercepted);
    if (signal.aborted) return only(timedOut);
    return only(probe ? await diagnose(url, body, signal, proof) : network);
  }
}

function told({ status, headers }, body) {
  const field = (name) => headers.get(name);
  const [type, date, retryAfter, nonce] = [field("content-type"), field("date"), field("retry-after"), field("dpop-nonce")];
  return { __proto__: null, status, type, date, retryAfter, body, nonce };
}

/** Gets `url` as a client of its protocol does, but without a token, and reads nothing but the challenge. */
export async function challenge(url, timeout) {
  if (page) await undefined;
  const headers = { accept: "application/json, text/event-stream" };
  try {
    const response = await fetch(url, { ...always, headers, signal: AbortSignal.timeout(timeout) });
    response.body?.cancel();
    return { ...only(response.status), challenge: response.headers.get("www-authenticate") };
  } catch {
    return only(network);
  }
}

/**
 * Why there was no answer: whether something answers at `url` (an empty form, if it was one, without a proof), or may just not
 * be read, whatever it says. A request whose answer nobody can read needs no permission (and follows redirects, or browsers
 * don't send it). Under require-corp the browser shows nobody that there was an answer to that, but reports that it has kept
 * it back. A policy that forbids to ask says so by an event.
 */
async function diagnose(url, body, signal, proof) {
  const init = { ...always, ...(body && { method: "POST", body: new URLSearchParams() }), signal };
  const ask = (more) =>
    fetch(url, { ...init, ...more }).then(
      ({ type }) => type,
      () => "",
    );
  let [forbidden, kept] = [false, false];
  const note = ({ disposition, blockedURI }) => (forbidden ||= disposition === "enforce" && blockedURI && url.startsWith(blockedURI));
  let tell;
  const see = (reports) => reports.some(({ body }) => body?.toJSON?.().blockedURL === url) && ((kept = true), tell?.());
  const observer = globalThis.ReportingObserver && new ReportingObserver(see, { types: ["coep"] });
  observer?.observe();
  globalThis.addEventListener?.(violation, note);
  const type = await ask({ redirect: "manual" });
  const hidden = !type && (await ask({ mode: "no-cors", redirect: "follow" }));
  // What explains a failure comes after it.
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await wait(50);
  if (!type && !hidden && !forbidden && !kept && observer)
    await new Promise((resolve) => {
      tell = resolve;
      setTimeout(resolve, 450);
    });
  observer?.disconnect();
  globalThis.removeEventListener?.(violation, note);
  if (hidden || kept || type === "opaqueredirect") return unreadable;
  if (type) return proof ? proofBlocked : network;
  return forbidden ? policyBlocked : network;
}

/** The body, or undefined if it is longer than `limit`. */
async function read(response, limit) {
  const reader = response.body?.getReader();
  let bytes = new Uint8Array(4_096);
  let length = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true };
    if (done) return bytes.subarray(0, length);
    const chunk = new Uint8Array(value);
    const end = length + chunk.length;
    if (end > limit) return void reader.cancel();
    if (end > bytes.length) {
      const longer = new Uint8Array(2 * end);
      longer.set(bytes);
      bytes = longer;
    }
    bytes.set(chunk, length);
    length = end;
  }
}
