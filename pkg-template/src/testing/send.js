import { unlessAborted } from "../client/requests.js";
import { refuse } from "../kernel/calls.js";
import { refusal } from "./refusals.js";
import { judged, respond } from "./routes.js";

const defaults = { credentials: "omit", referrerPolicy: "no-referrer" };

/** Refuses what the holder refuses, and before it looks whether there is a session. */
export function check({ options = {}, ...request }, covers) {
  const error = refuse(request, options);
  if (error) throw error;
  request.headers.delete("authorization");
  if (!covers(request.url)) throw refusal("TARGET_REFUSED");
}

/** Answers what `describe` made of a request by the route `found`, or by the platform's `fetch` if there is none. */
export async function send({ signal, ...request }, found, options) {
  const answered = found ? respond(found.answer, request, options) : elsewhere(request, signal);
  return judged(await unlessAborted(answered, signal), request.url);
}

/** Goes where an interceptor sees it, without a token. */
function elsewhere({ url, options: _, ...init }, signal) {
  return fetch(url, { ...defaults, ...init, headers: [...init.headers], redirect: "manual", ...(isKnown(signal) && { signal }) });
}

/** A DOM for tests may have signals of its own, which the runtime's fetch doesn't take. */
function isKnown(signal) {
  try {
    return Boolean(signal && new Request("https://x.invalid/", { signal }));
  } catch {
    return false;
  }
}
