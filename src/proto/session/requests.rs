//! Protected resource requests: who may go, who waits, who is let out.

use alloc::vec::Vec;

use crate::proto::error::{ApiMisuse, Ending, Error, QueueError};
use crate::proto::queue::RequestId;
use crate::proto::time::Now;
use crate::proto::url::Url;

use super::grant::Freshness;
use super::trials::Place;
use super::{Command, Session};

/// What a request should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go at once with the token of this generation.
    Send(u32),
    /// Wait until it is released or rejected.
    Queued,
    /// The answer stands.
    Final,
    /// Wait for a sign-in with more rights until released or rejected; if rejected because of the time, the answer
    /// stands.
    StepUp,
}

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
        self.admit(now, id, timeout)
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
        self.admit(now, id, None)
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
        let current = generation == self.generation;
        if replays > 0 {
            if current {
                self.trials.refused(place, generation, now.instant);
            }
            return Ok(Verdict::Final);
        }
        self.trials.note(place);
        if current && !self.refused {
            let unhelpful = self.trials.is_unhelpful(place, now.instant);
            let refreshable = self.grant.as_ref().is_some_and(|grant| grant.refresh_token.is_some());
            if self.grant.is_some() && (unhelpful || !refreshable) {
                return Ok(Verdict::Final);
            }
            self.refused = self.grant.is_some();
        }
        let verdict = self.admit(now, id, timeout)?;
        self.counters.replays += 1;
        Ok(verdict)
    }

    /// Takes note that a request to `target` with the token of `generation` was not answered by 401; whether such news
    /// is still of use.
    pub fn handle_taken(&mut self, now: Now, target: &str, generation: u32) -> bool {
        if let Some(place) = self.place(target) {
            self.trials.taken(place, generation);
        }
        self.trials.is_any_unhelpful(now.instant)
    }

    /// Takes note that a released request has its answer, or failed.
    pub fn handle_settled(&mut self, now: Now) {
        self.drain.give_back();
        self.pump(now);
    }

    /// Lets a waiting request go without an answer, because its caller gave up.
    pub fn cancel(&mut self, id: RequestId) {
        let _ = self.queue.remove(id) || self.pauses.remove(id) || self.step_ups.waiting.remove(id);
        self.take_timeout(id);
    }

    /// Keeps the time that a request named, for when it waits for a token again.
    pub(super) fn remember_timeout(&mut self, id: RequestId, timeout: Option<u64>) {
        self.timeouts.extend(timeout.map(|timeout| (id, timeout)));
    }

    pub(super) fn take_timeout(&mut self, id: RequestId) -> Option<u64> {
        let at = self.timeouts.iter().position(|(known, _)| *known == id)?;
        Some(self.timeouts.swap_remove(at).1)
    }

    /// Lets a request whose pause is over wait for its turn, if there is anything to wait for.
    pub(super) fn go_on_after_pause(&mut self, now: Now, id: RequestId) {
        let timeout = self.take_timeout(id);
        let stale = self.freshness(now) == Some(Freshness::Stale);
        match if stale { self.prepare_refresh(now) } else { Ok(()) } {
            Ok(()) => self.enqueue(now, id, timeout),
            Err(error) => self.reject([id].into(), error),
        }
    }

    /// Whether one more request may wait.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.queue.len() + self.pauses.len() + self.step_ups.waiting.len();
        (waiting as u64) < self.config.limits.queue_limit
    }

    /// Lets a request wait in the queue.
    pub(super) fn enqueue(&mut self, now: Now, id: RequestId, timeout: Option<u64>) {
        self.queue.push(id, now.instant.after(timeout.unwrap_or(self.config.limits.queue_timeout)));
        self.watch.wait(self.queue.len());
    }

    pub(super) fn admit(&mut self, now: Now, id: RequestId, timeout: Option<u64>) -> Result<Verdict, Error> {
        self.surroundings.used = true;
        match self.freshness(now) {
            None if self.exchanges.is_empty() => return Err(Error::LoginRequired(self.ending)),
            None => {}
            Some(_) if self.surroundings.locked => {}
            Some(Freshness::Fresh) if self.queue.is_empty() => return Ok(Verdict::Send(self.generation)),
            Some(Freshness::Early) if self.queue.is_empty() => {
                self.start_refresh(now);
                return Ok(Verdict::Send(self.generation));
            }
            Some(Freshness::Fresh | Freshness::Early) => {}
            Some(Freshness::Stale) => self.prepare_refresh(now)?,
        }
        if !self.has_room() {
            self.watch.note("queue-full", "");
            return Err(Error::Queue(QueueError::Full));
        }
        self.enqueue(now, id, timeout);
        self.hasten(now);
        Ok(Verdict::Queued)
    }

    /// The access token's freshness; `None` without a grant.
    pub(super) fn freshness(&self, now: Now) -> Option<Freshness> {
        let grant = self.grant.as_ref()?;
        Some(if self.refused { Freshness::Stale } else { grant.freshness(now.instant) })
    }

    /// Sees to it that a refresh is under way for a request that is about to wait.
    fn prepare_refresh(&mut self, now: Now) -> Result<(), Error> {
        if self.is_over() {
            self.end(Ending::Expired);
            return Err(Error::LoginRequired(Ending::Expired));
        }
        if let Some(error) = self.refresh.standing_error(now.instant) {
            return Err(error.clone());
        }
        self.start_refresh(now);
        Ok(())
    }

    /// Whether a stale token is the end: nothing can renew it and no sign-in is under way.
    fn is_over(&self) -> bool {
        self.exchanges.is_empty() && self.grant.as_ref().is_some_and(|grant| grant.refresh_token.is_none())
    }

    /// Rejects those whose time to wait is over. After sleep an answer may come before the timer.
    fn expire(&mut self, now: Now) {
        let late = self.queue.expire(now.instant);
        if !late.is_empty() {
            self.watch.note_more("queue-timeout", "", late.len() as u64, None);
            let error = if self.surroundings.locked { QueueError::Locked } else { QueueError::Timeout };
            self.reject(late, Error::Queue(error));
        }
    }

    /// Releases waiting requests as far as the token and the drain limit allow, or starts what they wait for.
    pub(super) fn pump(&mut self, now: Now) {
        self.expire(now);
        if self.queue.is_empty() || self.surroundings.locked {
            return;
        }
        match self.freshness(now) {
            None => return,
            Some(Freshness::Stale) if self.is_over() => return self.end(Ending::Expired),
            Some(Freshness::Stale) => return self.start_refresh(now),
            Some(Freshness::Early) => self.start_refresh(now),
            Some(Freshness::Fresh) => {}
        }
        let mut ids = Vec::new();
        while !self.queue.is_empty() && self.drain.take(self.config.limits.drain_concurrency, now.instant) {
            ids.extend(self.queue.pop());
        }
        if !ids.is_empty() {
            self.surroundings.used = true;
            self.commands.push(Command::Release { ids, generation: self.generation });
        }
    }
}
