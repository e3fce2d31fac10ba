// The attacker's server: it lets every page call it with anything, and writes down every request in full.

import { listen, readBody, send, urlOf } from "../../../www/server/http.mjs";

/**
 * Starts it on a loopback port. `requests` has every request, preflights too, as `{ method, url, host, headers, body }`
 * with the body as latin1 text. `routes` has handlers by path, `(request, response, record)`, for what shall be answered
 * otherwise than with an empty page.
 */
export async function startEvil() {
  const requests = [];
  const routes = {};
  const { port, close } = await listen(async (request, response) => {
    const { method, url, headers } = request;
    const record = { method, url, host: headers.host, headers: { ...headers }, body: "" };
    requests.push(record);
    record.body = (await readBody(request).catch(() => Buffer.alloc(0))).toString("latin1");
    allow(request, response);
    const route = routes[urlOf(request).pathname];
    if (route && method !== "OPTIONS") return route(request, response, record);
    return send(response, 200, "<!doctype html><title>evil</title>", { "content-type": "text/html; charset=utf-8" });
  });
  return { port, plainOrigin: `http://127.0.0.1:${port}`, requests, routes, close, ...recordsOf(requests) };
}

function recordsOf(requests) {
  return {
    /** All that arrived, as one text. */
    text: () => requests.map(({ method, url, headers, body }) => [method, url, JSON.stringify(headers), body].join("\n")).join("\n"),
    /** What attack scripts sent by `evil.post`. */
    loot: () => requests.filter(({ url, method }) => url === "/loot" && method === "POST").map(({ body }) => body),
  };
}

function allow({ headers }, response) {
  const more = {
    "access-control-allow-origin": headers.origin ?? "*",
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": headers["access-control-request-headers"] ?? "",
    "access-control-expose-headers": "Location, WWW-Authenticate, DPoP-Nonce",
    "cross-origin-resource-policy": "cross-origin",
  };
  for (const [name, value] of Object.entries(more)) if (value) response.setHeader(name, value);
}
