//! Everything that can go wrong, sorted by whose fault it is.

use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::syntax::text::cut;

mod table;
mod words;

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
    /// The browser keeps nothing for this site, so that nobody who left could come back.
    StorageBlocked,
    /// The authorization server refused to register the client
    /// ([RFC 7591, 3.2.2](https://www.rfc-editor.org/rfc/rfc7591#section-3.2.2)).
    RegistrationResponse(Box<ServerError>),
    /// There is no session, or there is none any more.
    LoginRequired(Ending),
    /// A request waited for a token in vain.
    Queue(QueueError),
    /// There is no token for this resource and nothing to get one with.
    ResourceUnavailable,
    /// The token endpoint answered with an error
    /// ([RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    TokenResponse(Box<ServerError>),
    /// The authorization server could not be reached or was not able to answer.
    Transport(Transport),
    /// The same, with the URL that was asked.
    Unanswered(Transport, Box<str>),
}

impl Error {
    /// What kept the authorization server's answer from us, if something did.
    pub fn transport(&self) -> Option<Transport> {
        match self {
            Self::Transport(transport) | Self::Unanswered(transport, _) => Some(*transport),
            _ => None,
        }
    }

    /// The same with the URL that was asked, without its query, where nothing came from there.
    pub fn at(self, href: &str) -> Self {
        match self {
            Self::Transport(Transport::KeyLost | Transport::NoRandomness | Transport::Intercepted) => self,
            Self::Transport(transport) => Self::Unanswered(transport, cut(href, b'?').0.into()),
            error => error,
        }
    }
}

/// The application's mistakes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// A request whose body was a stream was to be sent again, because of the answer with this status.
    BodyNotReplayable(u16),
    /// An option of the configuration is missing, unknown or has a bad value.
    Config {
        /// The option's name as the application wrote it.
        option: Box<str>,
        /// What is wrong and what to write instead.
        cure: Box<str>,
    },
    /// An extra authorization parameter that belongs to the library, or has no value.
    ParameterRefused(Box<str>),
    /// A resource server's answer was a redirect.
    Redirected,
    /// `signIn()` on another origin than the one that the answer would go to.
    RedirectElsewhere,
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
    /// `signOut({ endSession: true })` where there is nothing to end at the authorization server.
    NoEndSession,
    /// `userinfo()` where the server has none, or without an ID token.
    NoUserinfo,
    /// `signIn()` where the configuration names no authorization server.
    NoAuthorizationServer,
}

