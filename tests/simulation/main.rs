//! Schedules of faults by the thousand: a session on a virtual clock and network, against servers that rotate,
//! revoke, fail and forget. `npm run simulate` runs as many as you like.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

mod fleet;
mod fleets;
mod simulator;

use std::fs;
use std::path::Path;

use simulator::{Schedule, run, run_many, run_schedule, schedule_of, shrunk};

/// How many seeds are run; `npm run simulate -- 1000000` runs more.
const SCHEDULES: u64 = 20_000;

#[test]
fn nothing_is_lost_that_could_be_kept() {
    let outcome = run_many(0, SCHEDULES);
    if let Some((seed, breach)) = outcome.failures.first() {
        let count = outcome.failures.len();
        panic!(
            "{count} of {SCHEDULES} schedules fail; the first, as a file for the corpus:\n{}",
            shrunk(*seed, breach)
        );
    }
    assert_eq!(outcome.tally.missing(), [""; 0], "the schedules no longer reach everything");
}

/// Each schedule of the corpus is what a fault, planted in the core or once really there, shrank to: its first line
/// says which. A new one is printed by a failing run, ready to be kept.
#[test]
fn schedules_that_once_failed_pass() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulation/corpus");
    let files: Vec<_> = fs::read_dir(corpus).expect("the corpus").map(|file| file.expect("a file").path()).collect();
    assert!(!files.is_empty(), "the corpus is empty");
    for file in files {
        let schedule: Schedule = fs::read_to_string(&file).expect("a text").parse().expect("a schedule");
        assert_eq!(run_schedule(&schedule, false).err(), None, "{}", file.display());
    }
}

#[test]
fn a_seed_is_the_same_schedule_every_time() {
    assert_eq!(run(7), run(7));
    assert_ne!(run(7), run(8));
}

#[test]
fn a_schedule_survives_being_written_down() {
    for seed in 0..200 {
        let schedule = schedule_of(seed);
        assert_eq!(schedule.to_string().parse(), Ok(schedule.clone()), "seed {seed}");
        assert_eq!(run_schedule(&schedule, false), run(seed), "seed {seed}");
    }
}
