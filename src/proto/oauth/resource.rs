//! Which requests may carry the access token: the list of resource servers.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::string::String;

use crate::proto::syntax::text::{cut, parts, trim_end};
use crate::proto::syntax::url::Url;

/// A resource server the token may go to: an origin and a path that covers whole segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceServer {
    origin: String,
    path: String,
    /// What tokens for it are asked for with ([RFC 8707, 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
    pub resource: Option<String>,
    /// The scope of tokens for it, if not all that was granted.
    pub scope: Option<String>,
}

impl ResourceServer {
    /// Reads a base URL in canonical form. `None` if it isn't one, has a query or fragment, or is plain http and
    /// not a loopback address under `allow_loopback`.
    pub fn parse(href: &str, allow_loopback: bool) -> Option<Self> {
        let url = Url::parse(href)?;
        let plain = url.query.is_none() && url.fragment.is_none() && !climbs(url.path);
        (plain && is_safe(&url, allow_loopback)).then(|| Self {
            origin: url.origin.to_owned(),
            path: trim_end(url.path, b'/').to_owned(),
            resource: None,
            scope: None,
        })
    }

    /// The base URL, without a slash at its end.
    pub fn href(&self) -> String {
        [self.origin.as_str(), &self.path].concat()
    }

    /// Whether it has the same origin as another one.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.origin == other.origin
    }

    /// Whether a request to `url` stays inside this resource server (USE-3, USE-5).
    pub fn covers(&self, url: &Url<'_>) -> bool {
        let Some(below) = url.path.strip_prefix(self.path.as_str()) else { return false };
        url.origin == self.origin && (below.is_empty() || below.starts_with('/')) && !climbs(below)
    }
}

/// Whether a token may travel to this URL: https, or http that can't leave the machine where that is allowed.
pub fn is_safe(url: &Url<'_>, allow_loopback: bool) -> bool {
    url.secure || (allow_loopback && url.is_loopback())
}

/// Whether a server that decodes the path could find a `..` in it. Browsers have removed the plain ones; what is
/// left hides behind percent-encoding, once or several times.
pub(in crate::proto) fn climbs(path: &str) -> bool {
    let mut text = Cow::Borrowed(path);
    for _ in 0..MAX_ENCODINGS {
        if parts(&text, b'/').flat_map(|segment| parts(segment, b'\\')).any(is_dots) {
            return true;
        }
        if cut(&text, b'%').1.is_none() {
            return false;
        }
        let decoded = decode(&text);
        if decoded == *text {
            return false;
        }
        text = Cow::Owned(decoded);
    }
    true
}

fn is_dots(segment: &str) -> bool {
    let (name, _) = cut(segment, b';');
    name == "." || name == ".."
}

/// Decodes percent-encoded ASCII; anything else can't become a dot or a slash and stays.
fn decode(text: &str) -> String {
    let (plain, mut rest) = cut(text, b'%');
    let mut out = plain.to_owned();
    while let Some(encoded) = rest {
        let ascii = encoded.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(u8::is_ascii);
        out.push(ascii.map_or('%', char::from));
        let (plain, next) = cut(&encoded[if ascii.is_some() { 2 } else { 0 }..], b'%');
        out.push_str(plain);
        rest = next;
    }
    out
}

/// A path that is still encoded after this many rounds is refused rather than understood.
const MAX_ENCODINGS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(base: &str, href: &str) -> bool {
        let server = ResourceServer::parse(base, false).expect("a resource server");
        Url::parse(href).is_some_and(|url| server.covers(&url))
    }

    #[test]
    fn only_the_same_origin_is_covered() {
        for (href, expected) in [
            ("https://api.example/", true),
            ("https://api.example/v1?q=https://evil.example/#x", true),
            ("https://api.example:8443/", false),
            ("http://api.example/", false),
            ("https://www.api.example/", false),
            ("https://api.example.evil.com/", false),
            ("https://api.example@evil.com/", false),
            ("https://evil.com/api.example/", false),
            ("https://xn--pi-7ka.example/", false),
        ] {
            assert_eq!(covered("https://api.example/", href), expected, "{href}");
        }
    }

    #[test]
    fn paths_are_compared_by_whole_segments() {
        for (path, expected) in [
            ("/app", true),
            ("/app/", true),
            ("/app/x", true),
            ("/app?x", true),
            ("/app/a%2Fb", true),
            ("/app/a..b", true),
            ("/app/%E2%82%AC", true),
            ("/apple", false),
            ("/App", false),
            ("/", false),
            ("/app%2f..", false),
            ("/app/%2e%2e/x", false),
            ("/app/..%2fx", false),
            ("/app/%2e%2e%2fx", false),
            ("/app/x%5c..%5cy", false),
            ("/app/%252e%252e%252fx", false),
            ("/app/..;a/x", false),
            ("/app/%25252525252e", false),
            ("/app%", false),
        ] {
            assert_eq!(covered("https://api.example/app", &format!("https://api.example{path}")), expected, "{path}");
            assert_eq!(covered("https://api.example/app/", &format!("https://api.example{path}")), expected, "{path}");
        }
    }

    #[test]
    fn bad_resource_servers_are_refused() {
        for (href, loopback, expected) in [
            ("https://api.example/v1/", false, true),
            ("http://127.0.0.1:8080/", true, true),
            ("http://127.0.0.1:8080/", false, false),
            ("http://api.example/", true, false),
            ("https://api.example/?a=b", false, false),
            ("https://api.example/#a", false, false),
            ("https://api.example", false, false),
            ("*", false, false),
            ("https://*/", false, false),
        ] {
            assert_eq!(ResourceServer::parse(href, loopback).is_some(), expected, "{href}");
        }
    }
}
