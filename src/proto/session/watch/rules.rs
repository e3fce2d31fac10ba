//! What is out of the ordinary, by rules that the documentation spells out.

use alloc::vec::Vec;

use crate::proto::config::Anomaly;
use crate::proto::syntax::time::Instant;

/// What the rules remember.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    bucket: u64,
    count: u64,
    told: bool,
    /// Requests per bucket that had any, as a moving average, in sixteenths.
    baseline: u64,
    learned: u64,
    unexplained: Vec<Instant>,
    quiet_until: Option<Instant>,
}

impl Rules {
    pub(super) fn request(&mut self, now: Instant) -> Option<Anomaly> {
        let bucket = now.as_millis() / BUCKET_MS;
        if bucket != self.bucket {
            self.learn();
            self.bucket = bucket;
        }
        self.count += 1;
        let usual = self.baseline / 16;
        let surge =
            !self.told && self.learned >= LESSONS && self.count > LEAST_SURGE.max(usual.saturating_mul(FAR_ABOVE));
        self.told |= surge;
        surge.then_some(Anomaly::RequestSurge { count: self.count, baseline: usual })
    }

    /// A busy bucket teaches at most twice of what is usual, so that a surge doesn't make itself usual at once.
    fn learn(&mut self) {
        let taught = self.count * 16;
        if self.learned == 0 {
            self.baseline = taught;
        } else if self.count > 0 {
            let taught = if self.learned < LESSONS { taught } else { taught.min(self.baseline.max(16) * 2) };
            self.baseline = (self.baseline * 7 + taught) / 8;
        }
        self.learned += u64::from(self.count > 0);
        (self.count, self.told) = (0, false);
    }

    pub(super) fn unexplained_refresh(&mut self, now: Instant) -> Option<Anomaly> {
        self.unexplained.retain(|at| now.since(*at) < STORM_MS);
        self.unexplained.push(now);
        let count = self.unexplained.len();
        let storm = count >= STORM;
        if storm {
            self.unexplained.clear();
        }
        storm.then_some(Anomaly::RefreshStorm { count: count as u64 })
    }

    pub(super) fn off_list(&mut self, now: Instant) -> Option<Anomaly> {
        if self.quiet_until.is_some_and(|until| now < until) {
            return None;
        }
        self.quiet_until = Some(now.after(QUIET_MS));
        Some(Anomaly::OffListTarget)
    }

    /// A wall clock that gains may have slept, which is no jump.
    pub(super) fn clock(&self, ms: i64) -> Option<Anomaly> {
        (ms.unsigned_abs() >= JUMP_MS).then_some(Anomaly::ClockJump { ms })
    }
}

const BUCKET_MS: u64 = 10_000;
/// Buckets with requests in them after which the baseline counts.
const LESSONS: u64 = 6;
const FAR_ABOVE: u64 = 10;
/// Fewer requests in a bucket are never a surge.
const LEAST_SURGE: u64 = 300;
/// So many refreshes within [`STORM_MS`] that came in the first half of a token's life are a storm.
const STORM: usize = 5;
const STORM_MS: u64 = 60_000;
/// Off-list targets are told once in this time, in milliseconds; the audit log counts them all.
const QUIET_MS: u64 = 60_000;
/// Smaller differences between clocks are everyday life, in milliseconds.
const JUMP_MS: u64 = 300_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn requests(rules: &mut Rules, bucket: u64, count: u64) -> Vec<Anomaly> {
        let now = Instant::from_millis(bucket * BUCKET_MS);
        (0..count).filter_map(|_| rules.request(now)).collect()
    }

    #[test]
    fn a_surge_is_measured_by_the_applications_own_past() {
        let mut rules = Rules::default();
        assert_eq!(requests(&mut rules, 0, 5_000), [], "nothing is learned yet");
        let mut rules = Rules::default();
        (0..20).for_each(|bucket| assert_eq!(requests(&mut rules, bucket, 50), []));
        assert_eq!(requests(&mut rules, 20, 500), []);
        let told = requests(&mut rules, 30, 5_000);
        assert!(matches!(told[..], [Anomaly::RequestSurge { count: 501..900, baseline: 50..90 }]), "{told:?}");
        assert_eq!(requests(&mut rules, 31, 50), []);
        assert_eq!(requests(&mut rules, 32, 5_000).len(), 1, "one surge hardly moves the baseline");
    }

    #[test]
    fn a_surge_is_one_however_it_is_spread_over_ten_seconds() {
        let mut rules = Rules::default();
        (0..20).for_each(|bucket| assert_eq!(requests(&mut rules, bucket, 10), []));
        let spread = |n: u64| Instant::from_millis(30 * BUCKET_MS + n * 2);
        assert_eq!((0..5_000).filter_map(|n| rules.request(spread(n))).count(), 1);
    }

    #[test]
    fn the_first_lessons_count_whole_and_later_ones_twice_the_usual_at_most() {
        let mut rules = Rules::default();
        (0..3).for_each(|bucket| assert_eq!(requests(&mut rules, bucket, 8), []));
        requests(&mut rules, 3, 8_000);
        requests(&mut rules, 5, 1);
        assert!(rules.baseline / 16 > 900, "{}", rules.baseline);
        let mut rules = Rules::default();
        (0..10).for_each(|bucket| assert_eq!(requests(&mut rules, bucket, 8), []));
        requests(&mut rules, 10, 8_000);
        requests(&mut rules, 11, 1);
        assert!(rules.baseline / 16 < 10, "{}", rules.baseline);
    }

    #[test]
    fn small_numbers_are_no_surge() {
        let mut rules = Rules::default();
        (0..20).for_each(|bucket| assert_eq!(requests(&mut rules, bucket, 1), []));
        assert_eq!(requests(&mut rules, 20, LEAST_SURGE), []);
        assert_eq!(requests(&mut rules, 21, LEAST_SURGE + 1).len(), 1);
    }

    #[test]
    fn busy_applications_become_usual() {
        let mut rules = Rules::default();
        (0..10).for_each(|bucket| assert_eq!(requests(&mut rules, bucket, 50), []));
        let told: usize = (10..40).map(|bucket| requests(&mut rules, bucket, 1_000).len()).sum();
        assert!((1..20).contains(&told), "{told}");
        assert_eq!(requests(&mut rules, 40, 1_000), []);
    }

    #[test]
    fn refreshes_before_their_time_are_a_storm_if_there_are_many() {
        let mut rules = Rules::default();
        let mut at = |ms: u64| rules.unexplained_refresh(Instant::from_millis(ms)).is_some();
        assert_eq!([0, 1, 2, 3, 4, 5].map(&mut at), [false, false, false, false, true, false]);
        assert!(!(1..20).any(|n| at(100_000 + n * 20_000)), "four a minute");
    }

    #[test]
    fn off_list_targets_are_told_once_a_minute() {
        let mut rules = Rules::default();
        let told = [0, 1, 59_999, 60_000, 60_001].map(|ms| rules.off_list(Instant::from_millis(ms)).is_some());
        assert_eq!(told, [true, false, false, true, false]);
    }

    #[test]
    fn only_far_jumps_count() {
        let rules = Rules::default();
        assert_eq!(rules.clock(299_999), None);
        assert_eq!(rules.clock(-300_000), Some(Anomaly::ClockJump { ms: -300_000 }));
    }
}
