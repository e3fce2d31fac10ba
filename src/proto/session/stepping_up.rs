//! Requests that need more rights than the token has
//! ([RFC 6750, 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1),
//! [RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)): the application is told, and may sign in again with more.

use crate::proto::error::{Error, QueueError};
use crate::proto::oauth::challenge::Challenge;
use crate::proto::syntax::json::Object;
use crate::proto::syntax::time::Now;

use super::queue::RequestId;
use super::reply::Reply;
use super::request::Request;
use super::state::Session;
use super::step_up::Demand;
use super::verdict::Verdict;

impl Session {
    /// Takes the demand for more rights in the answer to a request.
    pub(super) fn step_up(
        &mut self,
        now: Now,
        id: RequestId,
        request: Request,
        reply: &Reply,
        challenge: &Challenge,
    ) -> Result<Verdict, Error> {
        let server = request.server();
        if request.stepped_up || self.grant.is_none() {
            return Ok(Verdict::Final);
        }
        // After a 401 a request goes once more, and this one has.
        let is_last = request.replays > 0 && (reply.status == 401 || self.is_expiry(reply.status));
        if request.generation < self.signed_in_generation && !reply.streamed {
            if is_last {
                return Ok(Verdict::Final);
            }
            self.watch.server(server).replays += 1;
            self.requests.get_mut(id).into_iter().for_each(|request| request.stepped_up = true);
            return self.replay(now, id);
        }
        match self.step_ups.judge(now.instant, server, challenge) {
            Demand::New => self.tell_step_up(now, reply, server, challenge),
            Demand::Repeated => {}
            Demand::TooMany => {
                self.watch.note_more("step-up-ignored", "", 1, Some(server));
                return Ok(Verdict::Final);
            }
        }
        if !reply.step_up || reply.streamed || is_last || !self.has_room() {
            return Ok(Verdict::Final);
        }
        self.step_ups.wait(id, now.instant.after(self.config.limits.step_up_timeout));
        Ok(Verdict::StepUp)
    }

    fn tell_step_up(&mut self, now: Now, reply: &Reply, server: usize, challenge: &Challenge) {
        let reason = challenge.kind().word().unwrap_or_default();
        self.watch.note_more("step-up", reason, 1, Some(server));
        let resource = self.discovered.resource_servers.get(server).map(|server| server.href());
        let mut options = Object::default();
        if let Some(scope) = &challenge.scope {
            options = options.with("scope", scope.as_str());
        }
        if let Some(acr_values) = &challenge.acr_values {
            options = options.with("acrValues", acr_values.as_str());
        }
        if let Some(max_age) = challenge.max_age {
            options = options.with("maxAge", max_age);
        }
        let detail = Object::default().with("reason", reason).with("resource", resource.as_deref());
        let detail = detail.with("signIn", options);
        if let Err(detail) = self.look_up(now, &reply.target, server, challenge, Some(detail)) {
            self.tell_with_metadata(server, detail.unwrap_or_default());
        }
    }

    /// Lets those who waited for more rights go on with the new token.
    pub(super) fn release_step_ups(&mut self, now: Now) {
        for id in self.step_ups.meet() {
            self.counters.replays += 1;
            if let Some(request) = self.requests.get_mut(id) {
                request.replays = request.replays.saturating_add(1);
                request.stepped_up = true;
            }
            self.enqueue(now, id);
        }
    }

    /// Gives those who wait for more rights the answer that they had.
    pub(super) fn give_up_step_ups(&mut self) {
        let waiting = self.step_ups.drain();
        self.reject(waiting, Error::Queue(QueueError::Timeout));
    }
}
