//! Demonstrating Proof of Possession ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)): what a proof says, and the nonces
//! that servers want in it. The shell makes the keys and the signatures.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::syntax::base64url::{base64url, from_base64url};
use crate::proto::syntax::digest::sha256;
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::secret::AccessToken;
use crate::proto::syntax::url::Url;

/// Random bytes that one proof needs, for its `jti`.
pub const JTI_BYTES: usize = 16;

/// The public part of a key pair on the curve P-256, whose private part the shell can use and nobody can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DpopKey {
    x: String,
    y: String,
}

impl DpopKey {
    /// Reads a JWK; members other than `kty`, `crv`, `x` and `y` are not looked at. `None` if it is no such key.
    pub fn parse(jwk: &str) -> Option<Self> {
        let jwk = Object::parse(jwk.as_bytes())?;
        let is_p256 = jwk.string("kty") == Some("EC") && jwk.string("crv") == Some("P-256");
        let coordinate = |name| {
            let text = jwk.string(name)?;
            from_base64url(text).filter(|bytes| is_p256 && bytes.len() == 32).map(|_| text.to_owned())
        };
        Some(Self { x: coordinate("x")?, y: coordinate("y")? })
    }

    /// The name under which the shell knows the key pair.
    pub fn handle(&self) -> &str {
        &self.x
    }

    /// The JWK, with its members in the order of [RFC 7638, 3](https://www.rfc-editor.org/rfc/rfc7638#section-3).
    pub fn to_jwk(&self) -> String {
        self.to_object().to_json()
    }

    /// The thumbprint, which is what a token is bound to
    /// ([RFC 9449, 6.1](https://www.rfc-editor.org/rfc/rfc9449#section-6.1)).
    pub fn thumbprint(&self) -> String {
        base64url(&sha256(self.to_jwk().as_bytes()))
    }

    fn to_object(&self) -> Object {
        Object::default().with("crv", "P-256").with("kty", "EC").with("x", self.x.as_str()).with("y", self.y.as_str())
    }
}

/// The hash of an access token that a proof carries
/// ([RFC 9449, 4.2](https://www.rfc-editor.org/rfc/rfc9449#section-4.2)).
pub fn access_token_hash(token: &AccessToken) -> String {
    base64url(&sha256(token.expose().as_bytes()))
}

/// What a proof is made for.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// The method, as `fetch` was given it.
    pub method: &'a str,
    /// The target in canonical form.
    pub href: &'a str,
    /// The hash of the access token that goes with it, if one does.
    pub ath: Option<&'a str>,
    /// Fresh random bytes.
    pub random: [u8; JTI_BYTES],
    /// Wall-clock milliseconds.
    pub unix_ms: u64,
}

/// What servers have said about proofs: their nonces, and how far their clock is from ours.
#[derive(Clone, Debug, Default)]
pub struct Dpop(Vec<Known>);

/// What is known of one origin.
#[derive(Clone, Debug, Default)]
struct Known {
    origin: String,
    nonce: Option<String>,
    /// How often its nonce has changed.
    turn: u32,
    /// Milliseconds that its clock is ahead, once it refused a proof for that.
    ahead_ms: i64,
}

impl Dpop {
    /// What has to be signed for a proof: its header and claims
    /// ([RFC 9449, 4.2](https://www.rfc-editor.org/rfc/rfc9449#section-4.2)). `None` if the target is no URL.
    pub fn signing_input(&self, key: &DpopKey, occasion: &Occasion<'_>) -> Option<String> {
        let url = Url::parse(occasion.href)?;
        let known = self.0.iter().find(|known| known.origin == url.origin);
        let ahead_ms = known.map_or(0, |known| known.ahead_ms);
        let header =
            Object::default().with("typ", "dpop+jwt").with("alg", "ES256").with("jwk", Value::Object(key.to_object()));
        let claims = Object::default()
            .with("jti", base64url(&occasion.random).as_str())
            .with("htm", sent_method(occasion.method).as_str())
            .with("htu", [url.origin, url.path].concat().as_str())
            .with("iat", occasion.unix_ms.saturating_add_signed(ahead_ms) / 1_000);
        let claims = match occasion.ath {
            Some(ath) => claims.with("ath", ath),
            None => claims,
        };
        let claims = match known.and_then(|known| known.nonce.as_deref()) {
            Some(nonce) => claims.with("nonce", nonce),
            None => claims,
        };
        Some([base64url(header.to_json().as_bytes()), base64url(claims.to_json().as_bytes())].join("."))
    }

    /// Takes note of the `DPoP-Nonce` field in an answer from `href`: the newest counts, for that origin only
    /// ([RFC 9449, 8.2 and 9](https://www.rfc-editor.org/rfc/rfc9449#section-8.2)). One outside its grammar is none.
    pub fn note_nonce(&mut self, href: &str, nonce: &str) {
        if let Some(known) = self.known(href).filter(|known| is_nonce(nonce) && known.nonce.as_deref() != Some(nonce)) {
            known.nonce = Some(nonce.to_owned());
            known.turn += 1;
        }
    }

    /// How often the nonce of the origin of `href` has changed: which one a proof had that was made then.
    pub fn turn(&self, href: &str) -> u32 {
        let origin = Url::parse(href).map_or("", |url| url.origin);
        self.0.iter().find(|known| known.origin == origin).map_or(0, |known| known.turn)
    }

    /// Takes note that the server at `href`, which is `ahead_ms` ahead, refused a proof; whether that could be why.
    pub fn note_clock(&mut self, href: &str, ahead_ms: Option<i64>) -> bool {
        let (Some(known), Some(ahead_ms)) = (self.known(href), ahead_ms) else { return false };
        let news = ahead_ms.abs_diff(known.ahead_ms) >= LEAST_SKEW_MS;
        if news {
            known.ahead_ms = ahead_ms;
        }
        news
    }

    /// What is known of an origin, the newest last.
    fn known(&mut self, href: &str) -> Option<&mut Known> {
        let origin = Url::parse(href)?.origin;
        let at = self.0.iter().position(|known| known.origin == origin);
        let known = match at {
            Some(at) => self.0.remove(at),
            None => Known { origin: origin.to_owned(), ..Known::default() },
        };
        if self.0.len() == MOST_ORIGINS {
            self.0.remove(0);
        }
        self.0.push(known);
        self.0.last_mut()
    }
}

/// The method as it goes over the wire: `fetch` writes these in capitals and leaves others as they are.
fn sent_method(method: &str) -> String {
    let upper = method.to_ascii_uppercase();
    if ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"].contains(&upper.as_str()) {
        upper
    } else {
        method.to_owned()
    }
}

/// `1*NQCHAR` ([RFC 9449, 8.1](https://www.rfc-editor.org/rfc/rfc9449#section-8.1)).
fn is_nonce(nonce: &str) -> bool {
    let allowed = |byte| matches!(byte, b'!' | b'#'..=b'[' | b']'..=b'~');
    !nonce.is_empty() && nonce.len() <= MAX_NONCE && nonce.bytes().all(allowed)
}

/// One request goes out with so many proofs, each with another nonce, at most: a nonce may be good for a few requests only,
/// and as many may want one at once.
pub const MOST_PROOFS: u32 = 16;
const MAX_NONCE: usize = 1_024;
const MOST_ORIGINS: usize = 32;
/// A smaller difference of clocks is not why a proof is refused, in milliseconds.
const LEAST_SKEW_MS: u64 = 5_000;
