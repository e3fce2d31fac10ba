//! Everything that can go wrong, sorted by whose fault it is.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;

use super::json::{Object, decimal};

/// Why something was refused or failed. Holds no secret, no request and no response.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The application asked for something that can't be done.
    ApiMisuse(ApiMisuse),
    /// The authorization server answered the authorization request with an error
    /// ([RFC 6749, 4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)).
    AuthorizationResponse(Box<ServerError>),
    /// A response broke the protocol, or isn't meant for this browser.
    InvalidResponse(InvalidResponse),
    /// There is no session, or there is none any more.
    LoginRequired(Ending),
    /// A request waited for a token in vain.
    Queue(QueueError),
    /// The token endpoint answered with an error
    /// ([RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    TokenResponse(Box<ServerError>),
    /// The authorization server could not be reached or was not able to answer.
    Transport(Transport),
}

/// The application's mistakes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// An option of the configuration is missing, unknown or has a bad value.
    Config {
        /// The option's name as the application wrote it.
        option: Box<str>,
        /// What is wrong and what to write instead.
        cure: &'static str,
    },
    /// An extra authorization parameter that belongs to the library, or has no value.
    ParameterRefused(Box<str>),
    /// A return target that leaves the application's origin.
    ReturnTargetRefused,
    /// A request to a URL that no configured resource server covers.
    TargetRefused,
    /// `accessToken()` without `exposeAccessToken`.
    TokenNotExposed,
    /// `enterToken()` without `acceptToken`.
    TokenNotAccepted,
    /// `enterToken()` with something that can't be a token.
    TokenMalformed,
    /// `signIn()` where the configuration names no authorization server.
    NoAuthorizationServer,
}

/// Protocol violations, by what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidResponse {
    /// A parameter appears twice ([RFC 6749, 3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)).
    DuplicateParameter,
    /// Neither `code` nor `error`, or both.
    Malformed,
    /// The authorization server announces `iss` and left it out
    /// ([RFC 9207, 2.4](https://www.rfc-editor.org/rfc/rfc9207#section-2.4)).
    IssuerMissing,
    /// `iss` is another issuer's.
    IssuerMismatch,
    /// No `state`.
    StateMissing,
    /// A `state` that this browser didn't send.
    StateMismatch,
    /// A `state` that was used before.
    Replayed,
    /// The sign-in was started too long ago.
    TransactionExpired,
    /// A token in the URL, from the implicit flow or an attacker.
    TokenInResponse,
    /// The token endpoint's answer can't be used.
    Token(&'static str),
    /// The ID token fails a check of OpenID Connect Core 3.1.3.7.
    IdToken(&'static str),
    /// The issuer's metadata can't be used.
    Metadata(Box<str>),
    /// No metadata document was found at the issuer.
    Discovery(Box<str>),
    /// The metadata doesn't announce PKCE with S256.
    PkceUnsupported,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// There was none.
    NeverSignedIn,
    /// The application signed out.
    SignOut,
    /// The authorization server refused the grant: revoked, expired or reused.
    Revoked,
    /// The authorization server refused the grant after an answer to a refresh had never come: it has put another
    /// token in its place, which nobody knows.
    RotationLost,
    /// The resource server refused the personal access token.
    Refused,
    /// The access token expired and there was no refresh token.
    Expired,
    /// The server answered for another user.
    SubjectChanged,
}

/// How waiting for a token ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QueueError {
    /// Too many requests wait already.
    Full,
    /// The request's time to wait is over.
    Timeout,
    /// The request's time to wait is over, and the session is locked.
    Locked,
}

/// What kept the authorization server's answer from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// The platform gives no random numbers.
    NoRandomness,
    /// The request failed: no network, CORS, TLS, or a redirect.
    Network,
    /// No complete answer in time.
    Timeout,
    /// The answer is larger than anything sensible.
    TooLarge,
    /// A status that says nothing about the grant: 429, 5xx.
    Status(u16),
}

/// An error the authorization server reported, checked and cut to a sensible length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerError {
    /// The `error` code.
    pub error: String,
    /// `error_description`: text for developers, never HTML for users.
    pub description: Option<String>,
}

impl ServerError {
    /// Checks `error` and `error_description` against the characters RFC 6749 allows and caps their length.
    pub fn new(error: &str, description: Option<&str>) -> Self {
        Self { error: clean(error, MAX_ERROR), description: description.map(|text| clean(text, MAX_DESCRIPTION)) }
    }
}

impl Error {
    /// The frozen code that programs compare.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ApiMisuse(misuse) => misuse.code(),
            Self::AuthorizationResponse(error) if error.needs_the_user() => "TOKENKEEP_INTERACTION_REQUIRED",
            Self::AuthorizationResponse(_) => "TOKENKEEP_AUTHORIZATION_ERROR",
            Self::InvalidResponse(invalid) => invalid.code(),
            Self::LoginRequired(_) => "TOKENKEEP_LOGIN_REQUIRED",
            Self::Queue(QueueError::Full) => "TOKENKEEP_QUEUE_FULL",
            Self::Queue(QueueError::Locked) => "TOKENKEEP_LOCKED",
            Self::Queue(QueueError::Timeout) => "TOKENKEEP_QUEUE_TIMEOUT",
            Self::TokenResponse(error) if error.blames_the_client() => "TOKENKEEP_CLIENT_REFUSED",
            Self::TokenResponse(_) => "TOKENKEEP_TOKEN_ERROR",
            Self::Transport(Transport::NoRandomness) => "TOKENKEEP_INSECURE_CONTEXT",
            Self::Transport(Transport::Network) => "TOKENKEEP_NETWORK",
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
            Self::LoginRequired(ending) => say(&["no session (", ending.reason(), "); call signIn()"]),
            Self::Queue(QueueError::Full) => {
                "too many requests wait for a token; raise queueLimit or send fewer".into()
            }
            Self::Queue(QueueError::Locked) => {
                "the session was locked because of an anomaly; look at auth.audit(), then call auth.unlock()".into()
            }
            Self::Queue(QueueError::Timeout) => "no token in time; try again, or raise queueTimeout".into(),
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
            Self::AuthorizationResponse(error) | Self::TokenResponse(error) => {
                object.with("error", error.error.as_str()).with("errorDescription", error.description.as_deref())
            }
            Self::LoginRequired(ending) => object.with("reason", ending.reason()),
            Self::ApiMisuse(_) | Self::InvalidResponse(_) | Self::Queue(_) | Self::Transport(_) => object,
        }
    }
}

