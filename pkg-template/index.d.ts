/**
 * The page's side: a session's facts, and requests that carry a token which the page never sees.
 *
 * @module tokenkeep
 */

declare global {
  // Not in TypeScript's own library yet.
  interface WorkerOptions {
    /** Whether a SharedWorker may outlive its last page for a while. */
    extendedLifetime?: boolean;
  }
}

/**
 * Connects this page to the holder that runs in `worker`: a `SharedWorker` (recommended, one session for all tabs), a
 * dedicated `Worker`, or a port that leads to one of them.
 *
 * All pages must construct the `SharedWorker` with the same URL and the same options, else the browser refuses the
 * connection and every call fails with `TOKENKEEP_HOLDER_FAILED`.
 */
export function connect(worker: SharedWorker | Worker | MessagePort): Auth;

/** What the page works with. */
export interface Auth extends EventTarget {
  /** The running session, or null. The same object until something in it changes. Never a token. */
  readonly session: Session | null;

  /** What `signIn()` was given, once `resume()` has finished that sign-in on this page; else null. */
  readonly arrival: Arrival | null;

  /**
   * Call this first on every page. Finishes a sign-in that arrived with this page's URL (which is taken out of the
   * address bar at once, before anything else runs), or finds the running session.
   *
   * @returns the session, or null if somebody has to sign in
   * @throws {TokenKeepError} if the URL is an authorization response that is refused; a running session is not touched
   */
  resume(): Promise<Session | null>;

  /**
   * Sends the user to the authorization server. The promise doesn't resolve, since the page is left; it rejects if
   * that can't be done, or with `TOKENKEEP_SIGN_IN_ABANDONED` if the user comes back by the Back button.
   */
  signIn(options?: SignInOptions): Promise<never>;

  /**
   * Ends the session: here and in every other tab at once, then at the server if it has a revocation endpoint.
   * Requests that wait for a token are rejected with `TOKENKEEP_LOGIN_REQUIRED`.
   */
  signOut(): Promise<SignOutResult>;

  /**
   * As `window.fetch`, with the token. May be detached: `const { fetch } = auth`.
   *
   * - A URL that no configured resource server covers is refused with `TOKENKEEP_TARGET_REFUSED`; nothing is sent.
   * - Without a usable token the request waits for one, at most for the configured `queueTimeout`.
   * - A 401 is replayed once with a fresh token; the answer to that is the answer.
   * - Redirects are refused with `TOKENKEEP_REDIRECT_REFUSED`, since they would carry the token on.
   * - Network failures are `TypeError`s and aborts are the signal's reason, as with `window.fetch`.
   * - Credentials and referrer are left out unless `init` asks for them.
   */
  fetch(input: RequestInfo | URL, init?: AuthRequestInit): Promise<Response>;

  /** Numbers for people: a status page, a support ticket, a test. */
  stats(): Promise<Stats>;

  /**
   * The access token itself, for what can't go through `fetch`, such as gRPC or a WebSocket subprotocol. Only with
   * `hold({ exposeAccessToken: true })`; else it rejects with `TOKENKEEP_TOKEN_NOT_EXPOSED`.
   */
  accessToken(): Promise<string>;

  /** Calls `listener` after every change of `session`, as `useSyncExternalStore` and Svelte's stores want it. */
  subscribe(listener: () => void): () => void;

  /** Ends this page's connection; the session goes on for others. */
  close(): void;

