//! Made by scripts/rust-client.mjs from pkg-template/holder.d.ts: change that, and run it.

use super::HolderConfig;

options! {
    /// The issuer, exactly as the server names itself: https, no query, no fragment.
    Text issuer "issuer";
    /// Endpoints that the metadata leaves out, or has others than are to be used.
    Json server "server";
    /// The MCP server's URL, as its clients use it.
    Text mcp "mcp";
    /// The issuers that the MCP server may name; any, if there is no list.
    Texts authorization_servers "authorizationServers";
    /// The https URL of this client's metadata document, see `npx tokenkeep check-client`.
    Text client_metadata_url "clientMetadataUrl";
    /// What a registration says besides what makes this a public client with this `redirectUri`.
    Json client_metadata "clientMetadata";
    /// The id of the public client that you registered. There is no option for a secret: a browser can't keep one.
    Text client_id "clientId";
    /// The redirection URI that you registered, sent byte for byte; or a path of this app, sent with the holder's own origin.
    Text redirect_uri "redirectUri";
    /// The scope to ask for, space-separated. With `openid`, the session has claims. With `mcp` and without this, what the MCP server
    /// asks for.
    Text scope "scope";
    /// Additional parameters of every authorization request, such as `audience`.
    Params extra_params "extraParams";
    /// Who may be among the audiences of an ID token besides this client (OpenID Connect Core 3.1.3.7, 3): some servers add a project
    /// or an API. Without it a token for anybody else too is refused.
    Texts trusted_audiences "trustedAudiences";
    /// Where the token may go: https base URLs, or paths of this app. A path covers whole segments: `https://api.example/v1` covers
    /// `/v1` and `/v1/files`, not `/v10`. Empty by default.
    Json resource_servers "resourceServers";
    /// Whether `auth.accessToken()` may hand the access token to the page. Default false.
    Flag expose_access_token "exposeAccessToken";
    /// Whether a SharedWorker ends once its file has changed, so that its pages start another one from the new file, as soon as no call
    /// is without an answer: at once if nobody is signed in, else when the pages that were open by then are gone, which ends the
    /// session with the reason `replaced`. The configuration of the running one counts. Default false: the `outdated` event tells, and
    /// the old one goes on while a page lives.
    Flag take_over "takeOver";
    /// Whether S256 is supported though the metadata doesn't say so. Default false: such a server is refused.
    Flag assume_pkce "assumePkce";
    /// How the servers differ from the RFCs.
    Json profile "profile";
    /// Most requests that may wait for a token. Default 10,000.
    Number queue_limit "queueLimit";
    /// Longest wait for a token, in milliseconds. Default 30,000.
    Number queue_timeout "queueTimeout";
    /// Most waiting requests on their way at once when the queue drains. It begins with 16 to each origin of resource servers, grows
    /// while its answers come as quickly as usual, and shrinks when it says 429, 502, 503 or 504, when a request fails, when answers
    /// take longer, or when callers give up on answers that were due. If no answer comes from it for two seconds, those on their way
    /// are not counted any more and up to 16 more are sent, so that a long poll doesn't hold up the others. An origin that is down or
    /// silent takes up its share of the places at most. Default 512.
    Number drain_concurrency "drainConcurrency";
    /// Longest time for a call to the authorization server, in milliseconds. Default 10,000.
    Number request_timeout "requestTimeout";
    /// Lifetime of an access token that comes without `expires_in`, in seconds. Default 3,600.
    Number default_lifetime "defaultLifetime";
    /// How long before its end a token is renewed beside requests, in seconds. Default a fifth of its life, at most 60.
    Number early_refresh "earlyRefresh";
    /// Over how much of that time early refreshes are spread by chance, in seconds. Default a quarter of it.
    Number early_refresh_jitter "earlyRefreshJitter";
    /// How much of an uploaded stream is kept so that it can be sent again, in bytes. Default 0: none, and a stream that met a 401
    /// fails with `TOKENKEEP_BODY_NOT_REPLAYABLE`, as one does that is longer.
    Number stream_buffer_limit "streamBufferLimit";
    /// How often a request is sent again because an API asks for a pause (429, 503). Default 2.
    Number retry_limit "retryLimit";
    /// Longest such pause, in milliseconds; a longer one is the answer. Default 60,000.
    Number max_retry_after "maxRetryAfter";
    /// How long a request with the option `stepUp` waits for a sign-in, in milliseconds. Default 300,000.
    Number step_up_timeout "stepUpTimeout";
    /// Most entries of the audit log. Default 500; 0 switches it off.
    Number audit_limit "auditLimit";
    /// Who is given new entries of the audit log, in batches at most five seconds late: a function in this file, or a URL that they are
    /// posted to as a JSON array, without credentials. Here only the URL.
    Text audit_sink "auditSink";
    /// Which anomalies lock the session until `auth.unlock()`: all (`true`), none (the default) or these. While it is locked everybody
    /// waits, in every tab, and any one document of the origin can cause each of them but `clock-jump`: `off-list-target` by a single
    /// call, `request-surge` by a few hundred, `replayed-callback` by a response to a sign-in of its own that it hands in twice,
    /// `refresh-storm` where an API answers 401 to something although the token is good.
    Json lock_on_anomaly "lockOnAnomaly";
    /// Whether tokens are bound to a key that nobody can read (DPoP, RFC 9449). Left out: where the server announces ES256. `true`:
    /// always, and other tokens are refused. `false`: never, say for an API that doesn't know DPoP.
    Flag dpop "dpop";
    /// Whether that key is the same for every sign-in, kept in IndexedDB (not extractable) until sign-out. Default false.
    Flag persist_dpop_key "persistDpopKey";
    /// Whether authorization requests are pushed (RFC 9126). Left out: where the server announces it, else in the URL; `true`: always;
    /// `false`: only if the server demands it.
    Flag par "par";
    /// All that FAPI 2.0 asks of a client and a browser can do: DPoP, pushed requests, `iss` in every response, ID tokens by PS256,
    /// ES256 or EdDSA. It makes no client conformant: a public client can't authenticate itself.
    Flag strict "strict";
    /// Where `signOut({ endSession: true })` brings the user back to, as registered.
    Text post_logout_redirect_uri "postLogoutRedirectUri";
    /// Whether `signOut({ endSession: true })` hands the page the ID token, to send it along as `id_token_hint` in a form, for servers
    /// that insist. Without it only the client id is sent.
    Flag danger_send_id_token_hint "dangerSendIdTokenHint";
    /// Whether ID tokens are believed without a look at their signature.
    Flag danger_skip_id_token_signature "dangerSkipIdTokenSignature";
    /// Whether http is good enough for loopback addresses though this script is not served from one. A script that is served from
    /// localhost may use them anyway.
    Flag danger_allow_loopback_http "dangerAllowLoopbackHttp";
    /// Whether a service worker may stand between this script and the network. Such a one sees every code, verifier and token. Without
    /// this the session ends as `intercepted` as soon as the browser lets one be noticed. Keep this script out of the scope of the
    /// app's service worker instead, where you can.
    Flag danger_allow_service_worker "dangerAllowServiceWorker";
    /// Whether pages may hand in a personal access token. Instead of sign-in, not beside it.
    Flag accept_token "acceptToken";
}
