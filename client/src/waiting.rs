//! What requests wait for, once that takes long.

use serde::Deserialize;
use wasm_bindgen::JsValue;

use crate::js;

/// What requests wait for, in all pages. Nothing of the requests is in it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Waiting {
    /// Where requests wait for several things, the first of these; `None` at the end.
    pub reason: Option<WaitReason>,
    /// Since when some have waited for it without a break, in milliseconds since 1970; `None` at the end.
    pub since: Option<f64>,
    /// When the first of them goes on, or the next attempt to refresh follows, if a server said so: in milliseconds since 1970.
    pub until: Option<f64>,
    /// How many wait for it.
    pub calls: u64,
}

impl Waiting {
    pub(crate) fn read(detail: &JsValue) -> Self {
        let number = |name| js::number(detail, name);
        let (since, until) = (number("since"), number("until"));
        Self { reason: js::word(detail, "for"), since, until, calls: js::count(detail, "calls") }
    }
}

/// See [`Waiting`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WaitReason {
    /// The browser says that it is offline.
    Network,
    /// The pause that their API asked for (RFC 9110, 10.2.3).
    RetryAfter,
    /// A sign-in: one under way, or one with more rights.
    SignIn,
    /// A token: the refresh takes long, or fails and is tried again.
    Token,
    /// Their turn: the API takes no more at once.
    Turn,
    /// [`Auth::unlock`](crate::Auth::unlock): an anomaly has locked the session.
    Unlock,
    /// A reason that is newer than this crate.
    #[serde(other)]
    Unknown,
}
