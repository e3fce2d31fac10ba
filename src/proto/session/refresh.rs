//! One refresh for everybody, and what its failures mean.

use crate::proto::error::{Ending, Error, Transport};
use crate::proto::http::Answer;
use crate::proto::id_token::{Claims, Expected};
use crate::proto::json::{Object, Value};
use crate::proto::time::{Instant, Now};
use crate::proto::token::{TokenFailure, TokenResponse, refresh_request};

use super::command::{Command, TokenRequest};
use super::grant::{Freshness, Grant, Origin};
use super::surroundings::OFFLINE_MS;
use super::{Revocation, Session};

/// Where the refresh stands.
#[derive(Clone, Debug)]
pub(super) enum Refresh {
    /// None is needed.
    Idle { failures: u32 },
    /// One is on its way.
    InFlight { attempt: u32, sent: Now, failures: u32 },
    /// The last one failed; the next may start at `until`, or at `urgent` if somebody waits. `standing` is an error that
    /// waiting doesn't cure; `asked` says that the server named the time; `silent_since` is when it said nothing at all.
    Waiting {
        until: Instant,
        urgent: Instant,
        failures: u32,
        standing: Option<Error>,
        asked: bool,
        silent_since: Option<Instant>,
    },
}

impl Refresh {
    pub(super) fn retry_at(&self) -> Option<Instant> {
        match self {
            Self::Waiting { until, .. } => Some(*until),
            Self::Idle { .. } | Self::InFlight { .. } => None,
        }
    }

    pub(super) fn standing_error(&self, now: Instant) -> Option<&Error> {
        match self {
            Self::Waiting { until, standing, .. } if *until > now => standing.as_ref(),
            _ => None,
        }
    }

    /// Whether attempts go through, are held back, or one of them tries the way after failures.
    pub(super) fn circuit(&self) -> &'static str {
        match self {
            Self::InFlight { failures: 1.., .. } => "probing",
            Self::Waiting { .. } => "open",
            Self::Idle { .. } | Self::InFlight { .. } => "closed",
        }
    }

    fn failures(&self) -> u32 {
        match self {
            Self::Idle { failures } | Self::InFlight { failures, .. } | Self::Waiting { failures, .. } => *failures,
        }
    }
}

/// What a failed refresh says about the session.
enum Judgement {
    /// The grant is dead.
    Over,
    /// This client is refused; the application's developer has to act.
    Misconfigured,
    /// Nothing: try again later.
    Transient,
}

impl Session {
    /// Starts a refresh unless one is on its way or has to wait.
    pub(super) fn start_refresh(&mut self, now: Now) {
        let ready = match &self.refresh {
            Refresh::Idle { .. } => true,
            Refresh::InFlight { .. } => false,
            Refresh::Waiting { until, .. } => *until <= now.instant,
        };
        let ready = ready && !self.surroundings.locked;
        let (Some(grant), Some(server)) = (&self.grant, &self.server) else { return };
        let Some(token) = grant.refresh_token.as_ref().filter(|_| ready) else { return };
        // Attempts that follow a failed one are the same refresh.
        let unexplained = self.refused && self.refresh.failures() == 0 && grant.is_young(now.instant);
        let body = refresh_request(&self.config.client_id, token);
        let url = server.token_endpoint.clone();
        let attempt = self.next_attempt();
        self.refresh = Refresh::InFlight { attempt, sent: now, failures: self.refresh.failures() };
        self.counters.refreshes += 1;
        self.commands.push(Command::SendRefreshRequest(TokenRequest { attempt, url, body }));
        if unexplained {
            let anomaly = self.watch.unexplained_refresh();
            self.alarm(anomaly);
        }
    }

    /// Takes the answer to refresh request `attempt`. `jitter` is a fresh random number.
    pub fn handle_refresh_response(&mut self, now: Now, jitter: u32, attempt: u32, answer: Result<Answer, Transport>) {
        self.tick(now);
        let skew = match self.refresh {
            Refresh::InFlight { sent, .. } => skew_of(&answer, sent, now),
            Refresh::Idle { .. } | Refresh::Waiting { .. } => None,
        };
        let parsed = TokenResponse::parse(answer, now.unix_ms);
        match self.refresh {
            Refresh::InFlight { attempt: current, sent, .. } if current == attempt => match parsed {
                Ok(response) => {
                    self.note_skew(skew);
                    self.install_refreshed(now, jitter, sent, response);
                }
                Err(failure) => self.handle_failure(now, jitter, failure),
            },
            _ => self.handle_late_tokens(attempt, parsed),
        }
    }

    /// Revokes what an attempt brings that sign-out has overtaken (REF-20).
    pub(super) fn handle_late_tokens(&mut self, attempt: u32, parsed: Result<TokenResponse, TokenFailure>) {
        let Some(at) = self.abandoned.iter().position(|abandoned| *abandoned == attempt) else { return };
        self.abandoned.swap_remove(at);
        if let Ok(response) = parsed {
            self.refuse_tokens(&response);
        }
    }

