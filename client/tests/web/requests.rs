use std::{
    cell::RefCell,
    rc::Rc,
    task::{Context, Waker},
};

use gloo_net::http::{Method, Request};
use js_sys::{Function, Promise, Reflect};
use serde_json::{Value, json};
use tokenkeep_client::{ErrorCode, ExplanationKind, RequestOptions, Retry};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test as test;
use web_sys::{AbortController, AbortSignal};

use crate::fake::fake;

const FILES: &str = "https://api.example.com/v1/files";

#[test]
async fn builders_send_what_they_say() {
    let (fake, auth) = fake(json!({}));
    let seen = Rc::new(RefCell::new(Vec::new()));
    let notes = Rc::clone(&seen);
    fake.answers("POST https://api.example.com/v1/*", move |request, options| {
        let header = |name: &str| request.headers().get(name).unwrap();
        notes.borrow_mut().push((request.url(), header("content-type"), header("x-own"), header("idempotency-key")));
        assert!(Reflect::get(&options, &"stepUp".into()).unwrap().is_truthy());
        JsValue::from(request.json().unwrap())
    });
    let options =
        RequestOptions::new().idempotency_key("k").timeout(5).retry(Retry::Times(3)).step_up().replace_authorization();
    let request = auth.post(FILES).query([("a", "1"), ("b", "é")]).header("x-own", "yes").options(options);
    let answer = request.json(&json!({ "name": "x" })).unwrap().send().await.unwrap();

    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "name": "x" }));
    let url = format!("{FILES}?a=1&b=%C3%A9");
    let header = |value: &str| Some(value.to_owned());
    assert_eq!(*seen.borrow(), [(url, header("application/json"), header("yes"), header("k"))]);
}

#[test]
async fn every_method_and_gloos_own_requests_go_through() {
    let (fake, auth) = fake(json!({}));
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        fake.answers(&format!("{method} {FILES}"), |request, _| request.method().into());
    }
    let builders = [auth.get(FILES), auth.post(FILES), auth.put(FILES), auth.patch(FILES), auth.delete(FILES)];
    let mut seen = Vec::new();
    for builder in builders.into_iter().chain([auth.request(Method::OPTIONS, FILES)]) {
        seen.push(builder.send().await.unwrap().json::<String>().await.unwrap());
    }
    assert_eq!(seen, ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
    let response = auth.fetch(Request::put(FILES).body("text").unwrap()).await.unwrap();
    assert_eq!(response.json::<String>().await.unwrap(), "PUT");
}

#[test]
async fn refusals_have_their_code() {
    let (_, auth) = fake(json!({ "resourceServers": ["https://api.example.com/v1/"] }));
    let error = auth.get("https://elsewhere.example/").send().await.unwrap_err();
    assert_eq!(error.code, ErrorCode::TargetRefused);
    let (_, auth) = fake(json!({ "session": null }));
    assert_eq!(auth.get(FILES).send().await.unwrap_err().code, ErrorCode::LoginRequired);
}

/// Begins a request that is never answered, and hands over the signal that the client was given for it.
fn under_way(stop: Option<&AbortSignal>) -> (impl Future<Output = ()> + use<>, AbortSignal) {
    let (fake, auth) = fake(json!({}));
    let sent = Rc::new(RefCell::new(None));
    let note = Rc::clone(&sent);
    let fetch = Closure::<dyn Fn(web_sys::Request, web_sys::RequestInit) -> Promise>::new(move |request, init| {
        let whole = web_sys::Request::new_with_request_and_init(&request, &init).unwrap();
        *note.borrow_mut() = Some(whole.signal());
        Promise::new(&mut |_, _| {})
    });
    Reflect::set(&fake, &"fetch".into(), &fetch.into_js_value()).unwrap();
    let builder = auth.get(FILES).abort_signal(stop);
    let mut sending = Box::pin(async move { builder.send().await.map(drop).unwrap() });
    assert!(sending.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    (sending, sent.take().unwrap())
}

#[test]
fn dropping_the_future_aborts_the_request() {
    let (sending, signal) = under_way(None);
    assert!(!signal.aborted());
    drop(sending);
    assert!(signal.aborted());
}

#[test]
fn a_signal_of_the_callers_own_counts_too() {
    let controller = AbortController::new().unwrap();
    let (_sending, signal) = under_way(Some(&controller.signal()));
    assert!(!signal.aborted());
    controller.abort();
    assert!(signal.aborted());
}

#[test]
async fn an_aborted_request_fails_as_one() {
    let (_, auth) = fake(json!({}));
    let controller = AbortController::new().unwrap();
    controller.abort();
    let error = auth.get(FILES).abort_signal(Some(&controller.signal())).send().await.unwrap_err();
    assert!(error.is_abort(), "{error}");
}

#[test]
async fn an_answer_is_explained_and_stays_whole() {
    let (fake, auth) = fake(json!({}));
    Reflect::set(&fake, &"explain".into(), &explaining()).unwrap();
    fake.answers(&format!("GET {FILES}"), |_, _| web_sys::Response::new_with_opt_str(Some("why")).unwrap().into());
    let mut response = auth.get(FILES).send().await.unwrap();
    let explanation = auth.explain(&mut response).unwrap();
    assert_eq!((explanation.kind, explanation.scope.as_deref()), (ExplanationKind::Scope, Some("files:write")));
    assert_eq!(response.text().await.unwrap(), "why");
}

fn explaining() -> JsValue {
    let text = "if (!(response instanceof Response)) throw new Error('no response');
        return { kind: 'scope', message: 'm', scope: 'files:write', retryAfter: null };";
    Function::new_with_args("response", text).into()
}

#[test]
async fn a_url_of_an_answer_is_for_what_has_a_src() {
    let (fake, auth) = fake(json!({}));
    fake.answers(&format!("GET {FILES}"), |_, _| "picture".into());
    let url = auth.get(FILES).object_url().await.unwrap();
    assert!(url.starts_with("blob:"), "{url}");
    assert_eq!(Request::get(&url).send().await.unwrap().json::<String>().await.unwrap(), "picture");
}
