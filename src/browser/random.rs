//! Randomness from WebCrypto.

use rand::TryRng as _;
use rand::rngs::SysRng;

/// Fresh random bytes; `None` where the platform has no source of them.
pub(super) fn bytes<const N: usize>() -> Option<[u8; N]> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).ok()?;
    Some(bytes)
}
