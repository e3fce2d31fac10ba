import { digest } from "./digest.js";
import { heed } from "./silent.js";

const again = "; call signIn() again";
const slow = ["POPUP_TIMEOUT", `the popup is open and didn't come back in time${again}, or raise popupTimeout`];
const severed = [
  "POPUP_SEVERED",
  `the popup didn't come back in time, and Cross-Origin-Opener-Policy of this page or of the server hides whether it was closed: send same-origin-allow-popups here, have the server send none, or lower popupTimeout${again}`,
];

// By this name a page finds what the popup that it has opened offers.
const offered = Symbol.for("tokenkeep.offered");
const wait = 2_000;
// How long a page that waits may be busy with something else, and how much later than its end its last word may come.
const patience = 30_000;
const delay = 200;

const channelOf = (key) => new BroadcastChannel(`tokenkeep-${key}`);
// Anybody may ask for the names of locks: the channel's isn't among them.
const lockOf = async (key) => `tokenkeep-${await digest(key)}`;

/** Signs in in `popup`, which was just opened, while this page stays. `fail` makes errors of this page's class. */
export async function signInWith(popup, transport, { popupFeatures: _, popupTimeout = 300_000, ...options }, fail) {
  const waiting = new AbortController();
  let channel, timer, release;
  try {
    const answer = await transport.call("signIn", { options });
    const key = answer.slice(0, 43);
    if (!transport.shared) release = holdLock(key);
    const outcome = transport.call("outcome", { key }, waiting.signal);
    outcome.catch(() => {});
    channel = channelOf(key);
    // Whoever waits for the outcome hears what comes of it.
    const take = (href) => transport.call("finish", { href }).catch(() => {});
    channel.onmessage = ({ data }) => {
      if (typeof data?.href !== "string") return;
      channel.postMessage({ taken: true });
      take(data.href);
    };
    timer = watch(popup, popupTimeout, waiting, fail, (offer) => accept(offer, key, take));
    popup.location.replace(answer.slice(43));
    await outcome;
    heed("signedin", {});
  } catch (error) {
    throw (error.name === "AbortError" && waiting.signal.reason) || error;
  } finally {
    waiting.abort();
    release?.();
    clearInterval(timer);
    channel?.close();
    popup.close();
  }
}

/**
 * Looks whether the popup is still there, and gives up after it is gone. One that was never seen anywhere before it says
 * that it is closed may be alive behind Cross-Origin-Opener-Policy. Once it is back at this origin, `accept` has what it offers.
 */
function watch(popup, timeout, waiting, fail, accept) {
  let seen = popup.closed;
  let gone = 0;
  const end = performance.now() + timeout;
  return setInterval(() => {
    try {
      if (popup.closed) gone += 1;
      else {
        seen ||= popup.location.href !== "about:blank";
        if (popup[offered]) accept(popup[offered]);
      }
    } catch {
      seen = true;
    }
    // A response may be on its way.
    if (seen && gone > 3) waiting.abort(fail("POPUP_CLOSED", `the popup was closed${again}`));
    if (performance.now() > end) waiting.abort(fail(...(gone > 3 ? severed : slow)));
  }, 500);
}

/** Holds a lock that tells the popup that somebody waits, however long nothing else is heard of this page. Answers what releases it. */
function holdLock(key) {
  let release;
  const released = new Promise((resolve) => (release = resolve));
  lockOf(key)
    .then((name) => navigator.locks.request(name, () => released))
    .catch(() => {});
  // A page that is kept for the Back button waits for nobody.
  addEventListener("pagehide", release);
  return () => {
    removeEventListener("pagehide", release);
    release();
  };
}

/** The `state` in a URL that a popup arrived with. */
export const popupState = (href) => /[?&#]state=(p[\w-]{43})(?![\w-])/.exec(href)?.[1];

/** Hands the URL over to the page that opened this popup. Resolves to whether it took it. */
export async function handOver(state, href) {
  const key = await digest(state);
  const channel = channelOf(key);
  const taken = new Promise((resolve) => {
    channel.onmessage = ({ data }) => data?.taken === true && resolve(true);
    channel.postMessage({ href });
  });
  const seen = offer(href).then((outcome) => outcome || nobodyWaits(key));
  const outcome = await Promise.race([taken, seen]);
  channel.close();
  return outcome;
}

/** Resolves, to nothing, once no page waits for this sign-in any more, or is silent for too long. */
async function nobodyWaits(key) {
  const free = async () => navigator.locks.request(await lockOf(key), { signal: AbortSignal.timeout(patience) }, () => {});
  await free().catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, delay));
}

/**
 * Lets the page that opened this popup take the URL out of its window. In a frame of another site that page has storage, workers
 * and channels apart from those of this one, but what it has opened it may look into. Resolves to whether it did.
 */
export async function offer(href) {
  const taken = await new Promise((resolve) => {
    globalThis[offered] = { href, take: () => resolve(true) };
    setTimeout(resolve, wait);
  });
  delete globalThis[offered];
  return taken;
}

async function accept({ href, take }, key, finish) {
  const state = popupState(href);
  if (!state || (await digest(state)) !== key) return;
  take();
  finish(href);
}
