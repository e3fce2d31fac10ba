//! Who waits for a token, who is let out, and who has waited too long.

use alloc::vec::Vec;

use crate::proto::error::{Ending, Error, QueueError};
use crate::proto::syntax::time::Now;

use super::access::Freshness;
use super::command::Output;
use super::queue::RequestId;
use super::state::Session;
use super::verdict::Verdict;

impl Session {
    /// Whether one more request may wait.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.queues.len() + self.pauses.len() + self.step_ups.len();
        (waiting as u64) < self.config.limits.queue_limit
    }

    /// Lets a request wait in the queue.
    pub(super) fn enqueue(&mut self, now: Now, id: RequestId) {
        let Some(request) = self.requests.get(id) else { return };
        let deadline = now.instant.after(request.patience().unwrap_or(self.config.limits.queue_timeout));
        self.queues.push(request.lane(), self.discovered.first_beside(request.server()), id, deadline);
        self.watch.wait(self.queues.len());
    }

    /// Lets a request go, or wait, or nothing.
    pub(super) fn admit(&mut self, now: Now, id: RequestId) -> Result<Verdict, Error> {
        let verdict = self.judge_request(now, id);
        match (&verdict, self.requests.get_mut(id)) {
            (Ok(Verdict::Send(generation)), Some(request)) => request.generation = *generation,
            (Err(_), _) => drop(self.requests.remove(id)),
            _ => {}
        }
        verdict
    }

    fn judge_request(&mut self, now: Now, id: RequestId) -> Result<Verdict, Error> {
        let (lane, server) = self.requests.get(id).map_or((0, 0), |request| (request.lane(), request.server()));
        let server = self.discovered.first_beside(server);
        let freshness = self.freshness(now, lane);
        let own = self.lanes.get_mut(lane);
        own.touch();
        let (first, generation) = (!self.queues.has(lane, Some(server)), own.generation());
        match freshness {
            None if self.exchanges.is_empty() => return Err(Error::LoginRequired(self.ending)),
            None => {}
            Some(_) if self.surroundings.locked => {}
            Some(Freshness::Fresh) if first => return Ok(Verdict::Send(generation)),
            Some(Freshness::Early) if first => {
                self.refresh_early(now, lane);
                return Ok(Verdict::Send(generation));
            }
            Some(Freshness::Fresh | Freshness::Early) => {}
            Some(Freshness::Stale) => self.prepare_refresh(now, lane)?,
        }
        if !self.has_room() {
            self.watch.note("queue-full", "");
            return Err(Error::Queue(QueueError::Full));
        }
        self.enqueue(now, id);
        self.hasten(now);
        Ok(Verdict::Queued)
    }

    /// How fresh a lane's access token is; `None` without a grant.
    pub(super) fn freshness(&self, now: Now, lane: usize) -> Option<Freshness> {
        let renewable = self.grant.as_ref()?.refresh_token.is_some();
        Some(self.lanes.get(lane).freshness(now.instant, renewable))
    }

    /// Sees to it that a refresh is under way for a request that is about to wait.
    pub(super) fn prepare_refresh(&mut self, now: Now, lane: usize) -> Result<(), Error> {
        if !self.can_wait() {
            return Err(self.give_up(now));
        }
        if let Some(error) = self.refresh.standing_error(now.instant).or(self.lanes.get(lane).standing(now.instant)) {
            return Err(error.clone());
        }
        self.start_refresh(now, lane);
        Ok(())
    }

    /// Whether there is something that can bring a token: a refresh or a sign-in.
    fn can_wait(&self) -> bool {
        !self.exchanges.is_empty() || self.grant.as_ref().is_none_or(|grant| grant.refresh_token.is_some())
    }

    /// Without a way to renew a token the session is over, unless another resource's token still works.
    fn give_up(&mut self, now: Now) -> Error {
        if self.lanes.numbers().any(|lane| self.freshness(now, lane) != Some(Freshness::Stale)) {
            return Error::ResourceUnavailable;
        }
        self.end(Ending::Expired);
        Error::LoginRequired(Ending::Expired)
    }

    /// Rejects those whose time to wait is over. After sleep an answer may come before the timer.
    fn expire(&mut self, now: Now) {
        let late = self.queues.expire(now.instant);
        if !late.is_empty() {
            self.watch.note_more("queue-timeout", "", late.len() as u64, None);
            let error = if self.surroundings.locked { QueueError::Locked } else { QueueError::Timeout };
            self.reject(late, Error::Queue(error));
        }
    }

    /// Releases waiting requests as far as the tokens and the drain limit allow, or starts what they wait for.
    pub(super) fn pump(&mut self, now: Now) {
        self.expire(now);
        self.drains.handle_timeout(now.instant);
        if self.surroundings.locked {
            return;
        }
        let mut ready = Vec::new();
        for lane in self.lanes.numbers() {
            if self.queues.has(lane, None) && self.is_ready(now, lane) {
                ready.push(lane);
            }
        }
        self.release(now, &ready);
    }

    /// Whether those who wait for a lane's token may go with it. Else starts what they wait for, or ends it.
    fn is_ready(&mut self, now: Now, lane: usize) -> bool {
        match self.freshness(now, lane) {
            None => return false,
            Some(Freshness::Stale) if !self.can_wait() => {
                let error = self.give_up(now);
                let waiting = self.queues.drain(Some(lane));
                self.reject(waiting, error);
                return false;
            }
            Some(Freshness::Stale) => {
                self.start_refresh(now, lane);
                return false;
            }
            Some(Freshness::Early) => self.refresh_early(now, lane),
            Some(Freshness::Fresh) => {}
        }
        true
    }

    /// Lets those leave who wait for the token of a lane that is `ready`, whichever it is, as far as there is room.
    fn release(&mut self, now: Now, ready: &[usize]) {
        let most = self.config.limits.drain_concurrency;
        let mut released = Vec::new();
        while let Some((lane, server, id)) =
            self.queues.pop(&|lane, server| self.drains.room(server, most).filter(|_| ready.contains(&lane)))
        {
            self.drains.take(server, id, now.instant);
            released.push((lane, id));
        }
        for lane in ready {
            self.send(*lane, &released);
        }
    }

    /// Lets those of the `released` go that waited for the token of this lane.
    fn send(&mut self, lane: usize, released: &[(usize, RequestId)]) {
        let generation = self.lanes.get(lane).generation();
        let mut ids = Vec::new();
        for (_, id) in released.iter().filter(|(one, _)| *one == lane) {
            ids.push(*id);
            if let Some(request) = self.requests.get_mut(*id) {
                (request.generation, request.has_answer) = (generation, false);
            }
        }
        if !ids.is_empty() {
            self.lanes.get_mut(lane).touch();
            self.put(Output::Release { ids, generation });
        }
    }
}
