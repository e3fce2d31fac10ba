//! Requests with the token.

use std::{fmt, time::Duration};

use gloo_net::http::{Headers, Response};
use js_sys::Object;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::{Auth, Error, RequestOptions, Retry, js, sending::Sending};

/// A request in the making: see [`Auth::get`]. It is shown without its path, query, headers and body, which may hold secrets.
#[must_use]
pub struct RequestBuilder {
    auth: Auth,
    url: String,
    headers: web_sys::Headers,
    init: JsValue,
    signal: Option<AbortSignal>,
    options: RequestOptions,
    problem: Option<Error>,
}

impl RequestBuilder {
    pub(crate) fn new(auth: &Auth, method: &str, url: &str) -> Self {
        let init = Object::new().into();
        js::set(&init, "method", &method.into());
        Self {
            auth: auth.clone(),
            url: url.into(),
            headers: Headers::new().into_raw(),
            init,
            signal: None,
            options: RequestOptions::new(),
            problem: None,
        }
    }

    /// Sets a header. What no header can be is told when the request is built.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Err(thrown) = self.headers.set(name, value) {
            self.problem.get_or_insert(Error::request(thrown));
        }
        self
    }

    /// Replaces all headers.
    pub fn headers(mut self, headers: Headers) -> Self {
        self.headers = headers.into_raw();
        self
    }

    /// Adds parameters to the URL's query.
    pub fn query<'a, T, V>(mut self, params: T) -> Self
    where
        T: IntoIterator<Item = (&'a str, V)>,
        V: AsRef<str>,
    {
        for (name, value) in params {
            self.parameter(name, value.as_ref());
        }
        self
    }

    /// Aborts the request, and the body of its answer, when the signal does: with the signal's reason if that is an `Error`. A listener
    /// stays at the signal, so don't take one and the same for all requests of a long life.
    pub fn abort_signal(mut self, signal: Option<&AbortSignal>) -> Self {
        self.signal = signal.cloned();
        self
    }

    /// It outlives its page: from a dedicated Worker only where the browser keeps that page for the Back button;
    /// what the Worker had not sent when the page was left may wait until the page is back, and is lost if it never is.
    pub fn keepalive(self) -> Self {
        self.init("keepalive", true)
    }

    /// How it compares to other requests: `high`, `low` or `auto`.
    pub fn priority(self, priority: &str) -> Self {
        self.init("priority", priority)
    }

    /// Any other member of JavaScript's `RequestInit`, such as `cache`, `credentials`, `integrity`, `mode` and `referrerPolicy`.
    pub fn init(self, name: &str, value: impl Into<JsValue>) -> Self {
        js::set(&self.init, name, &value.into());
        self
    }

    /// Builds it without a body.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Request`](crate::ErrorCode::Request) if a browser can't make such a request of URL, method, headers and the like.
    pub fn build(self) -> Result<AuthRequest, Error> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        js::set(&self.init, "headers", &self.headers);
        // It tells what is wrong, where a worker would say that the network fails.
        web_sys::Request::new_with_str_and_init(&self.url, self.init.unchecked_ref()).map_err(Error::request)?;
        if self.options != RequestOptions::default() {
            js::set(&self.init, "tokenkeep", &self.options.0.to_js());
        }
        Ok(AuthRequest { auth: self.auth, url: self.url, init: self.init, signal: self.signal })
    }

    /// With a body: text, bytes, a `Blob`, `FormData`, `URLSearchParams` or a `ReadableStream`. All but streams can be sent again after a
    /// 401; of streams as much as the configured `streamBufferLimit`.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    pub fn body(self, body: impl Into<JsValue>) -> Result<AuthRequest, Error> {
        let request = self.build()?;
        js::set(&request.init, "body", &body.into());
        // Streams need it, and it does nothing to others.
        js::set(&request.init, "duplex", &"half".into());
        Ok(request)
    }

    /// With a body in JSON, and the `Content-Type` for it.
    ///
    /// # Errors
    ///
    /// [`ErrorCode::Shape`](crate::ErrorCode::Shape) if `value` can't be JSON, and as [`build`](Self::build).
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Result<AuthRequest, Error> {
        let text = serde_json::to_string(value).map_err(|_| Error::shape("this body can't be JSON"))?;
        self.header("Content-Type", "application/json").body(text)
    }

    /// Sends it without a body.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build) and [`Auth::fetch`].
    pub async fn send(self) -> Result<Response, Error> {
        self.build()?.send().await
    }

    /// Makes a `blob:` URL of the answer: see [`Auth::object_url`].
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build) and [`Auth::object_url`].
    pub async fn object_url(self) -> Result<String, Error> {
        self.build()?.object_url().await
    }

    fn parameter(&mut self, name: &str, value: &str) {
        let part = [name, value].map(|text| String::from(js_sys::encode_uri_component(text))).join("=");
        let end = self.url.find('#').unwrap_or(self.url.len());
        let mark = if self.url[..end].contains('?') { "&" } else { "?" };
        self.url.insert_str(end, &(mark.to_owned() + &part));
    }
}

