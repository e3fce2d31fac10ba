//! The page of the repository's tests/browser/rust.test.mjs: all that is done by the crate, and plain data for whoever drives the page.

#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, unreachable_pub, reason = "what is public here is for the page")]

use std::{cell::RefCell, future::poll_fn, pin::Pin};

use futures_core::Stream;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokenkeep_client::{
    Auth, Error, Event, Resume, Session, SignIn, Silent, config::HolderConfig, connect as connect_to,
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::ReadableStreamDefaultReader;

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
}

type Sending = Pin<Box<dyn Future<Output = Result<(), Error>>>>;

thread_local! {
    static AUTH: RefCell<Option<Auth>> = const { RefCell::new(None) };
    static EVENTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static SENDING: RefCell<Option<Sending>> = const { RefCell::new(None) };
}

fn main() {}

fn auth() -> Auth {
    AUTH.with_borrow(|auth| auth.clone().expect("connect first"))
}

fn plain<T: Serialize>(value: &T) -> JsValue {
    js_sys::JSON::parse(&serde_json::to_string(value).expect("plain data")).expect("JSON is JSON")
}

/// Errors leave as what a program can tell of them.
fn told(error: Error) -> JsValue {
    plain(
        &json!({ "code": error.code_text(), "message": error.message, "reason": error.reason, "isAbort": error.is_abort(),
        "isNetwork": error.is_network() }),
    )
}

#[wasm_bindgen]
pub fn connect(url: &str) -> Result<(), JsValue> {
    let auth = connect_to(url).map_err(told)?;
    let mut events = auth.events();
    AUTH.set(Some(auth));
    spawn_local(async move {
        while let Some(event) = poll_fn(|context| Pin::new(&mut events).poll_next(context)).await {
            EVENTS.with_borrow_mut(|seen| seen.push(name(&event)));
        }
    });
    Ok(())
}

fn name(event: &Event) -> String {
    match event {
        Event::SignedIn { session, .. } => {
            format!("signed in {}", session.subject().unwrap_or_default())
        }
        Event::SignedOut { reason } => format!("signed out {reason:?}"),
        Event::Refreshed { generation, .. } => format!("refreshed {generation}"),
        other => format!("{other:?}"),
    }
}

#[wasm_bindgen]
pub fn events() -> Vec<String> {
    EVENTS.with_borrow(Clone::clone)
}

#[wasm_bindgen(js_name = signIn)]
pub async fn sign_in(return_to: Option<String>) -> Result<(), JsValue> {
    let options = SignIn::new().return_to(return_to.as_deref().unwrap_or("/")).app_state(json!({ "from": "Rust" }));
    auth().sign_in(&options).await.map(drop).map_err(told)
}

#[wasm_bindgen]
pub async fn resume() -> Result<JsValue, JsValue> {
    let session = auth().resume(&Resume::new().silent(Silent::Never)).await.map_err(told)?;
    Ok(plain(&session.map(facts).transpose()?))
}

#[wasm_bindgen]
pub fn session() -> Result<JsValue, JsValue> {
    Ok(plain(&auth().session().map(facts).transpose()?))
}

fn facts(session: Session) -> Result<serde_json::Value, JsValue> {
    let claims: Option<Claims> = session.claims().map_err(told)?;
    Ok(json!({ "scope": session.scope(), "expiresAt": session.expires_at(), "claims": claims }))
}

#[wasm_bindgen]
pub fn arrival() -> Result<JsValue, JsValue> {
    let Some(arrival) = auth().arrival() else { return Ok(JsValue::NULL) };
    let state: serde_json::Value = arrival.app_state().map_err(told)?;
    Ok(plain(&json!({ "returnTo": arrival.return_to, "appState": state })))
}

#[wasm_bindgen]
pub async fn get(url: &str) -> Result<JsValue, JsValue> {
    let response = auth().get(url).send().await.map_err(told)?;
    let text = response.text().await.map_err(|error| told(error.into()))?;
    Ok(plain(&json!({ "status": response.status(), "text": text })))
}

/// One effect at the probe.
#[wasm_bindgen]
pub async fn post(url: &str, n: u32) -> Result<u16, JsValue> {
    let request = auth().post(url).idempotent().json(&json!({ "n": n })).map_err(told)?;
    request.send().await.map(|response| response.status()).map_err(told)
}

/// The first part of an answer that goes on.
#[wasm_bindgen(js_name = firstPart)]
pub async fn first_part(url: &str) -> Result<JsValue, JsValue> {
    let response = auth().get(url).send().await.map_err(told)?;
    let body = response.body().ok_or("no body")?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let part = JsFuture::from(reader.read()).await?;
    JsFuture::from(reader.cancel()).await?;
    js_sys::Reflect::get(&part, &"value".into())
}

#[wasm_bindgen]
pub fn begin(url: String) {
    let mut sending: Sending = Box::pin(async move { auth().get(&url).send().await.map(drop) });
    let begun = sending.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
    assert!(begun.is_pending());
    SENDING.set(Some(sending));
}

#[wasm_bindgen(js_name = giveUp)]
pub fn give_up() {
    SENDING.set(None);
}

#[wasm_bindgen]
pub async fn stats() -> Result<JsValue, JsValue> {
    Ok(plain(&auth().stats().await.map_err(told)?))
}

#[wasm_bindgen]
pub async fn audit() -> Result<JsValue, JsValue> {
    Ok(plain(&auth().audit().await.map_err(told)?))
}

#[wasm_bindgen]
pub async fn explanation(url: &str) -> Result<JsValue, JsValue> {
    let mut response = auth().get(url).send().await.map_err(told)?;
    Ok(plain(&auth().explain(&mut response)))
}

#[wasm_bindgen]
pub async fn userinfo() -> Result<JsValue, JsValue> {
    let claims: serde_json::Value = auth().userinfo().await.map_err(told)?;
    Ok(plain(&claims))
}

#[wasm_bindgen(js_name = signOut)]
pub async fn sign_out() -> Result<String, JsValue> {
    auth().sign_out().await.map(|revocation| format!("{revocation:?}")).map_err(told)
}

/// The configuration of the test's stage, as a build script would write it.
#[wasm_bindgen]
pub fn configuration(issuer: &str, redirect_uri: &str, scope: &str, apis: Vec<String>) -> String {
    HolderConfig::sign_in(issuer, "tokenkeep-demo", redirect_uri)
        .scope(scope)
        .resource_servers(apis)
        .request_timeout(60_000)
        .queue_timeout(60_000)
        .to_json()
}
