//! What a page may know of the session.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a page may know of the session. Never a token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Session<C = Claims> {
    /// The granted scope, space-separated (RFC 6749, 3.3).
    pub scope: String,
    /// When the access token expires, in milliseconds since 1970; `None` if the server doesn't say.
    pub expires_at: Option<f64>,
    /// The claims of the ID token, if `openid` was asked for.
    pub claims: Option<C>,
}

/// Claims of an ID token whose issuer, audience, times and nonce were checked (OpenID Connect Core 2). Any type that serde can read will do
/// in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Claims {
    /// The issuer.
    pub iss: String,
    /// The user, as the issuer knows them.
    pub sub: String,
    /// Whom the ID token is for.
    pub aud: Audience,
    /// When the ID token ends, in seconds since 1970.
    pub exp: f64,
    /// When it was issued, in seconds since 1970.
    pub iat: f64,
    /// All other claims.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Whom an ID token is for: this client, and maybe others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// This client.
    One(String),
    /// This client and those of `trustedAudiences`.
    Several(Vec<String>),
}

/// What a sign-in brought back.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Arrival {
    /// Where the application wanted to go on: a path of its own origin.
    pub return_to: Option<String>,
    /// The application's own data.
    pub app_state: Value,
    /// This is a popup that was asked to close itself, and may be there still: tell the person that they can close it.
    pub popup: bool,
    /// The user is back from a sign-out at the server.
    pub signed_out: bool,
}
