//! How fast the queue empties: a number of requests on their way at once that follows what the API takes.

use crate::proto::syntax::time::Instant;

use super::window::{Load, Window};

/// Counts the released requests whose answers are still to come.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drain {
    on_the_way: u64,
    patience: Option<Instant>,
    window: Window,
}

impl Drain {
    pub(super) fn on_the_way(&self) -> u64 {
        self.on_the_way
    }

    /// Takes a place among those that there are, at `most` this many, if one is free.
    pub(super) fn take(&mut self, most: u64, now: Instant) -> bool {
        if self.on_the_way == 0 {
            self.handle_timeout(now);
        }
        let free = self.on_the_way < self.window.size(most);
        if free {
            self.on_the_way += 1;
            self.patience = Some(now.after(PATIENCE_MS));
        }
        free
    }

    /// Gives a place back, with what the answer says of the API.
    pub(super) fn give_back(&mut self, load: Load, most: u64) {
        let full = self.on_the_way >= self.window.size(most);
        self.on_the_way = self.on_the_way.saturating_sub(1);
        self.window.note(load, full, most);
    }

    /// Stops waiting for answers that don't come: a long poll must not hold up the queue. What was learned is old by then.
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
