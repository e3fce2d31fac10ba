//! Who waits for a token, who is let out, and who has waited too long.

use alloc::vec::Vec;

use crate::proto::error::{Ending, Error, QueueError};
use crate::proto::syntax::time::Now;

use super::access::Freshness;
use super::command::Output;
use super::queue::RequestId;
use super::request::Request;
use super::state::Session;
use super::verdict::Verdict;

impl Session {
    /// Whether one more request may wait.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.lanes.waiting() + self.pauses.len() + self.step_ups.len();
        (waiting as u64) < self.config.limits.queue_limit
    }

    /// Lets a request wait in the queue.
    pub(super) fn enqueue(&mut self, now: Now, id: RequestId) {
        let Some(request) = self.requests.get(id) else { return };
        let deadline = now.instant.after(request.patience().unwrap_or(self.config.limits.queue_timeout));
        self.lanes.get_mut(request.lane()).push(id, deadline);
        self.watch.wait(self.lanes.waiting());
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
        let lane = self.requests.get(id).map_or(0, Request::lane);
        let freshness = self.freshness(now, lane);
        let own = self.lanes.get_mut(lane);
        own.touch();
        let (first, generation) = (!own.is_waited_for(), own.generation());
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
        let late = self.lanes.expire(now.instant);
        if !late.is_empty() {
            self.watch.note_more("queue-timeout", "", late.len() as u64, None);
            let error = if self.surroundings.locked { QueueError::Locked } else { QueueError::Timeout };
            self.reject(late, Error::Queue(error));
        }
    }

    /// Releases waiting requests as far as the token and the drain limit allow, or starts what they wait for.
    pub(super) fn pump(&mut self, now: Now) {
        self.expire(now);
        for lane in self.lanes.numbers() {
            if self.lanes.get(lane).is_waited_for() && !self.surroundings.locked {
                self.pump_lane(now, lane);
            }
        }
    }

    fn pump_lane(&mut self, now: Now, lane: usize) {
        match self.freshness(now, lane) {
            None => return,
            Some(Freshness::Stale) if !self.can_wait() => {
                let error = self.give_up(now);
                let waiting = self.lanes.get_mut(lane).drain();
                return self.reject(waiting, error);
            }
            Some(Freshness::Stale) => return self.start_refresh(now, lane),
            Some(Freshness::Early) => self.refresh_early(now, lane),
            Some(Freshness::Fresh) => {}
        }
        let mut ids = Vec::new();
        let lane = self.lanes.get_mut(lane);
        while lane.is_waited_for() && self.drain.has_room(self.config.limits.drain_concurrency, now.instant) {
            let Some(id) = lane.pop() else { break };
            self.drain.take(id, now.instant);
            ids.push(id);
        }
        if !ids.is_empty() {
            let generation = lane.generation();
            for id in &ids {
                if let Some(request) = self.requests.get_mut(*id) {
                    (request.generation, request.has_answer) = (generation, false);
                }
            }
            self.put(Output::Release { ids, generation });
        }
    }
}
