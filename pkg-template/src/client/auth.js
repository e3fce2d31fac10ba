import { fail, freeze } from "../errors.js";
import { isFramed } from "./arrival.js";
import { advised, more } from "./later.js";

// Where that can't be loaded, say offline, nobody signs in silently either.
const heedSignOut = () =>
  more().then(
    ({ heed }) => heed("signedout", { reason: "signout" }),
    () => {},
  );

// A method that handles clicks is given an event, of whatever realm or framework, which is none.
const optionsOf = (given) => ({ __proto__: null, ...(!given?.preventDefault && given) });

/** What the page works with: the session's facts, and requests that carry a token the page never sees. */
export class Auth extends EventTarget {
  #transport;
  #scrub;
  #session = null;
  #arrival = null;
  #ready;
  #resuming;
  #known = "null";
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
    // Every method may be detached.
    for (const { prototype } of [Auth, EventTarget])
      for (const name of Object.getOwnPropertyNames(prototype))
        if (!/^(session|arrival|constructor)$/.test(name)) define(name, (...given) => prototype[name].apply(this, given));
    globalThis.addEventListener?.("pageshow", ({ persisted }) => persisted && this.#connect());
    globalThis.document?.addEventListener("visibilitychange", () => this.#look());
    for (const type of ["online", "offline"]) globalThis.addEventListener?.(type, () => this.#look());
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
    this.#resuming ??= this.#resume(href, options)
      .catch(advised)
      .finally(() => (this.#resuming = undefined));
    return this.#resuming;
  }

  async signIn(given) {
    const options = optionsOf(given);
    if (!globalThis.isSecureContext) await advised(fail("INSECURE_CONTEXT", "serve the page over https"));
    if (options.mode === "popup") return this.#signInWithPopup(options);
    if (isFramed()) throw fail("PAGE_FRAMED", 'in a frame of another origin take mode: "popup"');
    const url = await this.#transport.call("signIn", { options }).catch(advised);
    return new Promise((_, reject) => {
      const abandoned = () => reject(fail("SIGN_IN_ABANDONED", "nobody signed in; call signIn() again"));
      addEventListener("pageshow", ({ persisted }) => persisted && abandoned(), { once: true });
      location.assign(url);
    });
  }

  async signOut(given) {
    const { revocation, url, idTokenHint } = await this.#transport.call("signOut", { options: optionsOf(given) });
    await heedSignOut();
    return url ? (await more()).leave(url, idTokenHint) : { revocation };
  }

  userinfo() {
    return this.#transport.call("userinfo");
  }

  stats() {
    return this.#transport.call("stats");
  }

  audit() {
    return this.#transport.call("audit");
  }

  unlock() {
    return this.#transport.call("unlock");
  }

  /** Takes a personal access token into the holder, if the configuration accepts that. */
  enterToken(token) {
    return this.#transport.call("enterToken", { token });
  }

  /** Why `auth.fetch` let an answer of 401, 403, 429 or 503 through, or null. */
  explain(response) {
    return this.#transport.explain(response);
  }

  accessToken() {
    return this.#transport.call("accessToken");
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
    const { signInWith } = await more().catch((error) => {
      popup.close();
      throw error;
    });
    await signInWith(popup, this.#transport, options, fail).catch(advised);
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
    this.#ready = snapshot.then((session) => void (heard === this.#heard && this.#update(session)));
    this.#look();
    this.#ready.catch(() => (this.#ready = undefined));
    return this.#ready;
  }

  #look() {
    this.#transport.see(globalThis.document?.visibilityState === "visible", globalThis.navigator?.onLine !== false);
  }

  #receive({ type, detail, session }) {
    this.#heard += 1;
    const changed = this.#update(session, false);
    if (detail.reason === "signout") heedSignOut();
    if (detail.reason === "lost") {
      // Another holder may know more.
      this.#ready = undefined;
      if (!changed) return;
    }
    this.dispatchEvent(new CustomEvent(type, { detail }));
    if (changed) this.#notify();
  }

  /** The snapshot stays the same object until something in it changes, as useSyncExternalStore wants it. */
  #update(session, notify = true) {
    const known = JSON.stringify(session);
    const changed = known !== this.#known;
    if (changed) {
      this.#known = known;
      this.#session = session && Object.freeze(session);
      if (notify) this.#notify();
    }
    return changed;
  }

  #notify() {
    for (const listener of this.#listeners) listener();
  }
}

freeze(Auth);
