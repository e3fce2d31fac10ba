// Serves the built demo: static files, the security headers of a real deployment, and the holder's configuration.

import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";

import { listen, send, urlOf } from "./http.mjs";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Starts the app's server on a loopback port. `configure(origin)` gives, once the port is known, the holder's
 * `config`, the `accessTokenTtl` in seconds, and optionally `control(request, response, pathname)`, which says whether it
 * took the request.
 */
export async function startAppServer({ root, configure, port = 0, host = "127.0.0.1" }) {
  let handle = (request, response) => response.writeHead(503).end();
  const { port: bound, close } = await listen((request, response) => handle(request, response), { port, host });
  const origin = `http://${host}:${bound}`;
  const { config, accessTokenTtl, control = () => false } = configure(origin);
  const headers = securityHeaders(config);
  const files = staticFiles(root, configModule({ config, accessTokenTtl }));

  handle = (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const { pathname, search } = urlOf(request);
    // One origin only: under another name ("localhost") the redirection URI would lead to a different session.
    if (request.headers.host !== new URL(origin).host)
      return send(response, 307, "", { location: origin + pathname + search });
    if (control(request, response, pathname)) return undefined;
    return files(request, response, pathname).catch(() => response.destroy());
  };
  return { origin, port: bound, close };
}

/** The holder takes `config`; the lifetime is for the page's dial only. */
const configModule = (exported) =>
  Object.entries(exported)
    .map(([name, value]) => `export const ${name} = ${JSON.stringify(value, null, 2)};\n`)
    .join("");

function staticFiles(root, configText) {
  return async (request, response, pathname) => {
    if (!["GET", "HEAD"].includes(request.method)) return send(response, 405, "", { allow: "GET, HEAD" });
    if (pathname === "/config.js") return send(response, 200, configText, fileHeaders("/config.js"));
    const file = await read(root, pathname);
    if (file) return send(response, 200, file, fileHeaders(pathname));
    // A path without an extension is a page of the app: the shell sorts out which.
    const shell = extname(pathname) === "" && (await read(root, "/index.html"));
    if (shell) return send(response, 200, shell, fileHeaders("/index.html"));
    return send(response, 404, "Not found\n", { "content-type": "text/plain; charset=utf-8" });
  };
}

async function read(root, pathname) {
  if (extname(pathname) === "") return null;
  let path;
  try {
    path = normalize(join(root, decodeURIComponent(pathname)));
  } catch {
    return null;
  }
  if (!path.startsWith(normalize(root) + sep)) return null;
  return readFile(path).catch(() => null);
}

function fileHeaders(pathname) {
  const hashed = pathname.startsWith("/assets/");
  return {
    "content-type": TYPES[extname(pathname)] ?? "application/octet-stream",
    "cache-control": hashed ? "public, max-age=31536000, immutable" : "no-cache",
  };
}

function securityHeaders({ issuer, resourceServers }) {
  const apis = resourceServers.map((url) => new URL(url).origin);
  const policy = {
    "default-src": "'none'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": ["'self'", new URL(issuer).origin, ...apis].join(" "),
    "base-uri": "'none'",
    "object-src": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  };
  return {
    "content-security-policy": Object.entries(policy)
      .map((entry) => entry.join(" "))
      .join("; "),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
  };
}
