//! The object through which the shell reaches the script that loaded it.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    /// What the loading script provides. Errors, events and records cross as JSON text.
    pub type Host;

    /// Hands what `answer` resolves to over to `Core.answered`, member by member.
    #[wasm_bindgen(method)]
    pub fn answer(this: &Host, flight: u32, answer: JsValue);

    /// Tells everybody who listens.
    #[wasm_bindgen(method)]
    pub fn emit(this: &Host, event: &str);

    /// Removes all records of pending sign-ins.
    #[wasm_bindgen(method)]
    pub fn forget(this: &Host);

    /// Keeps the record of a pending sign-in, and the key pair called `handle` if there is one, then calls `Core.stored(flight)`.
    #[wasm_bindgen(method)]
    pub fn keep(this: &Host, flight: u32, key: &str, record: &str, handle: Option<&str>);

    /// Makes a key pair, or takes the one that was kept, then calls `Core.keyed(flight, jwk)`.
    #[wasm_bindgen(method, js_name = makeKey)]
    pub fn make_key(this: &Host, flight: u32, persist: bool);

    /// Reads a lasting record, then calls `Core.stored(flight, record)`.
    #[wasm_bindgen(method)]
    pub fn recall(this: &Host, flight: u32, key: &str);

    /// Keeps a lasting record.
    #[wasm_bindgen(method)]
    pub fn remember(this: &Host, key: &str, record: &str);

    /// Settles waiting requests with an error.
    #[wasm_bindgen(method)]
    pub fn reject(this: &Host, ids: &[u32], error: &str);

    /// Lets waiting requests go, in this order, with the token of `generation`; if that is negative, the answers that they had stand.
    #[wasm_bindgen(method)]
    pub fn release(this: &Host, ids: &[u32], generation: i32);

    /// Hands audit entries, a JSON array, over: posted to `url`, or to the application's function.
    #[wasm_bindgen(method)]
    pub fn report(this: &Host, url: Option<&str>, entries: &str);

    /// Looks whether the record of any sign-in is pending, then calls `Core.stored(flight, record)`, with a word if so.
    #[wasm_bindgen(method)]
    pub fn seek(this: &Host, flight: u32);

    /// A function that tells whether the browser has noted a service worker between here and the network so far; given the URL
    /// of a request that was just answered, it resolves to that once the browser has noted it.
    #[wasm_bindgen(method)]
    pub fn watch(this: &Host) -> JsValue;

    /// A promise of `input` and its signature by the key pair called `handle`, as a compact JWS; it rejects without one.
    #[wasm_bindgen(method)]
    pub fn sign(this: &Host, handle: &str, input: &str) -> JsValue;

    /// Settles a call with its result or an error.
    #[wasm_bindgen(method)]
    pub fn settle(this: &Host, call: u32, result: Option<&str>, error: Option<&str>);

    /// Hands what `outcome` resolves to over to `Core.verified(flight, outcome)`.
    #[wasm_bindgen(method)]
    pub fn verified(this: &Host, flight: u32, outcome: JsValue);

    /// Calls `Core.ring()` after so many milliseconds, and not when it was asked for before; a negative delay: not at all.
    #[wasm_bindgen(method)]
    pub fn wake(this: &Host, delay_ms: i32);

    /// Takes a record out for good, then calls `Core.stored(flight, record)`.
    #[wasm_bindgen(method)]
    pub fn take(this: &Host, flight: u32, key: &str);
}
