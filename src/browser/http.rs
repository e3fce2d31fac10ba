//! Calls to the authorization server, made by `http.js`.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::proto::error::Transport;

#[wasm_bindgen(module = "/src/browser/http.js")]
extern "C" {
    /// Posts the form `body`, or gets the document without one. The promise resolves to
    /// `[status, contentType, date, retryAfter, body, dpopNonce]`; what has no answer resolves to one of the numbers that
    /// [`transport`] reads.
    /// `proof` is a promise of the `DPoP` field, or undefined.
    pub(super) fn send(url: &str, body: Option<&str>, timeout_ms: f64, limit: u32, proof: JsValue) -> JsValue;
}

/// The failure that a status stands for which no server sends.
pub(super) fn transport(status: u16) -> Option<Transport> {
    match status {
        0 => Some(Transport::Network),
        1 => Some(Transport::Timeout),
        2 => Some(Transport::TooLarge),
        3 => Some(Transport::KeyLost),
        _ => None,
    }
}
