/**
 * For Vue 3, with vue-router or without. Begins when a component that asks is mounted in a browser; a server renders `loading`.
 *
 * @module tokenkeep/vue
 */

import type { App, ComputedRef } from "vue";

import type { AuthStatus, GuardOptions, ProviderOptions, SignIn } from "./frameworks.js";
import type { Auth, Session } from "./index.js";

export type { AuthStatus, GuardOptions, ProviderOptions, SignIn } from "./frameworks.js";

/**
 * The plugin that gives `auth` to the app: `app.use(createAuth(auth))`. Calls `resume()` once.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` without `auth`
 */
export function createAuth(auth: Auth, options?: ProviderOptions): { install(app: App): void };

/** What there is to show. */
export interface AuthFacts {
  readonly auth: Auth;
  readonly signIn: SignIn;
  readonly status: ComputedRef<AuthStatus>;
  readonly session: ComputedRef<Session | null>;
  /** See `AuthState`: what went wrong, until the session changes. */
  readonly error: ComputedRef<Error | null>;
}

/**
 * What there is to show, in `setup`.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` in an app without the plugin
 */
export function useAuth(): AuthFacts;

/**
 * The session, or null.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` in an app without the plugin
 */
export function useSession(): ComputedRef<Session | null>;

/** What {@link authGuard} needs of vue-router's router. */
export interface GuardedRouter {
  resolve(to: string): { readonly href: string };
  readonly options: { readonly history: { readonly location: string } };
}

/** What {@link authGuard} needs of the place where vue-router goes. */
export interface GuardedRoute {
  readonly fullPath: string;
  readonly meta: object;
}

/**
 * For `router.beforeEach`, before the app uses the router: who isn't signed in is sent to sign in, and comes back to where
 * the router was going. Routes with `meta: { public: true }` are open to all. Answers false after an error, which
 * `useAuth().error` has.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` without `auth`
 */
export function authGuard(auth: Auth, router: GuardedRouter, options?: GuardOptions): (to: GuardedRoute) => Promise<boolean | string>;
