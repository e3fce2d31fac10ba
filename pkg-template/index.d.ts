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

/** Where a holder runs: a `SharedWorker`, a dedicated `Worker`, or a port that leads to one of them. */
export type HolderWorker = SharedWorker | Worker | MessagePort;

/**
 * Connects this page to the holder that runs in `worker`: a `SharedWorker` (recommended, one session for all tabs), a
 * dedicated `Worker`, or a port that leads to one of them. A function is called at once to make it; what it throws comes
 * out of every call, as `TOKENKEEP_SHARED_WORKER_MISSING` or `TOKENKEEP_WORKER_BLOCKED`. It is called again where what it made has ended or
 * failed, so pass one: without it such a page has to be reloaded. Where there is no browser it is not called, and there is no session.
 *
 * All pages must construct the `SharedWorker` with the same URL and the same options, else the browser refuses the
 * connection and every call fails with `TOKENKEEP_WORKER_BLOCKED`.
 */
export function connect(worker: HolderWorker | (() => HolderWorker)): Auth;

/** What the page works with. Every method may be detached: `const { signIn } = auth`, `onClick={auth.signOut}`. */
export interface Auth extends EventTarget {
  /** The running session, or null. The same object until something in it changes. Never a token. */
  readonly session: Session | null;

  /**
   * What `signIn()` was given, once `resume()` has finished that sign-in on this page; else null. In a popup
   * `arrival.popup` is true.
   */
  readonly arrival: Arrival | null;

  /**
   * Call this first on every page. Finishes a sign-in that arrived with this page's URL (which is taken out of the
   * address bar at once, before anything else runs), or finds the running session.
   *
   * On the page that a popup came back to it hands the response over and closes the popup.
   *
   * @returns the session, or null if somebody has to sign in
   * @throws {TokenKeepError} if the URL is an authorization response that is refused; a running session is not touched
   */
  resume(options?: ResumeOptions): Promise<Session | null>;

  /**
   * Signs in in a popup, while this page stays. Call it in the handler of a click, before any `await`: the popup is
   * opened at once, and browsers block it otherwise. It has no `opener`.
   *
   * @returns the session
   * @throws {TokenKeepError} `TOKENKEEP_POPUP_BLOCKED`, `TOKENKEEP_POPUP_CLOSED`, `TOKENKEEP_POPUP_TIMEOUT`,
   * `TOKENKEEP_POPUP_SEVERED`, and what `resume()` throws. After the last three a sign-in that is finished in the popup all the same still counts: there is
   * a `signedin` event
   */
  signIn(options: PopupSignInOptions): Promise<Session>;

  /**
   * Sends the user to the authorization server. The promise doesn't resolve, since the page is left; it rejects if
   * that can't be done (`TOKENKEEP_STORAGE_BLOCKED`, `TOKENKEEP_COOKIES_BLOCKED`, `TOKENKEEP_REDIRECT_ELSEWHERE`, in a frame of another
   * origin `TOKENKEEP_PAGE_FRAMED`, ..), or with
   * `TOKENKEEP_SIGN_IN_ABANDONED` if the user comes back by the Back button, or is still here three seconds after a `beforeunload` of
   * this page wanted them to be asked whether to leave it. What a frame inside of it asks is not heard of.
   */
  signIn(options?: SignInOptions): Promise<never>;

  /** Either way. */
  signIn(options?: SignInOptions | PopupSignInOptions): Promise<Session>;

  /**
   * Ends the session: here and in every other tab at once, then at the server if it has a revocation endpoint.
   * Requests that wait for a token are rejected with `TOKENKEEP_LOGIN_REQUIRED`.
   */
  signOut(): Promise<SignOutResult>;

