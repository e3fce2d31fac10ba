//! Whose call it is.

use super::action::CallId;

/// The page that a call comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Door {
    /// Its number, given by the shell.
    pub number: u32,
    /// Whether it showed that it is there, by something that ends with it.
    pub alive: bool,
}

/// A call under way.
#[derive(Debug)]
pub(super) struct Caller {
    pub(super) call: CallId,
    pub(super) door: Door,
    /// Whether it waits for what another page does.
    pub(super) waits: bool,
}

impl Caller {
    pub(super) fn is(&self, call: CallId) -> bool {
        self.call == call
    }
}
