import { fail } from "../errors.js";

const rhythm = 500;
const grace = 1_000;
const patience = 2_000;

const channelOf = (key) => new BroadcastChannel(`tokenkeep-${key}`);

/** Signs in in a window of its own, while this page stays. Opens it at once, since browsers want that in a click. */
export async function openPopup(transport, { popupFeatures = "popup,width=480,height=720", popupTimeout = 300_000, ...options }) {
  const popup = open("about:blank", "_blank", popupFeatures);
  if (!popup || popup.closed) throw fail("POPUP_BLOCKED", "the browser blocked the popup; call signIn() in the handler of a click, before any await");
  const waiting = new AbortController();
  let channel, timer, reason;
  try {
    const answer = await transport.call("signIn", { options });
    const key = answer.slice(0, 43);
    const outcome = transport.wait(key, waiting.signal);
    channel = channelOf(key);
    channel.onmessage = ({ data }) => {
      if (typeof data?.href !== "string") return;
      channel.postMessage({ taken: true });
      // Whoever waits for the outcome hears what comes of it.
      transport.call("finish", { href: data.href }).catch(() => {});
    };
    timer = watch(popup, popupTimeout, (...why) => waiting.abort((reason = fail(...why))));
    popup.location.replace(answer.slice(43));
    await outcome;
  } catch (error) {
    throw (error.name === "AbortError" && reason) || error;
  } finally {
    clearInterval(timer);
    channel?.close();
    popup.close();
  }
}

/**
 * Looks whether the popup is still there. One that was never seen anywhere before it says that it is closed may be
 * alive behind Cross-Origin-Opener-Policy.
 */
function watch(popup, timeout, giveUp) {
  const start = performance.now();
  let seen = popup.closed;
  let closed;
  return setInterval(() => {
    const now = performance.now();
    if (popup.closed) {
      closed ??= now;
      if (seen && now - closed > grace) giveUp("POPUP_CLOSED", "the popup was closed before it came back; call signIn() again");
    } else {
      try {
        seen ||= popup.location.href !== "about:blank";
      } catch {
        seen = true;
      }
    }
    if (now - start > timeout) giveUp("POPUP_TIMEOUT", "no response from the popup in time: it was left, or closed behind Cross-Origin-Opener-Policy (COOP), which hides that; call signIn() again");
  }, rhythm);
}

/** The `state` in a URL that a popup arrived with. */
export const popupState = (href) => /[?&#]state=(p[\w-]{43})(?![\w-])/.exec(href)?.[1];

/** Hands the URL over to the page that opened this popup. Resolves to whether it took it. */
export async function handOver(state, href) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(state)));
  const key = btoa(String.fromCharCode(...hash)).replace(/[+/=]/g, (letter) => ({ "+": "-", "/": "_" })[letter] ?? "");
  const channel = channelOf(key);
  const taken = await new Promise((resolve) => {
    channel.onmessage = ({ data }) => data?.taken === true && resolve(true);
    setTimeout(resolve, patience);
    channel.postMessage({ href });
  });
  channel.close();
  return taken;
}
