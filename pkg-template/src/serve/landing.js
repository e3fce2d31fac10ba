import { digest } from "../client/digest.js";
import { go } from "../client/leave.js";
import { fail, toData } from "../errors.js";
import * as visits from "./visits.js";

const started = /^#start=([\w-]{43})$/;

/** What the page does by itself: it starts what an app asked for, or takes what comes back. Rejects with what people are shown. */
export function land(lender) {
  const { href, hash, origin, pathname } = location;
  // Nothing of it stays in the address bar or the history.
  history.replaceState(null, "", origin + pathname);
  const [, ticket] = started.exec(hash) ?? [];
  return ticket ? start(lender, ticket) : arrive(new URL(href));
}

async function start(lender, ticket) {
  const [, visit] = (await visits.waiting(ticket)) ?? [];
  if (!visit) throw fail("SIGN_IN_UNKNOWN", "no app has asked for this, or it was started already; go back to the app and sign in there");
  try {
    await (visit.kind === "sign-in" ? signIn : signOut)(lender, ticket, visit);
  } catch (error) {
    await visits.end(ticket, toData(error));
    goBack(ticket, visit);
  }
}

async function signIn(lender, ticket, { options }) {
  // For a popup the name of the record comes first.
  const answer = await lender.call("signIn", { options: { ...options, mode: "popup" } });
  await visits.leave(ticket, answer.slice(0, 43));
  location.replace(answer.slice(43));
}

async function signOut(lender, ticket, { options }) {
  const { url, idTokenHint } = await lender.call("signOut", { options });
  const state = new URL(url).searchParams.get("state");
  if (state) await visits.leave(ticket, await digest(state));
  go(url, idTokenHint);
}

/** Puts a response aside, for the frame of the app that it is for; without a visit of this browser's it stays where it is. */
async function arrive(url) {
  const state = url.searchParams.get("state") ?? new URLSearchParams(url.hash.slice(1)).get("state");
  if (!state) throw fail("STATE_MISSING", "this page is for coming back from signing in; go to the app and sign in there");
  const [ticket, visit] = (await visits.putAside(await digest(state), url.href)) ?? [];
  if (!visit)
    throw fail("STATE_MISMATCH", "this browser has not asked for this response, or has had it already; go to the app and sign in there");
  goBack(ticket, visit);
}

function goBack(ticket, { popup, returnTo }) {
  if (!popup) return location.replace(returnTo);
  const channel = new BroadcastChannel(visits.channelOf(ticket));
  channel.postMessage("back");
  channel.close();
  close();
}
