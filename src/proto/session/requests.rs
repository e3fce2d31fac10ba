//! Protected resource requests: who may go, who waits, who is let out.

use alloc::vec::Vec;

use crate::proto::error::{ApiMisuse, Ending, Error, QueueError};
use crate::proto::syntax::time::Now;
use crate::proto::syntax::url::Url;

use super::access::Freshness;
use super::command::Output;
use super::lane::Lane;
use super::queue::RequestId;
use super::request::Request;
use super::state::Session;
use super::trials::Place;
use super::verdict::Verdict;

impl Session {
    /// Asks whether request `id` to `target` may have the token. `target` is a URL in canonical form; `timeout` is
    /// how long the request is ready to wait, in milliseconds, if not for the configured time. A request that asks again, since
    /// its token was replaced before it could leave, stays what it is.
    ///
    /// # Errors
    /// [`ApiMisuse::TargetRefused`], [`Error::LoginRequired`], [`QueueError::Full`], or the configuration error that
    /// the last refresh met.
    pub fn authorize(&mut self, now: Now, id: RequestId, target: &str, timeout: Option<u64>) -> Result<Verdict, Error> {
        self.tick(now);
        let Some(place) = self.place(target) else {
            self.alarm_off_list();
            return Err(Error::ApiMisuse(ApiMisuse::TargetRefused));
        };
        let anomaly = self.watch.request(place.server);
        self.alarm(anomaly);
        self.give_back(now, id);
        self.requests.admit(Request::new(id, place, self.lanes.of(place.server), timeout));
        self.admit(now, id)
    }

    /// What is known of request `id`, while it is under way.
    pub fn request(&self, id: RequestId) -> Option<&Request> {
        self.requests.get(id)
    }

    /// The resource server that `target` belongs to, and where in it.
    pub(super) fn place(&self, target: &str) -> Option<Place> {
        let url = Url::parse(target)?;
        let server = self.discovered.resource_servers.iter().position(|server| server.covers(&url))?;
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
        self.requests.admit(Request::new(id, Place::default(), 0, None));
        self.admit(now, id)
    }

    /// Takes the status of the answer to request `id`. Answers whether it stands, which settles the request; else
    /// [`handle_reply`](Self::handle_reply) wants to see its fields.
    ///
    /// # Errors
    /// [`ApiMisuse::Redirected`] for 0, which is what a redirect looks like that is not followed.
    pub fn handle_status(&mut self, now: Now, id: RequestId, status: u16) -> Result<bool, Error> {
        match status {
            0 => {
                self.handle_settled(now, id);
                Err(Error::ApiMisuse(ApiMisuse::Redirected))
            }
            _ if self.is_telling(status) => Ok(false),
            _ => {
                self.note_taken(id);
                self.handle_settled(now, id);
                Ok(true)
            }
        }
    }

    /// As [`handle_status`](Self::handle_status) where nothing follows from it; whether that was so.
    pub fn settle_plainly(&mut self, id: RequestId, status: u16) -> bool {
        let released = self.requests.get(id).is_some_and(|request| request.released);
        let plain = !released && status != 0 && !self.is_telling(status);
        if plain {
            self.note_taken(id);
            self.requests.settle(id);
        }
        plain
    }

    /// Takes note that the token which request `id` went with was taken where it went.
    fn note_taken(&mut self, id: RequestId) {
        if let Some(Request { place, generation, .. }) = self.requests.get(id) {
            self.trials.taken(*place, *generation);
        }
    }

    /// Whether an answer of this status may not be the last word.
    fn is_telling(&self, status: u16) -> bool {
        matches!(status, 401 | 403 | 429 | 503) || self.is_expiry(status)
    }

    /// Whether the configuration's profile says that the server tells of a token that has run out by this status.
    pub(super) fn is_expiry(&self, status: u16) -> bool {
        self.config.profile().is_some_and(|profile| profile.is_expired(status))
    }

    /// Takes note that request `id` is over: it has its answer, or failed.
    pub fn handle_settled(&mut self, now: Now, id: RequestId) {
        self.give_back(now, id);
        self.requests.settle(id);
    }

    /// Frees the place on the way that a released request took up.
    pub(super) fn give_back(&mut self, now: Now, id: RequestId) {
        let Some(request) = self.requests.get_mut(id) else { return };
        if core::mem::take(&mut request.released) {
            self.drain.give_back();
            self.pump(now);
        }
    }

    /// Lets a waiting request go without an answer, because its caller gave up.
    pub fn cancel(&mut self, id: RequestId) {
        self.take_out(id);
        self.requests.settle(id);
    }

    /// Takes a request out of whatever it waits in.
    pub(super) fn take_out(&mut self, id: RequestId) {
        let _ = self.lanes.remove(id) || self.pauses.remove(id) || self.step_ups.waiting.remove(id);
    }

    /// Takes a 401 to `request`. A token that has been replaced meanwhile says nothing about the current one, so that
    /// request just goes again.
    pub(super) fn handle_unauthorized(&mut self, now: Now, request: Request) -> Result<Verdict, Error> {
        let Request { id, place, lane, generation, replays, .. } = request;
        if generation < self.first_generation {
            return Err(Error::LoginRequired(self.ending));
        }
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
        self.replay(now, id)
    }

    /// Sends a request again with the next token, or the one that came meanwhile.
    pub(super) fn replay(&mut self, now: Now, id: RequestId) -> Result<Verdict, Error> {
        let verdict = self.admit(now, id)?;
        if let Some(request) = self.requests.get_mut(id) {
            request.replays += 1;
        }
        self.counters.replays += 1;
        Ok(verdict)
    }

    /// Lets a request whose pause is over wait for its turn, if there is anything to wait for.
    pub(super) fn go_on_after_pause(&mut self, now: Now, id: RequestId) {
        let Some(lane) = self.requests.get(id).map(|request| request.lane) else { return };
        let stale = self.freshness(now, lane) == Some(Freshness::Stale);
        match if stale { self.prepare_refresh(now, lane) } else { Ok(()) } {
            Ok(()) => self.enqueue(now, id),
            Err(error) => self.reject([id].into(), error),
        }
    }

    /// Whether one more request may wait.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.lanes.waiting() + self.pauses.len() + self.step_ups.waiting.len();
        (waiting as u64) < self.config.limits.queue_limit
    }

    /// Lets a request wait in the queue.
    pub(super) fn enqueue(&mut self, now: Now, id: RequestId) {
        let Some(request) = self.requests.get(id) else { return };
        let deadline = now.instant.after(request.patience.unwrap_or(self.config.limits.queue_timeout));
        self.lanes.all[request.lane].queue.push(id, deadline);
        self.watch.wait(self.lanes.waiting());
    }

    /// Lets a request go, or wait, or nothing.
    pub(super) fn admit(&mut self, now: Now, id: RequestId) -> Result<Verdict, Error> {
        let verdict = self.judge_request(now, id);
        match (&verdict, self.requests.get_mut(id)) {
            (Ok(Verdict::Send(generation)), Some(request)) => request.generation = *generation,
            (Err(_), _) => drop(self.requests.settle(id)),
            _ => {}
        }
        verdict
    }

    fn judge_request(&mut self, now: Now, id: RequestId) -> Result<Verdict, Error> {
        let lane = self.requests.get(id).map_or(0, |request| request.lane);
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
        self.enqueue(now, id);
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
            let generation = lane.generation;
            for id in &ids {
                if let Some(request) = self.requests.get_mut(*id) {
                    (request.generation, request.released, request.has_answer) = (generation, true, false);
                }
            }
            self.put(Output::Release { ids, generation });
        }
    }
}
