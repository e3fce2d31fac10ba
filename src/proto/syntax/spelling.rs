//! Which name was meant by a wrong one. Case, underscores and hyphens make no difference.

use super::text::parts;

/// The first of the nearest of the names that were offered: at most two letters, and half of a short name, make the
/// difference.
pub(in crate::proto) struct Search<'a> {
    wrong: &'a [u8],
    limit: usize,
    pub(in crate::proto) found: Option<&'static str>,
}

impl<'a> Search<'a> {
    pub(in crate::proto) fn new(wrong: &'a str) -> Self {
        Self { wrong: wrong.as_bytes(), limit: MOST.min(wrong.len() / 2) + 1, found: None }
    }

    /// Whether one of `names`, with spaces between, is the wrong one in another spelling.
    pub(in crate::proto) fn is_among(&self, names: &str) -> bool {
        parts(names, b' ').any(|name| is_near(self.wrong, name.as_bytes(), 0))
    }

    pub(in crate::proto) fn offer(&mut self, name: &'static str) {
        while self.limit > 0 && is_near(self.wrong, name.as_bytes(), self.limit - 1) {
            self.limit -= 1;
            self.found = Some(name);
        }
    }
}

/// Whether at most so many letters put in, left out or replaced make `name` of `wrong`.
fn is_near(wrong: &[u8], name: &[u8], most: usize) -> bool {
    match (wrong, name) {
        ([b'_' | b'-', wrong @ ..], _) => is_near(wrong, name, most),
        ([a, wrong @ ..], [b, name @ ..]) if a.eq_ignore_ascii_case(b) => is_near(wrong, name, most),
        ([_, shorter @ ..], [_, rest @ ..]) => {
            most > 0
                && (is_near(shorter, rest, most - 1)
                    || is_near(shorter, name, most - 1)
                    || is_near(wrong, rest, most - 1))
        }
        ([_, shorter @ ..], []) => most > 0 && is_near(shorter, &[], most - 1),
        ([], rest) => rest.len() <= most,
    }
}

const MOST: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest(name: &str, known: &[&'static str]) -> Option<&'static str> {
        let mut search = Search::new(name);
        known.iter().for_each(|known| search.offer(known));
        search.found
    }

    #[test]
    fn the_nearest_name_is_found() {
        let known = ["issuer", "par", "dpop", "redirectUri", "queueLimit", "queueTimeout"];
        for (name, expected) in [
            ("issuer", Some("issuer")),
            ("redirectURI", Some("redirectUri")),
            ("redirect_uri", Some("redirectUri")),
            ("redirect-uri", Some("redirectUri")),
            ("isuser", Some("issuer")),
            ("issuers", Some("issuer")),
            ("ssuer", Some("issuer")),
            ("isser", Some("issuer")),
            ("issuerUrl", None),
            ("queueLimits", Some("queueLimit")),
            ("dpopp", Some("dpop")),
            ("pat", Some("par")),
            ("a", None),
            ("xar", Some("par")),
            ("bat", None),
            ("", None),
            ("__", None),
            ("é", None),
        ] {
            assert_eq!(nearest(name, &known), expected, "{name}");
        }
    }

    #[test]
    fn nearer_beats_earlier() {
        assert_eq!(nearest("abcd", &["abxx", "abcx", "abxd"]), Some("abcx"));
        assert_eq!(nearest("abcd", &["abxx", "abcd", "ab_cd"]), Some("abcd"));
    }
}
