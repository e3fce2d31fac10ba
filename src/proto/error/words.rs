//! The words for errors: frozen codes, and messages that name the cure.

use alloc::borrow::Cow;

use crate::proto::syntax::json::{Object, decimal};

use super::{ApiMisuse, Ending, Error, InvalidResponse, QueueError, Transport};

impl Error {
    /// The frozen code that programs compare.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ApiMisuse(misuse) => misuse.code(),
            Self::AuthorizationResponse(error) if error.needs_the_user() => "TOKENKEEP_INTERACTION_REQUIRED",
            Self::AuthorizationResponse(_) => "TOKENKEEP_AUTHORIZATION_ERROR",
            Self::InvalidResponse(invalid) => invalid.code(),
            Self::LoginRequired(Ending::Intercepted) | Self::Transport(Transport::Intercepted) => {
                "TOKENKEEP_INTERCEPTED"
            }
            Self::LoginRequired(_) => "TOKENKEEP_LOGIN_REQUIRED",
            Self::RegistrationResponse(_) => "TOKENKEEP_REGISTRATION_REFUSED",
            Self::Queue(QueueError::Full) => "TOKENKEEP_QUEUE_FULL",
            Self::Queue(QueueError::Locked) => "TOKENKEEP_LOCKED",
            Self::Queue(QueueError::Timeout) => "TOKENKEEP_QUEUE_TIMEOUT",
            Self::ResourceUnavailable => "TOKENKEEP_RESOURCE_UNAVAILABLE",
            Self::StorageBlocked => "TOKENKEEP_STORAGE_BLOCKED",
            Self::TokenResponse(error) if error.error == "invalid_target" => "TOKENKEEP_RESOURCE_REFUSED",
            Self::TokenResponse(error) if error.error == "use_dpop_nonce" => "TOKENKEEP_DPOP_NONCE",
            Self::TokenResponse(error) if error.error == "invalid_dpop_proof" => "TOKENKEEP_DPOP_PROOF",
            Self::TokenResponse(error) if error.blames_the_client() => "TOKENKEEP_CLIENT_REFUSED",
            Self::TokenResponse(_) => "TOKENKEEP_TOKEN_ERROR",
            Self::Transport(Transport::KeyLost) => "TOKENKEEP_DPOP_KEY_LOST",
            Self::Transport(Transport::NoRandomness) => "TOKENKEEP_INSECURE_CONTEXT",
            Self::Transport(Transport::KeysUnreadable) => "TOKENKEEP_KEYS_BLOCKED",
            Self::Transport(Transport::MetadataUnreadable) => "TOKENKEEP_METADATA_BLOCKED",
            Self::Transport(Transport::Network) => "TOKENKEEP_NETWORK",
            Self::Transport(Transport::PolicyBlocked) => "TOKENKEEP_CONNECT_BLOCKED",
            Self::Transport(Transport::ProofBlocked) => "TOKENKEEP_DPOP_BLOCKED",
            Self::Transport(Transport::Unreadable) => "TOKENKEEP_TOKEN_ENDPOINT_BLOCKED",
            Self::Transport(Transport::Timeout) => "TOKENKEEP_TIMEOUT",
            Self::Transport(Transport::TooLarge) => "TOKENKEEP_TOKEN_RESPONSE_INVALID",
            Self::Transport(Transport::Status(_)) => "TOKENKEEP_SERVER_UNAVAILABLE",
        }
    }

    /// What happened and what to do about it, for developers.
    pub fn message(&self) -> Cow<'static, str> {
        match self {
            Self::ApiMisuse(misuse) => misuse.message(),
            Self::AuthorizationResponse(error) => {
                say(&["the authorization server answered ", &error.error, "; call signIn() again"])
            }
            Self::InvalidResponse(invalid) => invalid.message(),
            Self::LoginRequired(Ending::Intercepted) => Transport::Intercepted.message(),
            Self::LoginRequired(ending) => say(&["no session (", ending.reason(), "); call signIn()"]),
            Self::RegistrationResponse(error) => say(&[
                "the authorization server answered the registration with ",
                &error.error,
                "; correct clientMetadata, or register by hand and set clientId",
            ]),
            Self::Queue(QueueError::Full) => {
                "too many requests or sign-ins are under way; wait for those, or raise queueLimit".into()
            }
            Self::Queue(QueueError::Locked) => {
                "the session was locked because of an anomaly; look at auth.audit(), then call auth.unlock()".into()
            }
            Self::Queue(QueueError::Timeout) => "no token in time; try again, or raise queueTimeout".into(),
            Self::ResourceUnavailable => {
                "no token for this resource, and the server gave no refresh token to get one with; \
                                          ask for one (often the scope offline_access), or call signIn() again"
                    .into()
            }
            Self::StorageBlocked => "allow site data, or use a popup".into(),
            Self::TokenResponse(error) if error.error == "invalid_target" => {
                "the authorization server gives no token for this resource; check resource in resourceServers".into()
            }
            Self::TokenResponse(error) if error.error == "use_dpop_nonce" => {
                "the token endpoint demands a nonce in DPoP proofs that this page can't read; let it expose DPoP-Nonce, or set dpop: false"
                    .into()
            }
            Self::TokenResponse(error) if error.error == "invalid_dpop_proof" => {
                "the token endpoint refused the DPoP proof; check this machine's clock, and let the server expose Date".into()
            }
            Self::TokenResponse(error) => {
                let blamed = error.blames_the_client();
                let cure = if blamed { "; check how this client is registered" } else { "; call signIn() again" };
                say(&["the token endpoint answered ", &error.error, cure])
            }
            Self::Transport(transport) => transport.message(),
        }
    }

    /// This error as the object that crosses to JavaScript.
    pub fn to_object(&self) -> Object {
        let object = Object::default().with("code", self.code()).with("message", self.message().as_ref());
        match self {
            Self::ApiMisuse(ApiMisuse::Config { option, .. }) => object.with("option", &**option),
            Self::ApiMisuse(ApiMisuse::ParameterRefused(name)) => object.with("option", &**name),
            Self::AuthorizationResponse(error) | Self::TokenResponse(error) | Self::RegistrationResponse(error) => {
                object.with("error", error.error.as_str()).with("errorDescription", error.description.as_deref())
            }
            Self::LoginRequired(ending) => object.with("reason", ending.reason()),
            Self::InvalidResponse(
                InvalidResponse::AuthorizationServer(issuer) | InvalidResponse::NoRegistration(issuer),
            ) => object.with("issuer", &**issuer),
            Self::ApiMisuse(_)
            | Self::InvalidResponse(_)
            | Self::Queue(_)
            | Self::ResourceUnavailable
            | Self::StorageBlocked
            | Self::Transport(_) => object,
        }
    }
}

