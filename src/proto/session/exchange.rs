//! What is on its way to becoming a grant, or to being revoked.

use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::error::{Error, InvalidResponse};
use crate::proto::oauth::authorization::Transaction;
use crate::proto::oauth::metadata::AuthorizationServer;
use crate::proto::oauth::token::revocation_request;
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::secret::{AccessToken, AuthorizationCode, FormBody, RefreshToken};
use crate::proto::syntax::time::Now;

/// An accepted authorization response on its way to becoming a grant.
#[derive(Debug)]
pub struct PendingExchange {
    pub(super) attempt: u32,
    pub(super) code: AuthorizationCode,
    pub(super) transaction: Box<Transaction>,
    pub(super) sent: Now,
}

impl PendingExchange {
    /// Where the tokens come from.
    pub fn token_endpoint(&self) -> &str {
        &self.transaction.token_endpoint
    }

    /// Whether an ID token was asked for.
    pub fn wants_id_token(&self) -> bool {
        self.transaction.nonce.is_some()
    }

    /// What the application gets back: where it wanted to go on, and its own data.
    pub fn arrival(&self) -> Object {
        Object::default()
            .with("returnTo", self.transaction.return_to.as_deref())
            .with("appState", self.transaction.app_state.clone().unwrap_or(Value::Null))
    }
}

/// A request to the revocation endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct Revocation {
    /// The revocation endpoint.
    pub url: String,
    /// The form-encoded body.
    pub body: FormBody,
}

impl Revocation {
    /// The request that revokes the refresh token, or the access token where there is none; `None` if the server has
    /// no revocation endpoint.
    pub(super) fn new(
        server: &AuthorizationServer,
        client_id: &str,
        access: &AccessToken,
        refresh: Option<&RefreshToken>,
    ) -> Option<Self> {
        let url = server.revocation_endpoint.clone()?;
        Some(Self { url, body: revocation_request(client_id, access, refresh) })
    }
}

pub(super) fn no_metadata() -> Error {
    Error::InvalidResponse(InvalidResponse::Discovery("it was not asked for yet".into()))
}
