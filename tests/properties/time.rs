//! The clock, whatever the two clocks of a browser do.

use proptest::prelude::*;

use tokenkeep::proto::syntax::time::{Clock, SLEEP_THRESHOLD_MS};

#[test]
fn a_monotonic_clock_that_is_set_back_counts_no_time_twice() {
    let mut clock = Clock::default();
    let wall = 1_700_000_000_000;
    let elapsed = [500, 100, 400, 600].map(|monotonic| clock.advance(monotonic, wall).instant.as_millis());
    assert_eq!(elapsed, [0, 0, 0, 100]);
}

proptest! {
    #![proptest_config(crate::cases(512, "tests/properties/proptest-regressions/time.txt"))]

    #[test]
    fn time_never_goes_backwards(readings: Vec<(u64, u64)>) {
        let mut clock = Clock::default();
        let mut last = None;
        for (monotonic, wall) in readings {
            let now = clock.advance(monotonic, wall);
            prop_assert!(last.is_none_or(|last| last <= now.instant), "TOK-18");
            prop_assert_eq!(now.unix_ms, wall);
            last = Some(now.instant);
        }
    }

    #[test]
    fn awake_time_counts_once_and_sleep_counts_whole(
        steps in prop::collection::vec((0..100_000u64, prop::option::of(SLEEP_THRESHOLD_MS + 1..10_000_000)), 1..20),
    ) {
        let mut clock = Clock::default();
        let (mut monotonic, mut wall, mut elapsed) = (1_000, 1_700_000_000_000, 0);
        clock.advance(monotonic, wall);
        for (awake, asleep) in steps {
            monotonic += awake;
            wall += awake + asleep.unwrap_or_default();
            elapsed += awake + asleep.unwrap_or_default();
            prop_assert_eq!(clock.advance(monotonic, wall).instant.as_millis(), elapsed, "TOK-18");
        }
    }

    #[test]
    fn a_wall_clock_that_is_set_back_loses_no_time(ticks in prop::collection::vec(1..1_000u64, 1..20), back: u32) {
        let mut clock = Clock::default();
        let (mut monotonic, mut wall) = (0, 1_700_000_000_000u64);
        clock.advance(monotonic, wall);
        wall -= u64::from(back);
        for tick in &ticks {
            monotonic += tick;
            wall += tick;
            clock.advance(monotonic, wall);
        }
        let elapsed = clock.advance(monotonic, wall).instant.as_millis();
        prop_assert_eq!(elapsed, ticks.iter().sum::<u64>());
    }
}
