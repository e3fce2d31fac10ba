use std::{
    cell::RefCell,
    rc::Rc,
    task::{Context, Waker},
    time::Duration,
};

use gloo_net::http::{Method, Request};
use js_sys::{Function, Promise, Reflect};
use serde_json::{Value, json};
use tokenkeep_client::{Auth, Error, ErrorCode, ExplanationKind, Retry};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test as test;
use web_sys::{AbortController, AbortSignal, ReadableStream, ReadableStreamDefaultReader};

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
        let said = String::from(js_sys::JSON::stringify(&options).unwrap());
        let expected = json!({
            "retry": 3, "idempotencyKey": "k", "timeout": 5, "stepUp": true, "replaceAuthorization": true,
        });
        assert_eq!(serde_json::from_str::<Value>(&said).unwrap(), expected);
        JsValue::from(request.json().unwrap())
    });
    let builder = auth.post(FILES).query([("a", "1"), ("b", "é")]).header("x-own", "yes").retry(Retry::Times(3));
    let request =
        builder.idempotency_key("k").queue_timeout(Duration::from_millis(5)).step_up().replace_authorization();
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
    let fetch = Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(move |_, init: JsValue| {
        *note.borrow_mut() = Some(Reflect::get(&init, &"signal".into()).unwrap().unchecked_into());
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
fn an_abort_keeps_its_reason_only_if_that_is_an_error() {
    let reason = JsValue::from(js_sys::Error::new("enough"));
    for (given, kept) in [(reason.clone(), Some(reason)), ("stop".into(), None), (JsValue::NULL, None)] {
        let controller = AbortController::new().unwrap();
        let (_sending, signal) = under_way(Some(&controller.signal()));
        controller.abort_with_reason(&given);
        let told = signal.reason();
        assert!(told.is_instance_of::<js_sys::Error>(), "{told:?}");
        assert_eq!(Reflect::get(&told, &"name".into()).unwrap() == "AbortError", kept.is_none());
        assert!(kept.is_none_or(|reason| js_sys::Object::is(&reason, &told)));
    }
}

/// A client whose answer's body goes on until the signal aborts, and ends with the signal's reason.
fn answering_without_end() -> Auth {
    let (fake, auth) = fake(json!({}));
    let text = "const start = (controller) =>
        init.signal.addEventListener('abort', () => controller.error(init.signal.reason));
        return Promise.resolve(new Response(new ReadableStream({ start })));";
    Reflect::set(&fake, &"fetch".into(), &Function::new_with_args("input, init", text)).unwrap();
    auth
}

#[test]
async fn a_body_that_is_aborted_by_any_reason_is_an_error() {
    for gloo in [false, true] {
        let (auth, controller) = (answering_without_end(), AbortController::new().unwrap());
        let signal = controller.signal();
        let response = match gloo {
            true => auth.fetch(Request::get(FILES).abort_signal(Some(&signal)).build().unwrap()).await.unwrap(),
            false => auth.get(FILES).abort_signal(Some(&signal)).send().await.unwrap(),
        };
        controller.abort_with_reason(&"stop".into());
        let reader: ReadableStreamDefaultReader = response.body().unwrap().get_reader().unchecked_into();
        let reason = JsFuture::from(reader.read()).await.unwrap_err();
        assert!(reason.is_instance_of::<js_sys::Error>(), "gloo panics at {reason:?}");
        assert!(Error::from(reason).is_abort());
    }
}

#[test]
async fn an_answer_is_not_aborted_when_its_future_ends() {
    let (fake, auth) = fake(json!({}));
    let sent = Rc::new(RefCell::new(None));
    let note = Rc::clone(&sent);
    let fetch = Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(move |_, init: JsValue| {
        let signal: AbortSignal = Reflect::get(&init, &"signal".into()).unwrap().unchecked_into();
        *note.borrow_mut() = Some(signal);
        Promise::resolve(&JsValue::from(web_sys::Response::new().unwrap()))
    });
    Reflect::set(&fake, &"fetch".into(), &fetch.into_js_value()).unwrap();
    auth.get(FILES).send().await.unwrap();
    assert!(!sent.take().unwrap().aborted());
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
async fn a_stream_is_sent_as_one() {
    let (fake, auth) = fake(json!({}));
    fake.answers(&format!("POST {FILES}"), |request, _| request.text().unwrap().into());
    let start = Function::new_with_args(
        "controller",
        "controller.enqueue(new TextEncoder().encode('part')); controller.close()",
    );
    let source = js_sys::Object::new();
    Reflect::set(&source, &"start".into(), &start).unwrap();
    let stream = ReadableStream::new_with_underlying_source(&source).unwrap();
    let response = auth.post(FILES).body(stream).unwrap().send().await.unwrap();
    assert_eq!(response.json::<String>().await.unwrap(), "part");
}

#[test]
async fn members_of_a_request_go_straight_to_the_client() {
    let (fake, auth) = fake(json!({}));
    let seen = Rc::new(RefCell::new(JsValue::NULL));
    let note = Rc::clone(&seen);
    let fetch = Closure::<dyn Fn(JsValue, JsValue) -> Promise>::new(move |input: JsValue, init: JsValue| {
        assert_eq!(input, "/files?old=1&new=2#top");
        *note.borrow_mut() = init;
        Promise::resolve(&JsValue::from(web_sys::Response::new().unwrap()))
    });
    Reflect::set(&fake, &"fetch".into(), &fetch.into_js_value()).unwrap();
    let builder =
        auth.put("/files?old=1#top").query([("new", "2")]).keepalive().priority("low").init("cache", "no-store");
    builder.json(&[1]).unwrap().send().await.unwrap();
    let said = |name: &str| Reflect::get(&seen.borrow(), &name.into()).unwrap();
    assert_eq!((said("method"), said("body")), ("PUT".into(), "[1]".into()));
    assert_eq!((said("keepalive"), said("priority"), said("cache")), (true.into(), "low".into(), "no-store".into()));
    assert!(said("tokenkeep").is_undefined());
}

#[test]
async fn what_is_no_request_is_told_as_that_and_nothing_is_sent() {
    let (fake, auth) = fake(json!({}));
    let broken = [
        auth.get("https://"),
        auth.get(FILES).header("no name", "x"),
        auth.get(FILES).header("x", "two\nlines"),
        auth.get(FILES).init("mode", "no-mode"),
        auth.request(Method::CONNECT, FILES),
    ];
    for builder in broken {
        let error = builder.send().await.unwrap_err();
        assert_eq!((error.code, error.is_network()), (ErrorCode::Request, false));
    }
    assert_eq!(fake.called().len(), 0);
}

#[test]
async fn only_an_answer_is_a_failure_of_the_network() {
    let (fake, auth) = fake(json!({}));
    fake.answers(&format!("GET {FILES}"), |_, _| web_sys::Response::error().into());
    assert!(auth.get(FILES).send().await.unwrap_err().is_network());
    let request = Request::put(FILES).body("text").unwrap();
    let raw = web_sys::Request::from(request);
    JsFuture::from(raw.text().unwrap()).await.unwrap();
    let error = auth.fetch(raw.into()).await.unwrap_err();
    assert_eq!((error.code, error.is_network()), (ErrorCode::Request, false));
}

#[test]
fn what_may_be_secret_is_not_shown() {
    let (_, auth) = fake(json!({}));
    let builder = auth.get("https://user:secret@api.example.com:8443/secret?secret#secret").header("x", "secret");
    assert_eq!(format!("{builder:?}"), "RequestBuilder { method: \"GET\", host: Some(\"api.example.com:8443\"), .. }");
    let request = auth.post(FILES).header("x-api-key", "secret").json("secret").unwrap();
    assert_eq!(format!("{request:?}"), "AuthRequest { method: \"POST\", host: Some(\"api.example.com\"), .. }");
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
