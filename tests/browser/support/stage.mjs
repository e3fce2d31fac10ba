// Everything one test needs, and nothing of any other test: a few servers and a browser profile.

import { startAuthorizationServer } from "../../../www/server/authorization-server.mjs";
import { startFaultProxy } from "../../../www/server/fault-proxy.mjs";
import { startResourceServer } from "../../../www/server/resource-server.mjs";
import { startAppServer } from "./app-server.mjs";
import { newContext } from "./browser.mjs";
import { Gate } from "./gate.mjs";
import { startHolderServer } from "./holder-server.mjs";
import { guarded, startProbe } from "./probe.mjs";
import { hurry } from "./sign-in.mjs";

export const workerModes = ["shared", "worker"];
/** The holder on an origin of its own, which not every test makes sense with: see own-origin.mjs. */
export const ownMode = "own";
export const modes = [...workerModes, "page"];
/** With a port between page and holder, and without one, for what a dedicated worker does in the same way. */
export const transports = ["shared", "page"];
export const scope = "openid profile files:read files:write";

/**
 * Starts the stage of test `t`, which takes it down again. `config` overrides members of the holder's configuration,
 * or is a function of the stage that answers them; `probe` has the probe's `answer` to good tokens and what it does
 * `before`; `server` has options of the authorization server and `api` those of the API, or a list for several APIs;
 * with `proxied` a proxy stands in front of the authorization server that injects faults; `context` is a browser's
 * profile other than a fresh one of the shared browser, and with `whole` it is one of the whole browser; `home` is the place of the holder if it is on an origin of its own
 * and not what startHolderServer makes; with `pages` signing in shows the authorization server's; what else is given goes to the app's server.
 *
 * With `server.resources` each API is a resource of its own (RFC 8707), whose tokens are for `<its origin>/v1/`. Then
 * `api` has the `scope` that it offers, the `format` of its tokens, and whether it `isDefault`.
 */
export async function startStage(t, options = {}) {
  const { mode = "shared", config = {}, accessTokenTtl = 600, probe, server, proxied = false, ...more } = options;
  const { whole, context = await newContext({ whole }), api = {}, home: given, pages, ...shownToo } = more;
  const shown = { mode, holder: "/holder.js", config: "null", ...shownToo };
  let authorizationServer;
  const proxy = proxied ? await startFaultProxy({ target: () => authorizationServer.origin }) : null;
  authorizationServer = await startAuthorizationServer({ accessTokenTtl, publicOrigin: proxy?.origin, ...server });
  const apis = await startApis([api].flat(), authorizationServer, Boolean(server?.resources));
  const probeServer = await startProbe({ answer: guarded({ authorizationServer, ...probe }) });
  const app = await startAppServer(shown);
  const home = given ?? (mode === ownMode ? await startHolderServer(shown, { apps: () => [app.origin] }) : app);
  t.after(async () => {
    await context.close();
    await Promise.all([app, home === app ? null : home, probeServer, ...apis, proxy, authorizationServer].map((one) => one?.close?.()));
  });
  if (!pages) hurry(context, authorizationServer);
  const redirects = { redirectUris: [`${home.origin}${home.callback}`], postLogoutRedirectUris: [`${home.origin}${home.bye}`] };
  authorizationServer.allow({ ...redirects, origins: [home.origin] });
  for (const one of apis) one.allow({ origins: [home.origin] });
  const stage = new Stage({ authorizationServer, proxy, apis, probe: probeServer, app, home, context, shown });
  stage.configure(typeof config === "function" ? config(stage) : config);
  return stage;
}

/** The APIs; where they are resources of their own, the authorization server is told of them. */
async function startApis(wanted, authorizationServer, areResources) {
  const audience = areResources ? (origin) => `${origin}/v1/` : undefined;
  const start = ({ scope: _, isDefault, format, ...options }) =>
    startResourceServer({ authorizationServer, audience, jwt: format === "jwt", ...options });
  const apis = await Promise.all(wanted.map(start));
  if (areResources) authorizationServer.allow({ resources: wanted.map(resourceOf(apis)) });
  return apis;
}

const resourceOf =
  (apis) =>
  ({ scope: offered = "files:read files:write", format, isDefault }, n) => ({
    resource: apis[n].audience,
    scope: offered,
    format,
    isDefault,
  });

class Stage {
  constructor(parts) {
    Object.assign(this, parts);
    [this.api] = this.apis;
    this.grants = observeGrants(this.authorizationServer.provider);
  }

  /** The configuration that the holder's file has from now on. */
  configure(overrides) {
    const config = {
      issuer: this.authorizationServer.issuer,
      clientId: "tokenkeep-demo",
      redirectUri: `${this.home.origin}${this.home.callback}`,
      scope,
      resourceServers: [...this.apis.map(({ origin }) => `${origin}/v1/`), `${this.probe.origin}/probe/`],
      // A busy machine must not run into a limit that is not the subject.
      requestTimeout: 60_000,
      queueTimeout: 60_000,
      ...overrides,
    };
    this.shown.config = JSON.stringify(config);
  }

  /** A new tab of the app. */
  async open(path = "/") {
    const page = await this.context.newPage();
    await page.goto(this.app.origin + path);
    return page;
  }

  /** The URL of the API's `/v1/<path>`. */
  v1(path) {
    return `${this.api.origin}/v1/${path}`;
  }

  /** The URL of the probe's `/probe/<path>`. */
  probed(path) {
    return `${this.probe.origin}/probe/${path}`;
  }

  /** Lets the token endpoint say that access tokens live for this long, whatever is true at the API. */
  announceLifetime(seconds) {
    this.authorizationServer.provider.AccessToken.expiresIn = () => seconds;
  }

  /** Lets token requests arrive but not be answered until the returned function is called. */
  holdTokenEndpoint() {
    const { AuthorizationCode, RefreshToken } = this.authorizationServer.provider;
    const gate = new Gate();
    for (const model of [AuthorizationCode, RefreshToken]) {
      const find = model.find.bind(model);
      model.find = (...sought) => gate.passed.then(() => find(...sought));
    }
    return gate.open;
  }

  /**
   * Lets token requests be carried out but not answered until `open` is called; `reached` resolves when one is.
   */
  holdTokenAnswer() {
    const { prototype } = this.authorizationServer.provider.IdToken;
    const [reached, gate] = [new Gate(), new Gate()];
    const { issue } = prototype;
    // The ID token is the last thing that an answer needs.
    prototype.issue = async function (...wanted) {
      reached.open();
      await gate.passed;
      return issue.apply(this, wanted);
    };
    return { reached: reached.passed, open: gate.open };
  }

  get counts() {
    return this.authorizationServer.counts;
  }
}

/** What the token endpoint was sent, in the order of its answers: this is how a test knows codes and verifiers. */
function observeGrants(provider) {
  const grants = [];
  provider.on("grant.success", ({ oidc: { params } }) => grants.push({ ...params }));
  return grants;
}
