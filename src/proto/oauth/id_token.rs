//! The checks an ID token's claims must pass
//! ([OpenID Connect Core 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).
//!
//! The claims are checked here; the signature by the shell, with the key that [`crate::proto::oauth::jwk`] chooses.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::proto::error::{Error, InvalidResponse};
use crate::proto::syntax::base64url::{base64url, from_base64url};
use crate::proto::syntax::digest::sha256;
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::secret::Nonce;
use crate::proto::syntax::text::parts;

/// What an ID token has to match.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The issuer, compared exactly.
    pub issuer: &'a str,
    /// The client that must be among the audiences.
    pub client_id: &'a str,
    /// The other audiences that are trusted.
    pub audiences: &'a [String],
    /// The `nonce` that was sent; at a refresh none is demanded.
    pub nonce: Option<&'a str>,
    /// `max_age` of the request, in seconds.
    pub max_age: Option<u64>,
    /// What the first ID token said, at a refresh.
    pub anchor: Option<&'a Anchor>,
    /// The access token that came with it.
    pub access_token: Option<&'a str>,
    /// Whether only the best signatures are good enough
    /// ([FAPI 2.0, 5.4.1](https://openid.net/specs/fapi-security-profile-2_0.html)).
    pub strict: bool,
    /// Wall-clock milliseconds.
    pub unix_ms: u64,
}

/// What later ID tokens of the same session are compared with
/// ([OpenID Connect Core 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchor {
    nonce: Option<Nonce>,
    auth_time: Option<u64>,
    iat: u64,
}

/// A compact ID token as a signature sees it ([RFC 7515, 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// `alg` of the header.
    pub algorithm: String,
    /// `kid` of the header.
    pub kid: Option<String>,
    /// What was signed: header and claims as they were sent.
    pub input: String,
    /// The signature.
    pub signature: Vec<u8>,
}

