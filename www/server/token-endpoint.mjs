// What stands in front of the token endpoint: it counts the requests, and it fails, delays or drops them on demand.

import { IncomingMessage } from "node:http";
import { setTimeout as pause } from "node:timers/promises";

import { corsHeaders, readBody, send } from "./http.mjs";

const EXPOSED = "Retry-After, WWW-Authenticate";

export const noCounts = () => ({
  tokenRequests: 0,
  exchanges: 0,
  refreshes: 0,
  refreshed: 0,
  reuseAlarms: 0,
  revocations: 0,
});

/** Wraps `next(request, response)`, the real endpoint. */
export function tokenEndpoint({ next, counts, origins }) {
  let failure = null;
  let delay = 0;
  let turn = Promise.resolve();

  // One request at a time: a second use of a refresh token must find the first one finished, or its reuse could slip
  // through between looking the token up and marking it used.
  const inTurn = (request, response) => {
    turn = turn.then(async () => {
      if (response.destroyed) return;
      const done = new Promise((resolve) => response.once("close", resolve));
      next(request, response);
      await done;
    });
    return turn;
  };

  async function handle(request, response) {
    const body = await readBody(request);
    count(counts, new URLSearchParams(body.toString()).get("grant_type"));
    if (delay > 0) await pause(delay);
    if (failure) return fail(failure, request, response, origins);
    return inTurn(replay(request, body), response);
  }

  return {
    // A client that went away while its request was being read is the only way to fail here.
    handle: (request, response) => handle(request, response).catch(() => response.destroy()),
    fail(mode) {
      failure = mode;
    },
    restore() {
      failure = null;
      delay = 0;
    },
    delay(milliseconds) {
      delay = milliseconds;
    },
  };
}

function count(counts, grantType) {
  counts.tokenRequests += 1;
  if (grantType === "authorization_code") counts.exchanges += 1;
  if (grantType === "refresh_token") counts.refreshes += 1;
}

function fail(mode, request, response, origins) {
  if (mode === "hang") return;
  if (mode === "drop") {
    request.socket.destroy();
    return;
  }
  const { status, headers = {}, body = { error: "temporarily_unavailable" } } = mode;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = { "content-type": "application/json", "cache-control": "no-store" };
  send(response, status, text, { ...corsHeaders(request, origins, EXPOSED), ...type, ...headers });
}

/**
 * The same request again with its body unread, since what was read from a socket can't be put back; `changed` may have
 * another `method` and `url`.
 */
export function replay(request, body, changed = {}) {
  const copy = new IncomingMessage(request.socket);
  for (const name of ["method", "url", "httpVersion", "httpVersionMajor", "httpVersionMinor", "rawHeaders", "headers"]) {
    copy[name] = changed[name] ?? request[name];
  }
  // An incomplete message takes its socket down with it when it is destroyed.
  copy.complete = true;
  copy.push(body);
  copy.push(null);
  return copy;
}
