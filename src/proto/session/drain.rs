//! How fast the queue empties: a number of requests on their way at once that follows what the API takes.

use alloc::vec::Vec;

use crate::proto::syntax::time::Instant;

use super::queue::RequestId;
use super::window::{End, Window};

/// The released requests whose answers are still to come, and since when.
#[derive(Clone, Debug, Default)]
pub(super) struct Drain {
    on_the_way: Vec<(RequestId, Instant)>,
    /// When the API has said nothing for too long, if it goes on like that.
    silent_at: Option<Instant>,
    window: Window,
}

impl Drain {
    pub(super) fn on_the_way(&self) -> u64 {
        self.on_the_way.len() as u64
    }

    pub(super) fn has(&self, id: RequestId) -> bool {
        self.find(id).is_some()
    }

    /// Whether there is a place for one more, at `most` this many.
    pub(super) fn has_room(&mut self, most: u64, now: Instant) -> bool {
        self.handle_timeout(now);
        self.on_the_way() < self.window.size(most)
    }

    /// Gives a place to a request that leaves now.
    pub(super) fn take(&mut self, id: RequestId, now: Instant) {
        if self.on_the_way.is_empty() {
            self.silent_at = Some(now.after(PATIENCE_MS));
        }
        self.on_the_way.push((id, now));
    }

    /// Takes back the place of a request that ended so, if it has one; whether it had one.
    pub(super) fn give_back(&mut self, now: Instant, id: RequestId, end: End, most: u64) -> bool {
        let full = self.on_the_way() >= self.window.size(most);
        let Some(at) = self.find(id) else { return false };
        let (_, left) = self.on_the_way.swap_remove(at);
        self.window.note(end, now.since(left), full, most);
        // Callers that give up one after the other would make a silent API look alive.
        if end != End::Unsaid {
            self.silent_at = Some(now.after(PATIENCE_MS));
        }
        true
    }

    fn find(&self, id: RequestId) -> Option<usize> {
        self.on_the_way.iter().position(|(one, _)| *one == id)
    }

    /// Stops waiting for answers that don't come: a long poll must not hold up the queue.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        let Some(silent_at) = self.silent_at.filter(|at| *at <= now) else { return };
        self.window = self.window.doubted(now.since(silent_at) / PATIENCE_MS + 1);
        self.silent_at = (!self.on_the_way.is_empty()).then(|| now.after(PATIENCE_MS));
        self.on_the_way.clear();
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.silent_at
    }
}

/// Time without an answer after which the next requests are released all the same, in milliseconds.
const PATIENCE_MS: u64 = 2_000;
