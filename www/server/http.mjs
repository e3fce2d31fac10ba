// Small helpers shared by the demo's three servers: node:http and nothing else.

import { createServer } from "node:http";

/**
 * Listens on a loopback address; port 0 takes any free port. Resolves to `{ server, port, close, vanish }`, where `vanish()` has
 * every connection break, as if nobody listened any more.
 */
export async function listen(handler, { port = 0, host = "127.0.0.1" } = {}) {
  const server = createServer(handler);
  // Longer than any pause of a test or a reader, so that a browser never meets a connection that is just closing.
  server.keepAliveTimeout = 65_000;
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  // The port stays taken: another server would get it, and answer.
  const vanish = () => {
    server.on("connection", (socket) => socket.resetAndDestroy());
    server.closeAllConnections();
  };
  return { server, port: server.address().port, close, vanish };
}

/** A request's URL with a host that means nothing: only path and query are of interest, whatever was sent. */
export const urlOf = ({ url }) => new URL(`http://loopback.invalid${url.startsWith("/") ? url : "/"}`);

/** Reads a request body of at most `limit` bytes. */
export async function readBody(request, limit = 64 * 1024 * 1024) {
  const chunks = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > limit) throw new Error(`the body is longer than ${limit} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

export function send(response, status, body, headers = {}) {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body ?? "");
  response.writeHead(status, { "content-length": bytes.length, ...headers });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}

export function sendJson(response, status, value, headers = {}) {
  send(response, status, JSON.stringify(value), {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    ...headers,
  });
}

/** A list that may be given as an array or as a function evaluated at each use. */
export const listOf = (value) => (typeof value === "function" ? value() : (value ?? []));

/** The CORS headers of an answer, or none for an origin that is not on the list. */
export function corsHeaders(request, origins, exposed) {
  const { origin } = request.headers;
  if (!origin || !listOf(origins).includes(origin)) return { vary: "Origin" };
  return { vary: "Origin", "access-control-allow-origin": origin, "access-control-expose-headers": exposed };
}

/** A JavaScript module that exports plain data by name. */
export const moduleOf = (exported) =>
  Object.entries(exported)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value, null, 2)};\n`)
    .join("");

/** A Content-Security-Policy with its directives by name. */
export const policyText = (directives) =>
  Object.entries(directives)
    .map((entry) => entry.join(" "))
    .join("; ");

export const escapeHtml = (value) => String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
