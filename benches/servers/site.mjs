// Serves the bench's own pages and the package, and takes what the pages report.

import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";

import { bundled } from "./bundles.mjs";
import { listen, readBody, send, sendJson, urlOf } from "../../www/server/http.mjs";

const pages = join(import.meta.dirname, "..", "page");
const types = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8" };

/**
 * Starts it on a loopback port. `pkg` is the folder of the package; `configure(origin)` gives the holder's
 * configuration; `operations` are what a page may have done by `POST /do/<name>`; `places()` is what its pages know of others; `scale` is
 * how much of a measurement they carry out.
 */
export async function startSite({ pkg, configure, operations, places, scale }) {
  const { exports } = JSON.parse(await readFile(join(pkg, "package.json"), "utf8"));
  const reports = { waiting: null };
  const state = { pkg, exports, operations, places, reports, bundles: {} };
  const { port, close } = await listen((request, response) => {
    handle(state, request, response).catch((error) => send(response, 500, error.message));
  });
  state.origin = `http://127.0.0.1:${port}`;
  state.configuration = `export const config = ${JSON.stringify(configure(state.origin))};\nexport const scale = ${scale};\n`;
  const report = () => new Promise((resolve, reject) => (reports.waiting = { resolve, reject }));
  return { origin: state.origin, close, report };
}

async function handle(state, request, response) {
  const { pathname } = urlOf(request);
  // The authorization response arrives here by a redirect that began at another origin.
  response.setHeader("access-control-allow-origin", "*");
  if (request.method === "POST") return take(state, request, response, pathname);
  if (pathname === "/config.js") return script(response, state.configuration);
  if (pathname === "/places.js") return script(response, `export const places = ${JSON.stringify(state.places())};\n`);
  const published = state.exports[pathname.replace(/^\/tokenkeep(?=\/|$)/, ".")];
  if (published) return script(response, await readFile(join(state.pkg, published.default)));
  // What the package loads when it is needed lies beside whatever loads it.
  if (pathname.endsWith("/more.js")) return script(response, await readFile(join(state.pkg, "more.js")));
  if (pathname.startsWith("/start/")) return start(state, response, pathname.slice("/start/".length));
  const file = extname(pathname) ? pathname : "/index.html";
  if (!/^\/[\w.-]+$/.test(file)) return send(response, 404, "");
  const content = await readFile(join(pages, file)).catch(() => null);
  return content ? send(response, 200, content, headersOf(file)) : send(response, 404, "");
}

/** A page that starts, and what it starts with. */
async function start(state, response, file) {
  const [, name, ending] = /^([\w-]+)\.(html|js)$/.exec(file) ?? [];
  if (!ending) return send(response, 404, "");
  if (ending === "html") return send(response, 200, pageWith(name), headersOf(file));
  const { pkg, exports, configuration } = state;
  state.bundles[name] ??= bundled(`${name}.js`, { pages, pkg, exports, configuration });
  return script(response, await state.bundles[name]);
}

const pageWith = (name) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>a page that starts</title>
  <link rel="icon" href="data:," />
  <script type="module" src="/start/${name}.js"></script>
</html>
`;

async function take({ operations, reports }, request, response, pathname) {
  const [, what, name] = pathname.split("/");
  if (what === "do") return sendJson(response, 200, (await operations[name]()) ?? null);
  const report = JSON.parse(await readBody(request));
  send(response, 204, "");
  if (report.failure) reports.waiting?.reject(new Error(report.failure));
  else reports.waiting?.resolve(report.result);
}

// Chromium was seen to leave a dedicated worker waiting whose file was in its cache, in a frame that followed another.
const headersOf = (file) => ({ "content-type": types[extname(file)], "cache-control": "no-store" });
const script = (response, text) => send(response, 200, text, headersOf("any.js"));
