//! Answers of resource servers that may not be the last word: 401, 403, 429 and 503.

use crate::proto::error::{ApiMisuse, Ending, Error};
use crate::proto::oauth::challenge::{Challenge, Kind};
use crate::proto::syntax::http::retry_after_ms;
use crate::proto::syntax::json::Object;
use crate::proto::syntax::time::Now;

use super::explanation;
use super::policy::part_of;
use super::queue::RequestId;
use super::reply::{Reply, Retry};
use super::request::Request;
use super::state::Session;
use super::verdict::Verdict;
use super::window::End;

impl Session {
    /// Asks what request `id` should do with `reply`. `jitter` is a fresh random number. After [`Verdict::Final`]
    /// [`take_explanation`](Self::take_explanation) says more.
    ///
    /// # Errors
    /// As [`authorize`](Self::authorize).
    pub fn handle_reply(&mut self, now: Now, jitter: u32, id: RequestId, reply: &Reply) -> Result<Verdict, Error> {
        self.tick(now);
        self.give_back(now, id, End::Status(reply.status));
        let Some(request) = self.requests.get(id).copied() else { return Ok(Verdict::Final) };
        let verdict = self.judge_reply(now, jitter, id, request, reply).inspect_err(|_| {
            self.requests.remove(id);
        })?;
        match verdict {
            Verdict::Final => drop(self.requests.remove(id)),
            Verdict::StepUp => self.requests.get_mut(id).into_iter().for_each(|request| request.has_answer = true),
            Verdict::Send(_) | Verdict::Queued if reply.streamed => {
                self.cancel(id);
                return Err(Error::ApiMisuse(ApiMisuse::BodyNotReplayable(reply.status)));
            }
            Verdict::Send(_) | Verdict::Queued => {}
        }
        Ok(verdict)
    }

    fn judge_reply(
        &mut self,
        now: Now,
        jitter: u32,
        id: RequestId,
        request: Request,
        reply: &Reply,
    ) -> Result<Verdict, Error> {
        let server = request.server();
        let challenge = reply.challenge.as_deref().and_then(Challenge::parse);
        // An answer that another session's request waited for is nothing to act on in this one.
        let ours = self.grant.is_some() && request.generation >= self.first_generation;
        let expired = self.is_expiry(reply.status);
        let tally = self.watch.server(server);
        let verdict = match reply.status {
            401 => {
                tally.unauthorized += 1;
                self.handle_refusal(now, id, request, reply, challenge.as_ref())?
            }
            403 if !expired => {
                tally.forbidden += 1;
                match &challenge {
                    Some(challenge) if ours && challenge.kind().asks_for_more() => {
                        self.step_up(now, id, request, reply, challenge)?
                    }
                    _ => Verdict::Final,
                }
            }
            429 | 503 => {
                tally.limited += 1;
                if ours { self.handle_limit(now, jitter, id, request, reply) } else { Verdict::Final }
            }
            _ if expired => {
                tally.forbidden += u64::from(reply.status == 403);
                self.handle_refusal(now, id, request, reply, challenge.as_ref())?
            }
            _ => Verdict::Final,
        };
        if matches!(verdict, Verdict::Final | Verdict::StepUp) {
            let renewable = self.grant.as_ref().is_some_and(|grant| grant.refresh_token.is_some());
            if let Some(challenge) = challenge.as_ref().filter(|_| matches!(reply.status, 401 | 403)) {
                let _ = self.look_up(now, &reply.target, server, challenge, None);
            }
            let bound = self.authorization(request.generation).is_some_and(|header| header.starts_with("DPoP "));
            let token = explanation::Token { renewable, expired, bound };
            let (kind, explanation) =
                explanation::explain(reply, request.replays.into(), challenge.as_ref(), token, now);
            let explanation = self.with_metadata(server, explanation);
            self.watch.note_more("api-refused", kind, 1, Some(server));
            self.explanation = Some(explanation);
        }
        Ok(verdict)
    }

    /// Why the last answer was final, or asks for more rights, for developers.
    pub fn take_explanation(&mut self) -> Option<Object> {
        self.explanation.take()
    }

    fn handle_refusal(
        &mut self,
        now: Now,
        id: RequestId,
        request: Request,
        reply: &Reply,
        challenge: Option<&Challenge>,
    ) -> Result<Verdict, Error> {
        let server = request.server();
        match self.judge_proof(now, id, request, reply, challenge) {
            Some(true) => return Ok(Verdict::Send(request.generation)),
            Some(false) => return Ok(Verdict::Final),
            None => {}
        }
        match challenge {
            Some(challenge) if challenge.kind().asks_for_more() && request.generation >= self.first_generation => {
                return self.step_up(now, id, request, reply, challenge);
            }
            Some(challenge) if challenge.kind() == Kind::Request => return Ok(Verdict::Final),
            _ => {}
        }
        if self.config.personal.is_some() && request.generation == self.generation && self.grant.is_some() {
            self.end(Ending::Refused);
            return Ok(Verdict::Final);
        }
        let verdict = self.handle_unauthorized(now, id, request)?;
        self.watch.server(server).replays += u64::from(verdict != Verdict::Final);
        Ok(verdict)
    }

    /// A pause that the server asks for is kept, if the request may be repeated and the pause is bearable.
    fn handle_limit(&mut self, now: Now, jitter: u32, id: RequestId, request: Request, reply: &Reply) -> Verdict {
        let retries = request.retries;
        let server = request.server();
        let limits = &self.config.limits;
        let most = match reply.retry {
            Retry::ByMethod if REPEATABLE.iter().any(|method| reply.method.eq_ignore_ascii_case(method)) => {
                limits.retry_limit
            }
            Retry::ByMethod => 0,
            Retry::Repeatable => limits.retry_limit,
            Retry::AtMost(most) => most.min(MOST_RETRIES),
        };
        let field = reply.retry_after.as_deref();
        let asked = field.and_then(|field| retry_after_ms(field, reply.date.as_deref(), now.unix_ms));
        let bearable = asked.filter(|ms| *ms <= limits.max_retry_after);
        let Some(asked) = bearable.filter(|_| u64::from(retries) < most && !reply.streamed && self.has_room()) else {
            return Verdict::Final;
        };
        let pause = asked.max(LEAST_PAUSE_MS << retries.min(8));
        let spread = part_of((pause / 10).max(LEAST_SPREAD_MS), jitter);
        self.pauses.push(id, now.instant.after(pause + spread));
        self.requests.get_mut(id).into_iter().for_each(|request| request.retries = request.retries.saturating_add(1));
        self.watch.server(server).retries += 1;
        self.watch.note_more("api-pause", "", 1, Some(server));
        Verdict::Queued
    }
}

/// Methods whose requests may be sent twice without harm.
const REPEATABLE: [&str; 6] = ["GET", "PUT", "HEAD", "DELETE", "OPTIONS", "TRACE"];
/// An API that asks for no pause at all gets one that doubles, in milliseconds.
const LEAST_PAUSE_MS: u64 = 100;
/// Whatever the application says.
const MOST_RETRIES: u64 = 100;
/// Requests that were told the same pause are spread over at least so many milliseconds.
const LEAST_SPREAD_MS: u64 = 100;
