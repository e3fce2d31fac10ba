// Serves the tests' app: one page under every path, its script, the holder and the configuration.

import { listen, send, urlOf } from "../../../www/server/http.mjs";
import { bundles, library } from "./bundles.mjs";

const SCRIPT = "text/javascript; charset=utf-8";
/** What the documentation advises, but for `connect-src`: no policy may do what the package has to do. */
export const strictPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src http: https:";

/**
 * Starts the app's server. `shown` may be changed while it runs: `mode` names the page's script, `holder` the URL of
 * the holder, `config` is the text of the configuration as the holder's file has it, `files` adds more by path, as
 * functions from the request to `[type, body]`, `page` is such a function for every path that has no other, `first` names the library that pages load before the app, `routes` adds handlers by path that see to the response themselves,
 * `headers` go with every answer, or are a function of the path that answers all headers but the type.
 */
export async function startAppServer(shown) {
  const { scripts, wasm } = await bundles();
  const first = () => (shown.first ? `<script type="module" src="/library/${shown.first}.js"></script>` : "");
  const page = () => `<!doctype html><html lang="en" data-holder="${shown.holder}"><meta charset="utf-8">
    <title>app</title>${first()}<script type="module" src="/app.js"></script><h1>app</h1></html>`;
  const files = {
    "/app.js": () => [SCRIPT, scripts[shown.mode]],
    "/config.js": () => [SCRIPT, `export const config = ${shown.config};`],
    "/holder.js": () => [SCRIPT, scripts.holder],
    "/holder-slim.js": () => [SCRIPT, scripts["holder-slim"]],
    "/tokenkeep.wasm": () => ["application/wasm", wasm],
    "/plain.js": () => [
      SCRIPT,
      `globalThis.onconnect = ({ ports: [port] }) => port.postMessage("here"); globalThis.postMessage?.("here");`,
    ],
    "/bare.html": () => ["text/html; charset=utf-8", "<!doctype html><title>bare</title>"],
    "/favicon.ico": () => ["image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg'/>"],
  };
  const { port, close } = await listen(async (request, response) => {
    const { pathname } = urlOf(request);
    const route = shown.routes?.[pathname];
    if (route) return route(request, response);
    const [, name] = /^\/library\/(\w+)\.js$/.exec(pathname) ?? [];
    const script = name && (async () => [SCRIPT, await library(name)]);
    const file = shown.files?.[pathname] ?? files[pathname] ?? script ?? shown.page ?? (() => ["text/html; charset=utf-8", page()]);
    const [type, body] = await file(request);
    const headers = typeof shown.headers === "function" ? shown.headers(pathname) : withPolicy(shown);
    send(response, 200, body, { "content-type": type, "cache-control": "no-cache", ...headers });
  });
  return { origin: `http://127.0.0.1:${port}`, callback: "/callback", bye: "/bye", close };
}

const withPolicy = ({ policy, headers }) => ({ "content-security-policy": policy ?? strictPolicy, ...headers });
