// What tokenkeep/react, tokenkeep/vue, tokenkeep/svelte and tokenkeep/angular have in common; no entry of its own.

import type { Arrival, Auth, PopupSignInOptions, ResumeOptions, Session, SignInOptions } from "./index.js";

/**
 * - `loading`: nobody knows yet, on a server too; or the page is about to leave for the authorization server.
 * - `signed-in`: there is a session.
 * - `signed-out`: there is none.
 * - `error`: there is none, and `error` says what went wrong.
 */
export type AuthStatus = "loading" | "signed-in" | "signed-out" | "error";

/**
 * How a provider begins. Whichever provider or guard of one `auth` is first decides. `silent` is `"auto"` if nothing is said: a reload keeps the
 * session where the browser ends the worker with the page.
 */
export interface ProviderOptions extends ResumeOptions {
  /**
   * Goes on after a sign-in that was finished on this page, or after a sign-out at the server. What it throws is shown as
   * `error`. By default `arrival.returnTo` becomes the address, if there is one, without a reload, and a `popstate` event
   * has the router read it. A router that hears none needs its own way here, which may answer a promise: guards let it through
   * meanwhile, and `status` is `loading` until it is there.
   */
  onArrival?: (arrival: Arrival) => unknown;
}

/** How a router's guard begins, and how it asks people to sign in. */
export interface GuardOptions extends ProviderOptions {
  /** Options for `auth.signIn()`; `returnTo` is where the router was going. */
  signIn?: SignInOptions;
}

/**
 * As `auth.signIn()`, and comes back to the page as it is now, if `returnTo` says nothing else. Never rejects: `status` is
 * `loading` meanwhile, and `error` says what went wrong. Handles clicks, and does nothing while a sign-in is under way.
 */
export type SignIn = (options?: SignInOptions | PopupSignInOptions | { preventDefault(): void }) => Promise<void>;

/** What there is to show. The same object until something in it changes. */
export interface AuthState {
  readonly auth: Auth;
  readonly signIn: SignIn;
  readonly status: AuthStatus;
  readonly session: Session | null;
  /**
   * What `resume()` or `signIn()` was rejected with, until the session changes: a `TokenKeepError`, unless `onArrival` threw.
   * With `signed-in`, an authorization response was refused and the session that there was goes on. With `signed-out`,
   * somebody came back without having signed in, or didn't leave.
   */
  readonly error: Error | null;
}
