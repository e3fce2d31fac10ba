// What the demo's buttons ask of the servers: expire, revoke, fail for a while, and tell the counts. A real app has
// nothing of the kind; it is here because the stories need somebody to misbehave on demand.

import { readBody, sendJson } from "./http.mjs";

const LONGEST_OUTAGE = 60;

export function createControl({ origin, authorizationServer, resourceServer }) {
  let restore = null;

  function outage({ seconds }) {
    if (!(seconds > 0 && seconds <= LONGEST_OUTAGE))
      throw new Error(`seconds must be more than 0 and at most ${LONGEST_OUTAGE}`);
    clearTimeout(restore);
    authorizationServer.failTokenEndpoint({ status: 503 });
    restore = setTimeout(() => authorizationServer.restoreTokenEndpoint(), seconds * 1000);
    restore.unref();
  }

  /** How many of the tokens ever issued occur in each of the named texts. */
  function recognise({ texts }) {
    const tokens = authorizationServer.issuedTokens();
    const found = ([name, text]) => [name, tokens.filter((token) => text.includes(token)).length];
    return { issued: tokens.length, found: Object.fromEntries(Object.entries(texts).map(found)) };
  }

  const actions = {
    "GET /demo/counts": () => countsOf(authorizationServer, resourceServer),
    "POST /demo/expire": () => authorizationServer.expireAccessTokens(),
    "POST /demo/revoke": () => authorizationServer.revokeGrants(),
    "POST /demo/outage": outage,
    "POST /demo/recognise": recognise,
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

function countsOf({ counts }, { requests, effects }) {
  return {
    ...counts,
    apiRequests: requests.length,
    apiRefusals: requests.filter(({ status }) => status === 401).length,
    effects: effects.length,
    distinctEffects: new Set(effects).size,
  };
}
