// A page of another site that frames the app, in a browser that keeps the storage of such frames apart.

import { startPlainBrowser } from "./plain-browser.mjs";
import { startProbe } from "./probe.mjs";
import { startStage } from "./stage.mjs";
import { until } from "./until.mjs";

// What drives the shared browser switches partitioning off.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src http: https:; frame-src http:";

/** A stage in such a browser. */
export async function startFramed(t, options) {
  const stage = await startStage(t, { policy, ...options, context: await startPlainBrowser(t) });
  return { stage, ...(await embed(t, stage)) };
}

/** The app in a frame of a page of another site, as `{ page, frame, site }`. */
export async function embed(t, stage, path = "/") {
  const html = `<!doctype html><title>another site</title><iframe src="${stage.app.origin}${path}" width="600" height="400"></iframe>`;
  const site = await startProbe({ answer: ({ response }) => response.writeHead(200, { "content-type": "text/html" }).end(html) });
  t.after(site.close);
  const page = await stage.context.newPage();
  await page.goto(`http://localhost:${site.port}/`);
  const frame = await until(() => page.frames().find((one) => one.url().startsWith(stage.app.origin)), "the frame");
  await frame.waitForFunction(() => globalThis.app);
  return { page, frame, site };
}
