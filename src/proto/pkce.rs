//! Proof Key for Code Exchange ([RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)), S256 only.

use alloc::string::String;
use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroize as _;

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

/// SHA-256. Leaves nothing of `bytes` on the stack, which is memory that lasts in WebAssembly.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = digest(bytes);
    wipe_stack();
    digest
}

// In a frame of its own, which is where the next call's will be.
#[inline(never)]
fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Overwrites what the call before left behind: more than hashing takes.
#[inline(never)]
fn wipe_stack() {
    let mut used = [0xff_u8; 2048];
    used.zeroize();
}

/// base64url without padding ([RFC 4648, 5](https://www.rfc-editor.org/rfc/rfc4648#section-5)).
pub fn base64url(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for digit in 0..=chunk.len() {
            out.push(char::from(ALPHABET[(word >> (18 - 6 * digit)) as usize & 63]));
        }
    }
    out
}

/// Reads base64url, strictly: no padding, no other character, no stray bits.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut word, mut bits) = (0, 0);
    for byte in text.bytes() {
        word = word << 6 | ALPHABET.iter().position(|digit| *digit == byte)? as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
        }
    }
    (bits < 6 && word & ((1 << bits) - 1) == 0).then_some(out)
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
