//! Calls to the authorization server, made by `http.js`.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::proto::error::Transport;

#[wasm_bindgen(module = "/src/browser/http.js")]
extern "C" {
    #[allow(clippy::too_many_arguments, reason = "a request's parts cross one by one, which is the cheapest way")]
    /// Posts `body`, a form or JSON, with the fields of `headers`, JSON text; or gets the document without one. `proof` is
    /// a promise of the `DPoP` field, or undefined. The promise resolves to
    /// `{ status, type, date, retryAfter, body, nonce }`; what has no answer has one of the statuses that [`transport`] reads.
    /// `watch` is what [`Host::watch`](super::Host::watch) gave, or undefined: nothing is sent, and no answer handed on, once
    /// that tells of a service worker; the document `first`, if any, is got before it is asked.
    pub(super) fn send(
        url: &str,
        body: Option<&str>,
        headers: Option<&str>,
        timeout_ms: f64,
        limit: u32,
        probe: bool,
        proof: JsValue,
        watch: JsValue,
        first: Option<&str>,
    ) -> JsValue;

    /// Gets `url` without reading the body; the promise resolves to `{ status, challenge }`.
    pub(super) fn challenge(url: &str, timeout_ms: f64) -> JsValue;
}

/// The failure that a status stands for which no server sends.
pub(super) fn transport(status: u16) -> Option<Transport> {
    match status {
        0 => Some(Transport::Network),
        1 => Some(Transport::Timeout),
        2 => Some(Transport::TooLarge),
        3 => Some(Transport::KeyLost),
        4 => Some(Transport::Unreadable),
        5 => Some(Transport::ProofBlocked),
        6 => Some(Transport::PolicyBlocked),
        7 => Some(Transport::Intercepted),
        _ => None,
    }
}
