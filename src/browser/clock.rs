//! Reads the browser's two clocks.

use js_sys::Date;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::proto::syntax::time::{Clock, Now};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn monotonic() -> f64;
}

/// Reads both clocks into `clock`.
pub(super) fn read(clock: &mut Clock) -> Now {
    clock.advance(monotonic() as u64, Date::now() as u64)
}
