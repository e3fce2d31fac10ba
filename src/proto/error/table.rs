//! One row for each error: the frozen code that programs compare, and the message that names the cure. Each `%` of a message
//! stands for a detail of the error.

use super::{ApiMisuse, Ending, Error, InvalidResponse, QueueError, Transport};

/// A code and its message.
pub(super) type Row = (&'static str, &'static str);

impl Error {
    pub(super) fn row(&self) -> Row {
        match self {
            Self::ApiMisuse(misuse) => misuse.row(),
            Self::AuthorizationResponse(error) if error.needs_the_user() => {
                ("TOKENKEEP_INTERACTION_REQUIRED", "the authorization server answered %; call signIn() without prompt")
            }
            Self::AuthorizationResponse(_) => ("TOKENKEEP_AUTHORIZATION_ERROR", "the authorization server answered %"),
            Self::InvalidResponse(invalid) => invalid.row(),
            Self::LoginRequired(Ending::Intercepted) => Transport::Intercepted.row(),
            Self::LoginRequired(Ending::Expired) => (
                "TOKENKEEP_LOGIN_REQUIRED",
                "no session (%): no refresh token came, which often takes the scope offline_access or prompt=consent; call signIn()",
            ),
            Self::LoginRequired(_) => ("TOKENKEEP_LOGIN_REQUIRED", "no session (%); call signIn()"),
            Self::Queue(queue) => queue.row(),
            Self::RegistrationResponse(_) => (
                "TOKENKEEP_REGISTRATION_REFUSED",
                "the authorization server answered the registration with %; correct clientMetadata, or register by hand \
                 and set clientId",
            ),
            Self::ResourceUnavailable => (
                "TOKENKEEP_RESOURCE_UNAVAILABLE",
                "no token for this resource, and the server gave no refresh token to get one with; ask for one (often \
                 the scope offline_access), or call signIn() again",
            ),
            Self::StorageBlocked => ("TOKENKEEP_STORAGE_BLOCKED", "allow site data, or use a popup"),
            Self::TokenResponse(error) => match error.error.as_str() {
                "invalid_dpop_proof" => (
                    "TOKENKEEP_DPOP_PROOF",
                    "the token endpoint refused the DPoP proof; check this machine's clock, and let the server expose Date",
                ),
                "invalid_target" => (
                    "TOKENKEEP_RESOURCE_REFUSED",
                    "the authorization server gives no token for this resource; check resource in resourceServers",
                ),
                "use_dpop_nonce" => (
                    "TOKENKEEP_DPOP_NONCE",
                    "the token endpoint demands a nonce in DPoP proofs: let it expose DPoP-Nonce, and take that for longer than one \
                     request; or set dpop: false",
                ),
                _ if error.blames_the_client() => {
                    ("TOKENKEEP_CLIENT_REFUSED", "the token endpoint answered %; check how this client is registered")
                }
                _ => ("TOKENKEEP_TOKEN_ERROR", "the token endpoint answered %; call signIn() again"),
            },
            Self::Transport(transport) | Self::Unanswered(transport, _) => transport.row(),
        }
    }
}

