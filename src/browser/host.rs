//! The object through which the shell reaches the script that loaded it.

use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// What the loading script provides. Errors, events and records cross as JSON text.
    #[derive(Clone)]
    pub type Host;

    /// Lets waiting requests go, in this order, with the token of `generation`.
    #[wasm_bindgen(method)]
    pub fn release(this: &Host, ids: &[u32], generation: u32);

    /// Settles waiting requests with an error.
    #[wasm_bindgen(method)]
    pub fn reject(this: &Host, ids: &[u32], error: &str);

    /// Tells everybody who listens.
    #[wasm_bindgen(method)]
    pub fn emit(this: &Host, event: &str);

    /// Keeps the record of a pending sign-in; resolves when it is safe to navigate.
    #[wasm_bindgen(method)]
    pub fn keep(this: &Host, key: &str, record: &str) -> Promise;

    /// Takes a record out for good; resolves to it, or to `undefined`.
    #[wasm_bindgen(method)]
    pub fn take(this: &Host, key: &str) -> Promise;

    /// Removes all records.
    #[wasm_bindgen(method)]
    pub fn forget(this: &Host);
}
