// Serves the holder's own origin, for the demo with two: two pages, their script, the holder, and the package's files as they
// are. There is nothing else, and the headers are those of a real deployment: see docs/own-origin.md.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { listen, moduleOf, policyText, send, urlOf } from "./http.mjs";

const SCRIPT = "text/javascript; charset=utf-8";
const HTML = "text/html; charset=utf-8";
const PACKAGED = /^\/tokenkeep\/([\w-]+\.js)$/;
const sandboxed = { "default-src": "'none'", "frame-ancestors": "'none'", sandbox: "" };

const fromHere = (path) => fileURLToPath(new URL(path, import.meta.url));

/**
 * Starts it on a loopback port. `allow({ apps, config })` says which origins may use the holder, and how it is configured. The page
 * that apps frame is at `frame`.
 */
export async function startHolderServer({
  port = 0,
  host = "127.0.0.1",
  folder = fromHere("../holder"),
  packaged = fromHere("../node_modules/tokenkeep"),
} = {}) {
  const allowed = { apps: [], config: null };
  const { port: bound, close } = await listen(
    (request, response) => void answer({ allowed, origin, folder, packaged }, request, response).catch(() => response.destroy()),
    { port, host },
  );
  const origin = `http://${host}:${bound}`;
  return { origin, port: bound, frame: `${origin}/frame`, allow: (more) => void Object.assign(allowed, more), close };
}

async function answer(site, request, response) {
  const { pathname } = urlOf(request);
  if (!["GET", "HEAD"].includes(request.method)) return send(response, 405, "", { allow: "GET, HEAD" });
  const isPlanted = request.headers["service-worker"] === "script";
  const isElsewhere = request.headers.host !== new URL(site.origin).host;
  const found = isPlanted || isElsewhere ? null : await fileAt(pathname, site);
  const [type, body, policy, more] = found ?? ["text/plain; charset=utf-8", "Not found\n", sandboxed];
  const headers = { ...common, "content-type": type, "content-security-policy": policyText(policy), ...more };
  return send(response, found ? 200 : 404, body, headers);
}

const common = {
  "cache-control": "no-cache",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** `[type, body, policy, more headers]`, or null. */
async function fileAt(pathname, { allowed: { apps, config }, origin, folder, packaged }) {
  const own = (name) => readFile(`${folder}/${name}`);
  const [, name] = PACKAGED.exec(pathname) ?? [];
  if (name)
    return readFile(`${packaged}/${name}`).then(
      (script) => [SCRIPT, script, sandboxed],
      () => null,
    );
  if (pathname === "/door.js") return [SCRIPT, await own("door.js"), sandboxed];
  if (pathname === "/config.js") return [SCRIPT, moduleOf({ apps, config }), sandboxed];
  if (pathname === "/holder.js") return [SCRIPT, await own("holder.js"), workerPolicy(config)];
  if (pathname === "/frame")
    return [HTML, await own("page.html"), pagePolicy(origin, apps.join(" ")), { "cross-origin-resource-policy": "same-site" }];
  // No redirect leads to or from here: a browser carries the fragment along, and a response may be in it.
  if (pathname === "/callback") return [HTML, await own("page.html"), pagePolicy(origin, "'none'"), { "cache-control": "no-store" }];
  return null;
}

const pagePolicy = (origin, ancestors) => ({
  "default-src": "'none'",
  "script-src": `${origin}/door.js ${origin}/config.js ${origin}/tokenkeep/serve.js ${origin}/tokenkeep/more.js`,
  // What the worker imports counts as worker too.
  "worker-src": `${origin}/holder.js ${origin}/config.js ${origin}/tokenkeep/holder.js`,
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": ancestors,
  "require-trusted-types-for": "'script'",
  "trusted-types": "holder",
});

const workerPolicy = ({ issuer, resourceServers }) => ({
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "connect-src": [issuer, ...resourceServers].map((url) => new URL(url).origin).join(" "),
  "require-trusted-types-for": "'script'",
  "trusted-types": "'none'",
});
