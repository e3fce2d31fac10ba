// What the demo's buttons ask of the servers: expire, revoke, fail in many ways, and tell what happened. A real app has
// nothing of the kind; it is here because the stories need somebody to misbehave on demand.

import { createFaults } from "./faults.mjs";
import { readBody, sendJson } from "./http.mjs";

const LONGEST_OUTAGE = 60;

/** `renew` has the app's pages use a worker of another name from now on. */
export function createControl({ origin, renew, authorizationServer, resourceServer, tokenProxy, apiProxy }) {
  const faults = createFaults({ tokenProxy, apiProxy });

  function outage({ seconds }) {
    if (!(seconds > 0 && seconds <= LONGEST_OUTAGE)) throw new Error(`seconds must be more than 0 and at most ${LONGEST_OUTAGE}`);
    faults.inject("token-503", { forMs: seconds * 1000 });
  }

  /** How many of the tokens ever issued occur in each of the named texts. */
  function recognise({ texts }) {
    const tokens = authorizationServer.issuedTokens();
    const found = ([name, text]) => [name, tokens.filter((token) => text.includes(token)).length];
    return { issued: tokens.length, found: Object.fromEntries(Object.entries(texts).map(found)) };
  }

  const actions = {
    "GET /demo/counts": () => countsOf(authorizationServer, resourceServer, faults),
    "GET /demo/room": () => ({ now: Date.now(), refreshes: faults.refreshes(), faults: faults.inForce() }),
    "POST /demo/expire": () => authorizationServer.expireAccessTokens(),
    "POST /demo/revoke": () => authorizationServer.revokeGrants(),
    "POST /demo/outage": outage,
    "POST /demo/fault": ({ name }) => faults.inject(name),
    "POST /demo/restore": () => faults.restore(),
    "POST /demo/recognise": recognise,
    "POST /demo/renew": () => renew(),
  };

  return (request, response, pathname) => {
    if (!pathname.startsWith("/demo/")) return false;
    answer(actions[`${request.method} ${pathname}`], request, response, origin);
    return true;
  };
}

async function answer(action, request, response, origin) {
  try {
    if (!action) return sendJson(response, 404, { error: "not_found" });
    if (!isOwnPage(request, origin)) return sendJson(response, 403, { error: "not_this_app" });
    const body = (await readBody(request)).toString();
    return sendJson(response, 200, action(body ? JSON.parse(body) : {}) ?? {});
  } catch (error) {
    return sendJson(response, 400, { error: error.message });
  }
}

/** Another site's page can make a browser send a request here; the browser says so in these headers. */
function isOwnPage({ method, headers }, origin) {
  const site = headers["sec-fetch-site"];
  return (site === undefined || site === "same-origin") && (method === "GET" || headers.origin === origin);
}

function countsOf({ counts }, { requests, effects }, faults) {
  const stopped = faults.stopped();
  return {
    ...counts,
    tokenRequests: counts.tokenRequests + stopped,
    refreshes: counts.refreshes + stopped,
    apiRequests: requests.length,
    apiRefusals: requests.filter(({ status }) => status === 401).length,
    effects: effects.length,
    distinctEffects: new Set(effects).size,
  };
}
