//! What the shell reports about an HTTP exchange with the authorization server.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use zeroize::Zeroizing;

use crate::proto::syntax::date;
use crate::proto::syntax::text::cut;

/// A complete answer of the authorization server, its body wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The `Content-Type` field, if readable.
    pub content_type: Option<String>,
    /// The `Date` field, if readable.
    pub date: Option<String>,
    /// The `Retry-After` field, if readable.
    pub retry_after: Option<String>,
    /// The `WWW-Authenticate` field, if readable.
    pub challenge: Option<String>,
    /// The `DPoP-Nonce` field, if readable.
    pub dpop_nonce: Option<String>,
    /// The body, at most [`MAX_BODY`] bytes.
    pub body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// Whether the body claims to be JSON (parameters allowed, compared without case).
    pub fn is_json(&self) -> bool {
        self.is_of_type("application/json")
    }

    /// Whether the body claims to be a form.
    pub fn is_form(&self) -> bool {
        self.is_of_type("application/x-www-form-urlencoded")
    }

    fn is_of_type(&self, wanted: &str) -> bool {
        let media_type = cut(self.content_type.as_deref().unwrap_or_default(), b';').0;
        media_type.trim_ascii().eq_ignore_ascii_case(wanted)
    }

    /// The pause the server asked for, in milliseconds, at most an hour.
    pub fn retry_after_ms(&self, unix_ms: u64) -> Option<u64> {
        Some(retry_after_ms(self.retry_after.as_deref()?, self.date.as_deref(), unix_ms)?.min(LONGEST_PAUSE_MS))
    }

    /// How far the server's clock is ahead of ours, in milliseconds, if it says what time it was between `sent` and
    /// `received`; differences that the way there and back explains are none.
    pub fn clock_skew(&self, sent: u64, received: u64) -> Option<i64> {
        let at = date::parse(self.date.as_deref()?)?;
        let (ahead, behind) = (at.saturating_sub(received), sent.saturating_sub(at.saturating_add(999)));
        i64::try_from(ahead).ok()?.checked_sub_unsigned(behind)
    }
}

/// The pause that a `Retry-After` field asks for, in milliseconds: seconds or a date
/// ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)). A date is compared with the server's own
/// `date` where that is readable, else with our clock.
pub fn retry_after_ms(field: &str, date: Option<&str>, unix_ms: u64) -> Option<u64> {
    let field = field.trim_ascii();
    if !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(field.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(1_000));
    }
    Some(date::parse(field)?.saturating_sub(date.and_then(date::parse).unwrap_or(unix_ms)))
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

/// No answer of an authorization server is larger than this, in bytes.
pub const MAX_BODY: usize = 1 << 20;

const LONGEST_PAUSE_MS: u64 = 3_600_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_type_is_compared_without_case_and_parameters() {
        let is_json = |value: Option<&str>| {
            let content_type = value.map(Into::into);
            Answer {
                status: 200,
                content_type,
                date: None,
                retry_after: None,
                challenge: None,
                dpop_nonce: None,
                body: Vec::new().into(),
            }
            .is_json()
        };
        assert!(is_json(Some("application/json")) && is_json(Some("Application/JSON ; charset=utf-8")));
        assert!(!is_json(Some("text/html")) && !is_json(Some("application/json5")) && !is_json(None));
    }

    fn at(date: &str) -> Answer {
        Answer {
            status: 200,
            content_type: None,
            date: Some(date.into()),
            retry_after: None,
            challenge: None,
            dpop_nonce: None,
            body: Vec::new().into(),
        }
    }

    #[test]
    fn pauses_are_seconds_or_dates() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let unix_ms = 784_111_770_000;
        for (field, own, expected) in [
            ("3", None, Some(3_000)),
            (" 3 ", Some(date), Some(3_000)),
            ("99999999999999999999", None, Some(u64::MAX)),
            (date, None, Some(7_000)),
            (date, Some("Sun, 06 Nov 1994 08:49:35 GMT"), Some(2_000)),
            (date, Some("nonsense"), Some(7_000)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", None, Some(0)),
            ("+3", None, None),
            ("-3", None, None),
            ("3.5", None, None),
            ("", None, None),
        ] {
            assert_eq!(retry_after_ms(field, own, unix_ms), expected, "{field} at {own:?}");
        }
    }

    #[test]
    fn skew_is_what_the_way_does_not_explain() {
        let noon = 784_111_777_000;
        let answer = at("Sun, 06 Nov 1994 08:49:37 GMT");
        for (sent, received, expected) in [
            (noon, noon, 0),
            (noon - 400, noon + 400, 0),
            (noon + 999, noon + 1_500, 0),
            (noon - 60_000, noon - 59_000, 59_000),
            (noon + 60_999, noon + 61_500, -60_000),
        ] {
            assert_eq!(answer.clock_skew(sent, received), Some(expected), "{sent} to {received}");
        }
        assert_eq!(at("yesterday").clock_skew(noon, noon), None);
    }
}
