import { fail, freeze } from "../errors.js";
import { isFramed } from "./arrival.js";
import { advised, later, more } from "./later.js";
import { optionsOf } from "./options.js";
import { stayed } from "./staying.js";

// Where that can't be loaded nobody signs in silently either.
const heedSignOut = () => later(({ heed }) => heed("signedout", { reason: "signout" }));

// What the holder is asked without more ado.
const questions = ["userinfo", "stats", "audit", "unlock", "accessToken"];

/** What the page works with: the session's facts, and requests that carry a token the page never sees. */
export class Auth extends EventTarget {
  #transport;
  #scrub;
  #session = null;
  #arrival = null;
  #ready;
  #resuming;
  #silent;
  #listeners = new Set();
  #heard = 0;

  /** `scrub` finds what this page has come back with, now or soon. */
  constructor(transport, scrub) {
    super();
    this.#transport = transport;
    this.#scrub = scrub;
    this.#connect();
    const send = (input, init) => (init?.tokenkeep?.skipAuth ? fetch(input, init) : transport.fetch(input, init ?? {}));
    // Frameworks keep notes on what they listen to, so this one object is not frozen.
    const define = (name, value) => Object.defineProperty(this, name, { value });
    define("fetch", send);
    define("objectURL", async (...given) => (await more()).objectURL(send, ...given));
    // Every method may be detached.
    for (const { prototype } of [Auth, EventTarget])
      for (const name of Object.getOwnPropertyNames(prototype))
        if (typeof this[name] === "function" && name !== "constructor") define(name, this[name].bind(this));
    for (const name of questions) define(name, () => transport.call(name));
    if (!globalThis.document) return;
    // Before the app's own listeners, which may call.
    const hear = (type, act) => addEventListener(type, act, true);
    hear("pageshow", ({ persisted }) => persisted && this.#connect());
    addEventListener("pagehide", () => transport.leave());
    for (const type of ["visibilitychange", "online", "offline"]) hear(type, () => this.#look());
  }

  get session() {
    return this.#session;
  }

  get arrival() {
    return this.#arrival;
  }

  /** Finishes a sign-in that arrived with this page's URL, or finds the running session, or null. */
  resume(given) {
    const options = optionsOf(given);
    const href = this.#scrub();
    const before = this.#resuming;
    // Who asks for more than what is under way was asked for has that afterwards.
    if (before && (!options.silent || options.silent === this.#silent)) return before;
    this.#silent = options.silent;
    const resume = () => this.#resume(href, options).catch(advised);
    const end = () => resuming === this.#resuming && (this.#resuming = undefined);
    const resuming = (before ? before.then(resume) : resume()).finally(end);
    return (this.#resuming = resuming);
  }

  async signIn(given) {
    const options = optionsOf(given);
    if (!globalThis.isSecureContext) await advised(fail("INSECURE_CONTEXT", "serve the page over https"));
    if (options.mode === "popup") return this.#signInWithPopup(options);
    if (isFramed()) throw fail("PAGE_FRAMED", 'in a frame of another origin take mode: "popup"');
    const url = await this.#transport.call("signIn", { options }).catch(advised);
    return stayed(fail("SIGN_IN_ABANDONED", "nobody signed in; call signIn() again"), () => location.assign(url));
  }

  async signOut(given) {
    const { revocation, url, idTokenHint } = await this.#transport.call("signOut", { options: optionsOf(given) });
    await heedSignOut();
    return url ? (await more()).signOutAt(url, idTokenHint, fail) : { revocation };
  }

  /** Takes a personal access token into the holder, if the configuration accepts that. */
  enterToken(token) {
    return this.#transport.call("enterToken", { token });
  }

  /** Why `auth.fetch` let an answer of 401, 403, 429 or 503 through, or null. */
  explain(response) {
    return this.#transport.explain(response);
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close() {
    this.#transport.close();
  }

  // Browsers want a popup to be opened in the click itself. Whatever page it is led to must not lead this one anywhere.
  async #signInWithPopup(options) {
    const popup = open("about:blank", "_blank", options.popupFeatures ?? "popup,width=480,height=720");
    if (!popup || popup.closed) throw fail("POPUP_BLOCKED", "call signIn() in a click, before any await");
    popup.opener = null;
    const signIn = async () => (await more()).signInWith(popup, this.#transport, options, fail);
    await signIn().catch((error) => {
      popup.close();
      return advised(error);
    });
    return this.#session;
  }

  async #resume(found, options) {
    await (this.#ready ?? this.#connect());
    const href = await found;
    const arrived = (arrival) => (this.#arrival = arrival);
    if (href || options.silent) await (await more()).arrive(this, this.#transport, href, options, arrived);
    return this.#session;
  }

  #connect() {
    const heard = this.#heard;
    const snapshot = this.#transport.listen((event) => this.#receive(event));
    // An event that came meanwhile is newer than the snapshot.
    this.#ready = snapshot.then((session) => heard === this.#heard && this.#update(session));
    this.#look();
    this.#ready.catch(() => (this.#ready = undefined));
    return this.#ready;
  }

  #look() {
    if (globalThis.document) this.#transport.see(document.visibilityState === "visible", navigator.onLine);
  }

  #receive({ type, detail, session }) {
    this.#heard += 1;
    if (detail.reason === "signout") heedSignOut();
    // Another holder may know more.
    if (detail.reason === "lost") this.#ready = undefined;
    this.#update(session, new CustomEvent(type, { detail }));
  }

  /** The snapshot stays the same object until something in it changes, as useSyncExternalStore wants it. */
  #update(session, event) {
    const changed = JSON.stringify(session) !== JSON.stringify(this.#session);
    if (changed) this.#session = session && Object.freeze(session);
    // The end of a holder is news to those who had a session there.
    if (event && (changed || event.detail.reason !== "lost")) this.dispatchEvent(event);
    if (changed) for (const listener of this.#listeners) listener();
  }
}

freeze(Auth);
