//! The simulator: a seed is a schedule of faults on a virtual clock and network, and what must hold throughout.

pub(crate) mod authorization_server;
pub(crate) mod invariant;
pub(crate) mod ledger;
pub(crate) mod network;
pub(crate) mod random;
pub(crate) mod schedule;
pub(crate) mod script;
pub(crate) mod shrink;
pub(crate) mod subject;
pub(crate) mod tally;
pub(crate) mod text;
pub(crate) mod world;

use std::collections::BTreeMap;

pub(crate) use invariant::Breach;
use network::Fates;
pub(crate) use schedule::Schedule;
pub(crate) use tally::Tally;
use world::World;

/// Runs the schedule of this seed.
///
/// # Errors
/// What did not hold.
pub(crate) fn run(seed: u64) -> Result<Tally, Breach> {
    let (schedule, lines) = script::draw(seed);
    let fates = Fates::Drawn { lines, seen: BTreeMap::new(), record: false };
    invariant::watch(|| World::new(&schedule, fates, false).run())
}

/// Runs a schedule, telling of each step where `trace` is set.
///
/// # Errors
/// What did not hold.
pub(crate) fn run_schedule(schedule: &Schedule, trace: bool) -> Result<Tally, Breach> {
    invariant::watch(|| World::new(schedule, Fates::Given(schedule.fates.clone()), trace).run())
}

/// The schedule of this seed with the fate of each message, which is found out by running it.
pub(crate) fn schedule_of(seed: u64) -> Schedule {
    let (mut schedule, lines) = script::draw(seed);
    let fates = Fates::Drawn { lines, seen: BTreeMap::new(), record: true };
    let mut world = World::new(&schedule, fates, false);
    // A schedule that fails has the fates up to there.
    let _ = invariant::watch(|| world.run());
    if let Fates::Drawn { seen, .. } = world.into_fates() {
        schedule.fates = seen;
    }
    schedule
}

/// The smallest schedule found that fails as this seed's does, with a remark of why.
pub(crate) fn shrunk(seed: u64, breach: &Breach) -> String {
    let small = shrink::shrink(schedule_of(seed), breach.invariant);
    let why = run_schedule(&small, false).err().map_or_else(String::new, |breach| breach.to_string());
    format!("# seed {seed}: {why}\n{small}")
}

/// The outcome of many schedules.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) tally: Tally,
    /// Seeds with what did not hold, in order.
    pub(crate) failures: Vec<(u64, Breach)>,
}

/// Runs the schedules of `count` seeds from `first` on, on every processor.
pub(crate) fn run_many(first: u64, count: u64) -> Outcome {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let mut outcome = std::thread::scope(|scope| {
        let share = |thread: u64| move || run_share((first + thread..first + count).step_by(threads as usize));
        let workers: Vec<_> = (0..threads).map(|thread| scope.spawn(share(thread))).collect();
        workers.into_iter().fold(Outcome::default(), |mut all, worker| {
            let part = worker.join().expect("a worker that ends");
            all.tally.add(&part.tally);
            all.failures.extend(part.failures);
            all
        })
    });
    outcome.failures.sort_by_key(|(seed, _)| *seed);
    outcome
}

fn run_share(seeds: impl Iterator<Item = u64>) -> Outcome {
    let mut outcome = Outcome::default();
    for seed in seeds {
        match run(seed) {
            Ok(tally) => outcome.tally.add(&tally),
            Err(breach) => outcome.failures.push((seed, breach)),
        }
    }
    outcome
}
