//! The crate in a browser, over the `auth` for tests of the npm package (`tokenkeep/testing`), which answers without a server. What needs
//! servers is in tests/browser/rust.test.mjs of the repository.

#![cfg(target_arch = "wasm32")]

mod errors;
mod events;
#[allow(unreachable_pub, reason = "the tests of the frameworks have it too")]
mod fake;
mod listeners;
mod requests;
mod session;
mod store;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
