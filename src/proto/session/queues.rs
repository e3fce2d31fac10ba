//! Those who wait for a token, by the token's lane and by the resource server that they want to go to: one that can't take more
//! holds up nobody else's requests.

use alloc::vec::Vec;

use crate::proto::syntax::time::Instant;

use super::queue::{Queue, RequestId};

/// A queue for each lane and resource server that was waited for.
#[derive(Clone, Debug, Default)]
pub(super) struct Queues(Vec<Waiters>);

#[derive(Clone, Debug, Default)]
struct Waiters {
    lane: usize,
    server: usize,
    queue: Queue,
}

impl Queues {
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|waiters| waiters.queue.len()).sum()
    }

    /// Whether somebody waits for the token of `lane`, to go to `server` if one is given.
    pub(super) fn has(&self, lane: usize, server: Option<usize>) -> bool {
        self.0.iter().any(|waiters| waiters.is_for(lane, server) && !waiters.queue.is_empty())
    }

    pub(super) fn push(&mut self, lane: usize, server: usize, id: RequestId, deadline: Instant) {
        let at = self.0.iter().position(|waiters| waiters.is_for(lane, Some(server))).unwrap_or_else(|| {
            self.0.push(Waiters { lane, server, ..Waiters::default() });
            self.0.len() - 1
        });
        self.0[at].queue.push(id, deadline);
    }

    /// Takes out the next who may leave, with its lane and the server it goes to. `turn` says of lane and server whose turn it is:
    /// the least answer's, and `None` if nobody may leave there.
    pub(super) fn pop<T: Ord>(
        &mut self,
        turn: &dyn Fn(usize, usize) -> Option<T>,
    ) -> Option<(usize, usize, RequestId)> {
        let mut next: Option<((T, RequestId), &mut Waiters)> = None;
        for waiters in &mut self.0 {
            let Some(id) = waiters.queue.first() else { continue };
            let Some(own) = turn(waiters.lane, waiters.server).map(|turn| (turn, id)) else { continue };
            if next.as_ref().is_none_or(|(before, _)| own < *before) {
                next = Some((own, waiters));
            }
        }
        let (_, waiters) = next?;
        Some((waiters.lane, waiters.server, waiters.queue.pop()?))
    }

    /// Lets a request leave; whether it was waiting.
    pub(super) fn remove(&mut self, id: RequestId) -> bool {
        self.0.iter_mut().any(|waiters| waiters.queue.remove(id))
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.0.iter().filter_map(|waiters| waiters.queue.next_deadline()).min()
    }

    /// Takes out every request whose deadline has come.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<RequestId> {
        let mut ids = Vec::new();
        for waiters in &mut self.0 {
            ids.append(&mut waiters.queue.expire(now));
        }
        ids
    }

    /// Takes out everybody, or all who wait for the token of one lane.
    pub(super) fn drain(&mut self, lane: Option<usize>) -> Vec<RequestId> {
        let mut ids = Vec::new();
        for waiters in self.0.iter_mut().filter(|waiters| lane.is_none_or(|lane| waiters.lane == lane)) {
            ids.append(&mut waiters.queue.drain());
        }
        ids
    }
}

impl Waiters {
    fn is_for(&self, lane: usize, server: Option<usize>) -> bool {
        self.lane == lane && server.is_none_or(|server| self.server == server)
    }
}
