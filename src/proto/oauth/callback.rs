//! The authorization response ([RFC 6749, 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2)), judged in a
//! fixed order: shape and duplicates, `state`, `iss`, `error`, `code`.

use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::error::{Error, InvalidResponse, ServerError};
use crate::proto::oauth::authorization::{Transaction, is_own_state, transaction_key};
use crate::proto::syntax::form;
use crate::proto::syntax::secret::{AuthorizationCode, State};
use crate::proto::syntax::url::Url;

/// An authorization response whose shape is right; nothing in it is believed yet.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthorizationResponse {
    arrival: String,
    standing: Standing,
    state: State,
    code: Option<AuthorizationCode>,
    iss: Option<String>,
    error: Option<ServerError>,
}

/// What speaks for a response before its record is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is at the redirection URI and can be nothing else.
    Expected,
    /// It is at the redirection URI; no request of this library had such a `state`, and it names no issuer.
    Stray,
    /// It has such a `state`, and is somewhere else.
    Astray,
}

impl AuthorizationResponse {
    /// Reads the URL the user arrived with. `None` if it isn't the redirection URI, so not a response at all.
    ///
    /// # Errors
    /// [`InvalidResponse`] for duplicates, tokens in the URL, a missing `state` and a malformed response.
    pub fn parse(href: &str, redirect_uri: &str) -> Result<Option<Self>, Error> {
        let Some(url) = Url::parse(href).filter(|url| is_same_place(url, redirect_uri)) else { return Ok(None) };
        let params = params_of(&url);
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
            standing: if is_marked(&params) { Standing::Expected } else { Standing::Stray },
            state: State::new(state.as_str()),
            code: param("code").map(AuthorizationCode::new),
            iss: param("iss").cloned(),
            error: param("error").map(|error| ServerError::new(error, param("error_description").map(String::as_str))),
        }))
    }

    /// What is at another place than the redirection URI with a `state` such as this library sends: a response that the
    /// host has led on, if the store knows it. Nothing else of it is read.
    pub fn astray(href: &str) -> Option<Self> {
        let url = Url::parse(href)?;
        let (_, state) = params_of(&url).into_iter().find(|(name, value)| name == "state" && is_own_state(value))?;
        let state = State::new(state);
        Some(Self { arrival: place(&url), standing: Standing::Astray, state, code: None, iss: None, error: None })
    }

    /// What speaks for it.
    pub fn standing(&self) -> Standing {
        self.standing
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
            let places = [&self.arrival, ", and redirectUri is ", &transaction.redirect_uri].concat();
            return invalid(InvalidResponse::Moved(places.into()));
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
            (None, Some(error)) => Err(error.of_request(transaction.unattended)),
            (Some(code), None) => Ok(code),
            (None, None) | (Some(_), Some(_)) => invalid(InvalidResponse::Malformed),
        }
    }
}

/// Whether what is in the URL `href` can only be an authorization response, right or wrong: it has a `state` such as this
/// library sends, a token or an issuer. Codes and errors are something else to other parts of an application.
pub fn is_unmistakable(href: &str) -> bool {
    Url::parse(href).is_some_and(|url| is_marked(&params_of(&url)))
}

fn is_marked(params: &[(String, String)]) -> bool {
    let marks = |(name, value): &(String, String)| match name.as_str() {
        "state" => is_own_state(value),
        "iss" => !value.is_empty(),
        name => TOKENS.contains(&name),
    };
    params.iter().any(marks)
}

/// The parameters of query and fragment.
fn params_of(url: &Url<'_>) -> Vec<(String, String)> {
    let mut params = form::read(url.query.unwrap_or_default());
    params.extend(form::read(url.fragment.unwrap_or_default()));
    params
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
