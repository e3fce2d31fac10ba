//! How far the way to where and as whom to sign in has led.

use alloc::string::String;

use crate::proto::oauth::metadata::Discovery;
use crate::proto::oauth::protected_resource::{ProtectedResource, ResourceSearch};
use crate::proto::syntax::time::Instant;

/// What is being asked.
#[derive(Debug)]
pub(super) enum Stage {
    /// The MCP server, for its challenge.
    Challenge,
    /// Who it trusts; with the scope that the challenge named.
    Resource(ResourceSearch, Option<String>),
    /// The authorization server's metadata.
    Server(Discovery, Option<Found>),
    /// The store, for the client id that is kept there under this name.
    Recall(String),
    /// The authorization server, for a client id to be kept under this name.
    Register(String),
}

/// What the MCP server says, with the scope that its challenge named.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) resource: ProtectedResource,
    pub(super) scope: Option<String>,
}

/// How far what was found can be trusted to be still so.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Whether something is being asked.
    pub(super) asking: bool,
    /// When the metadata came, if it was fetched.
    pub(super) fetched: Option<Instant>,
    /// The token endpoint is not where the metadata says.
    pub(super) gone: bool,
    /// The authorization server no longer knows the registered client.
    pub(super) unregistered: bool,
}
