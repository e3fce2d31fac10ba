//! One refresh for everybody, and what its failures mean.

use crate::proto::error::{Ending, Error, Transport};
use crate::proto::oauth::id_token::{Claims, Expected};
use crate::proto::oauth::token::{TokenFailure, TokenResponse, refresh_request};
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::Object;
use crate::proto::syntax::time::Now;

use super::access::{Access, Freshness, Terms};
use super::command::{Command, TokenRequest};
use super::grant::Grant;
use super::policy::{MISCONFIGURED_MS, Need, Next, Pause, after_failure, hasten, leaves_unknown, reconsider};
use super::refresh::Refresh;
use super::state::Session;

impl Session {
    /// Starts a refresh for a lane unless one is on its way, for whichever lane, or has to wait (REF-23).
    pub(super) fn start_refresh(&mut self, now: Now, lane: usize) {
        let ready = self.refresh.is_ready(now.instant) && !self.surroundings.locked;
        let (Some(grant), Some(server)) = (&self.grant, &self.discovered.server) else { return };
        let Some(token) = grant.refresh_token.as_ref().filter(|_| ready) else { return };
        // Attempts that follow a failed one are the same refresh.
        let own = self.lanes.get(lane);
        let unexplained = self.refresh.failures() == 0 && own.is_refused_young(now.instant);
        let (resource, scope) = own.asks_for();
        let body = refresh_request(self.client(), token, resource, scope);
        let url = server.token_endpoint.clone();
        let key = grant.key.clone();
        let attempt = self.next_attempt();
        self.refresh.start(attempt, now, lane);
        self.counters.refreshes += 1;
        self.commands.push(Command::SendRefreshRequest(TokenRequest { attempt, url, body, key }));
        if unexplained {
            let anomaly = self.watch.unexplained_refresh();
            self.alarm(anomaly);
        }
    }

    /// Starts one beside requests, unless the server has just refused it.
    pub(super) fn refresh_early(&mut self, now: Now, lane: usize) {
        if self.lanes.get(lane).standing(now.instant).is_none() {
            self.start_refresh(now, lane);
        }
    }

    /// Takes the answer to refresh request `attempt`. `jitter` is a fresh random number.
    pub fn handle_refresh_response(&mut self, now: Now, jitter: u32, attempt: u32, answer: Result<Answer, Transport>) {
        self.tick(now);
        let skew = match self.refresh {
            Refresh::InFlight { sent, .. } => skew_of(&answer, sent, now),
            Refresh::Idle { .. } | Refresh::Waiting { .. } => None,
        };
        let sent = self.grant.as_ref().and_then(|grant| grant.refresh_token.as_ref());
        let sent = sent.map_or("", |token| token.expose());
        let parsed = TokenResponse::parse(answer, now.unix_ms).map_err(|failure| failure.concealing(&[sent]));
        match self.refresh {
            Refresh::InFlight { attempt: current, sent, lane, .. } if current == attempt => match parsed {
                Ok(response) if self.is_wrong_type(&response) => {
                    self.end(Ending::Refused);
                    self.revoke_tokens(&response);
                }
                Ok(response) => {
                    self.note_skew(skew);
                    self.install_refreshed(now, jitter, lane, sent, response);
                }
                Err(failure) => self.handle_failure(now, jitter, lane, failure),
            },
            _ => self.handle_late_tokens(attempt, parsed),
        }
    }

    /// Whether the server leaves out the binding that the session has.
    fn is_wrong_type(&self, response: &TokenResponse) -> bool {
        let key = self.grant.as_ref().and_then(|grant| grant.key.as_ref());
        let bound = self.lanes.is_bound();
        self.check_type(response, key, bound).is_err()
    }

    /// Whether the claims of an answer's ID token are this session's, though nobody can check its signature (IDT-1).
    pub fn may_be_ours(&self, now: Now, answer: &Answer) -> bool {
        let response = TokenResponse::parse(Ok(answer.clone()), now.unix_ms);
        match (response, &self.grant) {
            (Ok(response), Some(grant)) => self.refreshed_claims(now, &response, grant).is_ok(),
            _ => true,
        }
    }

