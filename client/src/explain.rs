//! Why an answer came through.

use serde::{Deserialize, Serialize};

/// Why an answer of 401, 403, 429 or 503 was let through: see [`Auth::explain`](crate::Auth::explain). For developers: the words may
/// change.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Explanation {
    /// In one word.
    pub kind: ExplanationKind,
    /// What it means and what to do.
    pub message: String,
    /// The API's `error` (RFC 6750, 3.1).
    pub error: Option<String>,
    /// The scope that the API asks for.
    pub scope: Option<String>,
    /// The authentication contexts that the API asks for (RFC 9470).
    pub acr_values: Option<String>,
    /// How old the sign-in may be, in seconds.
    pub max_age: Option<f64>,
    /// The pause that the API asks for, in milliseconds.
    pub retry_after: Option<f64>,
    /// What the API says of itself, as far as that is known by now.
    pub resource_metadata: Option<ResourceMetadata>,
}

/// The kinds of an [`Explanation`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ExplanationKind {
    /// Another authentication is needed.
    Authentication,
    /// Refused, and nothing can renew the token now.
    Expired,
    /// 403 without a known reason.
    Forbidden,
    /// Too many requests, and the pause is too long or the request may not be repeated.
    Limited,
    /// The request is at fault.
    Malformed,
    /// The API refused the DPoP proof, or wants a nonce that it doesn't let be read.
    Proof,
    /// A fresh token was refused too.
    Refused,
    /// More scope is needed.
    Scope,
    /// An outage, and the pause is too long or the request may not be repeated.
    Unavailable,
    /// A kind that is newer than this crate.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What a resource server says of itself (RFC 9728), fetched because a challenge of it pointed there, and checked to be about it. Nobody
/// acts on it but the application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct ResourceMetadata {
    /// The resource.
    pub resource: String,
    /// The issuers that it trusts.
    pub authorization_servers: Vec<String>,
    /// The scopes that it knows.
    pub scopes_supported: Vec<String>,
}
