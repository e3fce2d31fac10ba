// Limits that the API keeps to: for a while it refuses a path and says how long; who comes earlier is refused again.

import { sendJson } from "./http.mjs";

export class RateLimits {
  #limits = new Map();

  /**
   * Refuses requests to `path` with `status` for `seconds` from the next one on, `rounds` times in a row. With `asDate`
   * it says until when, else how many seconds are left.
   */
  set({ path, status = 429, seconds = 1, rounds = 1, asDate = false }) {
    this.#limits.set(path, { status, seconds, rounds, asDate, end: 0 });
  }

  lift() {
    this.#limits.clear();
  }

  /** Whether the request met a limit, and has its answer. */
  refuses({ response, url }) {
    const limit = this.#limits.get(url.pathname);
    if (!limit || !stands(limit)) return false;
    const { status, end, asDate } = limit;
    const pause = asDate ? new Date(end).toUTCString() : `${Math.ceil((end - Date.now()) / 1000)}`;
    const error = status === 429 ? "too_many_requests" : "unavailable";
    sendJson(response, status, { error }, { "retry-after": pause });
    return true;
  }
}

function stands(limit) {
  const now = Date.now();
  if (now < limit.end) return true;
  if (limit.rounds < 1) return false;
  limit.rounds -= 1;
  limit.end = now + limit.seconds * 1000;
  // A date in a header has no fraction of a second.
  if (limit.asDate) limit.end = Math.ceil(limit.end / 1000) * 1000;
  return true;
}
