//! Proof Key for Code Exchange ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)), S256 only.

use alloc::string::String;

use crate::proto::syntax::base64url::base64url;
use crate::proto::syntax::digest::sha256;
use crate::proto::syntax::secret::CodeVerifier;

/// A code verifier of 43 characters from 32 random octets
/// ([RFC 7636, 4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1)).
pub fn code_verifier(random: &[u8; 32]) -> CodeVerifier {
    CodeVerifier::new(base64url(random))
}

/// The S256 code challenge ([RFC 7636, 4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2)).
pub fn code_challenge(verifier: &CodeVerifier) -> String {
    base64url(&sha256(verifier.expose().as_bytes()))
}
