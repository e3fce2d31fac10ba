//! The shell and the binding in a real browser, as the script that loads them sees them.
#![cfg(target_arch = "wasm32")]

#[path = "wasm/network.rs"]
mod network;
#[path = "wasm/requests.rs"]
mod requests;
#[path = "wasm/signing.rs"]
mod signing;
#[path = "wasm/world.rs"]
mod world;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
