//! Protected resource requests: who may go, and what becomes of an answer.

use crate::proto::error::{ApiMisuse, Error};
use crate::proto::syntax::time::Now;
use crate::proto::syntax::url::Url;

use super::access::Freshness;
use super::lane::EXPOSURE;
use super::queue::RequestId;
use super::request::Request;
use super::state::Session;
use super::trials::Place;
use super::verdict::Verdict;
use super::window::End;

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
        self.give_back(now, id, End::Unsaid);
        self.requests.insert(id, Request::new(place, self.lanes.of(place.server), timeout));
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
        self.requests.insert(id, Request::new(Place::new(EXPOSURE, ""), 0, None));
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
                self.give_back(now, id, End::Status(status));
                self.requests.remove(id);
                Err(Error::ApiMisuse(ApiMisuse::Redirected))
            }
            _ if self.is_telling(status) => Ok(false),
            _ => {
                self.give_back(now, id, End::Status(status));
                self.settle_taken(id);
                Ok(true)
            }
        }
    }

    /// As [`handle_status`](Self::handle_status) where nothing follows from it; whether that was so.
    pub fn settle_plainly(&mut self, id: RequestId, status: u16) -> bool {
        let plain = !self.drains.has(id) && status != 0 && !self.is_telling(status);
        if plain {
            self.settle_taken(id);
        }
        plain
    }

    /// Request `id` is over, and the token that it went with was taken where it went.
    fn settle_taken(&mut self, id: RequestId) {
        if let Some(request) = self.requests.remove(id) {
            self.trials.taken(request.place(), request.generation);
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

    /// Takes note that request `id` is over without an end of its own: its caller gave up, say.
    pub fn handle_settled(&mut self, now: Now, id: RequestId) {
        self.give_back(now, id, End::Unsaid);
        self.requests.remove(id);
    }

    /// Takes note that request `id` is over since the network or the API failed: there is no answer.
    pub fn handle_failed(&mut self, now: Now, id: RequestId) {
        self.give_back(now, id, End::NoAnswer);
        self.requests.remove(id);
    }

    /// Frees the place on the way that a released request took up.
    pub(super) fn give_back(&mut self, now: Now, id: RequestId, end: End) {
        if self.drains.give_back(now.instant, id, end, self.config.limits.drain_concurrency) {
            self.pump(now);
        }
    }

    /// Lets a waiting request go without an answer, because its caller gave up.
    pub fn cancel(&mut self, id: RequestId) {
        let _ = self.queues.remove(id) || self.pauses.remove(id) || self.step_ups.remove(id);
        self.requests.remove(id);
    }

    /// Takes a 401 to `request`. A token that has been replaced meanwhile says nothing about the current one, so that
    /// request just goes again.
    pub(super) fn handle_unauthorized(&mut self, now: Now, id: RequestId, request: Request) -> Result<Verdict, Error> {
        let Request { generation, replays, .. } = request;
        let (place, lane) = (request.place(), request.lane());
        if generation < self.first_generation {
            return Err(Error::LoginRequired(self.ending));
        }
        let current = generation == self.lanes.get(lane).generation();
        if replays > 0 {
            if current {
                self.trials.refused(place, generation, now.instant);
            }
            return Ok(Verdict::Final);
        }
        self.trials.note(place);
        if current && !self.lanes.get(lane).is_refused() {
            let unhelpful = self.trials.is_unhelpful(place, now.instant);
            let refreshable = self.grant.as_ref().is_some_and(|grant| grant.refresh_token.is_some());
            if self.grant.is_some() && (unhelpful || !refreshable) {
                return Ok(Verdict::Final);
            }
            if self.grant.is_some() {
                self.lanes.get_mut(lane).refuse();
            }
        }
        self.replay(now, id)
    }

    /// Sends a request again with the next token, or the one that came meanwhile.
    pub(super) fn replay(&mut self, now: Now, id: RequestId) -> Result<Verdict, Error> {
        let verdict = self.admit(now, id)?;
        if let Some(request) = self.requests.get_mut(id) {
            request.replays = request.replays.saturating_add(1);
        }
        self.counters.replays += 1;
        Ok(verdict)
    }

    /// Lets a request whose pause is over wait for its turn, if there is anything to wait for.
    pub(super) fn go_on_after_pause(&mut self, now: Now, id: RequestId) {
        let Some(lane) = self.requests.get(id).map(Request::lane) else { return };
        let ready = match self.freshness(now, lane) {
            Some(Freshness::Stale) => self.prepare_refresh(now, lane),
            // The session may have ended with another pause that was over in this moment.
            None if self.exchanges.is_empty() => Err(Error::LoginRequired(self.ending)),
            _ => Ok(()),
        };
        match ready {
            Ok(()) => self.enqueue(now, id),
            Err(error) => self.reject([id].into(), error),
        }
    }
}