impl ApiMisuse {
    /// An option that there is none of. `kind` says what it would be, `meant` which name may have been meant.
    pub(in crate::proto) fn unknown(option: &str, kind: &str, meant: Option<&str>) -> Self {
        let cure = match meant {
            Some(name) => ["unknown ", kind, "; did you mean ", name, "?"].concat(),
            None => ["unknown ", kind, "; check its spelling against the documentation"].concat(),
        };
        Self::Config { option: option.into(), cure: cure.into() }
    }
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
    /// A response to this browser's own request, at another place than its redirection URI: both, in words.
    Moved(Box<str>),
    /// A `state` that was used before.
    Replayed,
    /// The sign-in was started too long ago.
    TransactionExpired,
    /// A token in the URL, from the implicit flow or an attacker.
    TokenInResponse,
    /// The answer to a pushed authorization request can't be used.
    PushedRequest,
    /// The token endpoint's answer can't be used.
    Token(&'static str),
    /// The answer of the userinfo endpoint can't be used.
    Userinfo(&'static str),
    /// The ID token's times are wrong here, and the authorization server's clock is so many seconds ahead.
    Clock(i32),
    /// The ID token fails a check of OpenID Connect Core 3.1.3.7.
    IdToken(&'static str),
    /// The issuer's metadata can't be used.
    Metadata(Box<str>),
    /// No metadata document was found at the issuer.
    Discovery(Box<str>),
    /// The metadata doesn't announce PKCE with S256.
    PkceUnsupported,
    /// The protected resource's metadata can't be had or used.
    Resource(Box<str>),
    /// The protected resource names only authorization servers that the configuration doesn't; this is the first.
    AuthorizationServer(Box<str>),
    /// The answer to a registration can't be used.
    Registration(Box<str>),
    /// This authorization server offers no way to become its client.
    NoRegistration(Box<str>),
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
    /// The resource server refused the personal access token, or the authorization server refused to refresh, twice, and
    /// didn't say that the grant is at its end.
    Refused,
    /// The access token expired and there was no refresh token.
    Expired,
    /// The server answered for another user.
    SubjectChanged,
    /// An ID token that came with a refresh is forged, or not this session's.
    IdTokenRefused,
    /// The resource trusts another authorization server now.
    IssuerChanged,
    /// The key that the tokens are bound to is gone.
    KeyLost,
    /// A service worker that nobody allowed stood between the holder and the network.
    Intercepted,
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
    /// A service worker that nobody allowed stands between, and nothing of this is to be believed or sent.
    Intercepted,
    /// The key that the tokens are bound to is gone.
    KeyLost,
    /// The request failed because of its `DPoP` field.
    ProofBlocked,
    /// The platform gives no random numbers.
    NoRandomness,
    /// The request failed: no network, CORS, TLS, or a redirect.
    Network,
    /// The request failed though the server can be reached: CORS, or a redirect.
    Unreadable,
    /// The same, for the issuer's metadata.
    MetadataUnreadable,
    /// The same, for the issuer's keys.
    KeysUnreadable,
    /// The Content-Security-Policy of whoever asks doesn't allow to.
    PolicyBlocked,
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
    /// Whether the request asked the server to show no page.
    unattended: bool,
}

impl ServerError {
    /// Checks `error` and `error_description` against the characters RFC 6749 allows and caps their length.
    pub fn new(error: &str, description: Option<&str>) -> Self {
        let description = description.map(|text| clean(text, MAX_DESCRIPTION));
        Self { error: clean(error, MAX_ERROR), description, unattended: false }
    }
}

impl ServerError {
    /// Forgets what the server says if it repeats the beginning of one of `secrets`: those that it was sent (LOG-1).
    pub fn conceal(&mut self, secrets: &[&str]) {
        let repeats = |text: &str| {
            let telling = |secret: &&str| {
                let start = &secret.as_bytes()[..secret.len().min(TELLING)];
                start.len() >= GUESSABLE && text.as_bytes().windows(start.len()).any(|part| part == start)
            };
            secrets.iter().any(telling)
        };
        self.description.take_if(|text| repeats(text));
        if repeats(&self.error) {
            self.error.clear();
        }
    }

    /// This as the answer to an authorization request; `unattended` if that asked the server to show no page
    /// (`prompt=none`, [OpenID Connect Core 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError)).
    pub fn of_request(self, unattended: bool) -> Error {
        Error::AuthorizationResponse(Box::new(Self { unattended, ..self }))
    }

    /// The four answers that mean "show the user a page".
    fn needs_the_user(&self) -> bool {
        self.unattended
            && ["login_required", "interaction_required", "consent_required", "account_selection_required"]
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

fn clean(text: &str, limit: usize) -> String {
    let allowed = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    text.chars().take(limit).map(|c| if allowed(c) { c } else { '?' }).collect()
}

const MAX_ERROR: usize = 64;
/// So much of a secret is not to be told, in bytes.
const TELLING: usize = 12;
/// What is shorter is no secret, and in half of all words.
const GUESSABLE: usize = 6;
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
        let code = |error, unattended| ServerError::new(error, None).of_request(unattended).code();
        assert_eq!(code("login_required", true), "TOKENKEEP_INTERACTION_REQUIRED");
        assert_eq!(code("login_required", false), "TOKENKEEP_AUTHORIZATION_ERROR");
        assert_eq!(code("access_denied", true), "TOKENKEEP_AUTHORIZATION_ERROR");
    }

    #[test]
    fn messages_say_what_the_server_said() {
        let said = || Box::new(ServerError::new("access_denied", None));
        for error in
            [Error::AuthorizationResponse(said()), Error::TokenResponse(said()), Error::RegistrationResponse(said())]
        {
            assert!(error.message().contains(" access_denied"), "{}", error.message());
        }
        let blame = Error::TokenResponse(Box::new(ServerError::new("invalid_client", None)));
        assert!(blame.message().contains(" invalid_client"), "{}", blame.message());
    }

    #[test]
    fn configuration_errors_name_the_option() {
        let error = Error::ApiMisuse(ApiMisuse::Config { option: "issuer".into(), cure: "must be https".into() });
        assert_eq!(
            error.to_object().to_json(),
            r#"{"code":"TOKENKEEP_CONFIG_INVALID","message":"hold({ issuer }): must be https","option":"issuer"}"#
        );
    }
}