impl ApiMisuse {
    fn row(&self) -> Row {
        match self {
            Self::BodyNotReplayable(_) => (
                "TOKENKEEP_BODY_NOT_REPLAYABLE",
                "the API answered % and the body was a stream, which can't be sent twice; send it again, pass a Blob, or set \
                 streamBufferLimit",
            ),
            Self::Config { .. } => ("TOKENKEEP_CONFIG_INVALID", "hold({ % }): %"),
            Self::ParameterRefused(_) => (
                "TOKENKEEP_PARAMETER_REFUSED",
                "the parameter % can't be set here; leave it out of extraParams, and pass options that JSON can write",
            ),
            Self::Redirected => (
                "TOKENKEEP_REDIRECT_REFUSED",
                "the API answered with a redirect, which would carry the token on; call its target directly (often only a \
                 slash at the end differs)",
            ),
            Self::RedirectElsewhere => {
                ("TOKENKEEP_REDIRECT_ELSEWHERE", "redirectUri has another origin; open the app there")
            }
            Self::ReturnTargetRefused => {
                ("TOKENKEEP_RETURN_TARGET_REFUSED", "returnTo must be a path of this application, such as /inbox")
            }
            Self::TargetRefused => (
                "TOKENKEEP_TARGET_REFUSED",
                "no configured resource server covers this URL; add it to resourceServers or use plain fetch",
            ),
            Self::TokenNotExposed => (
                "TOKENKEEP_TOKEN_NOT_EXPOSED",
                "the token stays in the holder; hold({ exposeAccessToken: true }) allows this",
            ),
            Self::TokenNotAccepted => {
                ("TOKENKEEP_TOKEN_NOT_ACCEPTED", "this holder takes no tokens; hold({ acceptToken: true }) allows this")
            }
            Self::TokenMalformed => (
                "TOKENKEEP_TOKEN_MALFORMED",
                "this can't be a token; enter it as the service showed it, without spaces",
            ),
            Self::NoAuthorizationServer => (
                "TOKENKEEP_SIGN_IN_UNAVAILABLE",
                "this holder has a personal access token; for signIn() set issuer, clientId and redirectUri instead",
            ),
            Self::NoEndSession => (
                "TOKENKEEP_END_SESSION_UNAVAILABLE",
                "signed out here; the authorization server's metadata has no end_session_endpoint, or there was no \
                 session: call signOut() without endSession",
            ),
            Self::NoUserinfo => (
                "TOKENKEEP_USERINFO_UNAVAILABLE",
                "userinfo needs a session with an ID token (scope openid) and a userinfo_endpoint in the metadata",
            ),
        }
    }
}

impl InvalidResponse {
    fn row(&self) -> Row {
        match self {
            Self::DuplicateParameter => (
                "TOKENKEEP_DUPLICATE_PARAMETER",
                "a parameter of the authorization response appears twice; call signIn() again",
            ),
            Self::Malformed => (
                "TOKENKEEP_RESPONSE_MALFORMED",
                "the authorization response has not exactly one of code and error; call signIn() again",
            ),
            Self::IssuerMissing => {
                ("TOKENKEEP_ISSUER_MISSING", "the server announces iss and the response has none; call signIn() again")
            }
            Self::IssuerMismatch => (
                "TOKENKEEP_ISSUER_MISMATCH",
                "the response is from another issuer than the one asked; call signIn() again",
            ),
            Self::StateMissing => {
                ("TOKENKEEP_STATE_MISSING", "the authorization response has no state; call signIn() again")
            }
            Self::StateMismatch => {
                ("TOKENKEEP_STATE_MISMATCH", "this browser sent no request with this state; call signIn() again")
            }
            Self::Moved(_) => {
                ("TOKENKEEP_REDIRECT_URI_MOVED", "the authorization response arrived at %; make them one")
            }
            Self::Replayed => {
                ("TOKENKEEP_RESPONSE_REPLAYED", "this authorization response was used before; call signIn() again")
            }
            Self::TransactionExpired => {
                ("TOKENKEEP_TRANSACTION_EXPIRED", "the sign-in was started too long ago; call signIn() again")
            }
            Self::TokenInResponse => (
                "TOKENKEEP_TOKEN_IN_RESPONSE",
                "the response carries a token in the URL, which is never accepted; use the code flow",
            ),
            Self::PushedRequest => (
                "TOKENKEEP_PUSHED_REQUEST_INVALID",
                "the answer to the pushed authorization request has no request_uri and expires_in; set par: false if \
                 the server does not need it",
            ),
            Self::Token(_) => ("TOKENKEEP_TOKEN_RESPONSE_INVALID", "the token response can't be used: %"),
            Self::Userinfo(_) => ("TOKENKEEP_USERINFO_INVALID", "the userinfo answer can't be used: %"),
            Self::Clock(_) => ("TOKENKEEP_CLOCK_WRONG", "this machine's clock is % seconds %; set it"),
            Self::IdToken(_) => ("TOKENKEEP_ID_TOKEN_INVALID", "the ID token can't be used: %"),
            Self::Metadata(_) => ("TOKENKEEP_METADATA_INVALID", "the issuer's metadata can't be used: %"),
            Self::Discovery(_) => ("TOKENKEEP_DISCOVERY_FAILED", "no metadata found at the issuer: %"),
            Self::PkceUnsupported => (
                "TOKENKEEP_PKCE_UNSUPPORTED",
                "the metadata announces no S256 in code_challenge_methods_supported; if the server does support it, set \
                 assumePkce: true",
            ),
            Self::Resource(_) => ("TOKENKEEP_RESOURCE_METADATA_INVALID", "the resource's metadata can't be used: %"),
            Self::AuthorizationServer(_) => (
                "TOKENKEEP_AUTHORIZATION_SERVER_REFUSED",
                "the resource trusts %, which is not in authorizationServers; add it if you do too",
            ),
            Self::Registration(_) => ("TOKENKEEP_REGISTRATION_FAILED", "the registration can't be used: %"),
            Self::NoRegistration(_) => (
                "TOKENKEEP_REGISTRATION_NEEDED",
                "% takes neither a client metadata document nor registrations from here; register by hand, then set \
                 clientId and authorizationServers",
            ),
        }
    }
}

