//! Token requests and responses ([RFC 6749, 4.1.3 to 6](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)) and
//! revocation ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)).

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::error::{Error, InvalidResponse, ServerError, Transport};
use crate::proto::oauth::authorization::Transaction;
use crate::proto::syntax::form;
use crate::proto::syntax::grammar::is_token68;
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::secret::{AccessToken, AuthorizationCode, FormBody, RefreshToken};
use crate::proto::syntax::text::cut;

/// The body that exchanges a code ([RFC 6749, 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).
pub fn code_request(client_id: &str, code: &AuthorizationCode, transaction: &Transaction) -> FormBody {
    let resource = transaction.resources.first().map_or("", String::as_str);
    form(&[
        ("grant_type", "authorization_code"),
        ("code", code.expose()),
        ("redirect_uri", &transaction.redirect_uri),
        ("client_id", client_id),
        ("code_verifier", transaction.verifier.expose()),
        ("resource", resource),
    ])
}

/// The body that refreshes ([RFC 6749, 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)); without `scope`, which
/// asks for what was granted. `resource` is what the access token is for
/// ([RFC 8707, 2.2](https://www.rfc-editor.org/rfc/rfc8707#section-2.2)).
pub fn refresh_request(client_id: &str, token: &RefreshToken, resource: Option<&str>, scope: Option<&str>) -> FormBody {
    form(&[
        ("grant_type", "refresh_token"),
        ("refresh_token", token.expose()),
        ("client_id", client_id),
        ("resource", resource.unwrap_or_default()),
        ("scope", scope.unwrap_or_default()),
    ])
}

/// The body that revokes a token ([RFC 7009, 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)).
pub fn revocation_request(client_id: &str, access: &AccessToken, refresh: Option<&RefreshToken>) -> FormBody {
    let (token, hint) = match refresh {
        Some(token) => (token.expose(), "refresh_token"),
        None => (access.expose(), "access_token"),
    };
    form(&[("token", token), ("token_type_hint", hint), ("client_id", client_id)])
}

/// What came of a revocation ([RFC 7009, 2.2](https://www.rfc-editor.org/rfc/rfc7009#section-2.2)): `confirmed`,
/// `unsupported` if the server can't, else `unconfirmed`: the token must be taken to be alive.
pub fn revocation_outcome(answer: Result<Answer, Transport>) -> &'static str {
    let Ok(answer) = answer else { return "unconfirmed" };
    let error = Object::parse(&answer.body).as_ref().and_then(server_error);
    match error {
        _ if answer.status == 200 => "confirmed",
        Some(error) if error.error == "unsupported_token_type" => "unsupported",
        _ => "unconfirmed",
    }
}

fn form(pairs: &[(&str, &str)]) -> FormBody {
    FormBody::new(form::write(pairs))
}

/// What a token endpoint granted, checked for form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenResponse {
    /// The access token, in the token68 alphabet.
    pub access_token: AccessToken,
    /// Whether its type is `DPoP` and not `Bearer`.
    pub dpop: bool,
    /// The refresh token, if there is a new one.
    pub refresh_token: Option<RefreshToken>,
    /// The access token's lifetime in seconds; `None` where the server didn't say or said nonsense.
    pub expires_in: Option<u64>,
    /// The granted scope, if the server said so.
    pub scope: Option<String>,
    /// The ID token in compact form.
    pub id_token: Option<AccessToken>,
}

/// Why a token endpoint's answer is no grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFailure {
    /// The error to report.
    pub error: Error,
    /// The status code, 0 if there was no answer.
    pub status: u16,
    /// The pause the server asked for, in milliseconds.
    pub retry_after_ms: Option<u64>,
}

impl TokenFailure {
    /// The same without what repeats one of `secrets` that the server was sent.
    pub fn concealing(mut self, secrets: &[&str]) -> Self {
        if let Error::TokenResponse(error) = &mut self.error {
            error.conceal(secrets);
        }
        self
    }

    /// Whether the server refuses the resource or the scope that was named, and nothing else.
    pub fn blames_the_resource(&self) -> bool {
        let named = |error: &ServerError| ["invalid_target", "invalid_scope"].contains(&error.error.as_str());
        matches!(&self.error, Error::TokenResponse(error) if named(error))
    }
}

