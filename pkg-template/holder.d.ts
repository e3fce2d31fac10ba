/**
 * The worker's side: holds the tokens, and makes the requests that need them.
 *
 * @module tokenkeep/holder
 */

import type { AnomalyKind, AuditEntry } from "./index.js";

export { TokenKeepError, isTokenKeepError, type ErrorCode } from "./index.js";

/**
 * Holds the session in this worker. Call it once, at the top level of the worker's own script, so that no message can
 * choose the configuration.
 *
 * @throws {TokenKeepError} `TOKENKEEP_CONFIG_INVALID` with the `option` and the cure; pages that connect get the same
 */
export function hold(config: Config): void;

/** The configuration. Unknown options are refused. */
export type Config =
  | (SignInConfig & ByIssuer & (RegisteredClient | OpenClient))
  | (SignInConfig & ByMetadata & (RegisteredClient | OpenClient))
  | (SignInConfig & ByMcp & (PinnedClient | OpenMcpClient))
  | GivenToken
  | EnteredToken;

/** The authorization server by its name: its metadata is looked up (RFC 8414, OpenID Connect Discovery). */
export interface ByIssuer {
  /** The issuer, exactly as the server names itself: https, no query, no fragment. */
  issuer: string;
  /** Endpoints that the metadata leaves out, or has others than are to be used. */
  server?: AddedEndpoints;
  mcp?: undefined;
}

/** Endpoints as RFC 8414 names them: https, or a path of this app. They count before those of the metadata. */
export interface AddedEndpoints {
  issuer?: undefined;
  authorization_endpoint?: string;
  end_session_endpoint?: string;
  jwks_uri?: string;
  pushed_authorization_request_endpoint?: string;
  registration_endpoint?: string;
  revocation_endpoint?: string;
  token_endpoint?: string;
  userinfo_endpoint?: string;
}

/** The authorization server's whole metadata by hand, for a server that publishes none. */
export interface ByMetadata {
  issuer?: undefined;
  server: AuthorizationServerMetadata;
  mcp?: undefined;
}

/**
 * An MCP server, from which everything else follows: its metadata (RFC 9728) names the authorization server, that one's
 * metadata says how to become a client. Tokens are asked for with the server as their `resource` and go below its URL.
 */
export interface ByMcp {
  /** The MCP server's URL, as its clients use it. */
  mcp: string;
  issuer?: undefined;
  server?: undefined;
  assumePkce?: undefined;
}

/** A client that was registered by hand. */
export interface RegisteredClient {
  /** The id of the public client that you registered. There is no option for a secret: a browser can't keep one. */
  clientId: string;
  clientMetadataUrl?: string;
  clientMetadata?: ClientMetadata;
  authorizationServers?: undefined;
}

/** A client that comes by its id: by the URL of its metadata document where the server takes such, else by registration. */
export type OpenClient = { clientId?: undefined; authorizationServers?: undefined } & (
  | { clientMetadataUrl: string; clientMetadata?: ClientMetadata }
  | { clientMetadataUrl?: undefined; clientMetadata: ClientMetadata }
);

/** A client that was registered by hand at the one authorization server that the MCP server may name. */
export interface PinnedClient {
  clientId: string;
  authorizationServers: readonly [string];
  clientMetadataUrl?: string;
  clientMetadata?: ClientMetadata;
}

/** A client that comes by its id wherever the MCP server's authorization server is. */
export interface OpenMcpClient {
  clientId?: undefined;
  /** The issuers that the MCP server may name; any, if there is no list. */
  authorizationServers?: readonly [string, ...string[]];
  /** The https URL of this client's metadata document, see `npx tokenkeep check-client`. */
  clientMetadataUrl?: string;
  /** What a registration says besides what makes this a public client with this `redirectUri`. */
  clientMetadata?: ClientMetadata;
}

/** Client metadata of RFC 7591, without what the library sets itself. */
export interface ClientMetadata {
  client_name?: string;
  client_uri?: string;
  logo_uri?: string;
  application_type?: "web" | "native";
  client_id?: undefined;
  client_secret?: undefined;
  grant_types?: undefined;
  jwks?: undefined;
  jwks_uri?: undefined;
  redirect_uris?: undefined;
  response_types?: undefined;
  software_statement?: undefined;
  token_endpoint_auth_method?: undefined;
  [member: string]: unknown;
}

/** Metadata as RFC 8414 spells it. */
export interface AuthorizationServerMetadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  revocation_endpoint?: string;
  code_challenge_methods_supported?: readonly string[];
  authorization_response_iss_parameter_supported?: boolean;
  [member: string]: unknown;
}

/**
 * A personal access token instead of sign-in, for prototypes: memory only, same list of targets, same queue and audit. A
 * 401 ends the session.
 */
export interface PersonalToken extends Options {
  issuer?: undefined;
  server?: undefined;
  mcp?: undefined;
  clientId?: undefined;
  clientMetadataUrl?: undefined;
  clientMetadata?: undefined;
  authorizationServers?: undefined;
  redirectUri?: undefined;
  scope?: undefined;
  extraParams?: undefined;
  trustedAudiences?: undefined;
}

