// Serves what a tool has built under the headers of docs/security/headers.md, with the additions that `npx tokenkeep init` names.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";

import { listen, readBody, send, urlOf } from "../../../www/server/http.mjs";
import { advised } from "../../browser/support/advice.mjs";

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
};

/** Starts the host. `serve(folder)` says what it serves from now on; `violations` has what the policies have forbidden. */
export async function startSite({ stack, tool, authorizationServer, api }) {
  const violations = [];
  let [folder, headersOf] = [];
  const { port, close } = await listen(async (request, response) => {
    const { pathname } = urlOf(request);
    if (pathname === "/reports") return take(request, response, violations);
    if (request.headers["service-worker"]) return send(response, 403, "");
    const { body, type } = await find(folder, pathname);
    const headers = headersOf(type === types[".html"] && extname(pathname) ? "/" : pathname);
    const policy = allowing(headers["content-security-policy"], type === types[".html"] ? String(body) : "", { ...stack, ...tool });
    send(response, 200, body, { "cache-control": "no-cache", ...headers, "content-type": type, "content-security-policy": policy });
  });
  const origin = `http://127.0.0.1:${port}`;
  headersOf = advised({ app: origin, authorizationServer: authorizationServer.issuer, apis: [api.origin] });
  return { origin, violations, close, serve: (built) => (folder = built) };
}

async function take(request, response, violations) {
  const { "csp-report": report } = JSON.parse(await readBody(request));
  violations.push(`${report["effective-directive"]} ${report["blocked-uri"]} ${report["script-sample"] ?? ""}`);
  send(response, 204, "");
}

/** A file, or the page that the path stands for: its own, or the app's one. */
async function find(folder, pathname) {
  const names = extname(pathname) ? [pathname] : [`${pathname}.html`, join(pathname, "index.html"), "200.html", "index.html"];
  for (const name of names) {
    const body = await readFile(join(folder, name)).catch(() => undefined);
    if (body) return { body, type: types[extname(name)] ?? "application/octet-stream" };
  }
  return { body: "", type: "text/plain" };
}

/** The policy with what this framework needs besides. */
function allowing(policy, html, { types: names, inline, styles, based, wasm, untyped }) {
  const texts = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g)].map(([, text]) => text);
  const hashes = texts.map((text) => ` 'sha256-${createHash("sha256").update(text).digest("base64")}'`).join("");
  return policy
    .replace("script-src 'self'", (found) => found + (inline || html.includes('"importmap"') ? hashes : ""))
    .replace("script-src 'self'", (found) => (wasm && html ? `${found} 'wasm-unsafe-eval'` : found))
    .replace("base-uri 'none'", (found) => (based && html ? "base-uri 'self'" : found))
    .replace("style-src 'self'", (found) => found + (styles ? " 'unsafe-inline'" : ""))
    .replace(/; require-trusted-types-for 'script'; trusted-types tokenkeep/, (found) => (untyped ? "" : [found, ...names].join(" ")));
}
