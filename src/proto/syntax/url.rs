//! A reader for URLs that a browser has already parsed and written out again.
//!
//! The shell hands in `new URL(...).href`. What is not in that canonical form is refused here, so a string that
//! skipped the browser's parser can't slip through with a trick in it.

use crate::proto::syntax::text::{cut, parts, trim_end};

/// An absolute `http` or `https` URL in canonical form, without user information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    /// Whether the scheme is `https`.
    pub secure: bool,
    /// Scheme, host and port: what must be equal for two URLs to share an origin.
    pub origin: &'a str,
    /// The host, in brackets if it is an IPv6 address.
    pub host: &'a str,
    /// The path, which starts with a slash.
    pub path: &'a str,
    /// What follows `?`, if anything.
    pub query: Option<&'a str>,
    /// What follows `#`, if anything.
    pub fragment: Option<&'a str>,
}

impl<'a> Url<'a> {
    /// Reads `href`; `None` for anything a browser would have written in another way.
    pub fn parse(href: &'a str) -> Option<Self> {
        let secure = href.starts_with("https://");
        let rest = href.strip_prefix(if secure { "https://" } else { "http://" })?;
        let start = href.len() - rest.len();
        let end = start + rest.bytes().position(|b| matches!(b, b'/' | b'?' | b'#')).unwrap_or(rest.len());
        let host = host(&href[start..end], if secure { "443" } else { "80" })?;
        let (before_fragment, fragment) = cut(&href[end..], b'#');
        let (path, query) = cut(before_fragment, b'?');
        let canonical =
            href.bytes().all(|b| b.is_ascii_graphic()) && path.starts_with('/') && !path.bytes().any(|b| b == b'\\');
        canonical.then_some(Self { secure, origin: &href[..end], host, path, query, fragment })
    }

    /// Whether the host is an address of a private network or of this machine, or one that only such a network knows.
    /// An address that a browser would have written in another way counts as one.
    pub fn is_private(&self) -> bool {
        let host = trim_end(self.host, b'.');
        if let Some(address) = host.strip_prefix('[') {
            return ["::", "fc", "fd", "fe8", "fe9", "fea", "feb"].iter().any(|start| address.starts_with(start));
        }
        let last = parts(host, b'.').last().unwrap_or_default();
        if !last.starts_with(|c: char| c.is_ascii_digit()) {
            return self.is_loopback() || last == "localhost" || last == "local" || last == "internal";
        }
        octets(host).is_none_or(|octets| match octets {
            [0 | 10 | 127, ..] | [169, 254, ..] | [192, 168, ..] => true,
            [100, second, ..] => second & 0xc0 == 64,
            [172, second, ..] => second & 0xf0 == 16,
            _ => false,
        })
    }

    /// Whether the host can only be this machine.
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.host == "[::1]"
            || self.host.strip_prefix("127.").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
    }
}

/// The numbers of an IPv4 address as browsers write it.
fn octets(host: &str) -> Option<[u8; 4]> {
    let mut octets = [0; 4];
    let mut numbers = parts(host, b'.');
    for octet in &mut octets {
        let text = numbers.next()?;
        let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text.len() == 1 || !text.starts_with('0'));
        *octet = text.parse().ok().filter(|_| plain)?;
    }
    numbers.next().is_none().then_some(octets)
}

/// The host of `authority`, if that is lower case, has no user information and no needless port.
fn host<'a>(authority: &'a str, default_port: &str) -> Option<&'a str> {
    let (address, after) = cut(authority, b']');
    let (host, port) = match after {
        Some("") => (authority, None),
        Some(after) => (&authority[..address.len() + 1], Some(after.strip_prefix(':')?)),
        None => cut(authority, b':'),
    };
    let host_ok = if let Some(address) = address.strip_prefix('[') {
        after.is_some() && address.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b':'))
    } else {
        host.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_'))
    };
    let port_ok = port.is_none_or(|port| {
        !port.is_empty() && !port.starts_with('0') && port != default_port && port.parse::<u16>().is_ok()
    });
    (host_ok && port_ok && !host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_urls_come_apart() {
        let url = Url::parse("https://api.example.com:8443/v1/a%20b?x=1?y#f?g").expect("a URL");
        assert!(url.secure);
        assert_eq!(url.origin, "https://api.example.com:8443");
        assert_eq!(url.host, "api.example.com");
        assert_eq!(url.path, "/v1/a%20b");
        assert_eq!(url.query, Some("x=1?y"));
        assert_eq!(url.fragment, Some("f?g"));
    }

    #[test]
    fn what_a_browser_writes_otherwise_is_refused() {
        for href in [
            "",
            "/x",
            "//evil/",
            "ftp://a/",
            "javascript:alert(1)",
            "https:/a/",
            "https://",
            "https:///x",
            "HTTPS://a/",
            "https://a",
            "https://A/",
            "https://a:443/",
            "http://a:80/",
            "https://a:/",
            "https://a:0443/",
            "https://a:99999/",
            "https://a:8x/",
            "https://u@a/",
            "https://u:p@a/",
            "https://api@evil/",
            "https://a\\@evil/",
            "https://a/\\x",
            "https://a/ x",
            "https://a/\tx",
            "https://a/\nx",
            "https://é/",
            "https://a%2eb/",
            "https://[::1/",
            "https://[::G]/",
            "https://a?x",
            "https://a#x",
        ] {
            assert_eq!(Url::parse(href), None, "{href}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (href, loopback) in [
            ("http://localhost/", true),
            ("http://app.localhost:1/", true),
            ("http://127.0.0.1/", true),
            ("http://127.8.9.1:8080/", true),
            ("http://[::1]:3000/", true),
            ("http://127.evil.com/", false),
            ("http://localhost.evil.com/", false),
            ("http://notlocalhost/", false),
            ("http://10.0.0.1/", false),
            ("http://[::2]/", false),
        ] {
            assert_eq!(Url::parse(href).map(|url| url.is_loopback()), Some(loopback), "{href}");
        }
    }
}
