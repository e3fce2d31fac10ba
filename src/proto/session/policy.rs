//! The refresh policy: when a token is renewed, what a failed attempt means, and when the next one follows. Who wants another
//! policy changes this file.
//!
//! | state | event | next |
//! |---|---|---|
//! | a token far from its end | - | it is used, nothing is asked for |
//! | a token in its early window ([`Lifetime`]) | a request, or somebody looks at a page | it is used, one attempt beside it |
//! | no usable token | a request | it waits, one attempt for all |
//! | an attempt under way | anything | it is waited for: there is never a second |
//! | an attempt failed | what [`judge`] says | the session is over, or [`Next`] after a pause |
//! | a pause | a request waits | as [`hasten`] has it |
//! | a pause | offline, online | as [`reconsider`] has it |

use crate::proto::config::Limits;
use crate::proto::error::{Error, Transport};
use crate::proto::oauth::token::TokenFailure;
use crate::proto::syntax::time::Instant;

/// What a failed refresh says about the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judgement {
    /// The grant is dead.
    Over,
    /// This client is refused; the application's developer has to act.
    Misconfigured,
    /// Refused, but maybe by something in front of the server, or for a reason that passes: one more try will tell.
    Doubtful,
    /// Nothing: try again later.
    Transient,
}

/// What a failed refresh says about the session, by what the server answered
/// ([RFC 6749, 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
fn judge(failure: &TokenFailure) -> Judgement {
    match &failure.error {
        Error::TokenResponse(error) if error.error == "invalid_grant" => Judgement::Over,
        Error::Transport(Transport::KeyLost) => Judgement::Over,
        Error::TokenResponse(error) if ["invalid_request", "unauthorized_client"].contains(&error.error.as_str()) => {
            Judgement::Doubtful
        }
        Error::TokenResponse(error) if ["use_dpop_nonce", "invalid_dpop_proof"].contains(&error.error.as_str()) => {
            Judgement::Misconfigured
        }
        Error::TokenResponse(error) if error.blames_the_client() => Judgement::Misconfigured,
        Error::TokenResponse(_) if failure.status == 401 || failure.status == 403 => Judgement::Over,
        Error::TokenResponse(_) => Judgement::Doubtful,
        Error::Transport(Transport::Status(400..=407 | 409..=428 | 430..=499)) => Judgement::Doubtful,
        _ => Judgement::Transient,
    }
}

/// What there is to consider when the time of the next attempt is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    pub(super) now: Instant,
    pub(super) online: bool,
    /// When the first of those who wait gives up.
    pub(super) deadline: Option<Instant>,
    /// How long the token still works if nobody waits, in milliseconds.
    pub(super) leisure_ms: u64,
}

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The grant is dead.
    Over,
    /// The grant was in doubt and is refused once more.
    Refused,
    /// Another attempt after so many milliseconds: `urgent_ms` if somebody waits, `ms` if not. Until then its error is
    /// everybody's if it `stands`; the grant is in doubt from now on if it `doubts`.
    Again { ms: u64, urgent_ms: u64, stands: bool, doubts: bool },
}

/// What follows `failure`, the last of `failures` in a row; `doubted` says that the one before left the grant in doubt.
pub(super) fn after_failure(failure: &TokenFailure, failures: u32, doubted: bool, jitter: u32, need: Need) -> Next {
    let judgement = judge(failure);
    let urgent_ms = match judgement {
        Judgement::Over => return Next::Over,
        Judgement::Doubtful if doubted => return Next::Refused,
        Judgement::Doubtful => pause(failure, failures, jitter, need).max(DOUBT_MS + part_of(DOUBT_MS / 2, jitter)),
        Judgement::Misconfigured => MISCONFIGURED_MS + part_of(MISCONFIGURED_MS / 10, jitter),
        Judgement::Transient => pause(failure, failures, jitter, need),
    };
    let ms = urgent_ms.max(spread(need.leisure_ms.min(LEISURE_MS), jitter));
    let (stands, doubts) = (judgement == Judgement::Misconfigured, judgement == Judgement::Doubtful);
    Next::Again { ms, urgent_ms, stands, doubts }
}

