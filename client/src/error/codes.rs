//! Made by scripts/rust-client.mjs from the table of errors: change that, and run it.

codes! {
    /// `TOKENKEEP_APP_REFUSED`: … is not among the apps of serve(); add it there, as an exact origin.
    AppRefused = "TOKENKEEP_APP_REFUSED",
    /// `TOKENKEEP_AUTH_MISSING`: an adapter was given no auth.
    AuthMissing = "TOKENKEEP_AUTH_MISSING",
    /// `TOKENKEEP_AUTHORIZATION_ERROR`: the authorization server answered ….
    AuthorizationError = "TOKENKEEP_AUTHORIZATION_ERROR",
    /// `TOKENKEEP_AUTHORIZATION_SERVER_REFUSED`: the resource trusts …, which is not in authorizationServers; add it if you do too.
    AuthorizationServerRefused = "TOKENKEEP_AUTHORIZATION_SERVER_REFUSED",
    /// `TOKENKEEP_BODY_NOT_REPLAYABLE`: the API answered … and the body was a stream, which can't be sent twice; send it again, pass a
    /// Blob, or set streamBufferLimit.
    BodyNotReplayable = "TOKENKEEP_BODY_NOT_REPLAYABLE",
    /// `TOKENKEEP_BROWSER_MISSING`: there is no browser here: do this in the page, not while it is rendered on a server.
    BrowserMissing = "TOKENKEEP_BROWSER_MISSING",
    /// `TOKENKEEP_CLIENT_REFUSED`: the token endpoint answered …; check how this client is registered.
    ClientRefused = "TOKENKEEP_CLIENT_REFUSED",
    /// `TOKENKEEP_CLOCK_WRONG`: this machine's clock is … seconds …; set it.
    ClockWrong = "TOKENKEEP_CLOCK_WRONG",
    /// `TOKENKEEP_CONFIG_INVALID`: an option is wrong; `option` names it, and the message the cure.
    ConfigInvalid = "TOKENKEEP_CONFIG_INVALID",
    /// `TOKENKEEP_CONNECT_BLOCKED`: the Content-Security-Policy forbids the call; add the server's origins to connect-src.
    ConnectBlocked = "TOKENKEEP_CONNECT_BLOCKED",
    /// `TOKENKEEP_COOKIES_BLOCKED`: the browser keeps no cookies for the authorization server; allow site data.
    CookiesBlocked = "TOKENKEEP_COOKIES_BLOCKED",
    /// `TOKENKEEP_DISCOVERY_FAILED`: no metadata found at the issuer: ….
    DiscoveryFailed = "TOKENKEEP_DISCOVERY_FAILED",
    /// `TOKENKEEP_DPOP_BLOCKED`: the token endpoint can't be reached with a DPoP header; let its CORS settings allow that, or set dpop:
    /// false.
    DpopBlocked = "TOKENKEEP_DPOP_BLOCKED",
    /// `TOKENKEEP_DPOP_KEY_LOST`: the key that the tokens are bound to is gone; call signIn() again.
    DpopKeyLost = "TOKENKEEP_DPOP_KEY_LOST",
    /// `TOKENKEEP_DPOP_NONCE`: the token endpoint demands a nonce in DPoP proofs: let it expose DPoP-Nonce, and take that for longer
    /// than one request; or set dpop: false.
    DpopNonce = "TOKENKEEP_DPOP_NONCE",
    /// `TOKENKEEP_DPOP_PROOF`: the token endpoint refused the DPoP proof; check this machine's clock, and let the server expose Date.
    DpopProof = "TOKENKEEP_DPOP_PROOF",
    /// `TOKENKEEP_DUPLICATE_PARAMETER`: a parameter of the authorization response appears twice; call signIn() again.
    DuplicateParameter = "TOKENKEEP_DUPLICATE_PARAMETER",
    /// `TOKENKEEP_END_SESSION_UNAVAILABLE`: signed out here; the authorization server's metadata has no end_session_endpoint, or there
    /// was no session: call signOut() without endSession.
    EndSessionUnavailable = "TOKENKEEP_END_SESSION_UNAVAILABLE",
    /// `TOKENKEEP_FRAME_BLOCKED`: the Content-Security-Policy of this page forbids the frame: add … to frame-src.
    FrameBlocked = "TOKENKEEP_FRAME_BLOCKED",
    /// `TOKENKEEP_FRAME_LOST`: the frame of the holder's origin was removed; leave it in the page.
    FrameLost = "TOKENKEEP_FRAME_LOST",
    /// `TOKENKEEP_FRAME_SILENT`: the frame of the holder's origin doesn't answer; the message says what to look at.
    FrameSilent = "TOKENKEEP_FRAME_SILENT",
    /// `TOKENKEEP_HOLDER_FAILED`: the worker's script threw an error before it called hold(): see the console.
    HolderFailed = "TOKENKEEP_HOLDER_FAILED",
    /// `TOKENKEEP_HOLDER_LOST`: the worker has ended; call again.
    HolderLost = "TOKENKEEP_HOLDER_LOST",
    /// `TOKENKEEP_HOLDER_RESTARTED`: the holder met an error of its own and started anew, without the session; call signIn() again.
    HolderRestarted = "TOKENKEEP_HOLDER_RESTARTED",
    /// `TOKENKEEP_HOLDER_SILENT`: the worker doesn't answer.
    HolderSilent = "TOKENKEEP_HOLDER_SILENT",
    /// `TOKENKEEP_ID_TOKEN_INVALID`: the ID token can't be used: ….
    IdTokenInvalid = "TOKENKEEP_ID_TOKEN_INVALID",
    /// `TOKENKEEP_INSECURE_CONTEXT`: crypto.getRandomValues is missing; serve the page over https.
    InsecureContext = "TOKENKEEP_INSECURE_CONTEXT",
    /// `TOKENKEEP_INTERACTION_REQUIRED`: the authorization server answered …; call signIn() without prompt.
    InteractionRequired = "TOKENKEEP_INTERACTION_REQUIRED",
    /// `TOKENKEEP_INTERCEPTED`: a service worker stands between the holder and the network and can read every token. If it isn't yours,
    /// have it removed (Clear-Site-Data: "storage"); if it is, keep the holder's file out of its scope, put the holder on an origin of
    /// its own, or allow it with dangerAllowServiceWorker. Then close every tab of the app and sign in again.
    Intercepted = "TOKENKEEP_INTERCEPTED",
    /// `TOKENKEEP_ISSUER_MISMATCH`: the response is from another issuer than the one asked; call signIn() again.
    IssuerMismatch = "TOKENKEEP_ISSUER_MISMATCH",
    /// `TOKENKEEP_ISSUER_MISSING`: the server announces iss and the response has none; call signIn() again.
    IssuerMissing = "TOKENKEEP_ISSUER_MISSING",
    /// `TOKENKEEP_KEYS_BLOCKED`: the server's keys can't be read from this origin; allow it there by CORS.
    KeysBlocked = "TOKENKEEP_KEYS_BLOCKED",
    /// `TOKENKEEP_LOCKED`: the session was locked because of an anomaly; look at auth.audit(), then call auth.unlock().
    Locked = "TOKENKEEP_LOCKED",
    /// `TOKENKEEP_LOGIN_REQUIRED`: there is no session, and `reason` says why; sign in.
    LoginRequired = "TOKENKEEP_LOGIN_REQUIRED",
    /// `TOKENKEEP_METADATA_BLOCKED`: the server's metadata can't be read from this origin; allow it there by CORS.
    MetadataBlocked = "TOKENKEEP_METADATA_BLOCKED",
    /// `TOKENKEEP_METADATA_INVALID`: the issuer's metadata can't be used: ….
    MetadataInvalid = "TOKENKEEP_METADATA_INVALID",
    /// `TOKENKEEP_NETWORK`: the authorization server can't be reached: check the network, its CORS settings for this origin, and
    /// connect-src.
    Network = "TOKENKEEP_NETWORK",
    /// `TOKENKEEP_OBJECT_UNAVAILABLE`: the answer isn't a good one, so that there is nothing to make a URL of.
    ObjectUnavailable = "TOKENKEEP_OBJECT_UNAVAILABLE",
    /// `TOKENKEEP_OPERATION_REFUSED`: a page of another origin can't do this.
    OperationRefused = "TOKENKEEP_OPERATION_REFUSED",
    /// `TOKENKEEP_OTHER_SITE`: … and … are no origins of one site (or this browser blocks its site data): browsers keep their storage
    /// and workers apart. Put the holder on a host beside the app's, such as auth.example.com for app.example.com.
    OtherSite = "TOKENKEEP_OTHER_SITE",
    /// `TOKENKEEP_PAGE_FRAMED`: in a frame of another origin take mode: "popup".
    PageFramed = "TOKENKEEP_PAGE_FRAMED",
    /// `TOKENKEEP_PARAMETER_REFUSED`: the parameter … can't be set here; leave it out of extraParams, and pass options that JSON can
    /// write.
    ParameterRefused = "TOKENKEEP_PARAMETER_REFUSED",
    /// `TOKENKEEP_PKCE_UNSUPPORTED`: the metadata announces no S256 in code_challenge_methods_supported; if the server does support it,
    /// set assumePkce: true.
    PkceUnsupported = "TOKENKEEP_PKCE_UNSUPPORTED",
    /// `TOKENKEEP_POPUP_BLOCKED`: call signIn() in a click, before any await.
    PopupBlocked = "TOKENKEEP_POPUP_BLOCKED",
    /// `TOKENKEEP_POPUP_CLOSED`: the popup was closed before the sign-in was finished.
    PopupClosed = "TOKENKEEP_POPUP_CLOSED",
    /// `TOKENKEEP_POPUP_SEVERED`: the popup didn't come back in time, and Cross-Origin-Opener-Policy of this page or of the server
    /// hides whether it was closed: send same-origin-allow-popups here, have the server send none, or lower popupTimeout….
    PopupSevered = "TOKENKEEP_POPUP_SEVERED",
    /// `TOKENKEEP_POPUP_TIMEOUT`: the popup is open and didn't come back in time; sign in again, or raise popupTimeout.
    PopupTimeout = "TOKENKEEP_POPUP_TIMEOUT",
    /// `TOKENKEEP_PUSHED_REQUEST_INVALID`: the answer to the pushed authorization request has no request_uri and expires_in; set par:
    /// false if the server does not need it.
    PushedRequestInvalid = "TOKENKEEP_PUSHED_REQUEST_INVALID",
    /// `TOKENKEEP_QUEUE_FULL`: too many requests or sign-ins are under way; wait for those, or raise queueLimit.
    QueueFull = "TOKENKEEP_QUEUE_FULL",
    /// `TOKENKEEP_QUEUE_TIMEOUT`: no token in time; try again, or raise queueTimeout.
    QueueTimeout = "TOKENKEEP_QUEUE_TIMEOUT",
    /// `TOKENKEEP_REDIRECT_ELSEWHERE`: redirectUri has another origin; open the app there.
    RedirectElsewhere = "TOKENKEEP_REDIRECT_ELSEWHERE",
    /// `TOKENKEEP_REDIRECT_REFUSED`: the API answered with a redirect, which would carry the token on; call its target directly (often
    /// only a slash at the end differs).
    RedirectRefused = "TOKENKEEP_REDIRECT_REFUSED",
    /// `TOKENKEEP_REDIRECT_URI_MOVED`: the authorization response arrived at another URL than redirectUri says; make them one.
    RedirectUriMoved = "TOKENKEEP_REDIRECT_URI_MOVED",
    /// `TOKENKEEP_REDIRECT_URI_REFUSED`: the authorization server doesn't know the redirection URI; register it.
    RedirectUriRefused = "TOKENKEEP_REDIRECT_URI_REFUSED",
    /// `TOKENKEEP_REGISTRATION_FAILED`: the registration can't be used: ….
    RegistrationFailed = "TOKENKEEP_REGISTRATION_FAILED",
    /// `TOKENKEEP_REGISTRATION_NEEDED`: … takes neither a client metadata document nor registrations from here; register by hand, then
    /// set clientId and authorizationServers.
    RegistrationNeeded = "TOKENKEEP_REGISTRATION_NEEDED",
    /// `TOKENKEEP_REGISTRATION_REFUSED`: the authorization server answered the registration with …; correct clientMetadata, or register
    /// by hand and set clientId.
    RegistrationRefused = "TOKENKEEP_REGISTRATION_REFUSED",
    /// `TOKENKEEP_REQUEST_REFUSED`: the request asks for what the holder doesn't send; the message says what to leave out.
    RequestRefused = "TOKENKEEP_REQUEST_REFUSED",
    /// `TOKENKEEP_RESOURCE_METADATA_INVALID`: the resource's metadata can't be used: ….
    ResourceMetadataInvalid = "TOKENKEEP_RESOURCE_METADATA_INVALID",
    /// `TOKENKEEP_RESOURCE_REFUSED`: the authorization server gives no token for this resource; check resource in resourceServers.
    ResourceRefused = "TOKENKEEP_RESOURCE_REFUSED",
    /// `TOKENKEEP_RESOURCE_UNAVAILABLE`: no token for this resource, and the server gave no refresh token to get one with; ask for one
    /// (often the scope offline_access), or call signIn() again.
    ResourceUnavailable = "TOKENKEEP_RESOURCE_UNAVAILABLE",
    /// `TOKENKEEP_RESPONSE_MALFORMED`: the authorization response has not exactly one of code and error; call signIn() again.
    ResponseMalformed = "TOKENKEEP_RESPONSE_MALFORMED",
    /// `TOKENKEEP_RESPONSE_REPLAYED`: this authorization response was used before; call signIn() again.
    ResponseReplayed = "TOKENKEEP_RESPONSE_REPLAYED",
    /// `TOKENKEEP_RETURN_TARGET_REFUSED`: returnTo must be a path of this application, such as /inbox.
    ReturnTargetRefused = "TOKENKEEP_RETURN_TARGET_REFUSED",
    /// `TOKENKEEP_SERVER_UNAVAILABLE`: the authorization server answered …; try again later.
    ServerUnavailable = "TOKENKEEP_SERVER_UNAVAILABLE",
    /// `TOKENKEEP_SHARED_WORKER_MISSING`: this browser has no SharedWorker; take a dedicated Worker there.
    SharedWorkerMissing = "TOKENKEEP_SHARED_WORKER_MISSING",
    /// `TOKENKEEP_SIGN_IN_ABANDONED`: nobody signed in; call signIn() again.
    SignInAbandoned = "TOKENKEEP_SIGN_IN_ABANDONED",
    /// `TOKENKEEP_SIGN_IN_UNAVAILABLE`: this holder has a personal access token; for signIn() set issuer, clientId and redirectUri
    /// instead.
    SignInUnavailable = "TOKENKEEP_SIGN_IN_UNAVAILABLE",
    /// `TOKENKEEP_SIGN_IN_UNKNOWN`: no app has asked for this, or it was started already; go back to the app and sign in there.
    SignInUnknown = "TOKENKEEP_SIGN_IN_UNKNOWN",
    /// `TOKENKEEP_SIGN_OUT_ABANDONED`: the user is still here, or back: the session at the authorization server may go on; offer
    /// signOut({ endSession: true }) once more.
    SignOutAbandoned = "TOKENKEEP_SIGN_OUT_ABANDONED",
    /// `TOKENKEEP_STATE_MISMATCH`: this browser sent no request with this state; call signIn() again.
    StateMismatch = "TOKENKEEP_STATE_MISMATCH",
    /// `TOKENKEEP_STATE_MISSING`: the authorization response has no state; call signIn() again.
    StateMissing = "TOKENKEEP_STATE_MISSING",
    /// `TOKENKEEP_STORAGE_BLOCKED`: the browser keeps no data for this site, which a sign-in needs; allow site data, or use a popup.
    StorageBlocked = "TOKENKEEP_STORAGE_BLOCKED",
    /// `TOKENKEEP_TARGET_REFUSED`: no configured resource server covers this URL; add it to resourceServers or use plain fetch.
    TargetRefused = "TOKENKEEP_TARGET_REFUSED",
    /// `TOKENKEEP_TIMEOUT`: the authorization server didn't answer in time; try again, or raise requestTimeout.
    Timeout = "TOKENKEEP_TIMEOUT",
    /// `TOKENKEEP_TOKEN_ENDPOINT_BLOCKED`: the token endpoint can't be reached from this origin; allow it there by CORS.
    TokenEndpointBlocked = "TOKENKEEP_TOKEN_ENDPOINT_BLOCKED",
    /// `TOKENKEEP_TOKEN_ERROR`: the token endpoint answered …; call signIn() again.
    TokenError = "TOKENKEEP_TOKEN_ERROR",
    /// `TOKENKEEP_TOKEN_IN_RESPONSE`: the response carries a token in the URL, which is never accepted; use the code flow.
    TokenInResponse = "TOKENKEEP_TOKEN_IN_RESPONSE",
    /// `TOKENKEEP_TOKEN_MALFORMED`: this can't be a token; enter it as the service showed it, without spaces.
    TokenMalformed = "TOKENKEEP_TOKEN_MALFORMED",
    /// `TOKENKEEP_TOKEN_NOT_ACCEPTED`: this holder takes no tokens; hold({ acceptToken: true }) allows this.
    TokenNotAccepted = "TOKENKEEP_TOKEN_NOT_ACCEPTED",
    /// `TOKENKEEP_TOKEN_NOT_EXPOSED`: the token stays in the holder; hold({ exposeAccessToken: true }) allows this.
    TokenNotExposed = "TOKENKEEP_TOKEN_NOT_EXPOSED",
    /// `TOKENKEEP_TOKEN_RESPONSE_INVALID`: the token response can't be used: ….
    TokenResponseInvalid = "TOKENKEEP_TOKEN_RESPONSE_INVALID",
    /// `TOKENKEEP_TRANSACTION_EXPIRED`: the sign-in was started too long ago; call signIn() again.
    TransactionExpired = "TOKENKEEP_TRANSACTION_EXPIRED",
    /// `TOKENKEEP_USERINFO_INVALID`: the userinfo answer can't be used: ….
    UserinfoInvalid = "TOKENKEEP_USERINFO_INVALID",
    /// `TOKENKEEP_USERINFO_UNAVAILABLE`: userinfo needs a session with an ID token (scope openid) and a userinfo_endpoint in the
    /// metadata.
    UserinfoUnavailable = "TOKENKEEP_USERINFO_UNAVAILABLE",
    /// `TOKENKEEP_WASM_BLOCKED`: allow 'wasm-unsafe-eval' in script-src of page and worker.
    WasmBlocked = "TOKENKEEP_WASM_BLOCKED",
    /// `TOKENKEEP_WASM_UNAVAILABLE`: turn on WebAssembly for this site.
    WasmUnavailable = "TOKENKEEP_WASM_UNAVAILABLE",
    /// `TOKENKEEP_WORKER_BLOCKED`: the worker could not be made; the message says why.
    WorkerBlocked = "TOKENKEEP_WORKER_BLOCKED",
}