impl TokenResponse {
    /// Reads a token endpoint's answer at wall-clock time `unix_ms` ([RFC 6749, 5.1 and 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)).
    ///
    /// # Errors
    /// [`TokenFailure`] with the server's error, the status or what is wrong with the body.
    pub fn parse(answer: Result<Answer, Transport>, unix_ms: u64) -> Result<Self, TokenFailure> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(transport) => {
                return Err(TokenFailure { error: Error::Transport(transport), status: 0, retry_after_ms: None });
            }
        };
        Self::read(&answer).map_err(|error| TokenFailure {
            error,
            status: answer.status,
            retry_after_ms: answer.retry_after_ms(unix_ms),
        })
    }

    fn read(answer: &Answer) -> Result<Self, Error> {
        let body = Object::parse(&answer.body);
        match answer.status {
            200 if !answer.is_json() => {
                return Err(unusable("its type is not application/json"));
            }
            200 => {}
            400..=499 if answer.status != 408 && answer.status != 429 => return Err(client_error(answer.status, body)),
            201..=399 => {
                return Err(unusable("its status is not 200"));
            }
            status => return Err(Error::Transport(Transport::Status(status))),
        }
        let body = body.ok_or_else(|| unusable("it is not one JSON object"))?;
        if let Some(error) = server_error(&body) {
            return Err(Error::TokenResponse(Box::new(error)));
        }
        Self::from_members(&body)
    }

    fn from_members(body: &Object) -> Result<Self, Error> {
        let dpop = match body.string("token_type") {
            Some(token_type) if token_type.eq_ignore_ascii_case("bearer") => false,
            Some(token_type) if token_type.eq_ignore_ascii_case("dpop") => true,
            Some(_) => {
                return Err(unusable("its token_type is not Bearer"));
            }
            None => {
                return Err(unusable("token_type is missing"));
            }
        };
        let token = |name| body.string(name).filter(|token| is_token68(token));
        let optional = |name, why| match body.member(name) {
            None => Ok(None),
            Some(_) => token(name).map(Some).ok_or_else(|| unusable(why)),
        };
        let refresh_token = match body.member("refresh_token") {
            None => None,
            Some(Value::String(token)) if is_vschar(token) => Some(RefreshToken::new(token.as_str())),
            Some(_) => return Err(unusable("refresh_token is not a token")),
        };
        Ok(Self {
            access_token: AccessToken::new(
                token("access_token").ok_or_else(|| unusable("access_token is not a token"))?,
            ),
            dpop,
            refresh_token,
            expires_in: body.member("expires_in").and_then(lifetime),
            scope: body.string("scope").map(str::to_owned),
            id_token: optional("id_token", "id_token is not a token")?.map(AccessToken::new),
        })
    }
}

fn unusable(why: &'static str) -> Error {
    Error::InvalidResponse(InvalidResponse::Token(why))
}

fn server_error(body: &Object) -> Option<ServerError> {
    body.string("error").map(|error| ServerError::new(error, body.string("error_description")))
}

fn client_error(status: u16, body: Option<Object>) -> Error {
    match body.as_ref().and_then(server_error) {
        Some(error) => Error::TokenResponse(Box::new(error)),
        None => Error::Transport(Transport::Status(status)),
    }
}

/// Seconds from a number or a decimal string; zero, negative and unreadable values say nothing, absurd ones are cut.
fn lifetime(value: &Value) -> Option<u64> {
    let (Value::Number(text) | Value::String(text)) = value else { return None };
    let (whole, fraction) = cut(text, b'.');
    let whole = if fraction.is_none_or(|digits| digits.bytes().all(|b| b.is_ascii_digit())) { whole } else { "" };
    let digits = !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit());
    let seconds = digits.then(|| whole.parse().unwrap_or(u64::MAX))?;
    (seconds > 0).then_some(seconds.min(MAX_LIFETIME_S))
}

/// `1*VSCHAR` ([RFC 6749, A.17](https://www.rfc-editor.org/rfc/rfc6749#appendix-A.17)).
fn is_vschar(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|b| matches!(b, b' '..=b'~'))
}

/// Ten years.
const MAX_LIFETIME_S: u64 = 315_360_000;
