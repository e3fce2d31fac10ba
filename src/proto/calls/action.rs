//! What the holder asks of the shell.

use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::error::Error;
use crate::proto::oauth::dpop::DpopKey;
use crate::proto::oauth::id_token::Signed;
use crate::proto::session::{Look, Output};
use crate::proto::syntax::secret::{FormBody, Record};

/// Number of an application's call, given by the shell.
pub type CallId = u32;
/// Number of something the shell was asked for, to be handed back with the result.
pub type FlightId = u32;

/// Something for the shell to do.
#[derive(Debug, PartialEq)]
pub enum Action {
    /// What the session says, as it says it.
    Output(Output),
    /// Keep a pending sign-in's record under `key`, then call [`Holder::handle_stored`].
    Keep {
        /// To be handed back.
        flight: FlightId,
        /// The record's name.
        key: String,
        /// The record.
        record: Record,
        /// The key pair to keep beside it, by its name.
        handle: Option<String>,
    },
    /// Make a key pair, or take the one that was kept if it is to `persist`; then call [`Holder::handle_key`].
    MakeKey {
        /// To be handed back.
        flight: FlightId,
        /// Whether the next sign-in shall have the same.
        persist: bool,
    },
    /// Ask the MCP server for its challenge: get `url` without a token and without reading the body, then call
    /// [`Holder::handle_answer`].
    Probe {
        /// To be handed back.
        flight: FlightId,
        /// The MCP server.
        url: String,
    },
    /// Read the lasting record called `key`, then call [`Holder::handle_stored`].
    Recall {
        /// To be handed back.
        flight: FlightId,
        /// The record's name.
        key: String,
    },
    /// Keep a lasting record under `key`, in place of an older one. It is no secret, and no sign-out removes it.
    Remember {
        /// The record's name.
        key: String,
        /// The record.
        record: String,
    },
    /// Look whether the store holds the record of any sign-in that is pending; then call [`Holder::handle_stored`], with
    /// a word if so.
    Seek {
        /// To be handed back.
        flight: FlightId,
    },
    /// Send a form to the authorization server, or get a document without `body`; then call
    /// [`Holder::handle_answer`].
    Send {
        /// To be handed back.
        flight: FlightId,
        /// The endpoint.
        url: String,
        /// The form.
        body: Option<FormBody>,
        /// The key to prove possession of, with what [`Session::server_proof`] says.
        key: Option<Box<DpopKey>>,
        /// If that fails, find out whether the endpoint can be reached at all.
        probe: bool,
        /// Whether to look for a service worker in between.
        look: Look,
    },
    /// Settle an application's call.
    Settle {
        /// The call.
        call: CallId,
        /// Its result: text, or nothing.
        outcome: Result<Option<String>, Error>,
    },
    /// Take the record called `key` out of the store for good, then call [`Holder::handle_stored`].
    Take {
        /// To be handed back.
        flight: FlightId,
        /// The record's name.
        key: String,
    },
    /// Check a signature, then call [`Holder::handle_verified`].
    Verify {
        /// To be handed back.
        flight: FlightId,
        /// The public key, a JWK as JSON text.
        key: String,
        /// What was signed, and how.
        signed: Signed,
    },
}
