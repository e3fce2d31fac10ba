const response = ["code", "error", "access_token", "id_token", "refresh_token"];
const removed = [...response, "state", "iss", "error_description", "error_uri", "session_state", "token_type", "expires_in"];

/**
 * Takes an authorization response out of the address bar and the history entry, at once and whatever it says; the
 * application's own parameters stay as they are. Returns the URL as it was, or undefined if there was no response.
 */
export function scrub() {
  if (isFramed()) return undefined;
  const { href, search, hash } = location;
  if (![search, hash].some(looksLike)) return undefined;
  history.replaceState(history.state, "", scrubbed(href));
  return href;
}

/** A URL without what belongs to an authorization response. A path alone could be read as a host: //x is one. */
export function scrubbed(href) {
  const url = new URL(href);
  return Object.assign(url, { search: without(url.search), hash: without(url.hash) }).href;
}

/** Whether this is in a page of somebody else's, or in none: nothing of a response is taken there. */
export function isFramed() {
  try {
    return !top.location.href;
  } catch {
    return true;
  }
}

function looksLike(part) {
  const params = new URLSearchParams(part.slice(1));
  return response.some((one) => params.has(one)) || /^p?[\w-]{43}$/.test(params.get("state") ?? "");
}

function without(part) {
  const kept = part
    .slice(1)
    .split("&")
    .filter((pair) => !removed.includes([...new URLSearchParams(pair).keys()][0]))
    .join("&");
  return kept && part[0] + kept;
}