impl ApiMisuse {
    fn code(&self) -> &'static str {
        match self {
            Self::Config { .. } => "TOKENKEEP_CONFIG_INVALID",
            Self::ParameterRefused(_) => "TOKENKEEP_PARAMETER_REFUSED",
            Self::ReturnTargetRefused => "TOKENKEEP_RETURN_TARGET_REFUSED",
            Self::TargetRefused => "TOKENKEEP_TARGET_REFUSED",
            Self::TokenNotExposed => "TOKENKEEP_TOKEN_NOT_EXPOSED",
            Self::TokenNotAccepted => "TOKENKEEP_TOKEN_NOT_ACCEPTED",
            Self::TokenMalformed => "TOKENKEEP_TOKEN_MALFORMED",
            Self::NoAuthorizationServer => "TOKENKEEP_SIGN_IN_UNAVAILABLE",
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Config { option, cure } => say(&["hold({ ", option, " }): ", cure]),
            Self::ParameterRefused(name) => {
                say(&["the parameter ", name, " can't be set here; leave it out of extraParams"])
            }
            Self::ReturnTargetRefused => "returnTo must be a path of this application, such as /inbox".into(),
            Self::TargetRefused => {
                "no configured resource server covers this URL; add it to resourceServers or use plain fetch".into()
            }
            Self::TokenNotExposed => {
                "the token stays in the holder; hold({ exposeAccessToken: true }) allows this".into()
            }
            Self::TokenNotAccepted => "this holder takes no tokens; hold({ acceptToken: true }) allows this".into(),
            Self::TokenMalformed => "this can't be a token; enter it as the service showed it, without spaces".into(),
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
            Self::Token(_) => "TOKENKEEP_TOKEN_RESPONSE_INVALID",
            Self::IdToken(_) => "TOKENKEEP_ID_TOKEN_INVALID",
            Self::Metadata(_) => "TOKENKEEP_METADATA_INVALID",
            Self::Discovery(_) => "TOKENKEEP_DISCOVERY_FAILED",
            Self::PkceUnsupported => "TOKENKEEP_PKCE_UNSUPPORTED",
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
            Self::Token(why) => return say(&["the token response can't be used: ", why]),
            Self::IdToken(why) => return say(&["the ID token can't be used: ", why]),
            Self::Metadata(why) => return say(&["the issuer's metadata can't be used: ", why]),
            Self::Discovery(why) => return say(&["no metadata found at the issuer: ", why]),
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
        }
    }
}

impl Transport {
    fn message(self) -> Cow<'static, str> {
        match self {
            Self::NoRandomness => "crypto.getRandomValues is missing; serve the page over https".into(),
            Self::Network => {
                "the authorization server can't be reached: check the network, its CORS settings for this \
                              origin, and connect-src"
                    .into()
            }
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

impl ServerError {
    /// The four answers to `prompt=none` that mean "show the user a page"
    /// ([OpenID Connect Core 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError)).
    fn needs_the_user(&self) -> bool {
        ["login_required", "interaction_required", "consent_required", "account_selection_required"]
            .contains(&self.error.as_str())
    }

    /// Errors that no new sign-in cures, because the client is registered or configured wrongly.
    pub fn blames_the_client(&self) -> bool {
        [
            "invalid_client",
            "unauthorized_client",
            "invalid_scope",
            "invalid_target",
            "invalid_request",
            "unsupported_grant_type",
        ]
        .contains(&self.error.as_str())
    }
}

fn say(parts: &[&str]) -> Cow<'static, str> {
    parts.concat().into()
}

fn clean(text: &str, limit: usize) -> String {
    let allowed = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    text.chars().take(limit).map(|c| if allowed(c) { c } else { '?' }).collect()
}

const MAX_ERROR: usize = 64;
const MAX_DESCRIPTION: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_text_is_cleaned_and_capped() {
        let error = ServerError::new("a\u{1}\"é", Some(&"x".repeat(1 << 20)));
        assert_eq!(error.error, "a???");
        assert_eq!(error.description.map(|text| text.len()), Some(MAX_DESCRIPTION));
    }

    #[test]
    fn errors_that_need_the_user_have_their_own_code() {
        let code = |error| Error::AuthorizationResponse(Box::new(ServerError::new(error, None))).code();
        assert_eq!(code("login_required"), "TOKENKEEP_INTERACTION_REQUIRED");
        assert_eq!(code("access_denied"), "TOKENKEEP_AUTHORIZATION_ERROR");
    }

    #[test]
    fn configuration_errors_name_the_option() {
        let error = Error::ApiMisuse(ApiMisuse::Config { option: "issuer".into(), cure: "must be https" });
        assert_eq!(
            error.to_object().to_json(),
            r#"{"code":"TOKENKEEP_CONFIG_INVALID","message":"hold({ issuer }): must be https","option":"issuer"}"#
        );
    }
}
