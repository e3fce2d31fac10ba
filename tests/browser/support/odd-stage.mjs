// An app, a browser profile and a server that can be told to misbehave.

import { startAppServer } from "./app-server.mjs";
import { newContext } from "./browser.mjs";
import { startOddServer } from "./odd-server.mjs";

/**
 * Starts the stage of test `t`, which takes it down again. `odd` is the server's; `config` overrides members of the
 * holder's configuration, or is a function of the server that answers them; the rest goes to the app's server.
 */
export async function startOddStage(t, { odd, config = {}, mode = "shared", ...more } = {}) {
  const context = await newContext();
  const server = await startOddServer(odd);
  const shown = { mode, holder: "/holder.js", config: "null", ...more };
  const app = await startAppServer(shown);
  t.after(async () => {
    await context.close();
    await Promise.all([app.close(), server.close()]);
  });
  const configure = (overrides) => {
    const usual = {
      issuer: server.origin,
      clientId: "odd",
      redirectUri: `${app.origin}/callback`,
      scope: "files:read",
      resourceServers: [`${server.origin}/api/`],
      requestTimeout: 60_000,
      queueTimeout: 60_000,
    };
    shown.config = JSON.stringify({ ...usual, ...overrides });
  };
  configure(typeof config === "function" ? config(server, app) : config);
  const open = async (path = "/") => {
    const page = await context.newPage();
    await page.goto(app.origin + path);
    return page;
  };
  return { server, app, context, shown, configure, open, api: `${server.origin}/api/files` };
}

/** Starts a sign-in: the error if it doesn't get away, else undefined once the person is back. */
export async function goAndReturn(page, options) {
  const away = page.evaluate((given) => app.outcome(() => app.auth.signIn(given)), options).catch(() => ({}));
  const back = page.waitForURL(({ pathname, search }) => pathname === "/callback" && search.length > 1).then(() => ({}));
  const { error } = await Promise.race([away, back]);
  if (!error) await back;
  else back.catch(() => {});
  return error;
}

/** Signs in; the outcome of `resume()`, or of a sign-in that doesn't get away. */
export async function signInOddly(page, options) {
  const error = await goAndReturn(page, options);
  return error ? { error } : page.evaluate(() => app.outcome(() => app.auth.resume()));
}

/** A page that is signed in. */
export async function signedIn(stage, options) {
  const page = await stage.open();
  const { value, error } = await signInOddly(page, options);
  if (!value) throw new Error(`signed in? ${JSON.stringify(error)}`);
  return page;
}
