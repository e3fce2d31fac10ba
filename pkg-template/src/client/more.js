// What most pages need seldom or never: a file of its own, loaded when it is.

import { scrubbed } from "./arrival.js";
import { handOver, offer, popupState } from "./popup.js";
import { comeBack, expect, heed, mayTry } from "./silent.js";

export { advise, whyNoWorker } from "./advice.js";
export { signOutAt } from "./leave.js";
export { encode } from "./multipart.js";
export { objectURL } from "./object-url.js";
export { compare } from "./outdated.js";
export { signInWith } from "./popup.js";
export { heed } from "./silent.js";

// What may come of asking without the user, which nobody has called for; some servers forget the state.
const quiet = /INTERACTION|STATE_MISSING|_ERROR$|CLIENT_REFUSED|NETWORK|TIMEOUT|SERVER_UNAVAILABLE|ABANDONED/;
const usual = /INTERACTION|ABANDONED/;
const unanswered =
  "tokenkeep: the last attempt to sign in without asking didn't come back. If the authorization server shows a page though it was sent prompt=none, use no resume({ silent: true }) with it; if it takes pushed requests, some servers ignore prompt in those: try hold({ par: false })";
// What a popup hears whose page is in a frame of another site, where it has another holder.
const unknown = /STATE_MISMATCH/;

/** Such an error is the developer's to know, and nothing that keeps an application from starting. */
function isQuiet(error) {
  const is = quiet.test(error.code);
  if (is && !usual.test(error.code)) console.warn("tokenkeep: signing in without asking came to nothing", error);
  return is;
}

/** What `resume(options)` does beside finding the running session; `arrived` is told what the application gets back. */
export async function arrive(auth, transport, href, { silent, popup }, arrived) {
  if (href) {
    const { arrival, error } = await finish(transport, href, popup);
    if (arrival) arrived(arrival);
    if (error) throw error;
    if (!arrival) restore(href);
  }
  if (silent === "auto") heedSignIns(auth);
  if (silent && !auth.session && !auth.arrival?.popup) await trySilently(auth, silent);
}

/** Whom the server gave an ID token it may know again by its own; a server without such may show a page whatever it is asked. */
function heedSignIns(auth) {
  if (auth.session) expect(auth.session.claims);
  // The same listener every time: however often this is called there is but one.
  auth.addEventListener("signedin", heedSignIn);
}

const heedSignIn = ({ detail }) => expect(detail.claims);

/** Puts back what turned out not to be an authorization response, unless the page has moved on. A ticket was in no URL. */
function restore(href) {
  const isTicket = !href.includes(":");
  if (!isTicket && scrubbed(href) === location.href) history.replaceState(history.state, "", href);
}

/**
 * Finishes the sign-in that arrived at `href`. Resolves to what the application gets back, or to undefined if that was no
 * authorization response. Where it is a popup's, that goes to the page that waits, unless `popups` is false.
 */
async function finish(transport, href, popups) {
  const place = comeBack() ?? null;
  const state = popups !== false && popupState(href);
  const popup = state && (transport.shared || (await handOver(state, href)));
  const arrived = (arrival) => {
    if (popup) close();
    return { returnTo: place, appState: null, ...arrival, ...(popup && { popup: true }), ...(place && { silent: true }) };
  };
  if (popup && !transport.shared) return { arrival: arrived() };
  try {
    const arrival = await transport.call("finish", { href });
    if (arrival && !arrival.signedOut) heed("signedin", {});
    return { arrival: arrival && arrived(place ? undefined : arrival) };
  } catch (error) {
    if (popup && unknown.test(error.code) && (await offer(href))) return { arrival: arrived() };
    const isNothing = place && isQuiet(error);
    if (isNothing && usual.test(error.code)) expect(false);
    return { arrival: popup || isNothing ? arrived() : undefined, error: isNothing ? undefined : error };
  }
}

/** Tries to sign in without the user, unless that was tried a moment ago. Somebody who comes back from there is as they were. */
async function trySilently(auth, silent) {
  if (comeBack()) {
    console.warn(unanswered);
    expect(false);
  }
  if (!mayTry(silent)) return;
  await auth.signIn({ prompt: "none" }).catch((error) => {
    comeBack();
    if (/ABANDONED/.test(error.code)) console.warn(unanswered);
    if (!isQuiet(error)) throw error;
  });
}
