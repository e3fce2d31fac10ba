//! Proof Key for Code Exchange ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)), S256 only.

use alloc::string::String;
use alloc::vec::Vec;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use sha2::{Digest as _, Sha256};

use super::secret::CodeVerifier;

/// A code verifier of 43 characters from 32 random octets
/// ([RFC 7636, 4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1)).
pub fn code_verifier(random: &[u8; 32]) -> CodeVerifier {
    CodeVerifier::new(base64url(random))
}

/// The S256 code challenge ([RFC 7636, 4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2)).
pub fn code_challenge(verifier: &CodeVerifier) -> String {
    base64url(&sha256(verifier.expose().as_bytes()))
}

/// base64url without padding.
pub fn base64url(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// Reads base64url without padding, strictly.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// SHA-256.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
