//! A page that waits for its popup.

use alloc::string::String;

use super::action::CallId;

/// A page that waits for the outcome of a sign-in.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) key: String,
    pub(super) call: CallId,
    /// The call that has the response and sees to it.
    pub(super) finisher: Option<CallId>,
}
