//! Scopes and tokens, as their grammar has them.

use alloc::string::String;

use super::text::{parts, trim_end};

/// Whether `scope` follows the grammar of
/// [RFC 6749, 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3).
pub fn is_scope(scope: &str) -> bool {
    let token = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    parts(scope, b' ').all(token)
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`, so that a token can't break a header
/// ([RFC 6750, 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
pub fn is_token68(token: &str) -> bool {
    let body = trim_end(token, b'=');
    !body.is_empty() && body.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b))
}

/// The scopes of both, each once, in their order.
pub fn union(mut all: String, more: &str) -> String {
    for value in parts(more, b' ') {
        // Some servers answer with commas between.
        if !value.is_empty() && !value.contains(',') && !parts(&all, b' ').any(|known| known == value) {
            if !all.is_empty() {
                all.push(' ');
            }
            all.push_str(value);
        }
    }
    all
}

/// Whether `scope` has `value` in it.
pub fn includes(scope: &str, value: &str) -> bool {
    parts(scope, b' ').any(|one| one == value)
}