/// Whether nobody knows if the server has rotated the refresh token: there was no answer, or half of one.
pub(super) fn leaves_unknown(failure: &TokenFailure, online: bool) -> bool {
    let told = matches!(failure.error, Error::TokenResponse(_));
    (failure.status == 200 && !told) || (failure.status == 0 && online)
}

/// Milliseconds until the attempt after `failures` in a row, of which `failure` is the last.
fn pause(failure: &TokenFailure, failures: u32, jitter: u32, need: Need) -> u64 {
    match failure.retry_after_ms {
        None if failure.status == 0 && !need.online => last_call(OFFLINE_MS, need),
        None if failures <= LAST_CALLS => last_call(backoff(failures, jitter, None), need),
        asked => backoff(failures, jitter, asked),
    }
}

/// Shortens a pause so that one more attempt comes before the first waiting request gives up.
fn last_call(pause: u64, Need { now, deadline, .. }: Need) -> u64 {
    let left = deadline.map(|deadline| deadline.since(now).saturating_sub(LAST_CALL_MS));
    left.filter(|left| *left > LEAST_PAUSE_MS).map_or(pause, |left| pause.min(left))
}

/// A pause that nothing stands in the way of: until when it lasts, or may if somebody waits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pause {
    pub(super) until: Instant,
    pub(super) urgent: Instant,
    pub(super) failures: u32,
    /// The server named the time.
    pub(super) asked: bool,
    /// When it said nothing at all.
    pub(super) silent_since: Option<Instant>,
}

/// The end of a pause, now that one more request waits.
pub(super) fn hasten(pause: Pause, need: Need) -> Instant {
    let Pause { mut until, urgent, failures, asked, .. } = pause;
    if need.online {
        until = until.min(urgent.max(need.now));
    }
    if failures <= LAST_CALLS && !asked {
        until = until.min(need.now.after(last_call(u64::MAX, need)));
    }
    until
}

/// The end of a pause that the server didn't ask for, now that the platform says it is offline or online: held back, or at
/// once if the network was what failed.
pub(super) fn reconsider(pause: Pause, need: Need) -> Instant {
    let Pause { until, urgent, silent_since, .. } = pause;
    match (need.online, silent_since) {
        (true, Some(since)) => since.after(LEAST_SILENCE_MS).max(need.now),
        (true, None) => until.min(urgent.max(need.now)),
        (false, _) => until.max(need.now.after(last_call(OFFLINE_MS, need))),
    }
}

/// Milliseconds until the next attempt: below an exponential ceiling, and never before the server said.
fn backoff(failures: u32, jitter: u32, retry_after_ms: Option<u64>) -> u64 {
    let limit = if failures > PATIENT_FAILURES { LATE_CEILING_MS } else { CEILING_MS };
    let pause = spread((BASE_MS << failures.min(10)).min(limit), jitter);
    match retry_after_ms {
        Some(asked) if asked > pause => asked + part_of(asked / 10, jitter),
        _ => pause,
    }
}

/// A pause in the upper three fifths below a ceiling, by chance. Down to nothing it would be over too soon for some, who would
/// ask more often than all need.
fn spread(ceiling: u64, jitter: u32) -> u64 {
    let floor = ceiling / 5 * 2;
    floor + part_of(ceiling - floor, jitter)
}

/// So much of a range as chance has it.
pub(super) fn part_of(range: u64, jitter: u32) -> u64 {
    range * u64::from(jitter) / u64::from(u32::MAX)
}

/// Milliseconds from the request to the early window and to the end of use.
pub(super) struct Lifetime {
    pub(super) early_ms: Option<u64>,
    pub(super) usable_ms: Option<u64>,
}

