//! How fast the queue empties: for each API a number of requests on their way at once that follows what it takes.

use alloc::vec::Vec;

use crate::proto::syntax::time::Instant;

use super::lane::EXPOSURE;
use super::queue::RequestId;
use super::window::{End, Window};

/// What is on its way to each resource server. They are told apart since one that is down would hold up the calls to all others;
/// the last of them is the one to which something left last.
#[derive(Clone, Debug, Default)]
pub(super) struct Drains(Vec<(usize, Drain)>);

impl Drains {
    pub(super) fn on_the_way(&self) -> u64 {
        self.0.iter().map(|(_, drain)| drain.on_the_way()).sum()
    }

    pub(super) fn has(&self, id: RequestId) -> bool {
        self.0.iter().any(|(_, drain)| drain.find(id).is_some())
    }

    /// Whether one more may follow to `server`, of `most` to all together. Of several servers the turn is that of the least answer:
    /// to which the fewest are on their way, and then to which something left longest ago.
    pub(super) fn room(&self, server: usize, most: u64) -> Option<(u64, usize)> {
        if server == EXPOSURE {
            return Some((0, 0));
        }
        let at = self.find(server);
        let (away, size) = at.map_or((0, most), |at| (self.0[at].1.on_the_way(), self.0[at].1.window.size(most)));
        (away < size && self.on_the_way() < most).then_some((away, at.map_or(0, |at| at + 1)))
    }

    /// Gives a place to a request that leaves now, if it goes to a server.
    pub(super) fn take(&mut self, server: usize, id: RequestId, now: Instant) {
        if server == EXPOSURE {
            return;
        }
        let mut drain = self.find(server).map(|at| self.0.remove(at).1).unwrap_or_default();
        drain.take(id, now);
        self.0.push((server, drain));
    }

    fn find(&self, server: usize) -> Option<usize> {
        self.0.iter().position(|(one, _)| *one == server)
    }

    /// Takes back the place of a request that ended so, if it has one; whether it had one.
    pub(super) fn give_back(&mut self, now: Instant, id: RequestId, end: End, most: u64) -> bool {
        let Some((_, drain)) = self.0.iter_mut().find(|(_, drain)| drain.find(id).is_some()) else { return false };
        // After sleep the end of what failed long ago may come before the timer. An answer ends the silence.
        if !matches!(end, End::Status(_)) {
            drain.handle_timeout(now);
        }
        drain.give_back(now, id, end, most);
        true
    }

    /// Stops waiting for answers that don't come: a long poll must not hold up the queue.
    pub(super) fn handle_timeout(&mut self, now: Instant) {
        for (_, drain) in &mut self.0 {
            drain.handle_timeout(now);
        }
    }

    /// When those to whom nothing is on its way fall silent changes nothing for anybody who waits.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.0.iter().filter(|(_, drain)| !drain.on_the_way.is_empty()).map(|(_, drain)| drain.silent_at).min()
    }
}

/// The released requests to one API whose answers are still to come, and since when.
#[derive(Clone, Debug, Default)]
struct Drain {
    on_the_way: Vec<(RequestId, Instant)>,
    /// When the API has said nothing for too long, if it goes on like that. It is set again each time, also with nothing on its way:
    /// that is how a narrow window gets over its weakness.
    silent_at: Instant,
    /// The last that is known of it is that a caller gave up.
    given_up: bool,
    window: Window,
}

impl Drain {
    fn on_the_way(&self) -> u64 {
        self.on_the_way.len() as u64
    }

    fn take(&mut self, id: RequestId, now: Instant) {
        if self.on_the_way.is_empty() && !self.given_up {
            self.silent_at = now.after(PATIENCE_MS);
        }
        self.on_the_way.push((id, now));
    }

    fn give_back(&mut self, now: Instant, id: RequestId, end: End, most: u64) {
        let full = self.on_the_way() >= self.window.size(most);
        let Some(at) = self.find(id) else { return };
        let (_, left) = self.on_the_way.swap_remove(at);
        self.window.note(end, now.since(left), full, most);
        // Callers that give up one after the other would make a silent API look alive.
        self.given_up = end == End::Unsaid;
        if !self.given_up {
            self.silent_at = now.after(PATIENCE_MS);
        }
    }

    fn find(&self, id: RequestId) -> Option<usize> {
        self.on_the_way.iter().position(|(one, _)| *one == id)
    }

    fn handle_timeout(&mut self, now: Instant) {
        if now >= self.silent_at {
            let times = now.since(self.silent_at) / PATIENCE_MS + 1;
            self.window = self.window.doubted(times);
            self.silent_at = self.silent_at.after(times * PATIENCE_MS);
            self.on_the_way.clear();
            self.given_up = false;
        }
    }
}

/// Time without an answer after which the next requests are released all the same, in milliseconds.
const PATIENCE_MS: u64 = 2_000;
