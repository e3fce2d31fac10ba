//! The shell in a worker, where it usually lives.
#![cfg(target_arch = "wasm32")]
#![allow(dead_code, reason = "only a part of the doubles is needed here")]

#[path = "wasm/world.rs"]
mod world;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use world::{API, QUEUED, World, tokens};

wasm_bindgen_test_configure!(run_in_shared_worker);

#[wasm_bindgen_test]
async fn a_session_works_without_a_window() {
    let world = World::signed_in("").await;
    assert_eq!(world.core.authorize(1, API, -1.0), 1);
    world.double.reply(&tokens(2));
    assert_eq!(world.core.unauthorized(1, -1.0), QUEUED);
    world.see("release 1 @2").await;
    assert_eq!(world.core.unauthorized(2, 20.0), QUEUED);
    world.see("reject 2 TOKENKEEP_QUEUE_TIMEOUT").await;
}