impl QueueError {
    fn row(self) -> Row {
        match self {
            Self::Full => (
                "TOKENKEEP_QUEUE_FULL",
                "too many requests or sign-ins are under way; wait for those, or raise queueLimit",
            ),
            Self::Locked => (
                "TOKENKEEP_LOCKED",
                "the session was locked because of an anomaly; look at auth.audit(), then call auth.unlock()",
            ),
            Self::Timeout => ("TOKENKEEP_QUEUE_TIMEOUT", "no token in time; try again, or raise queueTimeout"),
        }
    }
}

impl Transport {
    // What a page can say at length it says itself.
    fn row(self) -> Row {
        match self {
            Self::Intercepted => (
                "TOKENKEEP_INTERCEPTED",
                "a service worker stands between the holder and the network and can read every token. If it isn't \
                 yours, have it removed (Clear-Site-Data: \"storage\"); if it is, keep the holder's file out of its \
                 scope, put the holder on an origin of its own, or allow it with dangerAllowServiceWorker. Then close \
                 every tab of the app and sign in again",
            ),
            Self::KeyLost => {
                ("TOKENKEEP_DPOP_KEY_LOST", "the key that the tokens are bound to is gone; call signIn() again")
            }
            Self::ProofBlocked => (
                "TOKENKEEP_DPOP_BLOCKED",
                "the token endpoint can't be reached with a DPoP header; let its CORS settings allow that, or set \
                 dpop: false",
            ),
            Self::NoRandomness => {
                ("TOKENKEEP_INSECURE_CONTEXT", "crypto.getRandomValues is missing; serve the page over https")
            }
            Self::Network => (
                "TOKENKEEP_NETWORK",
                "the authorization server can't be reached: check the network, its CORS settings for this origin, and \
                 connect-src",
            ),
            Self::Unreadable => ("TOKENKEEP_TOKEN_ENDPOINT_BLOCKED", "allow this origin by CORS: token endpoint"),
            Self::MetadataUnreadable => ("TOKENKEEP_METADATA_BLOCKED", "allow this origin by CORS: metadata"),
            Self::KeysUnreadable => ("TOKENKEEP_KEYS_BLOCKED", "allow this origin by CORS: keys"),
            Self::PolicyBlocked => ("TOKENKEEP_CONNECT_BLOCKED", "connect-src forbids this; add the server's origins"),
            Self::Timeout => (
                "TOKENKEEP_TIMEOUT",
                "the authorization server didn't answer in time; try again, or raise requestTimeout",
            ),
            Self::TooLarge => {
                ("TOKENKEEP_TOKEN_RESPONSE_INVALID", "the authorization server's answer is larger than 1 MiB")
            }
            Self::Status(_) => ("TOKENKEEP_SERVER_UNAVAILABLE", "the authorization server answered %; try again later"),
        }
    }
}
