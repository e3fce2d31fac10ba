//! The one timeout that wakes the session.

use core::cell::Cell;

use crate::proto::syntax::time::Instant;

use super::host::Host;

/// A timeout of the host's that can be set again and again.
#[derive(Default)]
pub(super) struct Timer {
    due: Cell<Option<Instant>>,
}

impl Timer {
    /// Takes note that the host woke the session, or can't be relied on to wake it when it was to.
    pub(super) fn rang(&self) {
        self.due.set(None);
    }

    /// Sees to it that the session is woken at `wanted` or earlier, or not at all. Delays beyond the longest that
    /// browsers take are cut.
    pub(super) fn set(&self, host: &Host, wanted: Option<Instant>, now: Instant) {
        let early_enough = match (wanted, self.due.get()) {
            (Some(wanted), Some(due)) => due <= wanted,
            (wanted, due) => wanted == due,
        };
        if early_enough {
            return;
        }
        self.due.set(wanted);
        host.wake(wanted.map_or(NEVER, |wanted| wanted.since(now).min(MAX_DELAY_MS) as i32));
    }
}

const MAX_DELAY_MS: u64 = 0x7fff_ffff;
const NEVER: i32 = -1;
