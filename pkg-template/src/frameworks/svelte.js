import { getContext, onMount, setContext } from "svelte";
import { derived, writable } from "svelte/store";

import { enter, missing, storeOf } from "./store.js";

const key = "tokenkeep";

/** Gives `auth` to what is inside the component that calls this, and finds the session once that is shown. */
export function provideAuth(auth, options) {
  const store = storeOf(auth);
  const state = writable(store.loading);
  const of = (name) => derived(state, (facts) => facts[name]);
  const show = () => state.set(store.get());
  // What a server rendered is met as it is.
  onMount(() => {
    show();
    store.start(options);
    return store.subscribe(show);
  });
  return setContext(key, { ...store.loading, status: of("status"), session: of("session"), error: of("error") });
}

export const useAuth = () => getContext(key) ?? missing();

export const useSession = () => useAuth().session;

/** For `load`. */
export const authGuard =
  (auth, options) =>
  async ({ url }) => {
    const store = storeOf(auth);
    if (!(await enter(store, url.href, options))) throw store.get().error;
  };
