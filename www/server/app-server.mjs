// Serves the built demo: static files, the security headers of a real deployment, and the configuration.

import { readFile } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";

import { listen, moduleOf, policyText, send, urlOf } from "./http.mjs";

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
 * `config` if it is served here, else the URL of its `frame`; what /config.js has `exported` now; and optionally
 * `control(request, response, pathname)`, which says whether it took the request.
 */
export async function startAppServer({ root, configure, port = 0, host = "127.0.0.1" }) {
  let handle = (request, response) => response.writeHead(503).end();
  const { port: bound, close } = await listen((request, response) => handle(request, response), { port, host });
  const origin = `http://${host}:${bound}`;
  const { exported, control = () => false, ...places } = configure(origin);
  const headers = securityHeaders(places);
  const files = staticFiles(root, () => moduleOf(exported()));

  handle = (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const { pathname, search } = urlOf(request);
    // One origin only: under another name ("localhost") the redirection URI would lead to a different session.
    if (request.headers.host !== new URL(origin).host) return send(response, 307, "", { location: origin + pathname + search });
    if (control(request, response, pathname)) return undefined;
    return files(request, response, pathname).catch(() => response.destroy());
  };
  return { origin, port: bound, close };
}

function staticFiles(root, configText) {
  return async (request, response, pathname) => {
    if (!["GET", "HEAD"].includes(request.method)) return send(response, 405, "", { allow: "GET, HEAD" });
    if (pathname === "/config.js") return send(response, 200, configText(), fileHeaders("/config.js"));
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

// A service worker may be registered here, since a button of the demo plants one to show what it gets at: `worker-src` has it, and
// no request with `Service-Worker: script` is refused. A real app does at least the latter, see docs/security/headers.md.
function securityHeaders({ config, frame }) {
  const policy = {
    "default-src": "'none'",
    ...(config ? withHolder(config) : withFrame(frame)),
    "worker-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  };
  return {
    "content-security-policy": policyText(policy),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
  };
}

function withHolder({ issuer, resourceServers }) {
  const servers = [issuer, ...resourceServers].map((url) => new URL(url).origin);
  return { "script-src": "'self' 'wasm-unsafe-eval'", "connect-src": ["'self'", ...servers].join(" ") };
}

const withFrame = (frame) => ({ "script-src": "'self'", "connect-src": "'self'", "frame-src": frame });
