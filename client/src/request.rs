//! Requests with the token.

use gloo_net::http::{Headers, Method, Request, RequestBuilder as GlooBuilder, Response};
use js_sys::Object;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, AbortSignal};

use crate::{Auth, Error, js};

/// How one request is to be treated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[must_use]
pub struct RequestOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    skip_auth: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry: Option<Retry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idempotency_key: Option<IdempotencyKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step_up: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    replace_authorization: Option<bool>,
}

/// Whether a request may be sent again after a pause that the API asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Retry {
    /// Whatever the method, or never.
    Allowed(bool),
    /// At most so often.
    Times(u32),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
enum IdempotencyKey {
    MadeUp(bool),
    Given(String),
}

impl RequestOptions {
    /// As configured.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends it as plain `fetch` would: no token, no queue, no list of targets.
    pub fn skip_auth(mut self) -> Self {
        self.skip_auth = Some(true);
        self
    }

    /// How long it may wait for a token, in milliseconds, instead of the configured `queueTimeout`.
    pub fn timeout(mut self, milliseconds: u32) -> Self {
        self.timeout = Some(milliseconds);
        self
    }

    /// Whether it may be sent again after a pause that the API asks for. By default GET, PUT, HEAD, DELETE, OPTIONS and TRACE may, up to
    /// the configured `retryLimit`.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    /// Sent as `Idempotency-Key`, the same with every try. Such a request may be sent again.
    pub fn idempotency_key(mut self, key: &str) -> Self {
        self.idempotency_key = Some(IdempotencyKey::Given(key.into()));
        self
    }

    /// The same, with a key that is made up.
    pub fn idempotent(mut self) -> Self {
        self.idempotency_key = Some(IdempotencyKey::MadeUp(true));
        self
    }

    /// It waits for a sign-in with more rights if the API asks for one, up to the configured `stepUpTimeout`. By default the API's answer
    /// is the answer.
    pub fn step_up(mut self) -> Self {
        self.step_up = Some(true);
        self
    }

    /// An `Authorization` header of the request's own gives way to the session's. By default such a request is refused with
    /// `RequestRefused`.
    pub fn replace_authorization(mut self) -> Self {
        self.replace_authorization = Some(true);
        self
    }
}

/// A request in the making, as gloo's: see [`Auth::get`].
#[derive(Debug)]
#[must_use]
pub struct RequestBuilder {
    auth: Auth,
    gloo: GlooBuilder,
    options: RequestOptions,
}

impl RequestBuilder {
    pub(crate) fn new(auth: &Auth, method: Method, url: &str) -> Self {
        Self { auth: auth.clone(), gloo: GlooBuilder::new(url).method(method), options: RequestOptions::new() }
    }

    /// Sets a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.gloo(|gloo| gloo.header(name, value))
    }

    /// Replaces all headers.
    pub fn headers(self, headers: Headers) -> Self {
        self.gloo(|gloo| gloo.headers(headers))
    }

    /// Adds parameters to the URL's query.
    pub fn query<'a, T, V>(self, params: T) -> Self
    where
        T: IntoIterator<Item = (&'a str, V)>,
        V: AsRef<str>,
    {
        self.gloo(|gloo| gloo.query(params))
    }

    /// Aborts the request, and the body of its answer, when the signal does.
    pub fn abort_signal(self, signal: Option<&AbortSignal>) -> Self {
        self.gloo(|gloo| gloo.abort_signal(signal))
    }

    /// Everything else that gloo's builder has.
    pub fn gloo(mut self, change: impl FnOnce(GlooBuilder) -> GlooBuilder) -> Self {
        self.gloo = change(self.gloo);
        self
    }

    /// How tokenkeep treats it.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// With a body: text, bytes, a `Blob`, `FormData`, `URLSearchParams` or a stream. All but streams can be sent again after a 401.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Foreign`](crate::ErrorCode::Foreign) if the platform refuses such a request.
    pub fn body(self, body: impl Into<JsValue>) -> Result<AuthRequest, Error> {
        Ok(AuthRequest { request: self.gloo.body(body)?, auth: self.auth, options: self.options })
    }

    /// With a body in JSON, and the `Content-Type` for it.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Shape`](crate::ErrorCode::Shape) if `value` can't be JSON, and as [`body`](Self::body).
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Result<AuthRequest, Error> {
        Ok(AuthRequest { request: self.gloo.json(value)?, auth: self.auth, options: self.options })
    }

    /// Sends it without a body.
    ///
    /// # Errors
    ///
    /// As [`Auth::fetch`].
    pub async fn send(self) -> Result<Response, Error> {
        self.auth.fetch_with(self.gloo.build()?, &self.options).await
    }

    /// Makes a `blob:` URL of the answer: see [`Auth::object_url`].
    ///
    /// # Errors
    ///
    /// As [`Auth::object_url`].
    pub async fn object_url(self) -> Result<String, Error> {
        self.auth.object_url_with(self.gloo.build()?, &self.options).await
    }
}

/// A request with a body, ready to be sent.
#[derive(Debug)]
#[must_use]
pub struct AuthRequest {
    auth: Auth,
    request: Request,
    options: RequestOptions,
}

impl AuthRequest {
    /// Sends it.
    ///
    /// # Errors
    ///
    /// As [`Auth::fetch`].
    pub async fn send(self) -> Result<Response, Error> {
        self.auth.fetch_with(self.request, &self.options).await
    }
}

/// What `fetch` is given beside a request, and the end of it if the future is dropped.
pub(crate) struct Sending {
    controller: Option<AbortController>,
    pub(crate) init: JsValue,
}

impl Sending {
    pub(crate) fn new(request: &web_sys::Request, options: &RequestOptions) -> Result<Self, Error> {
        let controller = AbortController::new()?;
        let init: JsValue = Object::new().into();
        let signals = js::pair(&request.signal(), &controller.signal());
        js::set(&init, "signal", &js::any_signal(&signals)?);
        if *options != RequestOptions::default() {
            js::set(&init, "tokenkeep", &js::encode(options)?);
        }
        Ok(Self { controller: Some(controller), init })
    }

    /// The answer is there: what comes after it is whoever has it to end.
    pub(crate) fn answered(mut self) {
        self.controller = None;
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}
