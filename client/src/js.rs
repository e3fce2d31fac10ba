//! What is JavaScript's: the client's functions, and values on their way there and back.

use std::pin::Pin;

use js_sys::{JSON, Promise, Reflect};
use serde::de::{self, DeserializeOwned, value::StringDeserializer};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

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
    #[wasm_bindgen(catch, js_name = String)]
    fn to_text(value: &JsValue) -> Result<String, JsValue>;
}

/// What a method answers, which may have failed at once. Whoever drops it before its end leaves no rejection that nobody handles.
pub(crate) fn begin(promise: Result<Promise, JsValue>) -> impl Future<Output = Result<JsValue, Error>> {
    let begun = promise.map(JsFuture::from);
    async move { begun?.await.map_err(Error::from) }
}

/// Waits for it.
pub(crate) async fn settled(promise: Result<Promise, JsValue>) -> Result<JsValue, Error> {
    begin(promise).await
}

/// Runs it beside what there is. All of them are of one type, so that the executor is in the module once.
pub(crate) fn spawn(future: Pin<Box<dyn Future<Output = ()>>>) {
    spawn_local(future);
}

/// What a value says that is JSON; undefined counts as null.
pub(crate) fn decode<T: DeserializeOwned>(value: JsValue) -> Result<T, Error> {
    parse(json(&value).as_deref().unwrap_or("null"))
}

/// What a text in JSON says.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::misfit(std::any::type_name::<T>(), &error))
}

/// A value in JSON; `None` for undefined and what can't be JSON.
pub(crate) fn json(value: &JsValue) -> Option<String> {
    JSON::stringify(value).ok()?.as_string()
}

/// A member that is a text.
pub(crate) fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name).as_string()
}

/// A member that is a number.
pub(crate) fn number(object: &JsValue, name: &str) -> Option<f64> {
    get(object, name).as_f64()
}

/// A member that counts something.
pub(crate) fn count(object: &JsValue, name: &str) -> u64 {
    number(object, name).map_or(0, |count| count as u64)
}

/// A member that is one of the words of an enum.
pub(crate) fn word<T: DeserializeOwned>(object: &JsValue, name: &str) -> Option<T> {
    T::deserialize(StringDeserializer::<de::value::Error>::new(text(object, name)?)).ok()
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

/// What was thrown, which may be anything, as `String()` spells it.
pub(crate) fn spelled(value: &JsValue) -> String {
    to_text(value).unwrap_or_default()
}
