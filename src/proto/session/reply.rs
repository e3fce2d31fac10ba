//! What a resource server answered.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::proto::syntax::json::{Object, Value};

/// What a resource server answered, and what the application said of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The request's URL in canonical form.
    pub target: String,
    /// Its method.
    pub method: String,
    /// The status code.
    pub status: u16,
    /// Whether the answer brought a nonce for such proofs.
    pub nonce: bool,
    /// Whether it may be sent again after a pause.
    pub retry: Retry,
    /// Whether it is ready to wait for a sign-in with more rights.
    pub step_up: bool,
    /// Whether its body was a stream, which can't be sent twice.
    pub streamed: bool,
    /// The `WWW-Authenticate` field, if readable.
    pub challenge: Option<String>,
    /// The `Retry-After` field, if readable.
    pub retry_after: Option<String>,
    /// The `Date` field, if readable.
    pub date: Option<String>,
}

/// The application's word on sending a request again after a pause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retry {
    /// None: as the configuration says, if the method is one that may be repeated.
    #[default]
    ByMethod,
    /// Whatever the method, as the configuration says: the request bears repeating.
    Repeatable,
    /// At most so often, whatever the method.
    AtMost(u64),
}

impl Reply {
    /// Reads the JSON form; `None` if it isn't one.
    pub fn parse(json: &str) -> Option<Self> {
        let object = Object::parse(json.as_bytes())?;
        let text = |name| object.string(name).map(str::to_owned);
        let number = |name| object.member(name).and_then(Value::as_u64);
        let flag = |name| object.member(name).is_some_and(Value::is_true);
        Some(Self {
            target: text("target")?,
            method: text("method")?,
            status: u16::try_from(number("status")?).ok()?,
            nonce: flag("nonce"),
            retry: match object.member("retry") {
                Some(Value::Bool(false)) => Retry::AtMost(0),
                Some(Value::Bool(true)) => Retry::Repeatable,
                Some(value) => value.as_u64().map_or(Retry::ByMethod, Retry::AtMost),
                None if flag("idempotent") => Retry::Repeatable,
                None => Retry::ByMethod,
            },
            step_up: flag("stepUp"),
            streamed: flag("streamed"),
            challenge: text("challenge"),
            retry_after: text("retryAfter"),
            date: text("date"),
        })
    }
}
