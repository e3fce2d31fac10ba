//! What the shell reports about an HTTP exchange with the authorization server.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use super::text::cut;

/// A complete answer of the authorization server, its body wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The `Content-Type` field, if readable.
    pub content_type: Option<String>,
    /// The `Retry-After` field, if readable.
    pub retry_after: Option<String>,
    /// The body, at most [`MAX_BODY`] bytes.
    pub body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// Whether the body claims to be JSON (parameters allowed, compared without case).
    pub fn is_json(&self) -> bool {
        let media_type = cut(self.content_type.as_deref().unwrap_or_default(), b';').0;
        media_type.trim_ascii().eq_ignore_ascii_case("application/json")
    }

    /// The pause the server asked for, in milliseconds: the seconds form of
    /// [RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3), at most an hour.
    pub fn retry_after_ms(&self) -> Option<u64> {
        let seconds: u64 = self.retry_after.as_deref()?.trim_ascii().parse().ok()?;
        Some(seconds.min(MAX_RETRY_AFTER_S) * 1_000)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// No answer of an authorization server is larger than this, in bytes.
pub const MAX_BODY: usize = 1 << 20;

const MAX_RETRY_AFTER_S: u64 = 3_600;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_type_is_compared_without_case_and_parameters() {
        let is_json = |value: Option<&str>| {
            Answer { status: 200, content_type: value.map(Into::into), retry_after: None, body: Vec::new().into() }
                .is_json()
        };
        assert!(is_json(Some("application/json")) && is_json(Some("Application/JSON ; charset=utf-8")));
        assert!(!is_json(Some("text/html")) && !is_json(Some("application/json5")) && !is_json(None));
    }
}
