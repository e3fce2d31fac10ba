//! The issuer's keys ([RFC 7517](https://www.rfc-editor.org/rfc/rfc7517)) and which of them an ID token is checked with.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::syntax::base64url::from_base64url;
use crate::proto::syntax::json::{Object, Value};

/// The public signature keys of an issuer.
#[derive(Clone, Debug, PartialEq)]
pub struct KeySet(Vec<Object>);

/// Why no key was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoKey {
    /// None fits; the issuer may have changed its keys meanwhile.
    Missing,
    /// Several fit, and trying them one after the other is not safe.
    Ambiguous,
}

impl KeySet {
    /// Reads a key set. Keys of unknown kinds are left alone ([RFC 7517, 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
    pub fn parse(document: &Object) -> Option<Self> {
        let Some(Value::Array(keys)) = document.member("keys") else { return None };
        let objects = keys.iter().take(MOST_KEYS).filter_map(|key| match key {
            Value::Object(key) => Some(key.clone()),
            _ => None,
        });
        Some(Self(objects.collect()))
    }

    /// The key for a token whose header names `algorithm` and perhaps `kid`, as a JWK of public members only.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn choose(&self, algorithm: &str, kid: Option<&str>) -> Result<String, NoKey> {
        let fitting = self.0.iter().filter(|key| fits(key, algorithm));
        let named = |key: &&Object| kid.is_some() && key.string("kid") == kid;
        let by_name: Vec<_> = fitting.clone().filter(named).collect();
        let anonymous = kid.is_none() || self.0.iter().all(|key| key.string("kid").is_none());
        let candidates = if by_name.is_empty() && anonymous { fitting.collect() } else { by_name };
        match candidates[..] {
            [] => Err(NoKey::Missing),
            [key] => Ok(public(key)),
            _ => Err(NoKey::Ambiguous),
        }
    }
}

/// Whether a key is for signatures of this algorithm and strong enough.
fn fits(key: &Object, algorithm: &str) -> bool {
    let Some((kty, curve)) = kind(algorithm) else { return false };
    let purpose = key.member("use").is_none_or(|purpose| purpose.as_str() == Some("sig"));
    let operations = key.member("key_ops").is_none_or(|operations| operations.is_or_has("verify"));
    let named = key.string("alg").map(canonical);
    let strong = kty != "RSA" || key.string("n").and_then(from_base64url).is_some_and(|n| n.len() >= LEAST_MODULUS);
    let same_algorithm = named.is_none_or(|named| named == canonical(algorithm));
    key.string("kty") == Some(kty) && key.string("crv") == curve && purpose && operations && same_algorithm && strong
}

/// Key type and curve of an algorithm ([RFC 7518, 3.1](https://www.rfc-editor.org/rfc/rfc7518#section-3.1),
/// [RFC 8037](https://www.rfc-editor.org/rfc/rfc8037)); `None` for everything a public client can't trust.
fn kind(algorithm: &str) -> Option<(&'static str, Option<&'static str>)> {
    Some(match canonical(algorithm) {
        "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" => ("RSA", None),
        "ES256" => ("EC", Some("P-256")),
        "ES384" => ("EC", Some("P-384")),
        "ES512" => ("EC", Some("P-521")),
        "Ed25519" => ("OKP", Some("Ed25519")),
        _ => return None,
    })
}

/// `EdDSA` is the older name for what is `Ed25519` here ([RFC 9864](https://www.rfc-editor.org/rfc/rfc9864)).
fn canonical(algorithm: &str) -> &str {
    if algorithm == "EdDSA" { "Ed25519" } else { algorithm }
}

fn public(key: &Object) -> String {
    let members = PUBLIC.iter().filter_map(|name| Some((*name, key.string(name)?.to_owned())));
    members.fold(Object::default(), |jwk, (name, value)| jwk.with(name, value.as_str())).to_json()
}

const PUBLIC: [&str; 6] = ["kty", "crv", "x", "y", "n", "e"];
/// 2,048 bits, in octets ([RFC 7518, 3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
const LEAST_MODULUS: usize = 256;
/// More keys than any issuer has.
const MOST_KEYS: usize = 64;
