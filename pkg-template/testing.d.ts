/**
 * An `auth` for tests: what `connect()` answers, without a holder, a server or a token. Nothing of it belongs into a published app.
 *
 * @module tokenkeep/testing
 */

import type { Arrival, Auth, AuthEventMap, ErrorCode, Explanation, RequestOptions, Session, Stats, TokenKeepError } from "./index.js";

export { TokenKeepError, isTokenKeepError } from "./index.js";

/**
 * Makes an `auth` with a session. Its methods do what those of a real one do, as far as that can be without a server:
 *
 * - `resume()` resolves to the session. It leaves no page, with `silent` neither.
 * - `signIn()` never settles, since the page would be left; in a popup it resolves to the session, with a `signedin` event.
 * - `fetch()` refuses what the holder refuses, answers what `routes` say, and gives all else to the global `fetch`, without a token.
 *
 * Its methods can be replaced, by spies too.
 *
 * @throws {TokenKeepError} `TOKENKEEP_CONFIG_INVALID` for an option that is none, with its name in `option`
 */
export function fakeAuth(options?: FakeAuthOptions): FakeAuth;

/**
 * An error as the package throws it, to be thrown by a route.
 *
 * @throws {TokenKeepError} `TOKENKEEP_CONFIG_INVALID` if `code` is none
 */
export function tokenKeepError(code: ErrorCode, details?: ErrorDetails): TokenKeepError;

/** What an error says beside its code. */
export type ErrorDetails = Partial<Pick<TokenKeepError, "message" | "option" | "error" | "errorDescription" | "reason" | "issuer" | "url">>;

/** Options of {@link fakeAuth}. */
export interface FakeAuthOptions {
  /** What the session has, or null if nobody is signed in. By default somebody is, with the scope `openid`, for an hour. */
  session?: Partial<Session> | null;
  /** On top of the claims of the user `ada`, for whoever is or will be signed in; null for none. */
  claims?: Record<string, unknown> | null;
  /** What a sign-in has brought back: `auth.arrival` has it once `resume()` was called. */
  arrival?: Partial<Arrival>;
  /** Answers by method and URL: see {@link Route}. */
  routes?: Record<string, Route>;
  /** As in `hold()`: then `fetch()` refuses all other URLs with `TOKENKEEP_TARGET_REFUSED`. Without it none is refused. */
  resourceServers?: readonly (string | { readonly url: string })[];
  /** What `userinfo()` says beside `sub`. */
  userinfo?: Record<string, unknown>;
  /** What `accessToken()` resolves to; without it that is refused with `TOKENKEEP_TOKEN_NOT_EXPOSED`. */
  accessToken?: string;
  /** Whether `enterToken()` takes one; else it is refused with `TOKENKEEP_TOKEN_NOT_ACCEPTED`. */
  acceptToken?: boolean;
  /** What `explain()` says of a response; by default nothing. */
  explain?: (response: Response) => Explanation | null;
  /** What `stats()` says, on top of numbers in which nothing waits or fails. */
  stats?: Partial<Stats>;
}

/**
 * What `fetch()` answers to a request such as `"GET https://api.example.com/v1/files"`. A URL without a query stands for itself with any
 * query, one that ends in `*` for all that begin like it; of two that fit the later counts. The answer is a `Response`, anything else that
 * is sent as JSON (`undefined` as a 204), or a function that makes one of these from the request. The options of the call are its second
 * argument.
 *
 * What it throws is what `fetch()` rejects with. `Response.error()` stands for a failing network, and a redirect is refused as always.
 */
export type Route = RouteAnswer | ((request: Request, options: RequestOptions) => unknown);

/** Anything that is no function. */
export type RouteAnswer =
  | Response
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly unknown[]
  | { readonly [member: string]: unknown };

/** What was called of a {@link FakeAuth}. */
export interface FakeCall {
  readonly method: FakeMethod;
  /** The arguments. An event, as a method that handles clicks is given it, is none. */
  readonly args: readonly unknown[];
  /** Of `fetch()`: what it asks for, with the URL in full. */
  readonly request?: { readonly method: string; readonly url: string };
}

/** The methods whose calls are recorded, and that can be made to fail. */
export type FakeMethod =
  | "resume"
  | "signIn"
  | "signOut"
  | "fetch"
  | "objectURL"
  | "explain"
  | "userinfo"
  | "stats"
  | "audit"
  | "unlock"
  | "enterToken"
  | "accessToken"
  | "close";

/** An {@link Auth} that does what a test says. `session` is there at once, without `resume()`. */
export interface FakeAuth extends Auth {
  /** What was called, in order: the same array always. */
  readonly calls: readonly FakeCall[];

  /**
   * Has an event happen, and `session` become what it is after that: null after `signedout`, renewed after `signedin` and `refreshed`,
   * locked after an `anomaly` with `locked`. What `detail` leaves out is filled in.
   *
   * @throws {TokenKeepError} `TOKENKEEP_CONFIG_INVALID` if there is no such event
   */
  fire<Type extends keyof AuthEventMap>(type: Type, detail?: Partial<AuthEventMap[Type]["detail"]>): void;

  /**
   * Has the next call of a method fail with a {@link TokenKeepError}, or the next but one if it was said before.
   *
   * @throws {TokenKeepError} `TOKENKEEP_CONFIG_INVALID` if there is no such method or code
   */
  failNext(method: FakeMethod, code: ErrorCode, details?: ErrorDetails): void;

  /** Answers such requests from now on, also where `routes` said something else. */
  route(name: string, answer: Route): void;

  /**
   * Has all as it was at first: session, routes, `calls`. Who listens goes on listening, and hears of it if the session changes.
   *
   * @param changes options that count until the next reset, on top of the first ones
   */
  reset(changes?: FakeAuthOptions): void;
}
