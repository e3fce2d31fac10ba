//! The explorer: from a session just signed in, everything that can happen, in every order, up to a number of steps.
//!
//! Where the simulator draws long schedules at random, this takes all short ones. What keeps them few: a state that was
//! seen before, by [`fingerprint`], is not gone on from ([`alike`] holds that against what follows); time stands still but for leaps to where something is due; and
//! what makes no difference is left out, see [`World::steps`]. From each state on the weather also turns good once, so that
//! what never comes to its end is seen too. States are gone through in breadth, so a failure has the fewest steps.

mod alike;
mod calm;
mod fingerprint;
mod pages;
mod step;
mod tokens;
mod world;

use std::collections::BTreeSet;
use std::fmt;

use crate::simulator::invariant::{Breach, watch};
pub(crate) use alike::confused;
use step::Step;
use world::World;

/// The way to a state: of the steps that could be taken at each point, the number of the one that was.
type Path = Box<[u8]>;

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    pub(crate) states: usize,
    pub(crate) depth: usize,
    pub(crate) failure: Option<Failure>,
    /// The kinds of steps that were taken.
    taken: BTreeSet<&'static str>,
}

/// What did not hold, and the steps that lead there.
#[derive(Debug)]
pub(crate) struct Failure {
    steps: Vec<Step>,
    /// What follows them in good weather, where it shows only then.
    calm: Vec<Step>,
    breach: Breach,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.breach)?;
        self.steps.iter().try_for_each(|step| writeln!(f, "  {step:?}"))?;
        if !self.calm.is_empty() {
            writeln!(f, "  and in good weather")?;
        }
        self.calm.iter().try_for_each(|step| writeln!(f, "  {step:?}"))
    }
}

impl Outcome {
    #[allow(dead_code, reason = "only the test asks")]
    /// Kinds of steps that were never taken.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        step::KINDS.iter().copied().filter(|kind| !self.taken.contains(kind)).collect()
    }
}

/// Goes through every state that so many steps lead to. `told` hears how many there are after each.
pub(crate) fn explore(depth: usize, told: impl Fn(&Outcome)) -> Outcome {
    let root = World::new();
    let mut seen = BTreeSet::from([root.fingerprint()]);
    let mut frontier = vec![Path::default()];
    let mut outcome = Outcome { states: 1, ..Outcome::default() };
    while outcome.depth < depth && outcome.failure.is_none() && !frontier.is_empty() {
        let found = spread(&root, &frontier, &seen);
        outcome.taken.extend(found.taken);
        outcome.failure = found.failures.into_iter().min_by(|a, b| a.steps.cmp(&b.steps));
        frontier = found.new.into_iter().filter(|(state, _)| seen.insert(*state)).map(|(_, path)| path).collect();
        (outcome.states, outcome.depth) = (seen.len(), outcome.depth + 1);
        told(&outcome);
    }
    outcome
}

#[derive(Default)]
struct Found {
    new: Vec<(u64, Path)>,
    failures: Vec<Failure>,
    taken: BTreeSet<&'static str>,
}

/// One step from each state of the frontier, on every processor.
fn spread(root: &World, frontier: &[Path], seen: &BTreeSet<u64>) -> Found {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let size = frontier.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let start = |share| scope.spawn(move || expand_all(root, share, seen));
        let workers: Vec<_> = frontier.chunks(size).map(start).collect();
        workers.into_iter().fold(Found::default(), |mut all, worker| {
            let part = worker.join().expect("a worker that ends");
            all.new.extend(part.new);
            all.failures.extend(part.failures);
            all.taken.extend(part.taken);
            all
        })
    })
}

fn expand_all(root: &World, paths: &[Path], seen: &BTreeSet<u64>) -> Found {
    let (mut found, mut met) = (Found::default(), BTreeSet::new());
    for path in paths {
        let (world, steps) = replay(root, path);
        for (number, step) in (0..).zip(world.steps()) {
            found.taken.insert(step.kind());
            let failed = |breach, calm| Failure { steps: [&steps[..], &[step]].concat(), calm, breach };
            let mut calm = Vec::new();
            match watch(|| expand(&world, step)) {
                Ok((state, _)) if seen.contains(&state) || !met.insert(state) => {}
                Ok((state, next)) => match watch(|| next.calm_down(&mut calm)) {
                    Ok(()) => found.new.push((state, [path, &[number][..]].concat().into())),
                    Err(breach) => found.failures.push(failed(breach, calm)),
                },
                Err(breach) => found.failures.push(failed(breach, calm)),
            }
        }
    }
    found
}

fn expand(world: &World, step: Step) -> (u64, World) {
    let mut next = world.clone();
    next.take(step);
    (next.fingerprint(), next)
}

/// The state that a path leads to, and its steps.
fn replay(root: &World, path: &[u8]) -> (World, Vec<Step>) {
    let mut world = root.clone();
    let mut steps = Vec::with_capacity(path.len());
    for number in path {
        let step = world.steps()[usize::from(*number)];
        world.take(step);
        steps.push(step);
    }
    (world, steps)
}
