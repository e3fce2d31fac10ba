// A server that writes down all that reaches it, and answers as a test wants it to.

import { createSecureServer } from "node:http2";

import { corsHeaders, listen, readBody, send, sendJson, urlOf } from "../../../www/server/http.mjs";
import { cert, key } from "./certificate.mjs";

// "*" would not cover Authorization, and requests with credentials don't take it at all.
const EXPOSED = "WWW-Authenticate, ETag, X-Own, Content-Length";

/**
 * Starts a server that any page may call with any header, so that nothing but the caller keeps a request away.
 * `answer({ request, response, body, url, record })` answers; without it everything is 200 and tells what arrived.
 * With `http2` it speaks HTTP/2 over TLS.
 */
export async function startProbe({ answer = tell, http2 = false } = {}) {
  const requests = [];
  const { port, close, vanish } = await (http2 ? listenHttp2 : listen)(async (request, response) => {
    const { origin } = request.headers;
    for (const [name, value] of Object.entries(corsHeaders(request, [origin], EXPOSED))) response.setHeader(name, value);
    if (request.method === "OPTIONS") return permit(request, response);
    const record = { method: request.method, url: request.url, headers: request.headers, body: null, status: null };
    requests.push(record);
    response.once("close", () => Object.assign(record, { status: response.headersSent ? response.statusCode : null, closed: true }));
    record.body = await readBody(request).catch(() => null);
    // Who broke off hears nothing.
    if (record.body === null) return request.destroy();
    return answer({ request, response, record, body: record.body, url: urlOf(request) });
  });
  return { origin: `${http2 ? "https" : "http"}://127.0.0.1:${port}`, port, requests, close, vanish };
}

async function listenHttp2(handler) {
  const server = createSecureServer({ key, cert }, handler);
  const sessions = new Set();
  server.on("session", (session) => sessions.add(session));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = async () => {
    server.close();
    for (const session of sessions) session.destroy();
  };
  return { port: server.address().port, close };
}

function permit(request, response) {
  send(response, 204, "", {
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-allow-headers": request.headers["access-control-request-headers"] ?? "",
    "access-control-max-age": "600",
  });
}

function tell({ request, response, body }) {
  sendJson(response, 200, { method: request.method, url: request.url, length: body.length });
}

/**
 * Wraps an answer so that it is given to active tokens only, proof or no proof; all else is 401, as RFC 6750 has it.
 * `before` may hold the request back until the token is looked at. Below `/open/` no token is asked for.
 */
export function guarded({ authorizationServer, answer = tell, before }) {
  return async (exchange) => {
    await before?.(exchange);
    if (exchange.url.pathname.startsWith("/open/")) return answer(exchange);
    const token = exchange.request.headers.authorization?.replace(/^(Bearer|DPoP) /, "");
    if (token && (await authorizationServer.verify(token)).active) return answer(exchange);
    const challenge = token ? 'Bearer error="invalid_token"' : "Bearer";
    return sendJson(exchange.response, 401, { error: "refused" }, { "www-authenticate": challenge });
  };
}
