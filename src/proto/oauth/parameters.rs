//! Parameters of requests that a browser carries in a URL.

use alloc::string::String;

/// `endpoint` with one more query at its end.
pub fn with_query(endpoint: &str, query: &str) -> String {
    [endpoint, if endpoint.contains('?') { "&" } else { "?" }, query].concat()
}

/// Whether a parameter is the library's own, so that nobody else may set it (AUTHZ-8).
pub fn is_owned(name: &str) -> bool {
    OWNED.contains(&name)
}

const OWNED: [&str; 17] = [
    "client_id",
    "client_secret",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "dpop_jkt",
    "grant_type",
    "nonce",
    "redirect_uri",
    "request",
    "request_uri",
    "resource",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "username",
];
