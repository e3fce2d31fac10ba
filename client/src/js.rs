//! What is JavaScript's: the client's functions, and values on their way there and back.

use js_sys::{Array, Promise, Reflect};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::Error;

#[wasm_bindgen(raw_module = "tokenkeep")]
extern "C" {
    #[wasm_bindgen(catch)]
    pub(crate) fn connect(worker: &JsValue) -> Result<JsAuth, JsValue>;
}

#[wasm_bindgen(raw_module = "tokenkeep/worker")]
extern "C" {
    #[wasm_bindgen(catch, js_name = holderAt)]
    pub(crate) fn holder_at(url: &str) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen(raw_module = "tokenkeep/remote")]
extern "C" {
    #[wasm_bindgen(catch, js_name = connect)]
    pub(crate) fn connect_remote(frame: &str) -> Result<JsAuth, JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// What `connect()` answers. It is told by its methods, not by its class: there is more than one.
    #[derive(Clone)]
    #[wasm_bindgen(extends = web_sys::EventTarget, typescript_type = "Auth")]
    pub(crate) type JsAuth;

    #[wasm_bindgen(method, getter)]
    pub(crate) fn session(this: &JsAuth) -> JsValue;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn arrival(this: &JsAuth) -> JsValue;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn resume(this: &JsAuth, options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = signIn)]
    pub(crate) fn sign_in(this: &JsAuth, options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = signOut)]
    pub(crate) fn sign_out(this: &JsAuth, options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn fetch(this: &JsAuth, input: &JsValue, init: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = objectURL)]
    pub(crate) fn object_url(this: &JsAuth, input: &JsValue, init: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn userinfo(this: &JsAuth) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn stats(this: &JsAuth) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn audit(this: &JsAuth) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn unlock(this: &JsAuth) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = enterToken)]
    pub(crate) fn enter_token(this: &JsAuth, token: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch, js_name = accessToken)]
    pub(crate) fn access_token(this: &JsAuth) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method)]
    pub(crate) fn explain(this: &JsAuth, response: &web_sys::Response) -> JsValue;
    #[wasm_bindgen(method)]
    pub(crate) fn subscribe(this: &JsAuth, listener: &js_sys::Function) -> js_sys::Function;
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &JsAuth);
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = AbortSignal, js_name = any)]
    pub(crate) fn any_signal(signals: &JsValue) -> Result<JsValue, JsValue>;
}

/// Waits for what a method answers, which may have failed at once.
pub(crate) async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, Error> {
    JsFuture::from(promise?).await.map_err(Error::from)
}

/// `null` and `undefined` are `None`.
pub(crate) fn decode<T: DeserializeOwned>(value: JsValue) -> Result<T, Error> {
    let wanted = std::any::type_name::<T>();
    serde_wasm_bindgen::from_value(value).map_err(|error| Error::shape(&format!("this is no {wanted}: {error}")))
}

/// Options as an object; what isn't set isn't in it.
pub(crate) fn encode<T: Serialize>(options: &T) -> Result<JsValue, Error> {
    let serializer = serde_wasm_bindgen::Serializer::json_compatible();
    options.serialize(&serializer).map_err(|error| Error::shape(&error.to_string()))
}

/// Sets members of a plain object, where that can't fail.
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Only a frozen object or a setter refuses.
    let _ = Reflect::set(object, &name.into(), value);
}

/// A member, or undefined.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// An array of two, for `AbortSignal.any`.
pub(crate) fn pair(first: &JsValue, second: &JsValue) -> JsValue {
    Array::of2(first, second).into()
}