/** The token is in this file. Whoever can read the file can read it: never publish it. */
export interface GivenToken extends PersonalToken {
  /** The token, as the service showed it. */
  token: string;
  acceptToken?: undefined;
}

/** The token comes at run time, by `auth.enterToken()`. */
export interface EnteredToken extends PersonalToken {
  /** Whether pages may hand in a personal access token. Instead of sign-in, not beside it. */
  acceptToken: true;
  token?: undefined;
}

/** A resource server whose tokens are its own: bound to a resource (RFC 8707), or with part of the scope. */
export interface ResourceServer {
  /** The base URL; paths cover whole segments. */
  url: string;
  /** What its tokens are asked for with: an absolute URI. A web address has to be `url` or above it. */
  resource?: string;
  /** The scope of its tokens, part of the configured one. */
  scope?: string;
}

/**
 * How an authorization server or an API differs from the RFCs. Plain data; everything is optional. Ready ones are in
 * `tokenkeep/profiles`, and docs/profiles.md shows how to write one.
 */
export interface Profile {
  /** Requests to the token and revocation endpoints. */
  request?: {
    /** Whether they are JSON instead of forms. Default false. */
    json?: boolean;
    /** More header fields, names in lower case, such as `accept`. All but that one need the server's leave by CORS. */
    headers?: Readonly<Record<string, string>>;
    /** More parameters, the same in every request. */
    params?: Readonly<Record<string, string>>;
    /** The server's names for parameters, by the RFC's. */
    names?: Readonly<Partial<Record<RequestParameter, string>>>;
  };
  /** Answers of the token endpoint. */
  answer?: {
    /**
     * What they are. `json` (the default) says so in its Content-Type, `form` is a form or JSON as its Content-Type says,
     * `unlabelled` is JSON of whatever Content-Type.
     */
    type?: "json" | "form" | "unlabelled";
    /** The member that the answer is in, such as `data` or `response.data`. */
    within?: string;
    /** The server's names for members, by the RFC's; dots lead into objects. */
    names?: Readonly<Partial<Record<AnswerMember, string>>>;
    /** The status codes of success. Default `[200]`. */
    statuses?: readonly number[];
    /** What each of these members is in a success, such as `{ code: 0 }`. */
    success?: Readonly<Record<string, string | number | boolean>>;
    /** What one of these members is in a failure, such as `{ ok: false }`. */
    failure?: Readonly<Record<string, string | number | boolean>>;
    /** The type of tokens where the server sends none, or the server's own word for Bearer. */
    tokenType?: string;
    /** The character between scopes, if it is no space. */
    scopeSeparator?: string;
  };
  refresh?: {
    /** The status codes and the server's error names that mean: the grant is revoked, the session is over. */
    revoked?: readonly (number | string)[];
  };
  api?: {
    /** The status codes besides 401 by which an API says that the token has run out, such as 403. */
    expired?: readonly number[];
    /** The word before the token in the Authorization field. Default `Bearer`. */
    scheme?: string;
  };
}

/** The parameters that a {@link Profile} can give another name. */
export type RequestParameter =
  | "client_id"
  | "code"
  | "code_verifier"
  | "grant_type"
  | "redirect_uri"
  | "refresh_token"
  | "resource"
  | "scope"
  | "token"
  | "token_type_hint";

/** The members that a {@link Profile} can give another name. */
export type AnswerMember =
  | "access_token"
  | "error"
  | "error_description"
  | "expires_in"
  | "id_token"
  | "refresh_token"
  | "scope"
  | "token_type";

/** How to sign in. */
export interface SignInConfig extends Options {
  /** The redirection URI that you registered, sent byte for byte; or a path of this app, sent with the holder's own origin. */
  redirectUri: string;
  /**
   * The scope to ask for, space-separated. With `openid`, the session has claims. With `mcp` and without this, what the
   * MCP server asks for.
   */
  scope?: string;
  /** Additional parameters of every authorization request, such as `audience`. */
  extraParams?: Readonly<Record<string, string>>;
  /**
   * Who may be among the audiences of an ID token besides this client (OpenID Connect Core 3.1.3.7, 3): some servers add a
   * project or an API. Without it a token for anybody else too is refused.
   */
  trustedAudiences?: readonly string[];
  token?: undefined;
  acceptToken?: undefined;
}