  /**
   * The same, then sends the user to the authorization server to end the session there too (OpenID Connect RP-Initiated
   * Logout). The promise doesn't resolve, since the page is left. Who comes back to `postLogoutRedirectUri` is met by
   * `resume()`: `auth.arrival` is `{ signedOut: true, returnTo, .. }`.
   *
   * @throws {TokenKeepError} `TOKENKEEP_END_SESSION_UNAVAILABLE` if the server can't, and `TOKENKEEP_PARAMETER_REFUSED` if the options
   * can't be read, since they refer to themselves, say; the session here is over.
   * `TOKENKEEP_SIGN_OUT_ABANDONED` if the user comes back by the Back button, or is still here three seconds after a `beforeunload` of
   * this page wanted them to be asked: the session at the server may go on, or the server may be slow. Leave the next step to the user
   */
  signOut(options: { endSession: true; returnTo?: string }): Promise<never>;

  /**
   * What the userinfo endpoint says of the user (OpenID Connect Core 5.3), if it is the ID token's user. The token goes
   * there for this call only: to `fetch` that URL is one as any other, which the list of resource servers has or has not.
   *
   * @throws {TokenKeepError} `TOKENKEEP_USERINFO_UNAVAILABLE`, `TOKENKEEP_USERINFO_INVALID`
   */
  userinfo(): Promise<Record<string, unknown>>;

  /**
   * As `window.fetch`, with the token.
   *
   * - A URL that no configured resource server covers is refused with `TOKENKEEP_TARGET_REFUSED`; nothing is sent.
   * - Without a usable token the request waits for one, at most for the configured `queueTimeout`.
   * - A 401 is replayed once with a fresh token; the answer to that is the answer.
   * - 429 and 503 with a readable `Retry-After` are obeyed and the request is sent again, if it may be repeated.
   * - Redirects are refused with `TOKENKEEP_REDIRECT_REFUSED`, since they would carry the token on.
   * - Network failures are `TypeError`s and aborts are the signal's reason, as with `window.fetch`.
   * - Credentials and referrer are left out unless `init` asks for them.
   * - With `keepalive` it outlives its page; from a dedicated Worker only where the browser keeps that page for the Back button;
   *   what the Worker had not sent when the page was left may wait until the page is back, and is lost if it never is.
   */
  fetch(input: RequestInfo | URL, init?: AuthRequestInit): Promise<Response>;

  /**
   * A `blob:` URL of the answer to a request, for what has a `src` or an `href` and sends no token by itself: images, fonts, sound, films
   * of a few hundred megabytes at most, downloads. All of it is in memory first.
   *
   * When `init.signal` aborts, the URL is gone, as the request is before; without one call `URL.revokeObjectURL()` yourself.
   *
   * What a browser could run as a page of yours (HTML, SVG, XML, script) becomes `application/octet-stream`: it can be downloaded and not
   * shown, unless you say `dangerKeepType`.
   *
   * @throws {TokenKeepError} `TOKENKEEP_OBJECT_UNAVAILABLE` if the answer isn't a good one, and what `fetch` throws
   */
  objectURL(input: RequestInfo | URL, init?: ObjectURLInit): Promise<string>;

  /**
   * Why `auth.fetch` let this answer of 401, 403, 429 or 503 through; null for every other response. For developers:
   * the words may change.
   */
  explain(response: Response): Explanation | null;

  /** Numbers for people: a status page, a support ticket, a test. */
  stats(): Promise<Stats>;

  /** The newest entries of the audit log, oldest first. No secret and no URL of a request is in it. */
  audit(): Promise<AuditEntry[]>;

  /** Lets a session go on that `lockOnAnomaly` has locked. */
  unlock(): Promise<void>;

  /**
   * Takes a personal access token into the holder. Only with `hold({ acceptToken: true })`; else it rejects with
   * `TOKENKEEP_TOKEN_NOT_ACCEPTED`. There is no way to get it out again.
   */
  enterToken(token: string): Promise<void>;

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
  addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: boolean | AddEventListenerOptions): void;
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
  /** This is a popup that was asked to close itself, and may be there still: tell the person that they can close it. */
  readonly popup?: true;
  /** The user is back from `signOut({ endSession: true })`. */
  readonly signedOut?: true;
  /** `resume({ silent })` has asked the server, and not the user; whoever has no session now may be sent to sign in. */
  readonly silent?: true;
}

