//! Protected resource requests: who may go, who waits, who is let out.

use alloc::vec::Vec;

use crate::proto::error::{ApiMisuse, Ending, Error, QueueError};
use crate::proto::syntax::time::Now;
use crate::proto::syntax::url::Url;

use super::access::Freshness;
use super::command::Command;
use super::lane::Lane;
use super::queue::RequestId;
use super::state::Session;
use super::trials::Place;
use super::verdict::Verdict;

impl Session {
    /// Asks whether request `id` to `target` may have the token. `target` is a URL in canonical form; `timeout` is
    /// how long the request is ready to wait, in milliseconds, if not for the configured time.
    ///
    /// # Errors
    /// [`ApiMisuse::TargetRefused`], [`Error::LoginRequired`], [`QueueError::Full`], or the configuration error that
    /// the last refresh met.
    pub fn authorize(&mut self, now: Now, id: RequestId, target: &str, timeout: Option<u64>) -> Result<Verdict, Error> {
        self.tick(now);
        let Some(server) = self.covering(target) else {
            self.alarm_off_list();
            return Err(Error::ApiMisuse(ApiMisuse::TargetRefused));
        };
        let anomaly = self.watch.request(server);
        self.alarm(anomaly);
        self.admit(now, id, self.lanes.of(server), timeout)
    }

    /// The resource server that `target` belongs to.
    fn covering(&self, target: &str) -> Option<usize> {
        self.covering_url(&Url::parse(target)?)
    }

    fn covering_url(&self, url: &Url<'_>) -> Option<usize> {
        self.config.resource_servers.iter().position(|server| server.covers(url))
    }

    /// The resource server that `target` belongs to, and where in it.
    pub(super) fn place(&self, target: &str) -> Option<Place> {
        let url = Url::parse(target)?;
        let server = self.covering_url(&url)?;
        Some(Place::new(server, url.path))
    }

    /// Asks for the access token itself, for the application.
    ///
    /// # Errors
    /// As [`authorize`](Self::authorize), and [`ApiMisuse::TokenNotExposed`] unless the configuration allows it.
    pub fn authorize_exposure(&mut self, now: Now, id: RequestId) -> Result<Verdict, Error> {
        if !self.config.expose_access_token {
            return Err(Error::ApiMisuse(ApiMisuse::TokenNotExposed));
        }
        self.tick(now);
        self.admit(now, id, 0, None)
    }

    /// Takes a 401 to request `id`, which was sent with the token of `generation` and replayed `replays` times.
    ///
    /// A token that has been replaced meanwhile says nothing about the current one, so that request just goes again.
    ///
    /// # Errors
    /// As [`authorize`](Self::authorize).
    pub fn handle_unauthorized(
        &mut self,
        now: Now,
        id: RequestId,
        generation: u32,
        replays: u32,
        timeout: Option<u64>,
    ) -> Result<Verdict, Error> {
        self.handle_unauthorized_at(now, id, Place::default(), generation, replays, timeout)
    }

    /// The same for a request to `place`.
    pub(super) fn handle_unauthorized_at(
        &mut self,
        now: Now,
        id: RequestId,
        place: Place,
        generation: u32,
        replays: u32,
        timeout: Option<u64>,
    ) -> Result<Verdict, Error> {
        if generation < self.first_generation {
            return Err(Error::LoginRequired(self.ending));
        }
        let lane = self.lanes.of(place.server);
        let current = generation == self.lanes.all[lane].generation;
        if replays > 0 {
            if current {
                self.trials.refused(place, generation, now.instant);
            }
            return Ok(Verdict::Final);
        }
        self.trials.note(place);
        if current && !self.lanes.all[lane].refused {
            let unhelpful = self.trials.is_unhelpful(place, now.instant);
            let refreshable = self.grant.as_ref().is_some_and(|grant| grant.refresh_token.is_some());
            if self.grant.is_some() && (unhelpful || !refreshable) {
                return Ok(Verdict::Final);
            }
            self.lanes.all[lane].refused = self.grant.is_some();
        }
        let verdict = self.admit(now, id, lane, timeout)?;
        self.counters.replays += 1;
        Ok(verdict)
    }

    /// Takes note that a request to `target` with the token of `generation` was not answered by 401; whether such news
    /// is still of use.
    pub fn handle_taken(&mut self, now: Now, target: &str, generation: u32) -> bool {
        // A place on no list that had the token can only be the one.
        let place = self.place(target).unwrap_or_else(Self::userinfo_place);
        self.trials.taken(place, generation);
        self.trials.is_any_unhelpful(now.instant)
    }

