//! Signatures, checked by WebCrypto in `verify.js`.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::proto::calls::Signature;

#[wasm_bindgen(module = "/src/browser/verify.js")]
extern "C" {
    /// The promise resolves to one of the numbers that [`signature`] reads.
    pub(super) fn verify(key: &str, algorithm: &str, input: &str, signature: &[u8]) -> JsValue;
}

/// What WebCrypto said.
pub(super) fn signature(outcome: u8) -> Signature {
    match outcome {
        0 => Signature::Forged,
        1 => Signature::Good,
        _ => Signature::Unknown,
    }
}
