/**
 * For React 18 and 19. Begins when it is shown in a browser; a server renders `loading`.
 *
 * @module tokenkeep/react
 */

import type { ComponentType, ReactElement, ReactNode } from "react";

import type { AuthState, ProviderOptions } from "./frameworks.js";
import type { Auth, Session, SignInOptions } from "./index.js";

export type { AuthState, AuthStatus, ProviderOptions, SignIn } from "./frameworks.js";

/** What {@link AuthProvider} is given. */
export interface AuthProviderProps extends ProviderOptions {
  /** What `connect()` returned, once for all pages of the app: make it outside of components. */
  auth: Auth;
  children?: ReactNode;
}

/**
 * Gives `auth` to what is inside, and calls `resume()` once, however often it is mounted.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` without `auth`
 */
export function AuthProvider(props: AuthProviderProps): ReactElement;

/**
 * What there is to show, of the provider around.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` outside of a provider
 */
export function useAuth(): AuthState;

/**
 * The session, or null.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` outside of a provider
 */
export function useSession(): Session | null;

/** How a {@link Guard} treats those who aren't signed in. */
export interface GuardOptions {
  /** Shown while nobody knows, and while the page is about to be left. Default: nothing. */
  loading?: ReactNode;
  /** Shown in place of an error. Default: its message, in a paragraph with the role `alert`. */
  failed?: (error: Error) => ReactNode;
  /** Shown to whom is asked no more: after the session has ended here, or a sign-in came to nothing. Default: a button that signs in. */
  fallback?: ReactNode;
  /** Options for `auth.signIn()`, or false to send nobody away: then everybody without a session sees `fallback`. */
  signIn?: SignInOptions | false;
}

/**
 * Shows what is inside to who is signed in. Who comes without a session is sent to sign in, once, and comes back to the
 * page as it was. Who is just back from there, or from a sign-out at the server, and has no session, sees `fallback`.
 *
 * @throws {TokenKeepError} `TOKENKEEP_AUTH_MISSING` outside of a provider
 */
export function Guard(props: GuardOptions & { children?: ReactNode }): ReactNode;

/** `Component` in a {@link Guard}. */
export function withAuth<Props extends object>(Component: ComponentType<Props>, guard?: GuardOptions): (props: Props) => ReactElement;
