// Everything one test needs, and nothing of any other test: three servers and a browser profile.

import { startAuthorizationServer } from "../../../www/server/authorization-server.mjs";
import { startFaultProxy } from "../../../www/server/fault-proxy.mjs";
import { startResourceServer } from "../../../www/server/resource-server.mjs";
import { startAppServer } from "./app-server.mjs";
import { browser } from "./browser.mjs";
import { Gate } from "./gate.mjs";
import { guarded, startProbe } from "./probe.mjs";

export const workerModes = ["shared", "worker"];
export const modes = [...workerModes, "page"];
/** With a port between page and holder, and without one, for what a dedicated worker does in the same way. */
export const transports = ["shared", "page"];
export const scope = "openid profile files:read files:write";

/**
 * Starts the stage of test `t`, which takes it down again. `config` overrides members of the holder's configuration,
 * or is a function of the stage that answers them; `probe` has the probe's `answer` to good tokens and what it does
 * `before`; `server` has options of the authorization server; with `proxied` a proxy stands in front of it that injects
 * faults; `context` is a browser's profile other than a fresh one of the shared browser; what else is given goes to the
 * app's server.
 */
export async function startStage(t, options = {}) {
  const { mode = "shared", config = {}, accessTokenTtl = 600, probe, server, proxied = false, ...more } = options;
  const { context = await (await browser()).newContext(), ...shownToo } = more;
  const shown = { mode, holder: "/holder.js", config: "null", ...shownToo };
  let authorizationServer;
  const proxy = proxied ? await startFaultProxy({ target: () => authorizationServer.origin }) : null;
  authorizationServer = await startAuthorizationServer({ accessTokenTtl, publicOrigin: proxy?.origin, ...server });
  const api = await startResourceServer({ authorizationServer });
  const probeServer = await startProbe({ answer: guarded({ authorizationServer, ...probe }) });
  const app = await startAppServer(shown);
  t.after(async () => {
    await context.close();
    await Promise.all([app, probeServer, api, proxy, authorizationServer].map((one) => one?.close()));
  });
  authorizationServer.allow({ redirectUris: [`${app.origin}/callback`], origins: [app.origin] });
  api.allow({ origins: [app.origin] });
  const stage = new Stage({ authorizationServer, proxy, api, probe: probeServer, app, context, shown });
  stage.configure(typeof config === "function" ? config(stage) : config);
  return stage;
}

class Stage {
  constructor(parts) {
    Object.assign(this, parts);
    this.grants = observeGrants(this.authorizationServer.provider);
  }

  /** The configuration that the holder's file has from now on. */
  configure(overrides) {
    const config = {
      issuer: this.authorizationServer.issuer,
      clientId: "tokenkeep-demo",
      redirectUri: `${this.app.origin}/callback`,
      scope,
      resourceServers: [`${this.api.origin}/v1/`, `${this.probe.origin}/probe/`],
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
