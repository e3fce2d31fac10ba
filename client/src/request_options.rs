//! How one request is to be treated.

use std::time::Duration;

use crate::members::{Member, Members};

/// How one request is to be treated. [`RequestBuilder`](crate::RequestBuilder) has the same methods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct RequestOptions(pub(crate) Members);

/// Whether a request may be sent again after a pause that the API asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// Whatever the method, or never.
    Allowed(bool),
    /// At most so often.
    Times(u32),
}

impl RequestOptions {
    /// As configured.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends it as plain `fetch` would: no token, no queue, no list of targets.
    pub fn skip_auth(self) -> Self {
        self.with("skipAuth", Member::Flag(true))
    }

    /// How long it may wait for a token, instead of the configured `queueTimeout`.
    pub fn queue_timeout(self, timeout: Duration) -> Self {
        self.with("timeout", Member::of(timeout))
    }

    /// Whether it may be sent again after a pause that the API asks for. By default GET, PUT, HEAD, DELETE, OPTIONS and TRACE may, up to
    /// the configured `retryLimit`.
    pub fn retry(self, retry: Retry) -> Self {
        let value = match retry {
            Retry::Allowed(is_allowed) => Member::Flag(is_allowed),
            Retry::Times(times) => Member::Number(times.into()),
        };
        self.with("retry", value)
    }

    /// Sent as `Idempotency-Key`, the same with every try. Such a request may be sent again.
    pub fn idempotency_key(self, key: &str) -> Self {
        self.with("idempotencyKey", Member::Text(key.into()))
    }

    /// The same, with a key that is made up.
    pub fn idempotent(self) -> Self {
        self.with("idempotencyKey", Member::Flag(true))
    }

    /// It waits for a sign-in with more rights if the API asks for one, up to the configured `stepUpTimeout`. By default the API's answer
    /// is the answer.
    pub fn step_up(self) -> Self {
        self.with("stepUp", Member::Flag(true))
    }

    /// An `Authorization` header of the request's own gives way to the session's. By default such a request is refused with
    /// `RequestRefused`.
    pub fn replace_authorization(self) -> Self {
        self.with("replaceAuthorization", Member::Flag(true))
    }

    fn with(mut self, name: &'static str, value: Member) -> Self {
        self.0.set(name, value);
        self
    }
}