impl Signed {
    /// Takes a compact ID token apart. What its header says of keys is not looked at (IDT-6).
    ///
    /// # Errors
    /// [`InvalidResponse::IdToken`].
    pub fn parse(id_token: &str) -> Result<Self, Error> {
        let (header, _) = decode(id_token).ok_or_else(|| wrong("it is not a compact JWT"))?;
        let algorithm = header.string("alg").filter(|algorithm| ALGORITHMS.contains(algorithm));
        let algorithm = algorithm.ok_or_else(|| wrong("alg"))?.to_owned();
        let end = id_token.rfind('.').unwrap_or_default();
        let (input, signature) = (id_token[..end].to_owned(), from_base64url(&id_token[end + 1..]).unwrap_or_default());
        Ok(Self { algorithm, kid: header.string("kid").map(str::to_owned), input, signature })
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// The claims of an ID token that passed.
#[derive(Clone, Debug, PartialEq)]
pub struct Claims {
    /// The subject.
    pub subject: String,
    /// What the application may see, as JSON text.
    pub json: String,
    /// The authentication context, if the server names it.
    pub acr: Option<String>,
    /// What later ID tokens are compared with.
    pub anchor: Anchor,
}

impl Claims {
    /// Checks a compact ID token and takes its claims.
    ///
    /// # Errors
    /// [`InvalidResponse::IdToken`] with the claim that is wrong.
    pub fn parse(id_token: &str, expected: &Expected<'_>) -> Result<Self, Error> {
        let (header, mut claims) = decode(id_token).ok_or_else(|| wrong("it is not a compact JWT"))?;
        let algorithms: &[&str] = if expected.strict { &STRICT } else { &ALGORITHMS };
        let algorithm = header.string("alg").unwrap_or_default();
        check(algorithms.contains(&algorithm), "alg")?;
        check(header.member("crit").is_none(), "crit")?;
        check(claims.string("iss") == Some(expected.issuer), "iss")?;
        check_audience(&claims, expected)?;
        check(claims.member("azp").is_none_or(|azp| azp.as_str() == Some(expected.client_id)), "azp")?;
        check_times(&claims, expected)?;
        if let Some(nonce) = expected.nonce {
            check(claims.string("nonce") == Some(nonce), "nonce")?;
        }
        check(is_hash(&claims, algorithm, expected.access_token), "at_hash")?;
        let anchor = Anchor {
            nonce: claims.string("nonce").map(Nonce::new),
            auth_time: claims.member("auth_time").and_then(Value::as_seconds),
            iat: claims.member("iat").and_then(Value::as_seconds).unwrap_or_default(),
        };
        if let Some(first) = expected.anchor {
            check(anchor.nonce.is_none() || anchor.nonce == first.nonce, "nonce")?;
            let same_time =
                anchor.auth_time.is_none() || first.auth_time.is_none() || anchor.auth_time == first.auth_time;
            check(same_time, "auth_time")?;
            check(anchor.iat.saturating_add(LEEWAY_S) >= first.iat, "iat")?;
        }
        let subject = claims.string("sub").filter(|sub| !sub.is_empty() && sub.len() <= 255 && sub.is_ascii());
        let subject = subject.ok_or_else(|| wrong("sub"))?;
        let subject = subject.to_owned();
        let acr = claims.string("acr").map(str::to_owned);
        claims.remove(&HIDDEN);
        Ok(Self { subject, json: claims.to_json(), acr, anchor })
    }
}

fn wrong(claim: &'static str) -> Error {
    Error::InvalidResponse(InvalidResponse::IdToken(claim))
}

fn check(passed: bool, claim: &'static str) -> Result<(), Error> {
    passed.then_some(()).ok_or_else(|| wrong(claim))
}

fn decode(id_token: &str) -> Option<(Object, Object)> {
    if id_token.len() > MAX_ID_TOKEN {
        return None;
    }
    let mut parts = parts(id_token, b'.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || signature.is_empty() || from_base64url(signature).is_none() {
        return None;
    }
    Some((Object::parse(&from_base64url(header)?)?, Object::parse(&from_base64url(claims)?)?))
}

/// The client has to be meant, and nobody else who isn't trusted (point 3).
fn check_audience(claims: &Object, expected: &Expected<'_>) -> Result<(), Error> {
    let audiences = match claims.member("aud") {
        Some(Value::String(audience)) => Some([audience.as_str()].into()),
        Some(member) => member.as_strings(),
        None => None,
    };
    let audiences = audiences.unwrap_or_default();
    check(audiences.contains(&expected.client_id), "aud")?;
    let is_trusted = |audience: &&str| expected.audiences.iter().any(|trusted| trusted == audience);
    check(audiences.iter().all(|audience| *audience == expected.client_id || is_trusted(audience)), OTHERS)
}

/// Whether `at_hash`, if there, is the left half of the access token's hash
/// ([OpenID Connect Core 3.1.3.6](https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken)); it is optional, and
/// looked at where the algorithm's hash is SHA-256.
fn is_hash(claims: &Object, algorithm: &str, access_token: Option<&str>) -> bool {
    match (claims.member("at_hash"), access_token) {
        (Some(hash), Some(token)) if algorithm.ends_with("256") => {
            hash.as_str() == Some(&base64url(&sha256(token.as_bytes())[..16]))
        }
        _ => true,
    }
}

fn check_times(claims: &Object, expected: &Expected<'_>) -> Result<(), Error> {
    let now = expected.unix_ms / 1_000;
    let time = |name| claims.member(name).and_then(Value::as_seconds);
    check(time("exp").is_some_and(|exp| exp.saturating_add(LEEWAY_S) > now), "exp")?;
    check(time("iat").is_some_and(|iat| iat <= now.saturating_add(LEEWAY_S)), "iat")?;
    check(claims.member("nbf").is_none() || time("nbf").is_some_and(|nbf| nbf <= now.saturating_add(LEEWAY_S)), "nbf")?;
    match expected.max_age {
        Some(max_age) => check(
            time("auth_time").is_some_and(|at| at.saturating_add(max_age).saturating_add(LEEWAY_S) >= now),
            "auth_time",
        ),
        None => Ok(()),
    }
}

/// Signatures that only the issuer can make (IDT-7).
const ALGORITHMS: [&str; 11] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];

/// Those of FAPI 2.0.
const STRICT: [&str; 4] = ["PS256", "ES256", "EdDSA", "Ed25519"];

/// Claims that only serve the protocol.
const HIDDEN: [&str; 4] = ["nonce", "at_hash", "c_hash", "s_hash"];

const OTHERS: &str = "aud has others besides this client; if they are trusted, name them in trustedAudiences";
/// A longer ID token is nobody's, in bytes.
const MAX_ID_TOKEN: usize = 65_536;
/// Clocks may differ by this many seconds.
const LEEWAY_S: u64 = 120;