    /// Revokes tokens that are not going to be used, so that they don't live on at the server.
    pub(super) fn refuse_tokens(&mut self, response: &TokenResponse) {
        let Some(server) = &self.server else { return };
        let refresh_token = response.refresh_token.as_ref();
        let revocation = Revocation::new(server, &self.config.client_id, &response.access_token, refresh_token);
        self.commands.extend(revocation.map(Command::Revoke));
    }

    fn install_refreshed(&mut self, now: Now, jitter: u32, sent: Now, response: TokenResponse) {
        let Some(previous) = self.grant.take() else { return };
        let Ok(claims) = self.refreshed_claims(now, &response, &previous) else {
            self.refuse_tokens(&response);
            return self.end(Ending::SubjectChanged);
        };
        let origin = Origin { scope: &previous.scope, claims, previous: Some(&previous), jitter };
        self.install(Grant::new(response, origin, sent, now, &self.config.limits));
        let detail = self.snapshot().unwrap_or_default();
        let detail = Object::default()
            .with("generation", u64::from(self.generation))
            .with("scope", detail.string("scope"))
            .with("expiresAt", detail.member("expiresAt").and_then(Value::as_u64));
        self.watch.note("refreshed", "");
        self.emit("refreshed", detail);
        self.pump(now);
    }

    /// The claims of an ID token that came with a refresh, which must be about the same user
    /// ([OpenID Connect Core 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
    fn refreshed_claims(&self, now: Now, response: &TokenResponse, previous: &Grant) -> Result<Option<Claims>, Error> {
        let Some(id_token) = &response.id_token else { return Ok(None) };
        let expected = Expected {
            issuer: &self.config.issuer,
            client_id: &self.config.client_id,
            nonce: None,
            max_age: None,
            unix_ms: now.unix_ms,
        };
        let claims = Claims::parse(id_token.expose(), &expected)?;
        match &previous.subject {
            Some(subject) if *subject != claims.subject => Err(Error::LoginRequired(Ending::SubjectChanged)),
            _ => Ok(Some(claims)),
        }
    }

    fn handle_failure(&mut self, now: Now, jitter: u32, failure: TokenFailure) {
        self.counters.refresh_failures += 1;
        let failures = self.refresh.failures() + 1;
        let judgement = judge(&failure);
        let pause = match judgement {
            Judgement::Over => {
                let lost = self.grant.as_ref().is_some_and(|grant| grant.outcome_unknown);
                return self.end(if lost { Ending::RotationLost } else { Ending::Revoked });
            }
            Judgement::Misconfigured => MISCONFIGURED_MS,
            Judgement::Transient => match failure.retry_after_ms {
                None if failure.status == 0 && !self.surroundings.online => self.last_call(now, OFFLINE_MS),
                None if failures <= LAST_CALLS => self.last_call(now, backoff(failures, jitter, None)),
                asked => backoff(failures, jitter, asked),
            },
        };
        // Nobody waits, so nothing is urgent.
        let urgent = now.instant.after(pause);
        let at_leisure = self.queue.is_empty() && self.freshness(now) == Some(Freshness::Early);
        let pause = if at_leisure { pause.max(LEISURE_MS) } else { pause };
        if let Some(grant) = &mut self.grant {
            // Without an answer, or with half of one, nobody knows whether the server has rotated the token.
            grant.outcome_unknown |= failure.status == 200 || (failure.status == 0 && self.surroundings.online);
        }
        let standing = matches!(judgement, Judgement::Misconfigured).then(|| failure.error.clone());
        self.refresh = Refresh::Waiting {
            until: now.instant.after(pause),
            urgent,
            failures,
            standing: standing.clone(),
            asked: failure.retry_after_ms.is_some_and(|asked| asked > 0),
            silent_since: (failure.status == 0).then_some(now.instant),
        };
        self.watch.note("refreshfailed", failure.error.code());
        self.watch.back_off(pause);
        self.emit("refreshfailed", Object::default().with("code", failure.error.code()).with("retryIn", pause));
        if let Some(error) = standing {
            let waiting = self.queue.drain();
            self.reject(waiting, error);
        }
    }

    /// Takes note of how far the server's clock is ahead, and tells if that is out of the ordinary and news.
    pub(super) fn note_skew(&mut self, skew_ms: Option<i64>) {
        let known = core::mem::replace(&mut self.surroundings.skew_ms, skew_ms);
        if let (None, Some(ms)) = (known, skew_ms) {
            let anomaly = self.watch.clock(ms);
            self.alarm(anomaly);
        }
    }

