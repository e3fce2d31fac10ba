//! From a schedule that fails to the smallest one found that fails in the same way.

use super::invariant::Invariant;
use super::run_schedule;
use super::schedule::{Fate, Key, Name, Schedule, Setup, Step, Target};

/// Makes a schedule that breaks `invariant` smaller until nothing that is tried makes it smaller still.
pub(crate) fn shrink(schedule: Schedule, invariant: Invariant) -> Schedule {
    let mut shrinking = Shrinking { best: schedule, invariant };
    loop {
        let before = shrinking.best.clone();
        shrinking.drop_steps();
        shrinking.drop_fates();
        shrinking.simplify_setup();
        shrinking.simplify_steps();
        shrinking.simplify_fates();
        shrinking.shorten();
        if shrinking.best == before {
            return renamed(&before, invariant).unwrap_or(before);
        }
    }
}

/// The same with names from 1 on, if that fails too.
fn renamed(schedule: &Schedule, invariant: Invariant) -> Option<Schedule> {
    let mut names = Vec::new();
    for (_, step) in &schedule.steps {
        if let Step::Ask { name, .. } | Step::SignIn { name, .. } = step {
            names.push(*name);
        }
    }
    let rename = |name: Name| names.iter().position(|known| *known == name).map_or(name, |at| at as Name + 1);
    let mut candidate = schedule.clone();
    for (_, step) in &mut candidate.steps {
        if let Step::Ask { name, .. } | Step::SignIn { name, .. } | Step::Cancel { name } = step {
            *name = rename(*name);
        }
    }
    let rekey = |(key, fate)| match key {
        Key::SignIn(name) => (Key::SignIn(rename(name)), fate),
        Key::Refresh(name, number) => (Key::Refresh(rename(name), number), fate),
        Key::Ask(name, sending) => (Key::Ask(rename(name), sending), fate),
    };
    candidate.fates = candidate.fates.into_iter().map(rekey).collect();
    fails(&candidate, invariant).then_some(candidate)
}

fn fails(schedule: &Schedule, invariant: Invariant) -> bool {
    run_schedule(schedule, false).is_err_and(|breach| breach.invariant == invariant)
}

struct Shrinking {
    best: Schedule,
    invariant: Invariant,
}

impl Shrinking {
    /// Keeps the candidate if it is simpler and fails in the same way.
    fn offer(&mut self, candidate: Schedule) -> bool {
        let better = weight(&candidate) < weight(&self.best) && fails(&candidate, self.invariant);
        if better {
            self.best = candidate;
        }
        better
    }

    /// Leaves out steps: halves, quarters, .., single ones.
    fn drop_steps(&mut self) {
        let mut size = self.best.steps.len().div_ceil(2);
        while size > 0 {
            let mut from = 0;
            while from < self.best.steps.len() {
                let mut candidate = self.best.clone();
                let to = (from + size).min(candidate.steps.len());
                candidate.steps.drain(from..to);
                from += if self.offer(candidate) { 0 } else { size };
            }
            size /= 2;
        }
    }

    /// The same with the fates of messages.
    fn drop_fates(&mut self) {
        let mut size = self.best.fates.len().div_ceil(2);
        while size > 0 {
            let mut from = 0;
            while from < self.best.fates.len() {
                let fates = self.best.fates.clone().into_iter().enumerate();
                let left = fates.filter(|(at, _)| !(from..from + size).contains(at)).map(|(_, fate)| fate);
                let candidate = Schedule { fates: left.collect(), ..self.best.clone() };
                from += if self.offer(candidate) { 0 } else { size };
            }
            size /= 2;
        }
    }

    fn simplify_setup(&mut self) {
        let plain = Setup::default();
        let changes: [fn(&mut Setup, Setup); 10] = [
            |setup, plain| setup.queue = plain.queue,
            |setup, plain| setup.wait = plain.wait,
            |setup, plain| setup.drain = plain.drain,
            |setup, plain| setup.openid = plain.openid,
            |setup, plain| setup.policy.lifetime = plain.policy.lifetime,
            |setup, plain| setup.policy.renewable = plain.policy.renewable,
            |setup, plain| setup.policy.rotation = plain.policy.rotation,
            |setup, plain| setup.policy.grace = plain.policy.grace,
            |setup, plain| setup.policy.repeats = plain.policy.repeats,
            |setup, plain| setup.policy.introspect = plain.policy.introspect,
        ];
        for change in changes {
            let mut candidate = self.best.clone();
            change(&mut candidate.setup, plain);
            self.offer(candidate);
        }
    }