/** Options of `resume()`. */
export interface ResumeOptions {
  /**
   * Whether to ask the server for a session that the person has there already, without showing a page (`prompt=none`),
   * if there is none here. The page is left for that and comes back; `arrival.returnTo` says where it was. Tried once a
   * minute in each tab, and after a sign-out not before the next sign-in; never in a frame.
   *
   * `"auto"`: only in a tab where somebody was signed in who has an ID token and hasn't signed out, until the server says that it doesn't know
   * them any more. So a reload keeps the session where the browser ends the worker with the page, and strangers are sent nowhere.
   */
  silent?: boolean | "auto";
  /**
   * `false` if no page of this application signs in by popup: then a response is finished where it arrives and handed to
   * nobody. With a Worker and in page mode that takes a channel away which injected script could use.
   */
  popup?: boolean;
}

/** Options of one sign-in in a popup. */
export interface PopupSignInOptions extends Omit<SignInOptions, "mode"> {
  mode: "popup";
  /** The third argument of `window.open`, without `noopener`. Default: `popup,width=480,height=720`. */
  popupFeatures?: string;
  /** How long to wait for the response, in milliseconds. Default: 300,000. */
  popupTimeout?: number;
}

/** Options of one sign-in. */
export interface SignInOptions {
  /** By leaving this page, the default; see {@link PopupSignInOptions} for the other way. */
  mode?: "redirect";
  /** In addition to what the session has, or to the configured scope if there is no session. */
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

/** `RequestInit` and what is tokenkeep's own. */
export interface AuthRequestInit extends RequestInit {
  tokenkeep?: RequestOptions;
}

export interface ObjectURLInit extends AuthRequestInit {
  /**
   * Keep the type that the API names, whatever it is. Whoever can put a file there can then have script run in your origin, as soon as
   * somebody opens the URL in a window or a frame.
   */
  dangerKeepType?: boolean;
}

/** How one request is to be treated. */
export interface RequestOptions {
  /** Send it as plain `fetch` would: no token, no queue, no list of targets. */
  skipAuth?: boolean;
  /** How long it may wait for a token, in milliseconds, instead of the configured `queueTimeout`. */
  timeout?: number;
  /**
   * Whether it may be sent again after a pause that the API asks for. By default GET, PUT, HEAD, DELETE, OPTIONS and
   * TRACE may, up to the configured `retryLimit`. `true` allows it whatever the method, a number says how often.
   */
  retry?: boolean | number;
  /** Sent as `Idempotency-Key`, the same with every try; `true` makes one up. Such a request may be sent again. */
  idempotencyKey?: string | true;
  /**
   * Whether it waits for a sign-in with more rights if the API asks for one (see the `stepup` event), up to the
   * configured `stepUpTimeout`. By default the API's answer is the answer.
   */
  stepUp?: boolean;
  /**
   * Whether an `Authorization` header of the request's own gives way to the session's, for libraries that always set one. By
   * default such a request is refused with `TOKENKEEP_REQUEST_REFUSED`.
   */
  replaceAuthorization?: boolean;
}

/** See {@link Auth.explain}. */
export interface Explanation {
  readonly kind: ExplanationKind;
  /** What it means and what to do. */
  readonly message: string;
  /** The API's `error`. */
  readonly error?: string | null;
  /** The scope that the API asks for. */
  readonly scope?: string | null;
  /** The authentication contexts that the API asks for. */
  readonly acrValues?: string | null;
  /** How old the sign-in may be, in seconds. */
  readonly maxAge?: number | null;
  /** The pause that the API asks for, in milliseconds. */
  readonly retryAfter: number | null;
  /** What the API says of itself, as far as that is known by now. */
  readonly resourceMetadata?: ResourceMetadata;
}

/** Why an answer came through. */
export type ExplanationKind =
  /** Refused, and nothing can renew the token now. */
  | "expired"
  /** A fresh token was refused too. */
  | "refused"
  /** The request is at fault. */
  | "malformed"
  /** More scope is needed. */
  | "scope"
  /** A stronger or newer sign-in is needed. */
  | "authentication"
  /** The API refused the DPoP proof, or wants a nonce that it doesn't let be read. */
  | "proof"
  /** 403 without a known reason. */
  | "forbidden"
  /** Too many requests, and the pause is too long or the request may not be repeated. */
  | "limited"
  /** An outage, and the pause is too long or the request may not be repeated. */
  | "unavailable";

/**
 * What a resource server says of itself (RFC 9728), fetched because a challenge of it pointed there, and checked to be
 * about it. Nobody acts on it but the application.
 */
export interface ResourceMetadata {
  readonly resource: string;
  /** The issuers that it trusts. */
  readonly authorizationServers: readonly string[];
  readonly scopesSupported: readonly string[];
}

/** Something that happened. Plain data, fit for `JSON.stringify` and `navigator.sendBeacon`. */
export interface AuditEntry {
  /** Counted from 1: a gap means that older entries were dropped. */
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly kind: AuditKind;
  /** Why, in one word: a reason of `signedout`, an error code, the name of an anomaly, a kind of explanation. */
  readonly reason?: string;
  /** How often it happened within a second, or how many requests, or how many milliseconds. */
  readonly count: number;
  /** The base URL of the resource server it is about. */
  readonly server?: string;
}

/** What the audit log knows. New kinds may come. */
export type AuditKind =
  | "anomaly"
  | "api-pause"
  | "api-refused"
  | "callback-refused"
  | "clock"
  | "intercepted"
  | "locked"
  | "offline"
  | "online"
  | "queue-full"
  | "queue-timeout"
  | "refreshed"
  | "refreshfailed"
  | "signedin"
  | "signedout"
  | "slept"
  | "step-up"
  | "step-up-ignored"
  | "target-refused"
  | "unlocked";

/** What is out of the ordinary; the documentation has the rules. */
export type AnomalyKind = "refresh-storm" | "request-surge" | "off-list-target" | "replayed-callback" | "clock-jump";

/** What came of `signOut()`. */
export interface SignOutResult {
  /**
   * `confirmed`: the server has revoked the token. `unconfirmed`: it may not have. `unsupported`: it
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
  /** Requests that keep a pause which their API asked for. */
  readonly paused: number;
  /** Requests that wait for a sign-in with more rights. */
  readonly steppingUp: number;
  /** `open`: attempts to refresh are held back after a failure. `probing`: one of them tries the way. */
  readonly circuit: "closed" | "open" | "probing";
  /** What the platform says. */
  readonly online: boolean;
  /** Whether an anomaly has locked the session. */
  readonly locked: boolean;
  /** How far the authorization server's clock is ahead, in milliseconds; null if it can't be read. */
  readonly clockSkew: number | null;
  /** Most requests that ever waited at once. */
  readonly queuePeak: number;
  /** How many requests waited for a token, and how long in all. */
  readonly waits: { readonly count: number; readonly ms: number };
  /** How many pauses there were between attempts to refresh, and how long in all. */
  readonly backoffs: { readonly count: number; readonly ms: number };
  /** The configured resource servers, in their order. */
  readonly servers: readonly ServerStats[];
}

/** What happened with the requests to one resource server. */
export interface ServerStats {
  /** Its base URL. */
  readonly server: string;
  readonly requests: number;
  /** Sent again with another token. */
  readonly replays: number;
  /** Sent again after a pause that it asked for. */
  readonly retries: number;
  /** Answers with 401. */
  readonly unauthorized: number;
  /** Answers with 403. */
  readonly forbidden: number;
  /** Answers with 429 or 503. */
  readonly limited: number;
}

/** The events of an {@link Auth}. None carries a token. */
export interface AuthEventMap {
  /** A sign-in was finished, in this tab or another. */
  signedin: CustomEvent<
    Session & {
      /** Whether the server signed the user in by one of the `acrValues`, if some were asked for. */
      readonly acrMet?: boolean;
    }
  >;
  /** There is a new access token. `scope` may be narrower than before. */
  refreshed: CustomEvent<{
    readonly generation: number;
    readonly scope: string;
    readonly expiresAt: number | null;
    /** The resource (RFC 8707) that it is for, if any. */
    readonly resource: string | null;
  }>;
  /** A refresh failed and the session goes on; the next attempt is due in `retryIn` milliseconds. */
  refreshfailed: CustomEvent<{ readonly code: ErrorCode; readonly retryIn: number }>;
  /** The session is over. */
  signedout: CustomEvent<{ readonly reason: SignOutReason }>;
  /**
   * An API asks for more rights than the token has. `auth.signIn(event.detail.signIn)` asks the user for them; requests
   * with the option `stepUp` wait for that. Told at most five times in ten minutes per resource server.
   */
  stepup: CustomEvent<StepUp>;
  /**
   * The holder's file has changed since the running SharedWorker was made from it, so that configuration and version are the old ones.
   * `givesWay` says when it ends for that: see `takeOver` of `hold()`.
   */
  outdated: CustomEvent<{ readonly givesWay: "never" | "at-once" | "when-left" }>;
  /** Something is out of the ordinary. `locked` says whether the session was locked for it: see `auth.unlock()`. */
  anomaly: CustomEvent<{
    readonly kind: AnomalyKind;
    /** How many, or for `clock-jump` how many milliseconds. */
    readonly count: number;
    /** For `request-surge`: what is usual. */
    readonly baseline?: number;
    readonly locked: boolean;
  }>;
  /** The session was locked and goes on. */
  unlocked: CustomEvent<Record<string, never>>;
  /**
   * Requests have waited for three seconds; or they wait for something else now; or for until another time, since the one that was told
   * has passed; or, once, none of them waits that long any more. A page that connects later hears of the next of these: until then
   * `auth.stats()` has the numbers. After `signedout` none waits either; where the holder has ended, that is all there is.
   */
  waiting: CustomEvent<Waiting>;
}

/** What requests wait for, in all pages. Nothing of the requests is in it. */
export interface Waiting {
  /** Where requests wait for several things, the first of these; null at the end. */
  readonly for: WaitReason | null;
  /** Since when some have waited for it without a break, in milliseconds since 1970; null at the end. */
  readonly since: number | null;
  /** When the first of them goes on, or the next attempt to refresh follows, if a server said so: in milliseconds since 1970. */
  readonly until: number | null;
  /** How many wait for it. */
  readonly calls: number;
}

/** See {@link Waiting}. */
export type WaitReason =
  /** `auth.unlock()`: an anomaly has locked the session. */
  | "unlock"
  /** The browser says that it is offline. */
  | "network"
  /** A sign-in: one under way, or one with more rights. */
  | "sign-in"
  /** A token: the refresh takes long, or fails and is tried again. `until` is the pause that the authorization server asked for. */
  | "token"
  /** Their turn: the API takes no more at once. */
  | "turn"
  /** The pause that their API asked for. */
  | "retry-after";

/** What an API asks for (RFC 6750, 3.1; RFC 9470). */
export interface StepUp {
  readonly reason: "scope" | "authentication";
  /** The base URL of the resource server. */
  readonly resource: string | null;
  /** Options for `auth.signIn()`. */
  readonly signIn: { readonly scope?: string; readonly acrValues?: string; readonly maxAge?: number };
  /** What the API says of itself, if its challenge pointed there. */
  readonly resourceMetadata?: ResourceMetadata;
}

/** Why a session ended. */
export type SignOutReason =
  | "signout"
  /** The authorization server refused the grant. */
  | "revoked"
  /** So it did after an answer to a refresh had never come: it has rotated the token. */
  | "rotation-lost"
  /** The token ran out and there was no refresh token. */
  | "expired"
  /** The API refused the personal access token, or the authorization server refused to refresh, twice, without saying why. */
  | "refused"
  /** The server answered for another user. */
  | "subject-changed"
  /** An ID token that came with a refresh was forged, or not this session's. */
  | "id-token-refused"
  /** The key that the tokens are bound to is gone. */
  | "key-lost"
  /** The MCP server trusts another authorization server now. */
  | "issuer-changed"
  /** A service worker stood between the holder and the network: see `dangerAllowServiceWorker`. */
  | "intercepted"
  /** The holder met an error of its own and started anew. */
  | "failed"
  /** The worker ended, by the browser or by script. */
  | "lost"
  /** A newer file of the holder has taken over: see `takeOver`. */
  | "replaced";

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
  /** `TOKENKEEP_LOGIN_REQUIRED`, `TOKENKEEP_INTERCEPTED`: why there is no session. */
  readonly reason?: SignOutReason | "never-signed-in";
  /** `TOKENKEEP_AUTHORIZATION_SERVER_REFUSED`, `TOKENKEEP_REGISTRATION_NEEDED`: which authorization server. */
  readonly issuer?: string;
  /** Where the authorization server's answer was asked for that could not be had, without the query. */
  readonly url?: string;
}

