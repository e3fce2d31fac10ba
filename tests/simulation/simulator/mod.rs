//! The simulator: a seed is a schedule of faults on a virtual clock and network, and what must hold throughout.

pub(crate) mod authorization_server;
pub(crate) mod ledger;
pub(crate) mod network;
pub(crate) mod random;
pub(crate) mod script;
pub(crate) mod tally;
pub(crate) mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) use tally::Tally;
use world::World;

/// Runs the schedule of this seed, telling of each step where `trace` is set.
///
/// # Errors
/// What did not hold.
pub(crate) fn run(seed: u64, trace: bool) -> Result<Tally, String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| World::new(seed, trace).run()));
    outcome.map_err(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
    })
}

/// The outcome of many schedules.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) tally: Tally,
    pub(crate) failures: Vec<(u64, String)>,
}

/// Runs the schedules of `count` seeds from `first` on, on every processor. Panics are taken as failures and are not
/// printed.
pub(crate) fn run_many(first: u64, count: u64) -> Outcome {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let outcome = std::thread::scope(|scope| {
        let share = |thread: u64| move || run_share((first + thread..first + count).step_by(threads as usize));
        let workers: Vec<_> = (0..threads).map(|thread| scope.spawn(share(thread))).collect();
        workers.into_iter().fold(Outcome::default(), |mut all, worker| {
            let part = worker.join().expect("a worker that ends");
            all.tally.add(&part.tally);
            all.failures.extend(part.failures);
            all
        })
    });
    std::panic::set_hook(hook);
    outcome
}

fn run_share(seeds: impl Iterator<Item = u64>) -> Outcome {
    let mut outcome = Outcome::default();
    for seed in seeds {
        match run(seed, false) {
            Ok(tally) => outcome.tally.add(&tally),
            Err(why) => outcome.failures.push((seed, why)),
        }
    }
    outcome
}
