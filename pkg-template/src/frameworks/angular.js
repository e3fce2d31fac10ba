import { Location } from "@angular/common";
import { DestroyRef, InjectionToken, afterNextRender, computed, inject, makeEnvironmentProviders, signal } from "@angular/core";

import { enter, missing, storeOf } from "./store.js";

const Provided = /* @__PURE__ */ new InjectionToken("tokenkeep");

/** For the providers of an application. */
export function provideAuth(auth, options) {
  const store = storeOf(auth);
  return makeEnvironmentProviders([{ provide: Provided, useFactory: () => follow(store, options) }]);
}

function follow(store, options) {
  const state = signal(store.loading);
  const of = (name) => computed(() => state()[name]);
  const show = () => state.set(store.get());
  const app = inject(DestroyRef);
  // What a server rendered is met as it is.
  afterNextRender(() => {
    show();
    store.start(options);
    app.onDestroy(store.subscribe(show));
  });
  const facts = { ...store.loading, status: of("status"), session: of("session"), error: of("error") };
  return { facts, enterAt: (place) => enter(store, place, options) };
}

const provided = () => inject(Provided, { optional: true }) ?? missing();

export const useAuth = () => provided().facts;

export const useSession = () => useAuth().session;

/** For `canActivate`. */
export const authGuard = (_, { url }) =>
  provided().enterAt(new URL(inject(Location).prepareExternalUrl(url), globalThis.location?.href).href);
