/**
 * For Angular 20 and newer, with zones or without. Begins after the first rendering in a browser; a server renders `loading`.
 *
 * @module tokenkeep/angular
 */

import type { EnvironmentProviders, Signal } from "@angular/core";

import type { AuthStatus, GuardOptions, SignIn } from "./frameworks.js";
import type { Auth, Session } from "./index.js";

export type { AuthStatus, GuardOptions, ProviderOptions, SignIn } from "./frameworks.js";

/**
 * For the providers of an application: gives `auth` to it. Calls `resume()` once.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` without `auth`
 */
export function provideAuth(auth: Auth, options?: GuardOptions): EnvironmentProviders;

/** What there is to show. */
export interface AuthFacts {
  readonly auth: Auth;
  readonly signIn: SignIn;
  readonly status: Signal<AuthStatus>;
  readonly session: Signal<Session | null>;
  /** See `AuthState`: what went wrong, until the session changes. */
  readonly error: Signal<Error | null>;
}

/**
 * What there is to show, in an injection context.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` in an application without `provideAuth()`
 */
export function useAuth(): AuthFacts;

/**
 * The session, or null.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING`, as `useAuth()`
 */
export function useSession(): Signal<Session | null>;

/**
 * For `canActivate`: `{ path: "files", component: Files, canActivate: [authGuard] }`. Who isn't signed in is sent to sign in,
 * and comes back to where the router was going. Answers false after an error, which `useAuth().error` has.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING`, as `useAuth()`
 */
export function authGuard(route: unknown, state: { readonly url: string }): Promise<boolean>;
