//! SHA-256 ([FIPS 180-4](https://doi.org/10.6028/NIST.FIPS.180-4)).

use sha2::{Digest as _, Sha256};
use zeroize::Zeroize as _;

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
