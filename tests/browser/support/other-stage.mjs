// A stage with an authorization server and an API by other hands: the tests' app, a browser profile, and theirs.

import { startAppServer } from "./app-server.mjs";
import { newContext } from "./browser.mjs";
import { passPages } from "./sign-in.mjs";

/**
 * Opens the app in `mode` with `server`, which has an `issuer`, the URL of its `api`, `register(redirectUri)`, which
 * resolves to a client's id, and `pages`: what a person does at each of its forms. `signIn` goes through them.
 */
export async function startOtherStage(t, { server, mode = "shared", config = {} }) {
  const context = await newContext();
  const shown = { mode, holder: "/holder.js", config: "null" };
  const app = await startAppServer(shown);
  t.after(async () => {
    await context.close();
    await app.close();
  });
  const redirectUri = `${app.origin}/callback`;
  shown.config = JSON.stringify({
    issuer: server.issuer,
    clientId: await server.register(redirectUri),
    redirectUri,
    scope: server.scope,
    resourceServers: [server.api],
    requestTimeout: 60_000,
    queueTimeout: 60_000,
    ...config,
  });
  const page = await context.newPage();
  await page.goto(app.origin);
  return { app, page, signIn: (pages) => signIn(page, { ...server.pages, ...pages }) };
}

/** What `resume()` came to after a person had gone through the pages. */
async function signIn(page, pages) {
  await page.evaluate(() => void app.auth.signIn());
  await passPages(page, pages);
  return page.evaluate(() => app.outcome(() => app.auth.resume()));
}