/** Whether `value` is a {@link TokenKeepError}, of whatever realm. */
export function isTokenKeepError(value: unknown): value is TokenKeepError;

/** The codes of {@link TokenKeepError}. They don't change; new ones may come. */
export type ErrorCode =
  | "TOKENKEEP_APP_REFUSED"
  | "TOKENKEEP_AUTH_MISSING"
  | "TOKENKEEP_AUTHORIZATION_ERROR"
  | "TOKENKEEP_AUTHORIZATION_SERVER_REFUSED"
  | "TOKENKEEP_BODY_NOT_REPLAYABLE"
  | "TOKENKEEP_BROWSER_MISSING"
  | "TOKENKEEP_CLIENT_REFUSED"
  | "TOKENKEEP_CLOCK_WRONG"
  | "TOKENKEEP_CONFIG_INVALID"
  | "TOKENKEEP_CONNECT_BLOCKED"
  | "TOKENKEEP_COOKIES_BLOCKED"
  | "TOKENKEEP_DISCOVERY_FAILED"
  | "TOKENKEEP_DPOP_BLOCKED"
  | "TOKENKEEP_DPOP_KEY_LOST"
  | "TOKENKEEP_DPOP_NONCE"
  | "TOKENKEEP_DPOP_PROOF"
  | "TOKENKEEP_DUPLICATE_PARAMETER"
  | "TOKENKEEP_END_SESSION_UNAVAILABLE"
  | "TOKENKEEP_FRAME_BLOCKED"
  | "TOKENKEEP_FRAME_LOST"
  | "TOKENKEEP_FRAME_SILENT"
  | "TOKENKEEP_HOLDER_FAILED"
  | "TOKENKEEP_HOLDER_LOST"
  | "TOKENKEEP_HOLDER_RESTARTED"
  | "TOKENKEEP_HOLDER_SILENT"
  | "TOKENKEEP_ID_TOKEN_INVALID"
  | "TOKENKEEP_INSECURE_CONTEXT"
  | "TOKENKEEP_INTERACTION_REQUIRED"
  | "TOKENKEEP_INTERCEPTED"
  | "TOKENKEEP_ISSUER_MISMATCH"
  | "TOKENKEEP_ISSUER_MISSING"
  | "TOKENKEEP_KEYS_BLOCKED"
  | "TOKENKEEP_LOCKED"
  | "TOKENKEEP_LOGIN_REQUIRED"
  | "TOKENKEEP_METADATA_BLOCKED"
  | "TOKENKEEP_METADATA_INVALID"
  | "TOKENKEEP_NETWORK"
  | "TOKENKEEP_OBJECT_UNAVAILABLE"
  | "TOKENKEEP_OPERATION_REFUSED"
  | "TOKENKEEP_OTHER_SITE"
  | "TOKENKEEP_PAGE_FRAMED"
  | "TOKENKEEP_PARAMETER_REFUSED"
  | "TOKENKEEP_PKCE_UNSUPPORTED"
  | "TOKENKEEP_POPUP_BLOCKED"
  | "TOKENKEEP_POPUP_CLOSED"
  | "TOKENKEEP_POPUP_SEVERED"
  | "TOKENKEEP_POPUP_TIMEOUT"
  | "TOKENKEEP_PUSHED_REQUEST_INVALID"
  | "TOKENKEEP_QUEUE_FULL"
  | "TOKENKEEP_QUEUE_TIMEOUT"
  | "TOKENKEEP_REDIRECT_ELSEWHERE"
  | "TOKENKEEP_REDIRECT_REFUSED"
  | "TOKENKEEP_REDIRECT_URI_MOVED"
  | "TOKENKEEP_REDIRECT_URI_REFUSED"
  | "TOKENKEEP_REGISTRATION_FAILED"
  | "TOKENKEEP_REGISTRATION_NEEDED"
  | "TOKENKEEP_REGISTRATION_REFUSED"
  | "TOKENKEEP_REQUEST_REFUSED"
  | "TOKENKEEP_RESOURCE_METADATA_INVALID"
  | "TOKENKEEP_RESOURCE_REFUSED"
  | "TOKENKEEP_RESOURCE_UNAVAILABLE"
  | "TOKENKEEP_RESPONSE_MALFORMED"
  | "TOKENKEEP_RESPONSE_REPLAYED"
  | "TOKENKEEP_RETURN_TARGET_REFUSED"
  | "TOKENKEEP_SERVER_UNAVAILABLE"
  | "TOKENKEEP_SHARED_WORKER_MISSING"
  | "TOKENKEEP_SIGN_IN_ABANDONED"
  | "TOKENKEEP_SIGN_IN_UNAVAILABLE"
  | "TOKENKEEP_SIGN_IN_UNKNOWN"
  | "TOKENKEEP_SIGN_OUT_ABANDONED"
  | "TOKENKEEP_STATE_MISMATCH"
  | "TOKENKEEP_STATE_MISSING"
  | "TOKENKEEP_STORAGE_BLOCKED"
  | "TOKENKEEP_TARGET_REFUSED"
  | "TOKENKEEP_TIMEOUT"
  | "TOKENKEEP_TOKEN_ENDPOINT_BLOCKED"
  | "TOKENKEEP_TOKEN_ERROR"
  | "TOKENKEEP_TOKEN_IN_RESPONSE"
  | "TOKENKEEP_TOKEN_MALFORMED"
  | "TOKENKEEP_TOKEN_NOT_ACCEPTED"
  | "TOKENKEEP_TOKEN_NOT_EXPOSED"
  | "TOKENKEEP_TOKEN_RESPONSE_INVALID"
  | "TOKENKEEP_TRANSACTION_EXPIRED"
  | "TOKENKEEP_USERINFO_INVALID"
  | "TOKENKEEP_USERINFO_UNAVAILABLE"
  | "TOKENKEEP_WASM_BLOCKED"
  | "TOKENKEEP_WASM_UNAVAILABLE"
  | "TOKENKEEP_WORKER_BLOCKED";
