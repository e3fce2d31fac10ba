//! How fast the queue empties: a bounded number of requests on their way at once.

use crate::proto::syntax::time::Instant;

/// Counts the released requests whose answers are still to come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drain {
    on_the_way: u64,
    patience: Option<Instant>,
}

impl Drain {
    pub(super) fn on_the_way(&self) -> u64 {
        self.on_the_way
    }

    /// Takes a place among `limit`, if one is free.
    pub(super) fn take(&mut self, limit: u64, now: Instant) -> bool {
        let free = self.on_the_way < limit;
        if free {
            self.on_the_way += 1;
            self.patience = Some(now.after(PATIENCE_MS));
        }
        free
    }

    /// Gives a place back.
    pub(super) fn give_back(&mut self) {
        self.on_the_way = self.on_the_way.saturating_sub(1);
    }

    /// Stops waiting for answers that don't come: a long poll must not hold up the queue.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        if self.patience.is_some_and(|patience| patience <= now) {
            *self = Self::default();
        }
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.patience
    }
}

/// Time without an answer after which the next requests are released all the same, in milliseconds.
const PATIENCE_MS: u64 = 2_000;