    /// Takes the answer to refresh request `attempt` whose ID token is forged: revokes its tokens and ends the session.
    pub fn handle_refresh_refused(&mut self, now: Now, attempt: u32, answer: Answer) {
        self.tick(now);
        let known = self.abandoned.len();
        let known = match self.refresh {
            Refresh::InFlight { attempt: current, .. } if current == attempt => {
                self.end(Ending::IdTokenRefused);
                true
            }
            _ => {
                self.abandoned.retain(|abandoned| *abandoned != attempt);
                self.abandoned.len() < known
            }
        };
        if known && let Ok(response) = TokenResponse::parse(Ok(answer), now.unix_ms) {
            self.revoke_tokens(&response);
        }
    }

    /// Revokes what an attempt brings that sign-out has overtaken (REF-20).
    pub(super) fn handle_late_tokens(&mut self, attempt: u32, parsed: Result<TokenResponse, TokenFailure>) {
        let Some(at) = self.abandoned.iter().position(|abandoned| *abandoned == attempt) else { return };
        self.abandoned.swap_remove(at);
        if let Ok(response) = parsed {
            self.revoke_tokens(&response);
        }
    }

    /// Revokes tokens that are not going to be used, so that they don't live on at the server.
    pub(super) fn revoke_tokens(&mut self, response: &TokenResponse) {
        let revocation = self.revocation(&response.access_token, response.refresh_token.as_ref());
        self.commands.extend(revocation.map(Command::Revoke));
    }

    fn install_refreshed(&mut self, now: Now, jitter: u32, lane: usize, sent: Now, response: TokenResponse) {
        let Some(mut grant) = self.grant.take() else { return };
        let claims = match self.refreshed_claims(now, &response, &grant) {
            Ok(claims) => claims,
            Err(error) => {
                self.revoke_tokens(&response);
                return self.end(match error {
                    Error::LoginRequired(ending) => ending,
                    _ => Ending::IdTokenRefused,
                });
            }
        };
        let own = self.lanes.get(lane);
        let scope = own.scope().unwrap_or(&grant.asked_scope);
        let renewable = grant.refresh_token.is_some() || response.refresh_token.is_some();
        let terms = Terms { sent, now, renewable, jitter, limits: &self.config.limits };
        let access = Access::new(&response, scope, terms);
        grant.renew(response.refresh_token, claims);
        grant.id_token = response.id_token.filter(|_| grant.id_token.is_some()).or(grant.id_token);
        self.grant = Some(grant);
        let expires_at = access.expires_unix_ms;
        self.install(lane, access);
        let detail = Object::default()
            .with("generation", u64::from(self.generation))
            .with("scope", self.lanes.scope().as_str())
            .with("expiresAt", expires_at)
            .with("resource", self.lanes.get(lane).asks_for().0);
        self.watch.note("refreshed", "");
        self.emit("refreshed", detail);
        self.pump(now);
    }

    /// The claims of an ID token that came with a refresh, which must be about the same user
    /// ([OpenID Connect Core 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
    fn refreshed_claims(&self, now: Now, response: &TokenResponse, previous: &Grant) -> Result<Option<Claims>, Error> {
        let Some(id_token) = response.id_token.as_ref() else { return Ok(None) };
        let expected = Expected {
            issuer: &self.discovered.issuer,
            client_id: if previous.client_id.is_empty() { &self.discovered.client_id } else { &previous.client_id },
            audiences: &self.config.trusted_audiences,
            nonce: None,
            max_age: None,
            anchor: previous.anchor.as_ref(),
            access_token: Some(response.access_token.expose()),
            strict: self.config.strict,
            unix_ms: now.unix_ms,
        };
        let claims = Claims::parse(id_token.expose(), &expected)?;
        match &previous.subject {
            Some(subject) if *subject != claims.subject => Err(Error::LoginRequired(Ending::SubjectChanged)),
            _ => Ok(Some(claims)),
        }
    }

