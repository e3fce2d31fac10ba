//! application/x-www-form-urlencoded, for queries and request bodies
//! ([RFC 6749, Appendix B](https://www.rfc-editor.org/rfc/rfc6749#appendix-B)).

use alloc::string::String;
use alloc::vec::Vec;

use form_urlencoded::{Serializer, parse};

/// The pairs of a query, a fragment or a body, in their order.
#[inline(never)]
pub fn read(text: &str) -> Vec<(String, String)> {
    parse(text.as_bytes()).into_owned().collect()
}

/// Encodes `pairs`, without those that have no value.
#[inline(never)]
pub fn write(pairs: &[(&str, &str)]) -> String {
    let mut out = Serializer::new(String::with_capacity(CAPACITY));
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        out.append_pair(name, value);
    }
    out.finish()
}

/// Enough for a long token, so that no copy of it is left behind while the text grows.
const CAPACITY: usize = 4_096;
