// Serves the holder's own origin: a frame page, a page where sign-ins start and end, their script and the holder.

import { listen, send, urlOf } from "../../../www/server/http.mjs";
import { bundles } from "./bundles.mjs";

const SCRIPT = "text/javascript; charset=utf-8";
const HTML = "text/html; charset=utf-8";

/**
 * Starts that server and makes it the place of the app's holder. `shown` is the app's, see startAppServer; `apps` answers the
 * origins that may use it. What is changed in `home` counts from then on: `files` adds more by path, `headers` go with every
 * answer, or are a function of the path that answers them.
 */
export async function startHolderServer(shown, { apps, origin: publicOrigin }) {
  const { scripts } = await bundles();
  const page = () =>
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>sign-in</title><script type="module" src="/door.js"></script><body></body></html>';
  const home = { callback: "/callback.html", bye: "/callback.html", files: {}, headers: {}, requests: [] };
  const files = {
    "/frame.html": () => [HTML, page()],
    "/callback.html": () => [HTML, page()],
    "/door.js": () => [SCRIPT, scripts.door],
    "/apps.js": () => [SCRIPT, `export const apps = ${JSON.stringify(apps())};`],
    "/config.js": () => [SCRIPT, `export const config = ${shown.config};`],
    "/holder.js": () => [SCRIPT, scripts.holder],
  };
  const { port, close } = await listen(async (request, response) => {
    const { pathname } = urlOf(request);
    home.requests.push(request.url);
    const file = home.files[pathname] ?? files[pathname];
    if (!file) return send(response, 404, "", { "content-type": "text/plain" });
    const [type, body] = await file(request);
    const headers = typeof home.headers === "function" ? home.headers(pathname) : home.headers;
    send(response, 200, body, { "content-type": type, "cache-control": "no-cache", ...headers });
  });
  const plainOrigin = `http://127.0.0.1:${port}`;
  Object.assign(home, { origin: publicOrigin ?? plainOrigin, plainOrigin, close });
  shown.holder = `${home.origin}/frame.html`;
  shown.policy ??= `default-src 'none'; script-src 'self'; frame-src ${home.origin}`;
  return home;
}
