//! When a failed refresh is tried again.

use crate::proto::oauth::token::TokenFailure;
use crate::proto::syntax::time::Now;

use super::access::Freshness;
use super::conditions::OFFLINE_MS;
use super::refresh::Refresh;
use super::state::Session;

impl Session {
    /// Milliseconds until the attempt after `failures` in a row, of which `failure` is the last.
    pub(super) fn pause_after(&self, now: Now, jitter: u32, failures: u32, failure: &TokenFailure) -> u64 {
        match failure.retry_after_ms {
            None if failure.status == 0 && !self.surroundings.online => self.last_call(now, OFFLINE_MS),
            None if failures <= LAST_CALLS => self.last_call(now, backoff(failures, jitter, None)),
            asked => backoff(failures, jitter, asked),
        }
    }

    /// A longer pause while nobody waits and the token still works: nothing is urgent then.
    pub(super) fn at_leisure(&self, now: Now, lane: usize, pause: u64) -> u64 {
        let at_leisure = self.lanes.waiting() == 0 && self.freshness(now, lane) == Some(Freshness::Early);
        if at_leisure { pause.max(LEISURE_MS) } else { pause }
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
        let left = self.lanes.next_deadline().map(|deadline| deadline.since(now.instant).saturating_sub(LAST_CALL_MS));
        left.filter(|left| *left > LEAST_PAUSE_MS).map_or(pause, |left| pause.min(left))
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