impl ApiMisuse {
    fn code(&self) -> &'static str {
        match self {
            Self::BodyNotReplayable(_) => "TOKENKEEP_BODY_NOT_REPLAYABLE",
            Self::Config { .. } => "TOKENKEEP_CONFIG_INVALID",
            Self::Redirected => "TOKENKEEP_REDIRECT_REFUSED",
            Self::ParameterRefused(_) => "TOKENKEEP_PARAMETER_REFUSED",
            Self::RedirectElsewhere => "TOKENKEEP_REDIRECT_ELSEWHERE",
            Self::ReturnTargetRefused => "TOKENKEEP_RETURN_TARGET_REFUSED",
            Self::TargetRefused => "TOKENKEEP_TARGET_REFUSED",
            Self::TokenNotExposed => "TOKENKEEP_TOKEN_NOT_EXPOSED",
            Self::TokenNotAccepted => "TOKENKEEP_TOKEN_NOT_ACCEPTED",
            Self::TokenMalformed => "TOKENKEEP_TOKEN_MALFORMED",
            Self::NoAuthorizationServer => "TOKENKEEP_SIGN_IN_UNAVAILABLE",
            Self::NoEndSession => "TOKENKEEP_END_SESSION_UNAVAILABLE",
            Self::NoUserinfo => "TOKENKEEP_USERINFO_UNAVAILABLE",
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::BodyNotReplayable(status) => say(&[
                "the API answered ",
                &decimal((*status).into()),
                " and the body was a stream, which can't be sent twice; send it again, or pass a Blob",
            ]),
            Self::Redirected => {
                "the API answered with a redirect, which would carry the token on; call its target directly".into()
            }
            Self::Config { option, cure } => say(&["hold({ ", option, " }): ", cure]),
            Self::ParameterRefused(name) => {
                say(&["the parameter ", name, " can't be set here; leave it out of extraParams"])
            }
            Self::RedirectElsewhere => "redirectUri has another origin; open the app there".into(),
            Self::ReturnTargetRefused => "returnTo must be a path of this application, such as /inbox".into(),
            Self::TargetRefused => {
                "no configured resource server covers this URL; add it to resourceServers or use plain fetch".into()
            }
            Self::TokenNotExposed => {
                "the token stays in the holder; hold({ exposeAccessToken: true }) allows this".into()
            }
            Self::TokenNotAccepted => "this holder takes no tokens; hold({ acceptToken: true }) allows this".into(),
            Self::TokenMalformed => "this can't be a token; enter it as the service showed it, without spaces".into(),
            Self::NoEndSession => {
                "signed out here; the authorization server's metadata has no end_session_endpoint, or there was \
                                   no session: call signOut() without endSession"
                    .into()
            }
            Self::NoUserinfo => {
                "userinfo needs a session with an ID token (scope openid) and a userinfo_endpoint in the metadata"
                    .into()
            }
            Self::NoAuthorizationServer => {
                "this holder has a personal access token; for signIn() set issuer, clientId and redirectUri instead"
                    .into()
            }
        }
    }
}