    fn handle_failure(&mut self, now: Now, jitter: u32, lane: usize, failure: TokenFailure) {
        self.counters.refresh_failures += 1;
        let failures = self.refresh.failures() + 1;
        if self.lanes.numbers().len() > 1 && failure.blames_the_resource() {
            return self.refuse_resource(now, lane, failure.error);
        }
        let need = Need { leisure_ms: self.leisure_ms(now, lane), ..self.need(now) };
        let doubted = self.grant.as_ref().is_some_and(|grant| grant.doubted);
        let (ms, urgent_ms, stands, doubts) = match after_failure(&failure, failures, doubted, jitter, need) {
            Next::Over => return self.end(self.why_over(&failure.error)),
            Next::Refused => return self.end(Ending::Refused),
            Next::Again { ms, urgent_ms, stands, doubts } => (ms, urgent_ms, stands, doubts),
        };
        if let Some(grant) = &mut self.grant {
            grant.outcome_unknown |= leaves_unknown(&failure, self.surroundings.online);
            grant.doubted |= doubts;
        }
        self.refresh = Refresh::Waiting {
            pause: Pause {
                until: now.instant.after(ms),
                urgent: now.instant.after(urgent_ms),
                failures,
                asked: failure.retry_after_ms.is_some_and(|asked| asked > 0),
                silent_since: (failure.status == 0).then_some(now.instant),
            },
            standing: stands.then(|| failure.error.clone()),
        };
        self.watch.note("refreshfailed", failure.error.code());
        self.watch.back_off(ms);
        self.emit("refreshfailed", Object::default().with("code", failure.error.code()).with("retryIn", ms));
        if stands {
            let waiting = self.queues.drain(None);
            self.reject(waiting, failure.error);
        }
    }

    /// Why a grant is dead whose refresh met `error`.
    fn why_over(&self, error: &Error) -> Ending {
        let lost = self.grant.as_ref().is_some_and(|grant| grant.outcome_unknown);
        match error {
            Error::Transport(Transport::KeyLost) => Ending::KeyLost,
            _ if lost => Ending::RotationLost,
            _ => Ending::Revoked,
        }
    }

    /// What there is to consider when the time of the next attempt is set.
    fn need(&self, now: Now) -> Need {
        let deadline = self.queues.next_deadline();
        Need { now: now.instant, online: self.surroundings.online, deadline, leisure_ms: 0 }
    }

    /// How long a lane's token still works, in milliseconds, if it is due for renewal and nobody waits for any.
    fn leisure_ms(&self, now: Now, lane: usize) -> u64 {
        let at_leisure = self.queues.len() == 0 && self.freshness(now, lane) == Some(Freshness::Early);
        if at_leisure { self.lanes.get(lane).usable_ms(now.instant) } else { 0 }
    }

    /// Shortens the pause under way for a request that has just begun to wait.
    pub(super) fn hasten(&mut self, now: Now) {
        let need = self.need(now);
        self.refresh.reschedule(|pause| hasten(pause, need));
    }

    /// Holds the next attempt back while offline. Online it comes at once, if the network was what failed.
    pub(super) fn reconsider(&mut self, now: Now) {
        let need = self.need(now);
        self.refresh.reschedule(|pause| if pause.asked { pause.until } else { reconsider(pause, need) });
    }

    /// The server gives no token for this resource, which says nothing about the others
    /// ([RFC 8707, 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
    fn refuse_resource(&mut self, now: Now, lane: usize, error: Error) {
        self.watch.note("refreshfailed", error.code());
        self.emit("refreshfailed", Object::default().with("code", error.code()).with("retryIn", MISCONFIGURED_MS));
        self.refresh = Refresh::Idle { failures: 0 };
        self.lanes.get_mut(lane).stand(now.instant.after(MISCONFIGURED_MS), error.clone());
        let waiting = self.queues.drain(Some(lane));
        self.reject(waiting, error);
        self.pump(now);
    }

    /// Takes note of how far the server's clock is ahead, and tells if that is out of the ordinary and news.
    pub(super) fn note_skew(&mut self, skew_ms: Option<i64>) {
        let known = core::mem::replace(&mut self.surroundings.skew_ms, skew_ms);
        if let (None, Some(ms)) = (known, skew_ms) {
            let anomaly = self.watch.clock(ms);
            self.alarm(anomaly);
        }
    }
}

/// How far the server's clock is ahead by its answer to a request sent at `sent`.
pub(super) fn skew_of(answer: &Result<Answer, Transport>, sent: Now, now: Now) -> Option<i64> {
    answer.as_ref().ok()?.clock_skew(sent.unix_ms, now.unix_ms)
}
