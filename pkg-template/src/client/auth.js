import { fail } from "../errors.js";
import { leave, restore, scrub } from "./arrival.js";
import { handOver, openPopup, popupState } from "./popup.js";
import { comeBack, heed, mayTry } from "./silent.js";

// What may come of asking without the user; some servers forget the state.
const quiet = /INTERACTION|STATE_MISSING/;

/** What the page works with: the session's facts, and requests that carry a token the page never sees. */
export class Auth extends EventTarget {
  #transport;
  #session = null;
  #arrival = null;
  #ready;
  #resuming;
  #known = "null";
  #listeners = new Set();
  #heard = 0;

  constructor(transport) {
    super();
    this.#transport = transport;
    this.#connect();
    this.fetch = (input, init) => (init?.tokenkeep?.skipAuth ? fetch(input, init) : transport.fetch(input, init));
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
  resume({ silent } = {}) {
    const href = scrub();
    this.#resuming ??= this.#resume(href, silent).finally(() => (this.#resuming = undefined));
    return this.#resuming;
  }

  async signIn(options) {
    if (!globalThis.isSecureContext) throw fail("INSECURE_CONTEXT", "signing in needs a secure context; serve the page over https or from localhost");
    if (options?.mode === "popup") {
      await openPopup(this.#transport, options);
      return this.#session;
    }
    const url = await this.#transport.call("signIn", { options });
    return new Promise((_, reject) => {
      const abandoned = () => reject(fail("SIGN_IN_ABANDONED", "the user came back without signing in; call signIn() again"));
      addEventListener("pageshow", ({ persisted }) => persisted && abandoned(), { once: true });
      location.assign(url);
    });
  }

  async signOut(options) {
    const { revocation, url, idTokenHint } = await this.#transport.call("signOut", { options });
    return url ? leave(url, idTokenHint) : { revocation };
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

  async #resume(href, silent) {
    await this.#ready;
    const place = comeBack();
    if (href) await this.#arrive(href, place);
    if (silent && !this.#session && !this.#arrival?.popup && mayTry()) {
      // Somebody who comes back from there is as they were.
      await this.signIn({ prompt: "none" }).catch((error) => {
        if (!/ABANDONED/.test(error.code)) throw error;
      });
    }
    return this.#session;
  }

  async #arrive(href, place = null) {
    const state = popupState(href);
    const { shared } = this.#transport;
    const popup = state && (shared || (await handOver(state, href)));
    const arrive = (arrival) => {
      this.#arrival = { returnTo: place, appState: null, ...arrival };
      if (!popup) return;
      this.#arrival.popup = true;
      close();
    };
    if (popup && !shared) return arrive();
    try {
      const arrival = await this.#transport.call("finish", { href });
      if (arrival) arrive(place ? undefined : arrival);
      else restore(href);
    } catch (error) {
      const isQuiet = place && quiet.test(error.code);
      if (popup || isQuiet) arrive();
      if (!isQuiet) throw error;
    }
  }

  #connect() {
    const heard = this.#heard;
    const snapshot = this.#transport.listen((event) => this.#receive(event));
    // An event that came meanwhile is newer than the snapshot.
    this.#ready = snapshot.then((session) => void (heard === this.#heard && this.#update(session)));
    this.#look();
    this.#ready.catch(() => {});
  }

  #look() {
    this.#transport.see(globalThis.document?.visibilityState === "visible", globalThis.navigator?.onLine !== false);
  }

  #receive({ type, detail, session }) {
    this.#heard += 1;
    const changed = this.#update(session, false);
    heed(type, detail);
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
