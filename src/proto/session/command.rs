//! What the session asks of the shell.

use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::error::Error;
use crate::proto::oauth::dpop::DpopKey;
use crate::proto::syntax::json::Object;
use crate::proto::syntax::secret::FormBody;

use super::exchange::Revocation;
use super::queue::RequestId;
use super::resource_metadata::LookUp;

/// What the session wants done.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Something that concerns nobody on the way to the shell.
    Output(Output),
    /// Get this metadata document of a resource and hand the answer to
    /// [`handle_looked_up`](super::Session::handle_looked_up).
    LookUp(LookUp),
    /// Revoke a token that came too late. Nobody waits for the answer.
    Revoke(Revocation),
    /// Send a refresh request and hand the answer to
    /// [`handle_refresh_response`](super::Session::handle_refresh_response).
    SendRefreshRequest(TokenRequest),
}

/// Something for the shell to do, with nothing to hand back.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Tell everybody who listens.
    Emit(Event),
    /// Settle these waiting requests with an error.
    Reject {
        /// The requests, in order.
        ids: Vec<RequestId>,
        /// The error for each.
        error: Error,
    },
    /// The answers that these waiting requests had stand: the rights that they ask for didn't come.
    LetStand {
        /// The requests, in order.
        ids: Vec<RequestId>,
    },
    /// Send these waiting requests now, with the token of `generation`, and report each with
    /// [`handle_status`](super::Session::handle_status), [`handle_failed`](super::Session::handle_failed) or
    /// [`handle_settled`](super::Session::handle_settled).
    Release {
        /// The requests, in order.
        ids: Vec<RequestId>,
        /// The token's generation.
        generation: u32,
    },
    /// Hand these audit entries, a JSON array, to whoever the configuration says.
    Report(String),
}

/// News for the application. Holds no secret.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// `signedin`, `refreshed`, `refreshfailed`, `signedout`, `stepup`, `anomaly`, `unlocked` or `waiting`.
    pub name: &'static str,
    /// The event's `detail`.
    pub detail: Object,
}

/// A request to the token endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct TokenRequest {
    /// Its number, to be handed back with the answer.
    pub attempt: u32,
    /// The token endpoint.
    pub url: String,
    /// The form-encoded body.
    pub body: FormBody,
    /// The key that proves who asks ([RFC 9449, 5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).
    pub key: Option<DpopKey>,
}
