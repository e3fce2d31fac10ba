//! What a resource server answered.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::proto::syntax::json::{Object, Value};

/// What a resource server answered, and what is known of the request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The request's URL in canonical form.
    pub target: String,
    /// Whether it was admitted as the one about the user.
    pub userinfo: bool,
    /// Its method.
    pub method: String,
    /// The status code.
    pub status: u16,
    /// Generation of the token that it was sent with.
    pub generation: u32,
    /// How often it was sent again with another token.
    pub replays: u32,
    /// How often it was sent again after a pause.
    pub retries: u64,
    /// How often it was sent again with another proof of possession.
    pub proofs: u64,
    /// Whether the answer brought a nonce for such proofs.
    pub nonce: bool,
    /// Whether it may be sent again after a pause.
    pub retry: Retry,
    /// Whether it is ready to wait for a sign-in with more rights.
    pub step_up: bool,
    /// Whether its body was a stream, which can't be sent twice.
    pub streamed: bool,
    /// How long it is ready to wait for a token, in milliseconds, if not for the configured time.
    pub timeout: Option<u64>,
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
            userinfo: flag("userinfo"),
            method: text("method")?,
            status: u16::try_from(number("status")?).ok()?,
            generation: u32::try_from(number("generation")?).ok()?,
            replays: u32::try_from(number("replays")?).ok()?,
            retries: number("retries")?,
            proofs: number("proofs").unwrap_or_default(),
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
            timeout: number("timeout"),
            challenge: text("challenge"),
            retry_after: text("retryAfter"),
            date: text("date"),
        })
    }
}
