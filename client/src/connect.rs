//! How a page comes to its holder.

use js_sys::Object;
use wasm_bindgen::prelude::*;
use web_sys::{SharedWorker, Worker, WorkerOptions, WorkerType};

use crate::{Auth, Error, js};

/// Connects this page to the holder whose file is at `url` of this origin, such as `/tokenkeep/holder.js`: in a `SharedWorker`, one session
/// for all tabs, or in a `Worker` where there is none. It is made as `holderAt()` of `tokenkeep/worker` does, which is in the import map
/// beside `tokenkeep`: with the same options on every page, and by the trusted types policy `tokenkeep` where the page asks for one.
///
/// # Errors
///
/// [`ErrorCode::ConfigInvalid`](crate::ErrorCode::ConfigInvalid) if `url` is no URL, or of another origin. Later calls fail with
/// `WorkerBlocked` if the worker can't be made.
pub fn connect(url: &str) -> Result<Auth, Error> {
    Ok(Auth::new(js::connect(&js::holder_at(url)?)?))
}

/// Connects this page to a holder on an origin of its own, whose frame page is at `frame`, such as `https://auth.example.com/frame`.
///
/// This needs the module `tokenkeep/remote` in the import map.
///
/// # Errors
///
/// [`ErrorCode::ConfigInvalid`](crate::ErrorCode::ConfigInvalid) if `frame` is no URL, or of this page's own origin.
pub fn connect_remote(frame: &str) -> Result<Auth, Error> {
    Ok(Auth::new(js::connect_remote(frame)?))
}

/// How the worker is made, where [`connect`] doesn't fit. Under `require-trusted-types-for 'script'` browsers refuse it, and every call
/// fails with `WorkerBlocked`: the address of the worker is a text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Connect {
    url: String,
    name: String,
    dedicated: bool,
}

impl Connect {
    /// A `SharedWorker` named `tokenkeep` from the module at `url`.
    pub fn new(url: &str) -> Self {
        Self { url: url.into(), name: "tokenkeep".into(), dedicated: false }
    }

    /// Another name; pages with the same URL and name share a worker.
    pub fn name(mut self, name: &str) -> Self {
        self.name = name.into();
        self
    }

    /// A dedicated `Worker` for each page, with a session of its own.
    pub fn dedicated(mut self) -> Self {
        self.dedicated = true;
        self
    }

    /// Connects this page.
    ///
    /// # Errors
    ///
    /// As [`connect()`](connect).
    pub fn connect(self) -> Result<Auth, Error> {
        // It is called again where a worker has ended, so it lives as long as the page's client does: JavaScript owns it.
        let make = Closure::<dyn Fn() -> Result<JsValue, JsValue>>::new(move || self.worker()).into_js_value();
        Ok(Auth::new(js::connect(&make)?))
    }

    fn worker(&self) -> Result<JsValue, JsValue> {
        let options = WorkerOptions::new();
        options.set_name(&self.name);
        options.set_type(WorkerType::Module);
        if self.dedicated {
            return Worker::new_with_options(&self.url, &options).map(JsValue::from);
        }
        js::set(&options, "extendedLifetime", &JsValue::TRUE);
        if js::get(&js_sys::global(), "SharedWorker").is_undefined() {
            return Err(js_sys::ReferenceError::new("SharedWorker is not defined").into());
        }
        SharedWorker::new_with_worker_options(&self.url, options.unchecked_ref::<Object>().unchecked_ref())
            .map(JsValue::from)
    }
}