impl InvalidResponse {
    fn code(&self) -> &'static str {
        match self {
            Self::DuplicateParameter => "TOKENKEEP_DUPLICATE_PARAMETER",
            Self::Malformed => "TOKENKEEP_RESPONSE_MALFORMED",
            Self::IssuerMissing => "TOKENKEEP_ISSUER_MISSING",
            Self::IssuerMismatch => "TOKENKEEP_ISSUER_MISMATCH",
            Self::StateMissing => "TOKENKEEP_STATE_MISSING",
            Self::StateMismatch => "TOKENKEEP_STATE_MISMATCH",
            Self::Replayed => "TOKENKEEP_RESPONSE_REPLAYED",
            Self::TransactionExpired => "TOKENKEEP_TRANSACTION_EXPIRED",
            Self::TokenInResponse => "TOKENKEEP_TOKEN_IN_RESPONSE",
            Self::PushedRequest => "TOKENKEEP_PUSHED_REQUEST_INVALID",
            Self::Token(_) => "TOKENKEEP_TOKEN_RESPONSE_INVALID",
            Self::Userinfo(_) => "TOKENKEEP_USERINFO_INVALID",
            Self::Clock(_) => "TOKENKEEP_CLOCK_WRONG",
            Self::IdToken(_) => "TOKENKEEP_ID_TOKEN_INVALID",
            Self::Metadata(_) => "TOKENKEEP_METADATA_INVALID",
            Self::Discovery(_) => "TOKENKEEP_DISCOVERY_FAILED",
            Self::PkceUnsupported => "TOKENKEEP_PKCE_UNSUPPORTED",
            Self::Resource(_) => "TOKENKEEP_RESOURCE_METADATA_INVALID",
            Self::AuthorizationServer(_) => "TOKENKEEP_AUTHORIZATION_SERVER_REFUSED",
            Self::Registration(_) => "TOKENKEEP_REGISTRATION_FAILED",
            Self::NoRegistration(_) => "TOKENKEEP_REGISTRATION_NEEDED",
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::DuplicateParameter => "a parameter of the authorization response appears twice; call signIn() again",
            Self::Malformed => "the authorization response has not exactly one of code and error; call signIn() again",
            Self::IssuerMissing => "the server announces iss and the response has none; call signIn() again",
            Self::IssuerMismatch => "the response is from another issuer than the one asked; call signIn() again",
            Self::StateMissing => "the authorization response has no state; call signIn() again",
            Self::StateMismatch => "this browser sent no request with this state; call signIn() again",
            Self::Replayed => "this authorization response was used before; call signIn() again",
            Self::TransactionExpired => "the sign-in was started too long ago; call signIn() again",
            Self::TokenInResponse => {
                "the response carries a token in the URL, which is never accepted; use the code flow"
            }
            Self::PushedRequest => {
                "the answer to the pushed authorization request has no request_uri and expires_in; set par: false if the \
                 server does not need it"
            }
            Self::Token(why) => return say(&["the token response can't be used: ", why]),
            Self::Userinfo(why) => return say(&["the userinfo answer can't be used: ", why]),
            Self::Clock(ahead) => {
                let seconds = decimal(ahead.unsigned_abs().into());
                let way = if *ahead > 0 { " seconds behind; set it" } else { " seconds ahead; set it" };
                return say(&["this machine's clock is ", &seconds, way]);
            }
            Self::IdToken(why) => return say(&["the ID token can't be used: ", why]),
            Self::Metadata(why) => return say(&["the issuer's metadata can't be used: ", why]),
            Self::Discovery(why) => return say(&["no metadata found at the issuer: ", why]),
            Self::Resource(why) => return say(&["the resource's metadata can't be used: ", why]),
            Self::AuthorizationServer(issuer) => {
                return say(&[
                    "the resource trusts ",
                    issuer,
                    ", which is not in authorizationServers; add it if you do too",
                ]);
            }
            Self::Registration(why) => return say(&["the registration can't be used: ", why]),
            Self::NoRegistration(issuer) => {
                return say(&[
                    issuer,
                    " takes neither a client metadata document nor registrations from here; register by hand, then set \
                     clientId and authorizationServers",
                ]);
            }
            Self::PkceUnsupported => {
                "the metadata announces no S256 in code_challenge_methods_supported; if the server does support it, \
                 set assumePkce: true"
            }
        }
        .into()
    }
}