    /// Lets steps be simpler and come earlier, alone or with all that follow.
    fn simplify_steps(&mut self) {
        for at in 0..self.best.steps.len() {
            for step in simpler_steps(self.best.steps[at].1) {
                let mut candidate = self.best.clone();
                candidate.steps[at].1 = step;
                self.offer(candidate);
            }
        }
    }

    fn simplify_fates(&mut self) {
        for key in self.best.fates.keys().copied().collect::<Vec<_>>() {
            for change in 0..SIMPLER_FATES {
                let Some(fate) = self.best.fates.get(&key).and_then(|fate| simpler_fate(*fate, change)) else {
                    continue;
                };
                let mut candidate = self.best.clone();
                candidate.fates.insert(key, fate);
                self.offer(candidate);
            }
        }
    }

    /// Lets each step come earlier, alone or with all that follow.
    fn shorten(&mut self) {
        for at in 0..self.best.steps.len() {
            let now = self.best.steps[at].0;
            let before = at.checked_sub(1).map_or(0, |before| self.best.steps[before].0);
            for sooner in rounder(now - before).into_iter().map(|gap| before + gap).chain(rounder(now)) {
                for whole in [true, false] {
                    self.move_step(at, sooner, whole);
                }
            }
        }
    }

    fn move_step(&mut self, at: usize, to: u64, with_the_rest: bool) {
        let mut candidate = self.best.clone();
        let Some(by) = candidate.steps[at].0.checked_sub(to) else { return };
        let moved = if with_the_rest { candidate.steps.len() } else { at + 1 };
        candidate.steps[at..moved].iter_mut().for_each(|(when, _)| *when = when.saturating_sub(by));
        candidate.steps.sort_by_key(|(when, _)| *when);
        self.offer(candidate);
    }
}

/// Smaller or rounder numbers, the best first.
fn rounder(number: u64) -> Vec<u64> {
    let mut numbers = vec![0, 1, 10, 100, 1_000, number / 2];
    for unit in [100_000, 10_000, 1_000, 100, 10] {
        numbers.push(number / unit * unit);
    }
    numbers.push(number.saturating_sub(1));
    numbers.retain(|other| *other < number);
    numbers
}

fn simpler_steps(step: Step) -> Vec<Step> {
    match step {
        Step::Ask { name, page, target } => {
            let target = match target {
                Target::Listed(_) => Target::Listed(0),
                Target::Unlisted(_) => Target::Unlisted(0),
            };
            vec![Step::Ask { name, page: 0, target }, Step::Ask { name, page, target }]
        }
        Step::Leave { .. } => vec![Step::Leave { page: 0 }],
        Step::SignIn { name, .. } => vec![Step::SignIn { name, user: 0 }],
        Step::Sleep { ms, paused } => {
            let shorter = rounder(ms).into_iter().map(|ms| Step::Sleep { ms, paused });
            [Step::Sleep { ms, paused: false }].into_iter().chain(shorter).collect()
        }
        Step::ClockJump { ms } => rounder(ms.unsigned_abs())
            .into_iter()
            .map(|less| Step::ClockJump { ms: less as i64 * ms.signum() })
            .collect(),
        _ => Vec::new(),
    }
}

const SIMPLER_FATES: usize = 45;

fn simpler_fate(fate: Fate, change: usize) -> Option<Fate> {
    let plain = Fate::default();
    let round = |delay: Option<u64>| delay.and_then(|ms| rounder(ms).get((change - 5) % 12).copied());
    Some(match change {
        0 => Fate { there: plain.there, ..fate },
        1 => Fate { back: plain.back, ..fate },
        2 => Fate { again: None, ..fate },
        3 => Fate { twice: false, ..fate },
        4 => Fate { jitter: 0, ..fate },
        5..=16 => Fate { there: Some(round(fate.there)?), ..fate },
        17..=28 => Fate { back: Some(round(fate.back)?), ..fate },
        29..=40 => Fate { again: Some(round(fate.again)?), ..fate },
        _ => Fate { jitter: *[1, 64, 128, 255].get(change - 41)?, ..fate },
    })
}

/// What makes a schedule hard to read, the worst first: how much there is in it, how crooked and how large its numbers.
fn weight(schedule: &Schedule) -> (usize, usize, u64) {
    let text = schedule.to_string();
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse::<u64>().ok());
    let size = 3 * (schedule.steps.len() + schedule.fates.len()) + text.matches("setup").count();
    (size, text.bytes().filter(|byte| !matches!(byte, b'0' | b' ')).count(), numbers.sum())
}
