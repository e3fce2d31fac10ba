//! Calls to the authorization server: no credentials, no cache, no redirect, no referrer, bounded in time and size.

use gloo_net::http::{Method, RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, ReadableStreamDefaultReader, ReferrerPolicy, RequestCache, RequestCredentials, RequestMode,
    RequestRedirect,
};
use zeroize::Zeroizing;

use crate::proto::error::Transport;
use crate::proto::http::{Answer, MAX_BODY};
use crate::proto::secret::FormBody;

/// Sends a form to an endpoint of the authorization server.
pub(super) async fn post(url: &str, body: &FormBody, timeout_ms: u64) -> Result<Answer, Transport> {
    send(url, Some(body), timeout_ms).await
}

/// Gets a document of the authorization server.
pub(super) async fn get(url: &str, timeout_ms: u64) -> Result<Answer, Transport> {
    send(url, None, timeout_ms).await
}

async fn send(url: &str, body: Option<&FormBody>, timeout_ms: u64) -> Result<Answer, Transport> {
    let controller = AbortController::new().map_err(|_| Transport::Network)?;
    let signal = controller.signal();
    let request = RequestBuilder::new(url)
        .abort_signal(Some(&signal))
        .redirect(RequestRedirect::Error)
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .mode(RequestMode::Cors)
        .header("accept", "application/json");
    let request = match body {
        Some(body) => request
            .method(Method::POST)
            .header("content-type", "application/x-www-form-urlencoded;charset=UTF-8")
            .body(body.expose()),
        None => request.build(),
    }
    .map_err(|_| Transport::Network)?;
    let timer = Timeout::new(timeout_ms.min(MAX_TIMEOUT_MS) as u32, move || controller.abort());
    let answer = exchange(request).await;
    drop(timer);
    answer.map_err(|transport| if signal.aborted() { Transport::Timeout } else { transport })
}

async fn exchange(request: gloo_net::http::Request) -> Result<Answer, Transport> {
    let response = request.send().await.map_err(|_| Transport::Network)?;
    let header = |name| response.headers().get(name);
    Ok(Answer {
        status: response.status(),
        content_type: header("content-type"),
        retry_after: header("retry-after"),
        body: read(&response).await?,
    })
}

async fn read(response: &Response) -> Result<Zeroizing<Vec<u8>>, Transport> {
    let mut bytes = Zeroizing::new(Vec::new());
    let Some(stream) = response.body() else { return Ok(bytes) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(|_| Transport::Network)?;
        let Some(chunk) = property(&chunk, "value").dyn_into::<Uint8Array>().ok() else { return Ok(bytes) };
        if bytes.len() + chunk.length() as usize > MAX_BODY {
            let _ = reader.cancel();
            return Err(Transport::TooLarge);
        }
        bytes.append(&mut chunk.to_vec());
    }
}

fn property(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// The longest delay browsers' timers take.
pub(super) const MAX_TIMEOUT_MS: u64 = 0x7fff_ffff;
