import { computed, inject, onMounted, shallowRef } from "vue";

import { enter, missing, storeOf } from "./store.js";

const key = Symbol("tokenkeep");

/** The plugin: `app.use(createAuth(auth))`. */
export function createAuth(auth, options) {
  const store = storeOf(auth);
  const state = shallowRef(store.loading);
  const of = (name) => computed(() => state.value[name]);
  const facts = { ...store.loading, status: of("status"), session: of("session"), error: of("error") };
  const show = () => (state.value = store.get());
  // What a server rendered is met as it is. Doing it again changes nothing.
  const begin = () => {
    show();
    store.subscribe(show);
    store.start(options);
  };
  return { install: (app) => app.provide(key, { begin, facts }) };
}

export function useAuth() {
  const { begin, facts } = inject(key, null) ?? missing();
  onMounted(begin);
  return facts;
}

export const useSession = () => useAuth().session;

/** For `router.beforeEach`. */
export function authGuard(auth, router, options) {
  const store = storeOf(auth);
  return async (to) => {
    if (!globalThis.document) return true;
    const { href } = location;
    await store.start(options);
    if (href === location.href) return to.meta.public || enter(store, new URL(router.resolve(to.fullPath).href, href).href, options);
    // The router began with an authorization response, and would put it back into the address bar. Where it has heard of no other place,
    // onArrival() is taking it there.
    const place = router.options.history.location;
    return location.href.endsWith(router.resolve(place).href) && place;
  };
}
