//! Requests that need more rights than the token has
//! ([RFC 6750, 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1),
//! [RFC 9470](https://www.rfc-editor.org/rfc/rfc9470)): the application is told, and may sign in again with more.

use alloc::vec::Vec;

use crate::proto::error::{Error, QueueError};
use crate::proto::oauth::challenge::Challenge;
use crate::proto::session::queue::{Queue, RequestId};
use crate::proto::syntax::json::Object;
use crate::proto::syntax::time::{Instant, Now};

use super::reply::Reply;
use super::{Session, Verdict};

/// Who waits for more rights, and what was asked for lately.
#[derive(Debug, Default)]
pub(super) struct StepUps {
    pub(super) waiting: Queue,
    asked: Vec<Asked>,
}

#[derive(Debug)]
struct Asked {
    server: usize,
    challenge: Challenge,
    at: Instant,
    /// Since somebody signed in, the same demand is news again.
    old: bool,
}

/// What a resource server's demand is worth.
enum Demand {
    /// It is new: the application is told.
    New,
    /// The application was told a moment ago.
    Told,
    /// There were too many: whoever is behind this wants people to click.
    TooMany,
}

impl StepUps {
    fn judge(&mut self, now: Instant, server: usize, challenge: &Challenge) -> Demand {
        self.asked.retain(|asked| now.since(asked.at) < MEMORY_MS);
        let mut from_server = self.asked.iter().filter(|asked| asked.server == server);
        if from_server.any(|asked| !asked.old && asked.challenge == *challenge && now.since(asked.at) < TOLD_MS) {
            return Demand::Told;
        }
        if self.asked.iter().filter(|asked| asked.server == server).count() >= MOST_ASKED {
            return Demand::TooMany;
        }
        self.asked.push(Asked { server, challenge: challenge.clone(), at: now, old: false });
        Demand::New
    }

    /// Takes note that somebody signed in.
    fn age(&mut self) {
        self.asked.iter_mut().for_each(|asked| asked.old = true);
    }

    /// Forgets what was asked of somebody else.
    pub(super) fn forget(&mut self) {
        self.asked.clear();
    }
}

impl Session {
    /// Takes the demand for more rights in the answer to request `id`.
    pub(super) fn step_up(
        &mut self,
        now: Now,
        id: RequestId,
        reply: &Reply,
        server: usize,
        challenge: &Challenge,
    ) -> Result<Verdict, Error> {
        if reply.replays > 0 || self.grant.is_none() {
            return Ok(Verdict::Final);
        }
        if reply.generation < self.signed_in_generation && !reply.streamed {
            self.watch.server(server).replays += 1;
            self.counters.replays += 1;
            return self.admit(now, id, self.lanes.of(server), reply.timeout);
        }
        match self.step_ups.judge(now.instant, server, challenge) {
            Demand::New => self.tell_step_up(now, reply, server, challenge),
            Demand::Told => {}
            Demand::TooMany => {
                self.watch.note_more("step-up-ignored", "", 1, Some(server));
                return Ok(Verdict::Final);
            }
        }
        if !reply.step_up || reply.streamed || !self.has_room() {
            return Ok(Verdict::Final);
        }
        self.step_ups.waiting.push(id, now.instant.after(self.config.limits.step_up_timeout));
        self.remember_wish(id, self.lanes.of(server), reply.timeout);
        Ok(Verdict::StepUp)
    }

    fn tell_step_up(&mut self, now: Now, reply: &Reply, server: usize, challenge: &Challenge) {
        let reason = reason(challenge);
        self.watch.note_more("step-up", reason, 1, Some(server));
        let resource = self.config.resource_servers.get(server).map(|server| server.href());
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
        self.step_ups.age();
        for id in self.step_ups.waiting.drain() {
            self.counters.replays += 1;
            let (lane, timeout) = self.take_wish(id);
            self.enqueue(now, id, lane, timeout);
        }
    }

    /// Gives those who wait for more rights the answer that they had.
    pub(super) fn give_up_step_ups(&mut self) {
        let waiting = self.step_ups.waiting.drain();
        for id in &waiting {
            self.take_wish(*id);
        }
        self.reject(waiting, Error::Queue(QueueError::Timeout));
    }
}

/// The word for what is asked: a wider scope, or another way of signing in.
pub(super) fn reason(challenge: &Challenge) -> &'static str {
    if challenge.error.as_deref() == Some("insufficient_scope") { "scope" } else { "authentication" }
}

/// Demands are remembered for this long, in milliseconds, and so many of them are told per resource server.
const MEMORY_MS: u64 = 600_000;
const MOST_ASKED: usize = 5;
/// The same demand is told once in this time, in milliseconds: many requests meet it at once.
const TOLD_MS: u64 = 10_000;
