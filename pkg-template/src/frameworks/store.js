import { readdress } from "../place.js";

const brand = Symbol.for("tokenkeep.error");
const stores = new WeakMap();

/** The one store of `auth`, however many providers and guards share it. */
export function storeOf(auth) {
  if (!auth?.resume) missing();
  if (!stores.has(auth)) stores.set(auth, createStore(auth));
  return stores.get(auth);
}

/** Throws what `isTokenKeepError` knows, without another copy of that class. */
export function missing() {
  throw Object.assign(new Error("give tokenkeep's provider the auth of connect()"), {
    name: "TokenKeepError",
    code: "TOKENKEEP_AUTH_MISSING",
    [brand]: true,
  });
}

/** `get()` answers the same object until something changes; nothing begins before `start()`. */
function createStore(auth) {
  const listeners = new Set();
  let started;
  let asking;

  /** Leaves for the authorization server, once however many want it; resolves if that comes to nothing. */
  const signIn = (given) => {
    const ended = (error) => ((asking = undefined), show(error));
    // A handler of clicks is given an event.
    const options = given?.preventDefault ? {} : given;
    asking ??= auth.signIn({ returnTo: location.href, ...options }).then(() => ended(), ended);
    show();
    return asking;
  };

  const loading = { auth, signIn, status: "loading", session: null, error: null };
  let state = loading;
  const show = (error = null) => {
    const { session } = auth;
    state = { ...loading, session, error };
    if (session) state.status = "signed-in";
    else if (!asking) state.status = error && !/ABANDONED|_CLOSED/.test(error.code) ? "error" : "signed-out";
    for (const listener of listeners) listener();
  };

  const settle = (error) => {
    auth.subscribe(() => show());
    show(error);
  };
  const failed = (error) => (readdress({}), settle(error));
  // A router that goes on may ask a guard, which waits for this: it resolves when the way is taken, not at its end.
  const start = (options) =>
    (started ??= resume(auth, options).then((going) => void Promise.all(going).then(() => settle(), failed), failed));

  const subscribe = (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return { loading, get: () => state, subscribe, start };
}

/** For routers: whether somebody is signed in; who isn't is sent to sign in. On a server everybody may pass. */
export async function enter(store, returnTo, options) {
  if (!globalThis.document) return true;
  await store.start(options);
  const { auth, status, signIn } = store.get();
  if (!auth.session && status !== "error") await signIn({ returnTo, ...options?.signIn });
  return !!auth.session;
}

/** Finishes a sign-in or finds the session. Resolves to what `onArrival()` answered, in a list, so that nobody waits for that here. */
async function resume(auth, options) {
  const { arrival } = auth;
  await auth.resume({ silent: "auto", ...options });
  // This page has only to close itself.
  if (auth.arrival?.popup) await new Promise(() => {});
  return [auth.arrival !== arrival && (options?.onArrival ?? readdress)(auth.arrival)];
}