/** What doesn't depend on where the token comes from. */
export interface Options {
  /**
   * Where the token may go: https base URLs, or paths of this app. A path covers whole segments: `https://api.example/v1` covers
   * `/v1` and `/v1/files`, not `/v10`. Empty by default.
   */
  resourceServers?: readonly (string | ResourceServer)[];
  /** Whether `auth.accessToken()` may hand the access token to the page. Default false. */
  exposeAccessToken?: boolean;
  /**
   * Whether a SharedWorker ends once its file has changed, so that its pages start another one from the new file, as soon as no call is
   * without an answer: at once if nobody is signed in, else when the pages that were open by then are gone, which ends the session with the
   * reason `replaced`. The configuration of the running one counts. Default false: the `outdated` event tells, and the old one goes on while a page lives.
   */
  takeOver?: boolean;
  /** Whether S256 is supported though the metadata doesn't say so. Default false: such a server is refused. */
  assumePkce?: boolean;
  /** How the servers differ from the RFCs. */
  profile?: Profile;
  /** Most requests that may wait for a token. Default 10,000. */
  queueLimit?: number;
  /** Longest wait for a token, in milliseconds. Default 30,000. */
  queueTimeout?: number;
  /**
   * Most waiting requests on their way at once when the queue drains. It begins with 16 to each origin of resource servers, grows
   * while its answers come as quickly as usual, and shrinks when it says 429, 502, 503 or 504, when a request fails, when answers
   * take longer, or when callers give up on answers that were due. If no answer comes from it for two seconds, those on their way are
   * not counted any more and up to 16 more are sent, so that a long poll doesn't hold up the others. An origin that is down or silent
   * takes up its share of the places at most. Default 512.
   */
  drainConcurrency?: number;
  /** Longest time for a call to the authorization server, in milliseconds. Default 10,000. */
  requestTimeout?: number;
  /** Lifetime of an access token that comes without `expires_in`, in seconds. Default 3,600. */
  defaultLifetime?: number;
  /** How long before its end a token is renewed beside requests, in seconds. Default a fifth of its life, at most 60. */
  earlyRefresh?: number;
  /** Over how much of that time early refreshes are spread by chance, in seconds. Default a quarter of it. */
  earlyRefreshJitter?: number;
  /**
   * How much of an uploaded stream is kept so that it can be sent again, in bytes. Default 0: none, and a stream that met a 401
   * fails with `TOKENKEEP_BODY_NOT_REPLAYABLE`, as one does that is longer.
   */
  streamBufferLimit?: number;
  /** How often a request is sent again because an API asks for a pause (429, 503). Default 2. */
  retryLimit?: number;
  /** Longest such pause, in milliseconds; a longer one is the answer. Default 60,000. */
  maxRetryAfter?: number;
  /** How long a request with the option `stepUp` waits for a sign-in, in milliseconds. Default 300,000. */
  stepUpTimeout?: number;
  /** Most entries of the audit log. Default 500; 0 switches it off. */
  auditLimit?: number;
  /**
   * Who is given new entries of the audit log, in batches at most five seconds late: a function in this file, or a URL
   * that they are posted to as a JSON array, without credentials.
   */
  auditSink?: string | ((entries: AuditEntry[]) => void);
  /**
   * Which anomalies lock the session until `auth.unlock()`: all (`true`), none (the default) or these. While it is locked
   * everybody waits, in every tab, and any one document of the origin can cause each of them but `clock-jump`:
   * `off-list-target` by a single call, `request-surge` by a few hundred, `replayed-callback` by a response to a sign-in of its
   * own that it hands in twice, `refresh-storm` where an API answers 401 to something although the token is good.
   */
  lockOnAnomaly?: boolean | readonly AnomalyKind[];
  /**
   * Whether tokens are bound to a key that nobody can read (DPoP, RFC 9449). Left out: where the server announces ES256.
   * `true`: always, and other tokens are refused. `false`: never, say for an API that doesn't know DPoP.
   */
  dpop?: boolean;
  /** Whether that key is the same for every sign-in, kept in IndexedDB (not extractable) until sign-out. Default false. */
  persistDpopKey?: boolean;
  /**
   * Whether authorization requests are pushed (RFC 9126). Left out: where the server announces it, else in the URL; `true`:
   * always; `false`: only if the server demands it.
   */
  par?: boolean;
  /**
   * All that FAPI 2.0 asks of a client and a browser can do: DPoP, pushed requests, `iss` in every response, ID tokens by PS256,
   * ES256 or EdDSA. It makes no client conformant: a public client can't authenticate itself.
   */
  strict?: boolean;
  /** Where `signOut({ endSession: true })` brings the user back to, as registered. */
  postLogoutRedirectUri?: string;
  /**
   * Whether `signOut({ endSession: true })` hands the page the ID token, to send it along as `id_token_hint` in a form, for
   * servers that insist. Without it only the client id is sent.
   */
  dangerSendIdTokenHint?: boolean;
  /** Whether ID tokens are believed without a look at their signature. */
  dangerSkipIdTokenSignature?: boolean;
  /**
   * Whether http is good enough for loopback addresses though this script is not served from one. A script that is
   * served from localhost may use them anyway.
   */
  dangerAllowLoopbackHttp?: boolean;
  /**
   * Whether a service worker may stand between this script and the network. Such a one sees every code, verifier and token.
   * Without this the session ends as `intercepted` as soon as the browser lets one be noticed. Keep this script out of the scope
   * of the app's service worker instead, where you can.
   */
  dangerAllowServiceWorker?: boolean;
}