    /// Takes note that a released request has its answer, or failed.
    pub fn handle_settled(&mut self, now: Now) {
        self.drain.give_back();
        self.pump(now);
    }

    /// Lets a waiting request go without an answer, because its caller gave up.
    pub fn cancel(&mut self, id: RequestId) {
        let _ = self.lanes.remove(id) || self.pauses.remove(id) || self.step_ups.waiting.remove(id);
        self.take_wish(id);
    }

    /// Keeps what a request wants when it waits for a token again: which one, and for how long.
    pub(super) fn remember_wish(&mut self, id: RequestId, lane: usize, timeout: Option<u64>) {
        if lane > 0 || timeout.is_some() {
            self.wishes.push((id, lane, timeout));
        }
    }

    pub(super) fn take_wish(&mut self, id: RequestId) -> (usize, Option<u64>) {
        let at = self.wishes.iter().position(|(known, ..)| *known == id);
        at.map_or((0, None), |at| {
            let (_, lane, timeout) = self.wishes.swap_remove(at);
            (lane, timeout)
        })
    }

    /// Lets a request whose pause is over wait for its turn, if there is anything to wait for.
    pub(super) fn go_on_after_pause(&mut self, now: Now, id: RequestId) {
        let (lane, timeout) = self.take_wish(id);
        let stale = self.freshness(now, lane) == Some(Freshness::Stale);
        match if stale { self.prepare_refresh(now, lane) } else { Ok(()) } {
            Ok(()) => self.enqueue(now, id, lane, timeout),
            Err(error) => self.reject([id].into(), error),
        }
    }

    /// Whether one more request may wait.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.lanes.waiting() + self.pauses.len() + self.step_ups.waiting.len();
        (waiting as u64) < self.config.limits.queue_limit
    }

    /// Lets a request wait in the queue.
    pub(super) fn enqueue(&mut self, now: Now, id: RequestId, lane: usize, timeout: Option<u64>) {
        let deadline = now.instant.after(timeout.unwrap_or(self.config.limits.queue_timeout));
        self.lanes.all[lane].queue.push(id, deadline);
        self.watch.wait(self.lanes.waiting());
    }

    pub(super) fn admit(
        &mut self,
        now: Now,
        id: RequestId,
        lane: usize,
        timeout: Option<u64>,
    ) -> Result<Verdict, Error> {
        let Lane { queue, used, generation, .. } = &mut self.lanes.all[lane];
        let (first, generation) = (queue.is_empty(), *generation);
        *used = true;
        match self.freshness(now, lane) {
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
        self.enqueue(now, id, lane, timeout);
        self.hasten(now);
        Ok(Verdict::Queued)
    }

    /// How fresh a lane's access token is; `None` without a grant.
    pub(super) fn freshness(&self, now: Now, lane: usize) -> Option<Freshness> {
        let renewable = self.grant.as_ref()?.refresh_token.is_some();
        let lane = &self.lanes.all[lane];
        let access = lane.access.as_ref().filter(|_| !lane.refused);
        Some(access.map_or(Freshness::Stale, |access| access.freshness(now.instant, renewable)))
    }

    /// Sees to it that a refresh is under way for a request that is about to wait.
    fn prepare_refresh(&mut self, now: Now, lane: usize) -> Result<(), Error> {
        if !self.can_wait() {
            return Err(self.give_up(now));
        }
        if let Some(error) = self.refresh.standing_error(now.instant).or(self.lanes.all[lane].standing(now.instant)) {
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
        if (0..self.lanes.all.len()).any(|lane| self.freshness(now, lane) != Some(Freshness::Stale)) {
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
        for lane in 0..self.lanes.all.len() {
            if !self.lanes.all[lane].queue.is_empty() && !self.surroundings.locked {
                self.pump_lane(now, lane);
            }
        }
    }

    fn pump_lane(&mut self, now: Now, lane: usize) {
        match self.freshness(now, lane) {
            None => return,
            Some(Freshness::Stale) if !self.can_wait() => {
                let error = self.give_up(now);
                let waiting = self.lanes.all[lane].queue.drain();
                return self.reject(waiting, error);
            }
            Some(Freshness::Stale) => return self.start_refresh(now, lane),
            Some(Freshness::Early) => self.refresh_early(now, lane),
            Some(Freshness::Fresh) => {}
        }
        let mut ids = Vec::new();
        let lane = &mut self.lanes.all[lane];
        while !lane.queue.is_empty() && self.drain.take(self.config.limits.drain_concurrency, now.instant) {
            ids.extend(lane.queue.pop());
        }
        if !ids.is_empty() {
            lane.used = true;
            self.commands.push(Command::Release { ids, generation: lane.generation });
        }
    }
}
