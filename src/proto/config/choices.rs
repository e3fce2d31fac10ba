//! Options that are a choice between ways.

use alloc::string::String;

use crate::proto::syntax::secret::AccessToken;

/// The MCP server that everything else follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mcp {
    /// Its URL.
    pub url: String,
    /// Whether the scope is left to it.
    pub chooses_scope: bool,
}

/// A personal access token: no sign-in, no refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Personal {
    /// The configuration has it.
    Given(AccessToken),
    /// The page hands it in.
    Entered,
}

/// Who is given the audit log's entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditSink {
    /// A function beside the configuration.
    Function,
    /// A URL that they are posted to.
    Url(String),
}