impl Ending {
    /// The word that events and errors carry.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NeverSignedIn => "never-signed-in",
            Self::SignOut => "signout",
            Self::Revoked => "revoked",
            Self::RotationLost => "rotation-lost",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::SubjectChanged => "subject-changed",
            Self::IdTokenRefused => "id-token-refused",
            Self::IssuerChanged => "issuer-changed",
            Self::KeyLost => "key-lost",
            Self::Intercepted => "intercepted",
        }
    }
}

impl Transport {
    fn message(self) -> Cow<'static, str> {
        match self {
            Self::Intercepted => INTERCEPTED.into(),
            Self::KeyLost => "the key that the tokens are bound to is gone; call signIn() again".into(),
            Self::NoRandomness => "crypto.getRandomValues is missing; serve the page over https".into(),
            Self::Network => {
                "the authorization server can't be reached: check the network, its CORS settings for this \
                              origin, and connect-src"
                    .into()
            }
            Self::ProofBlocked => {
                "the token endpoint can't be reached with a DPoP header; let its CORS settings allow that, or set dpop: false"
                    .into()
            }
            Self::Unreadable => unreadable("token endpoint"),
            Self::MetadataUnreadable => unreadable("metadata"),
            Self::KeysUnreadable => unreadable("keys"),
            Self::PolicyBlocked => "connect-src forbids this; add the server's origins".into(),
            Self::Timeout => {
                "the authorization server didn't answer in time; try again, or raise requestTimeout".into()
            }
            Self::TooLarge => "the authorization server's answer is larger than 1 MiB".into(),
            Self::Status(status) => {
                say(&["the authorization server answered ", &decimal(status.into()), "; try again later"])
            }
        }
    }
}

// What a page can say at length it says itself.
fn unreadable(what: &str) -> Cow<'static, str> {
    say(&["allow this origin by CORS: ", what])
}

fn say(parts: &[&str]) -> Cow<'static, str> {
    parts.concat().into()
}

const INTERCEPTED: &str = "a service worker stands between the holder and the network and can read every token. If it isn't yours, have it \
                           removed (Clear-Site-Data: \"storage\"); if it is, keep the holder's file out of its scope, put the holder on an \
                           origin of its own, or allow it with dangerAllowServiceWorker. Then close every tab of the app and sign in again";
