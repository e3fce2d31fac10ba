//! Readers of plain grammars: what they accept comes out as it went in.

use tokenkeep::proto::oauth::resource::ResourceServer;
use tokenkeep::proto::syntax::base64url;
use tokenkeep::proto::syntax::form::{read, write};
use tokenkeep::proto::syntax::grammar::is_scope;
use tokenkeep::proto::syntax::json::Object;
use tokenkeep::proto::syntax::time::{Clock, Instant};
use tokenkeep::proto::syntax::url::Url;

pub(crate) fn json(bytes: &[u8]) {
    let Some(object) = Object::parse(bytes) else { return };
    assert_eq!(Object::parse(object.to_json().as_bytes()), Some(object), "another value");
}

pub(crate) fn form(text: &str) {
    let mut pairs = read(text);
    pairs.retain(|(_, value)| !value.is_empty());
    let borrowed: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(read(&write(&borrowed)), pairs, "RFC 6749, appendix B");
}

pub(crate) fn base64url(text: &str) {
    if let Some(bytes) = base64url::from_base64url(text) {
        assert_eq!(base64url::base64url(&bytes), text, "written in two ways");
    }
    assert_eq!(base64url::from_base64url(&base64url::base64url(text.as_bytes())).as_deref(), Some(text.as_bytes()));
}

pub(crate) fn scope(text: &str) {
    if is_scope(text) {
        assert!(text.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\'), "RFC 6749, 3.3");
        assert!(text.split(' ').all(|token| !token.is_empty()), "RFC 6749, 3.3");
    }
}

pub(crate) fn url(text: &str) {
    let Some(url) = Url::parse(text) else { return };
    let query = url.query.map(|query| format!("?{query}")).unwrap_or_default();
    let fragment = url.fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    assert_eq!(format!("{}{}{query}{fragment}", url.origin, url.path), text, "something is lost");
    assert!(url.path.starts_with('/') && !url.origin.contains('@') && url.origin.contains(url.host));
    assert_eq!(url.secure, url.origin.starts_with("https://"));
    assert!(text.is_ascii() && !text.contains(' '), "no browser writes this");
}

/// A base URL, a line break, and the URL of a request.
pub(crate) fn resource(text: &str) {
    let (base, href) = text.split_once('\n').unwrap_or((text, text));
    let (Some(server), Some(url)) = (ResourceServer::parse(base, true), Url::parse(href)) else { return };
    if !server.covers(&url) {
        return;
    }
    let inside = Url::parse(base).expect("a URL");
    let folder = inside.path.trim_end_matches('/');
    assert_eq!(inside.origin, url.origin, "USE-3");
    assert!(url.secure || url.is_loopback(), "USE-6");
    let below = url.path.strip_prefix(folder).expect("USE-5");
    assert!(below.is_empty() || below.starts_with('/'), "USE-5: half a segment");
    let mut plain = below.to_ascii_lowercase();
    for _ in 0..6 {
        plain = plain.replace("%25", "%").replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\");
    }
    assert!(!plain.split(['/', '\\']).any(|part| part == ".."), "USE-5: {href}");
}

/// Readings of both clocks, eight bytes each.
pub(crate) fn clock(bytes: &[u8]) {
    let (mut clock, mut last) = (Clock::default(), Instant::default());
    for reading in bytes.chunks_exact(16) {
        let number = |at: usize| u64::from_le_bytes(std::array::from_fn(|index| reading[at + index]));
        let now = clock.advance(number(0), number(8));
        assert!(now.instant >= last && now.unix_ms == number(8), "TOK-18");
        last = now.instant;
    }
}
