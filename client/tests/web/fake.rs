//! The `auth` for tests, as far as these need it.

use serde_json::Value;
use tokenkeep_client::Auth;
use wasm_bindgen::prelude::*;

// The test runner serves the crate's folder, and the package is installed there.
#[wasm_bindgen(raw_module = "/node_modules/tokenkeep/testing.js")]
extern "C" {
    #[derive(Clone)]
    pub type FakeAuth;

    #[wasm_bindgen(js_name = fakeAuth)]
    fn fake_auth(options: &JsValue) -> FakeAuth;
    #[wasm_bindgen(js_name = tokenKeepError)]
    fn token_keep_error(code: &str, details: &JsValue) -> JsValue;

    #[wasm_bindgen(method)]
    fn fire(this: &FakeAuth, kind: &str, detail: &JsValue);
    #[wasm_bindgen(method, js_name = failNext)]
    fn fail_next(this: &FakeAuth, method: &str, code: &str, details: &JsValue);
    #[wasm_bindgen(method, getter)]
    fn calls(this: &FakeAuth) -> JsValue;
    #[wasm_bindgen(method)]
    fn route(this: &FakeAuth, name: &str, answer: &JsValue);
}

/// A fake, and the crate's face of it.
pub fn fake(options: Value) -> (FakeAuth, Auth) {
    let fake = fake_auth(&js(options));
    let auth = Auth::from_js(fake.clone().into()).expect("it is an auth");
    (fake, auth)
}

pub fn error(code: &str, details: Value) -> tokenkeep_client::Error {
    token_keep_error(code, &js(details)).into()
}

impl FakeAuth {
    pub fn happens(&self, kind: &str, detail: Value) {
        self.fire(kind, &js(detail));
    }

    pub fn fails(&self, method: &str, code: &str, details: Value) {
        self.fail_next(method, code, &js(details));
    }

    /// What was called, by name and first argument.
    pub fn called(&self) -> Vec<(String, Value)> {
        let calls = js_sys::JSON::stringify(&self.calls()).expect("calls are plain data");
        let calls: Vec<Value> = serde_json::from_str(&String::from(calls)).expect("as are they here");
        calls
            .into_iter()
            .map(|call| {
                (
                    call["method"].as_str().expect("a method").to_owned(),
                    call["args"].get(0).cloned().unwrap_or_default(),
                )
            })
            .collect()
    }

    pub fn answers(&self, name: &str, answer: impl Fn(web_sys::Request, JsValue) -> JsValue + 'static) {
        let answer = Closure::<dyn Fn(web_sys::Request, JsValue) -> JsValue>::new(answer).into_js_value();
        self.route(name, &answer);
    }
}

fn js(value: Value) -> JsValue {
    js_sys::JSON::parse(&value.to_string()).expect("JSON is JSON")
}
