//! The one timeout that wakes the session.

use alloc::boxed::Box;
use core::cell::{Cell, RefCell};

use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::proto::time::Instant;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &Closure<dyn FnMut()>, delay: i32) -> JsValue;

    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(id: &JsValue);
}

/// A timeout that can be set again and again.
pub(super) struct Timer {
    callback: Closure<dyn FnMut()>,
    id: RefCell<JsValue>,
    due: Cell<Option<Instant>>,
}

impl Timer {
    /// A timer that will call `callback`, not set yet.
    pub(super) fn new(callback: Box<dyn FnMut()>) -> Self {
        Self { callback: Closure::wrap(callback), id: RefCell::new(JsValue::UNDEFINED), due: Cell::new(None) }
    }

    /// Takes note that the callback was called.
    pub(super) fn rang(&self) {
        self.due.set(None);
    }

    /// Sees to it that the callback is called at `wanted` or earlier, or not at all. Delays beyond the longest that
    /// browsers take are cut.
    pub(super) fn set(&self, wanted: Option<Instant>, now: Instant) {
        let early_enough = match (wanted, self.due.get()) {
            (Some(wanted), Some(due)) => due <= wanted,
            (wanted, due) => wanted == due,
        };
        if early_enough {
            return;
        }
        clear_timeout(&self.id.borrow());
        self.due.set(wanted);
        if let Some(wanted) = wanted {
            let id = set_timeout(&self.callback, wanted.since(now).min(MAX_DELAY_MS) as i32);
            self.id.replace(id);
        }
    }
}

const MAX_DELAY_MS: u64 = 0x7fff_ffff;
