//! A request under way.

use gloo_net::http::Response;
use js_sys::Promise;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal};

use crate::{Auth, Error, js};

/// What `fetch` is given beside a request, and the end of it if the future is dropped.
pub(crate) struct Sending {
    controller: Option<AbortController>,
    init: JsValue,
}

impl Sending {
    pub(crate) fn new(init: JsValue, signal: Option<&AbortSignal>) -> Result<Self, Error> {
        let controller = AbortController::new()?;
        js::set(&init, "signal", &controller.signal());
        if let Some(signal) = signal {
            follow(signal, &controller);
        }
        Ok(Self { controller: Some(controller), init })
    }

    pub(crate) async fn response(self, auth: &Auth, input: &JsValue) -> Result<Response, Error> {
        let promise = auth.js().fetch(input, &self.init);
        let response = self.answer(promise).await?;
        Ok(response.unchecked_into::<web_sys::Response>().into())
    }

    pub(crate) async fn object_url(self, auth: &Auth, input: &JsValue) -> Result<String, Error> {
        let promise = auth.js().object_url(input, &self.init);
        self.answer(promise).await?.as_string().ok_or_else(|| Error::shape("a URL is a text"))
    }

    /// Once the answer is there, what comes after it is whoever has it to end.
    async fn answer(mut self, promise: Result<Promise, JsValue>) -> Result<JsValue, Error> {
        let answer = js::settled(promise).await.map_err(Error::of_fetch);
        self.controller = None;
        answer
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

/// Aborts with the signal. Its reason goes along only if it is an `Error`: gloo's types panic at a body that ends with anything else.
fn follow(signal: &AbortSignal, controller: &AbortController) {
    if signal.aborted() {
        return abort(signal, controller);
    }
    let controller = controller.clone();
    // It doesn't hold the signal, which holds it: so both can go.
    let call = Closure::<dyn Fn(web_sys::Event)>::new(move |event: web_sys::Event| {
        if let Some(signal) = event.target() {
            abort(signal.unchecked_ref(), &controller);
        }
    });
    let _ = signal.add_event_listener_with_callback("abort", call.into_js_value().unchecked_ref());
}

fn abort(signal: &AbortSignal, controller: &AbortController) {
    match signal.reason() {
        reason if reason.is_instance_of::<js_sys::Error>() => controller.abort_with_reason(&reason),
        _ => controller.abort(),
    }
}
