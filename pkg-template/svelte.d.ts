/**
 * For Svelte 4 and 5, with SvelteKit or without. Begins when it is mounted in a browser; a server renders `loading`.
 *
 * @module tokenkeep/svelte
 */

import type { Readable } from "svelte/store";

import type { AuthStatus, GuardOptions, ProviderOptions, SignIn } from "./frameworks.js";
import type { Auth, Session } from "./index.js";

export type { AuthStatus, GuardOptions, ProviderOptions, SignIn } from "./frameworks.js";

/** What there is to show: stores, as `$session` reads them, and `fromStore(session)` of Svelte 5. */
export interface AuthFacts {
  readonly auth: Auth;
  readonly signIn: SignIn;
  readonly status: Readable<AuthStatus>;
  readonly session: Readable<Session | null>;
  /** See `AuthState`: what went wrong, until the session changes. */
  readonly error: Readable<Error | null>;
}

/**
 * Gives `auth` to the components inside the one that calls this while it is made, and calls `resume()` once.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` without `auth`
 */
export function provideAuth(auth: Auth, options?: ProviderOptions): AuthFacts;

/**
 * What there is to show, while a component is made.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` where no component around has called `provideAuth()`
 */
export function useAuth(): AuthFacts;

/**
 * The session, or null.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` where no component around has called `provideAuth()`
 */
export function useSession(): Readable<Session | null>;

/**
 * For a `load` function of SvelteKit: `export const load = authGuard(auth)`. Who isn't signed in is sent to sign in, and comes
 * back to where the router was going. Rejects with what went wrong.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` without `auth`
 */
export function authGuard(auth: Auth, options?: GuardOptions): (event: { readonly url: URL }) => Promise<void>;