    /// Shortens the pause under way for a request that has just begun to wait.
    pub(super) fn hasten(&mut self, now: Now) {
        let last_call = self.last_call(now, u64::MAX);
        if let Refresh::Waiting { until, urgent, failures, standing: None, asked, .. } = &mut self.refresh {
            if self.surroundings.online {
                *until = (*until).min((*urgent).max(now.instant));
            }
            if *failures <= LAST_CALLS && !*asked {
                *until = (*until).min(now.instant.after(last_call));
            }
        }
    }

    /// Holds the next attempt back while offline. Online it comes at once, if the network was what failed.
    pub(super) fn reconsider(&mut self, now: Now) {
        let offline_until = now.instant.after(self.last_call(now, OFFLINE_MS));
        if let Refresh::Waiting { until, urgent, standing: None, asked: false, silent_since, .. } = &mut self.refresh {
            *until = match (self.surroundings.online, *silent_since) {
                (true, Some(since)) => since.after(LEAST_SILENCE_MS).max(now.instant),
                (true, None) => (*until).min((*urgent).max(now.instant)),
                (false, _) => (*until).max(offline_until),
            };
        }
    }

    /// Shortens a pause so that one more attempt comes before the first waiting request gives up.
    fn last_call(&self, now: Now, pause: u64) -> u64 {
        let left = self.queue.next_deadline().map(|deadline| deadline.since(now.instant).saturating_sub(LAST_CALL_MS));
        left.filter(|left| *left > LEAST_PAUSE_MS).map_or(pause, |left| pause.min(left))
    }
}

/// How far the server's clock is ahead by its answer to a request sent at `sent`.
pub(super) fn skew_of(answer: &Result<Answer, Transport>, sent: Now, now: Now) -> Option<i64> {
    answer.as_ref().ok()?.clock_skew(sent.unix_ms, now.unix_ms)
}

fn judge(failure: &TokenFailure) -> Judgement {
    match &failure.error {
        Error::TokenResponse(error) if error.error == "invalid_grant" => Judgement::Over,
        Error::TokenResponse(error) if error.blames_the_client() => Judgement::Misconfigured,
        _ if failure.status == 401 || failure.status == 403 => Judgement::Over,
        Error::TokenResponse(_) => Judgement::Misconfigured,
        _ => Judgement::Transient,
    }
}

/// Milliseconds until the next attempt: jitter over the upper three fifths below an exponential ceiling, never before the
/// server said. Jitter down to nothing would spend seven attempts on an outage of five seconds, if rarely.
fn backoff(failures: u32, jitter: u32, retry_after_ms: Option<u64>) -> u64 {
    let limit = if failures > PATIENT_FAILURES { LATE_CEILING_MS } else { CEILING_MS };
    let ceiling = (BASE_MS << failures.min(10)).min(limit);
    let floor = ceiling / 5 * 2;
    let part_of = |range: u64| range * u64::from(jitter) / u64::from(u32::MAX);
    let spread = floor + part_of(ceiling - floor);
    match retry_after_ms {
        Some(asked) if asked > spread => asked + part_of(asked / 10),
        _ => spread,
    }
}

const BASE_MS: u64 = 500;
/// The ceiling while an outage is young and requests wait for its end.
const CEILING_MS: u64 = 4_000;
/// The ceiling after [`PATIENT_FAILURES`] failures in a row: shorter than requests wait, so that each sees an attempt.
const LATE_CEILING_MS: u64 = 20_000;
const PATIENT_FAILURES: u32 = 12;
/// Failures up to which a pause is shortened for the sake of those who wait; later it would be a storm.
const LAST_CALLS: u32 = 16;
/// Shortest pause before an attempt because of being online, in milliseconds: a platform may change its mind often.
const LEAST_SILENCE_MS: u64 = 400;
/// Shortest pause before a last call, in milliseconds.
const LEAST_PAUSE_MS: u64 = 100;
/// How long before the first deadline in the queue the last attempt is made.
const LAST_CALL_MS: u64 = 1_000;

/// Shortest pause between attempts while the token still works, in milliseconds.
const LEISURE_MS: u64 = 5_000;

/// How long a refused client is left alone, in milliseconds.
const MISCONFIGURED_MS: u64 = 60_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_stays_between_floor_and_ceiling() {
        assert_eq!(backoff(1, 0, None), 400);
        assert_eq!(backoff(1, u32::MAX, None), 1_000);
        assert_eq!(backoff(4, u32::MAX, None), 4_000);
        assert_eq!(backoff(PATIENT_FAILURES, u32::MAX, None), CEILING_MS);
        assert_eq!(backoff(400, u32::MAX, None), LATE_CEILING_MS);
    }

    #[test]
    fn the_server_may_ask_for_a_longer_pause_only() {
        assert_eq!(backoff(4, u32::MAX, Some(0)), 4_000);
        assert_eq!(backoff(1, 0, Some(3_000)), 3_000);
        assert_eq!(backoff(9, u32::MAX, Some(3_000)), CEILING_MS);
        assert_eq!(backoff(9, u32::MAX, Some(30_000)), 33_000);
    }
}