  addEventListener<Type extends keyof AuthEventMap>(
    type: Type,
    listener: ((event: AuthEventMap[Type]) => void) | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** What a page may know of the session. */
export interface Session {
  /** The granted scope, space-separated. */
  readonly scope: string;
  /** When the access token expires, in milliseconds since 1970; null if the server doesn't say. */
  readonly expiresAt: number | null;
  /** The claims of the ID token, if `openid` was asked for. */
  readonly claims: Claims | null;
}

/** Claims of an ID token whose issuer, audience, times and nonce were checked. */
export interface Claims {
  readonly iss: string;
  readonly sub: string;
  readonly aud: string | readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly [claim: string]: unknown;
}

/** What a sign-in brought back. */
export interface Arrival {
  /** Where the application wanted to go on: a path of its own origin. */
  readonly returnTo: string | null;
  /** The application's own data. */
  readonly appState: unknown;
}

/** Options of one sign-in. */
export interface SignInOptions {
  /** Instead of the configured scope. */
  scope?: string;
  /** Where to go on afterwards: a path of this application, or a URL of its origin. Comes back in `auth.arrival`. */
  returnTo?: string;
  /** Anything that JSON can hold. Stays in this browser and comes back in `auth.arrival`. */
  appState?: unknown;
  /** `prompt` of OpenID Connect Core 3.1.2.1, such as `login` or `none`. */
  prompt?: string;
  /** `login_hint`. */
  loginHint?: string;
  /** `ui_locales`. */
  uiLocales?: string;
  /** `display`. */
  display?: string;
  /** `max_age`, in seconds. */
  maxAge?: number;
  /** `acr_values`. */
  acrValues?: string;
  /** Additional parameters. Those that are the library's own are refused with `TOKENKEEP_PARAMETER_REFUSED`. */
  extraParams?: Record<string, string>;
}

/** `RequestInit` and the time that this request is ready to wait for a token. */
export interface AuthRequestInit extends RequestInit {
  /** Milliseconds, instead of the configured `queueTimeout`. */
  timeout?: number;
}

/** What came of `signOut()`. */
export interface SignOutResult {
  /**
   * `confirmed`: the server has revoked the token. `unconfirmed`: it was told and may not have. `unsupported`: it
   * can't. `none`: there was no session.
   */
  readonly revocation: "confirmed" | "unconfirmed" | "unsupported" | "none";
}

/** See {@link Auth.stats}. */
export interface Stats {
  /** `waiting` means that a refresh failed and the next attempt is due in `nextAttemptIn`. */
  readonly phase: "signedout" | "exchanging" | "active" | "refreshing" | "waiting";
  /** Requests that wait for a token. */
  readonly queued: number;
  /** Requests that waited and are on their way now. */
  readonly inFlight: number;
  /** Number of the current access token, counted from 1. */
  readonly generation: number;
  /** Refreshes started. */
  readonly refreshes: number;
  /** Refreshes that failed. */
  readonly refreshFailures: number;
  /** Requests that were sent again after a 401. */
  readonly replays: number;
  /** Milliseconds until the next attempt to refresh, or null. */
  readonly nextAttemptIn: number | null;
}

/** The events of an {@link Auth}. None carries a token. */
export interface AuthEventMap {
  /** A sign-in was finished, in this tab or another. */
  signedin: CustomEvent<Session>;
  /** There is a new access token. `scope` may be narrower than before. */
  refreshed: CustomEvent<{ readonly generation: number; readonly scope: string; readonly expiresAt: number | null }>;
  /** A refresh failed and the session goes on; the next attempt is due in `retryIn` milliseconds. */
  refreshfailed: CustomEvent<{ readonly code: ErrorCode; readonly retryIn: number }>;
  /** The session is over. */
  signedout: CustomEvent<{ readonly reason: SignOutReason }>;
}

/** Why a session ended. */
export type SignOutReason = "signout" | "revoked" | "expired" | "subject-changed";

/** An error with a frozen `code`. Its message names the cure. Holds no token, no request and no response. */
export class TokenKeepError extends Error {
  private constructor();
  readonly name: "TokenKeepError";
  readonly code: ErrorCode;
  /** `TOKENKEEP_CONFIG_INVALID`, `TOKENKEEP_PARAMETER_REFUSED`: what is wrong. */
  readonly option?: string;
  /** The authorization server's `error`. */
  readonly error?: string;
  /** The authorization server's `error_description`: text for developers, never HTML. */
  readonly errorDescription?: string;
  /** `TOKENKEEP_LOGIN_REQUIRED`: why there is no session. */
  readonly reason?: SignOutReason | "never-signed-in";
}

/** Whether `value` is a {@link TokenKeepError}, of whatever realm. */
export function isTokenKeepError(value: unknown): value is TokenKeepError;

/** The codes of {@link TokenKeepError}. They don't change; new ones may come. */
export type ErrorCode =
  | "TOKENKEEP_AUTHORIZATION_ERROR"
  | "TOKENKEEP_BODY_NOT_REPLAYABLE"
  | "TOKENKEEP_CLIENT_REFUSED"
  | "TOKENKEEP_CONFIG_INVALID"
  | "TOKENKEEP_DISCOVERY_FAILED"
  | "TOKENKEEP_DUPLICATE_PARAMETER"
  | "TOKENKEEP_HOLDER_FAILED"
  | "TOKENKEEP_ID_TOKEN_INVALID"
  | "TOKENKEEP_INSECURE_CONTEXT"
  | "TOKENKEEP_INTERACTION_REQUIRED"
  | "TOKENKEEP_ISSUER_MISMATCH"
  | "TOKENKEEP_ISSUER_MISSING"
  | "TOKENKEEP_LOGIN_REQUIRED"
  | "TOKENKEEP_METADATA_INVALID"
  | "TOKENKEEP_NETWORK"
  | "TOKENKEEP_PARAMETER_REFUSED"
  | "TOKENKEEP_PKCE_UNSUPPORTED"
  | "TOKENKEEP_QUEUE_FULL"
  | "TOKENKEEP_QUEUE_TIMEOUT"
  | "TOKENKEEP_REDIRECT_REFUSED"
  | "TOKENKEEP_REQUEST_REFUSED"
  | "TOKENKEEP_RESPONSE_MALFORMED"
  | "TOKENKEEP_RESPONSE_REPLAYED"
  | "TOKENKEEP_RETURN_TARGET_REFUSED"
  | "TOKENKEEP_SERVER_UNAVAILABLE"
  | "TOKENKEEP_SIGN_IN_ABANDONED"
  | "TOKENKEEP_STATE_MISMATCH"
  | "TOKENKEEP_STATE_MISSING"
  | "TOKENKEEP_TARGET_REFUSED"
  | "TOKENKEEP_TIMEOUT"
  | "TOKENKEEP_TOKEN_ERROR"
  | "TOKENKEEP_TOKEN_IN_RESPONSE"
  | "TOKENKEEP_TOKEN_NOT_EXPOSED"
  | "TOKENKEEP_TOKEN_RESPONSE_INVALID"
  | "TOKENKEEP_TRANSACTION_EXPIRED";
