//! The authorization response ([RFC 6749, 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2)), judged in a
//! fixed order: shape and duplicates, `state`, `iss`, `error`, `code`.

use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::error::{Error, InvalidResponse, ServerError};
use crate::proto::oauth::authorization::{Transaction, transaction_key};
use crate::proto::syntax::form;
use crate::proto::syntax::secret::{AuthorizationCode, State};
use crate::proto::syntax::url::Url;

/// An authorization response whose shape is right; nothing in it is believed yet.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizationResponse {
    arrival: String,
    state: State,
    code: Option<AuthorizationCode>,
    iss: Option<String>,
    error: Option<ServerError>,
}

impl AuthorizationResponse {
    /// Reads the URL the user arrived with. `None` if it isn't the redirection URI, so not a response at all.
    ///
    /// # Errors
    /// [`InvalidResponse`] for duplicates, tokens in the URL, a missing `state` and a malformed response.
    pub fn parse(href: &str, redirect_uri: &str) -> Result<Option<Self>, Error> {
        let Some(url) = Url::parse(href).filter(|url| is_same_place(url, redirect_uri)) else { return Ok(None) };
        let mut params = form::read(url.query.unwrap_or_default());
        params.extend(form::read(url.fragment.unwrap_or_default()));
        if params.iter().any(|(name, _)| TOKENS.contains(&name.as_str())) {
            return invalid(InvalidResponse::TokenInResponse);
        }
        let once = |name: &str| params.iter().filter(|(key, _)| key == name).count() <= 1;
        if !RESPONSE.iter().all(|name| once(name)) {
            return invalid(InvalidResponse::DuplicateParameter);
        }
        let param =
            |name: &str| params.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value);
        let Some(state) = param("state") else { return invalid(InvalidResponse::StateMissing) };
        if param("code").is_some_and(|code| code.len() > MAX_CODE) {
            return invalid(InvalidResponse::Malformed);
        }
        Ok(Some(Self {
            arrival: place(&url),
            state: State::new(state.as_str()),
            code: param("code").map(AuthorizationCode::new),
            iss: param("iss").cloned(),
            error: param("error").map(|error| ServerError::new(error, param("error_description").map(String::as_str))),
        }))
    }

    /// The name under which this response's transaction is kept.
    pub fn key(&self) -> String {
        transaction_key(&self.state)
    }

    /// Judges the response by the record that was kept, which the caller has removed from the store.
    ///
    /// # Errors
    /// [`InvalidResponse`] where the protocol is broken, [`Error::AuthorizationResponse`] for the server's own error.
    pub fn redeem(self, transaction: &Transaction, unix_ms: u64) -> Result<AuthorizationCode, Error> {
        let age = unix_ms.checked_sub(transaction.created_unix_ms);
        if age.is_none_or(|age| age > TRANSACTION_LIFETIME_MS) {
            return invalid(InvalidResponse::TransactionExpired);
        }
        if Url::parse(&transaction.redirect_uri).is_none_or(|url| place(&url) != self.arrival) {
            return invalid(InvalidResponse::StateMismatch);
        }
        match &self.iss {
            Some(iss) if *iss != transaction.issuer => return invalid(InvalidResponse::IssuerMismatch),
            // Servers leave it out of their errors, which carry nothing that could go to the wrong place.
            None if transaction.iss_parameter && self.error.is_none() => {
                return invalid(InvalidResponse::IssuerMissing);
            }
            _ => {}
        }
        match (self.code, self.error) {
            (None, Some(error)) => Err(Error::AuthorizationResponse(Box::new(error))),
            (Some(code), None) => Ok(code),
            (None, None) | (Some(_), Some(_)) => invalid(InvalidResponse::Malformed),
        }
    }
}

fn invalid<T>(why: InvalidResponse) -> Result<T, Error> {
    Err(Error::InvalidResponse(why))
}

/// Whether `url` is the redirection URI, whatever its query and fragment.
pub(in crate::proto) fn is_same_place(url: &Url<'_>, redirect_uri: &str) -> bool {
    Url::parse(redirect_uri).is_some_and(|redirect| place(&redirect) == place(url))
}

/// Origin and path, which is what identifies a redirection URI on arrival.
fn place(url: &Url<'_>) -> String {
    [url.origin, url.path].concat()
}

/// A pending sign-in is good for this long, in milliseconds.
pub const TRANSACTION_LIFETIME_MS: u64 = 600_000;

const MAX_CODE: usize = 1 << 16;
const TOKENS: [&str; 3] = ["access_token", "id_token", "refresh_token"];
const RESPONSE: [&str; 7] = ["code", "state", "iss", "error", "error_description", "error_uri", "session_state"];