impl Lifetime {
    /// An unstated lifetime is the default one, and without a refresh token it isn't counted at all: the token is
    /// used until it is refused.
    pub(super) fn new(expires_in: Option<u64>, renewable: bool, jitter: u32, limits: &Limits) -> Self {
        let seconds = match expires_in {
            Some(seconds) => seconds,
            None if !renewable => return Self { early_ms: None, usable_ms: None },
            None => limits.default_lifetime,
        };
        let lifetime = seconds.saturating_mul(1_000);
        let early = limits.early_refresh.map_or(lifetime / 5, |seconds| seconds.saturating_mul(1_000));
        // More than half of its life and a token would be renewed as soon as it came.
        let window = early.min(if limits.early_refresh.is_some() { lifetime / 2 } else { EARLY_MS });
        let margin = (lifetime / 20).min(MARGIN_MS);
        let spread =
            limits.early_refresh_jitter.map_or(window / 4, |seconds| seconds.saturating_mul(1_000)).min(window);
        let shift = u128::from(spread) * u128::from(jitter) / u128::from(u32::MAX);
        Self { early_ms: Some(lifetime.saturating_sub(window) + shift as u64), usable_ms: Some(lifetime - margin) }
    }
}

/// Longest default early window, in milliseconds.
const EARLY_MS: u64 = 60_000;
/// Longest time before expiry in which a token is no longer sent, in milliseconds: it would expire on the way.
const MARGIN_MS: u64 = 5_000;
/// Whatever its lifetime, a new token is used for this long, in milliseconds, so that waiting requests always get on.
pub(super) const LEAST_USE_MS: u64 = 1_000;

/// What the pauses double up from, in milliseconds.
const BASE_MS: u64 = 1_000;
/// The ceiling while an outage is young and requests wait for its end, in milliseconds.
const CEILING_MS: u64 = 4_000;
/// The ceiling after [`PATIENT_FAILURES`] failures in a row, in milliseconds: shorter than requests wait, so that each sees an
/// attempt.
const LATE_CEILING_MS: u64 = 20_000;
const PATIENT_FAILURES: u32 = 12;
/// Failures up to which a pause is shortened for the sake of those who wait; later it would be a storm.
const LAST_CALLS: u32 = 16;
/// How long before the first deadline in the queue the last attempt is made, in milliseconds.
const LAST_CALL_MS: u64 = 1_000;
/// Shortest pause before a last call, in milliseconds.
const LEAST_PAUSE_MS: u64 = 100;
/// Shortest pause before an attempt because of being online, in milliseconds: a platform may change its mind often.
const LEAST_SILENCE_MS: u64 = 400;
/// Ceiling of the pauses while the token still works and nobody waits, in milliseconds. In an outage that is most of a fleet,
/// and these pauses are what its server meets afterwards (docs/fleet.md).
const LEISURE_MS: u64 = 30_000;
/// How long no attempt is made while the platform says that it is offline, in milliseconds. It may be wrong.
const OFFLINE_MS: u64 = 60_000;
/// How long it takes at least until the one more try for a grant in doubt, in milliseconds.
const DOUBT_MS: u64 = 5_000;
/// How long a refused client, or a refused resource, is left alone, in milliseconds.
pub(super) const MISCONFIGURED_MS: u64 = 60_000;
/// After a fresh token was refused, further 401s are the answer for this long, in milliseconds: the resource server has
/// another reason than the token's age.
pub(super) const UNHELPFUL_MS: u64 = 30_000;
/// So many refreshes in vain within that time are enough for a whole server, whatever it takes elsewhere.
pub(super) const MOST_IN_VAIN: u32 = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_stays_between_floor_and_ceiling() {
        assert_eq!(backoff(1, 0, None), 800);
        assert_eq!(backoff(1, u32::MAX, None), 2_000);
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