/// How tokenkeep treats it.
impl RequestBuilder {
    /// All of it at once, in place of what was said before.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.options = options;
        self
    }

    /// See [`RequestOptions::skip_auth`].
    pub fn skip_auth(self) -> Self {
        self.with(RequestOptions::skip_auth)
    }

    /// See [`RequestOptions::queue_timeout`].
    pub fn queue_timeout(self, timeout: Duration) -> Self {
        self.with(|options| options.queue_timeout(timeout))
    }

    /// See [`RequestOptions::retry`].
    pub fn retry(self, retry: Retry) -> Self {
        self.with(|options| options.retry(retry))
    }

    /// See [`RequestOptions::idempotency_key`].
    pub fn idempotency_key(self, key: &str) -> Self {
        self.with(|options| options.idempotency_key(key))
    }

    /// See [`RequestOptions::idempotent`].
    pub fn idempotent(self) -> Self {
        self.with(RequestOptions::idempotent)
    }

    /// See [`RequestOptions::step_up`].
    pub fn step_up(self) -> Self {
        self.with(RequestOptions::step_up)
    }

    /// See [`RequestOptions::replace_authorization`].
    pub fn replace_authorization(self) -> Self {
        self.with(RequestOptions::replace_authorization)
    }

    fn with(mut self, change: impl FnOnce(RequestOptions) -> RequestOptions) -> Self {
        self.options = change(self.options);
        self
    }
}

/// A request that is ready to be sent. It is shown as [`RequestBuilder`] is.
#[must_use]
pub struct AuthRequest {
    auth: Auth,
    url: String,
    init: JsValue,
    signal: Option<AbortSignal>,
}

impl AuthRequest {
    /// Sends it. Dropping the future aborts it.
    ///
    /// # Errors
    ///
    /// As [`Auth::fetch`].
    pub async fn send(self) -> Result<Response, Error> {
        let sending = Sending::new(self.init, self.signal.as_ref())?;
        sending.response(&self.auth, &self.url.into()).await
    }

    /// Makes a `blob:` URL of the answer: see [`Auth::object_url`].
    ///
    /// # Errors
    ///
    /// As [`Auth::object_url`].
    pub async fn object_url(self) -> Result<String, Error> {
        let sending = Sending::new(self.init, self.signal.as_ref())?;
        sending.object_url(&self.auth, &self.url.into()).await
    }
}

impl fmt::Debug for RequestBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, "RequestBuilder", &self.init, &self.url)
    }
}

impl fmt::Debug for AuthRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, "AuthRequest", &self.init, &self.url)
    }
}

fn show(f: &mut fmt::Formatter<'_>, name: &str, init: &JsValue, url: &str) -> fmt::Result {
    let method = js::text(init, "method").unwrap_or_default();
    f.debug_struct(name).field("method", &method).field("host", &host(url)).finish_non_exhaustive()
}

/// The host of an absolute URL, with its port.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '\\', '?', '#']).next()?;
    Some(authority.rsplit_once('@').map_or(authority, |(_, host)| host))
}
