//! Time as data: the core is told what time it is and never asks.

/// Milliseconds on the holder's own clock, which only ever goes forward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Instant(u64);

impl Instant {
    /// The instant `ms` milliseconds after the clock's start.
    pub const fn from_millis(ms: u64) -> Self {
        Self(ms)
    }

    /// Milliseconds since the clock's start.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// This instant moved forward by `ms` milliseconds, held at the end of the range.
    pub const fn after(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this instant, 0 when `earlier` is later.
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// One reading of both clocks, taken at the same moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// What deadlines and expiry are measured with.
    pub instant: Instant,
    /// Wall-clock milliseconds since 1970, for what servers and people read (`exp`, `expiresAt`).
    pub unix_ms: u64,
}

/// Turns the two clocks a browser has into one that survives sleep and jumps.
///
/// A monotonic clock may stand still while the machine sleeps and the wall clock may be set by hand.
/// Where the wall clock gains more than [`SLEEP_THRESHOLD_MS`] on the monotonic one, the machine is taken to have
/// slept and the gain counts. A wall clock that goes backwards never does.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    elapsed: u64,
    last: Option<(u64, u64)>,
    jump_ms: i64,
}

impl Clock {
    /// Takes a reading of both clocks, in milliseconds, and says what time it is.
    pub fn advance(&mut self, monotonic_ms: u64, unix_ms: u64) -> Now {
        let (last_monotonic, last_unix) = self.last.unwrap_or((monotonic_ms, unix_ms));
        let ticked = monotonic_ms.saturating_sub(last_monotonic);
        let walked = unix_ms.saturating_sub(last_unix);
        let slept = walked > ticked.saturating_add(SLEEP_THRESHOLD_MS);
        let set_back = last_unix.saturating_add(ticked) > unix_ms.saturating_add(SLEEP_THRESHOLD_MS);
        if slept || set_back {
            self.jump_ms = unix_ms.wrapping_sub(last_unix).wrapping_sub(ticked).cast_signed();
        }
        self.elapsed = self.elapsed.saturating_add(if slept { walked } else { ticked });
        self.last = Some((monotonic_ms.max(last_monotonic), unix_ms));
        Now { instant: Instant(self.elapsed), unix_ms }
    }

    /// What the wall clock gained on the monotonic one (or lost, if negative) at the last jump, in milliseconds; 0 if
    /// there was none since the last call.
    pub fn take_jump(&mut self) -> i64 {
        core::mem::take(&mut self.jump_ms)
    }
}

/// Drift between the two clocks up to this many milliseconds is not sleep.
pub const SLEEP_THRESHOLD_MS: u64 = 2_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn elapsed(readings: &[(u64, u64)]) -> u64 {
        let mut clock = Clock::default();
        readings.iter().map(|&(m, u)| clock.advance(m, u).instant.as_millis()).last().unwrap_or(0)
    }

    #[test]
    fn monotonic_time_counts() {
        assert_eq!(elapsed(&[(100, 5_000), (350, 5_250)]), 250);
    }

    #[test]
    fn sleep_that_only_the_wall_clock_saw_counts() {
        assert_eq!(elapsed(&[(100, 5_000), (150, 3_605_000)]), 3_600_000);
    }

    #[test]
    fn wall_clock_set_back_changes_nothing() {
        assert_eq!(elapsed(&[(100, 9_000_000), (200, 1_000), (300, 1_100)]), 200);
    }

    #[test]
    fn monotonic_clock_set_back_never_runs_backwards() {
        assert_eq!(elapsed(&[(500, 1_000), (100, 1_000), (600, 1_100)]), 100);
    }

    #[test]
    fn jumps_are_told_once() {
        let jump = |readings: &[(u64, u64)]| {
            let mut clock = Clock::default();
            for &(monotonic, unix) in readings {
                clock.advance(monotonic, unix);
            }
            (clock.take_jump(), clock.take_jump())
        };
        assert_eq!(jump(&[(100, 5_000), (150, 3_605_050)]), (3_600_000, 0));
        assert_eq!(jump(&[(100, 9_000_000), (200, 1_100), (300, 1_200)]), (-8_999_000, 0));
        assert_eq!(jump(&[(0, 0), (1_000, 2_999), (2_000, 2_100)]), (0, 0));
    }

    #[test]
    fn drift_below_the_threshold_is_not_sleep() {
        assert_eq!(elapsed(&[(0, 0), (1_000, 2_999)]), 1_000);
    }
}
