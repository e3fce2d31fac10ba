//! Sessions as others keep them. All have what is common: one refresh at a time, begun a minute before the token's end
//! or by the first call without one, and calls that wait as long as the core's do. They differ in when a failed refresh is
//! tried again, and none looks at `Retry-After`.

use std::collections::VecDeque;

use super::client::{Client, Done, LIFETIME};
use super::server::Outcome;
use crate::support::random::Random;
use crate::support::{MINUTE, SECOND};

/// When a failed refresh is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Habit {
    AtOnce,
    EveryFive,
    Doubling,
}

impl Habit {
    /// The pause after so many failures in a row, in milliseconds.
    fn pause(self, failures: u32) -> u64 {
        match self {
            Self::AtOnce => 1,
            Self::EveryFive => 5 * SECOND,
            Self::Doubling => (SECOND << failures.saturating_sub(1).min(5)).min(30 * SECOND),
        }
    }
}

#[derive(Debug)]
pub(crate) struct Peer {
    habit: Habit,
    signed_in: bool,
    visible: bool,
    early_at: u64,
    stale_at: u64,
    /// When those who wait give up.
    waiting: VecDeque<u64>,
    attempts: u32,
    under_way: bool,
    failures: u32,
    not_before: u64,
    done: Done,
}

impl Peer {
    pub(crate) fn new(habit: Habit) -> Self {
        Self {
            habit,
            signed_in: false,
            visible: true,
            early_at: 0,
            stale_at: 0,
            waiting: VecDeque::new(),
            attempts: 0,
            under_way: false,
            failures: 0,
            not_before: 0,
            done: Done::default(),
        }
    }

    fn install(&mut self, now: u64) {
        (self.signed_in, self.failures, self.not_before) = (true, 0, 0);
        (self.early_at, self.stale_at) = (now + LIFETIME * SECOND - MINUTE, now + LIFETIME * SECOND);
        self.done.served += self.waiting.drain(..).len() as u64;
    }

    /// When it would refresh, if it isn't at it.
    fn wants_at(&self) -> Option<u64> {
        let idle = self.signed_in && !self.under_way;
        let since = if !self.waiting.is_empty() {
            0
        } else if self.visible {
            self.early_at
        } else {
            return None;
        };
        // Nobody renews what has ended and nobody wants.
        let wanted = !self.waiting.is_empty() || self.not_before < self.stale_at;
        (idle && wanted).then(|| since.max(self.not_before))
    }

    fn go_on(&mut self, now: u64) {
        while self.waiting.front().is_some_and(|deadline| *deadline <= now) {
            self.waiting.pop_front();
            self.done.lost += 1;
        }
        if self.wants_at().is_some_and(|at| at <= now) {
            (self.under_way, self.attempts) = (true, self.attempts + 1);
            self.done.refresh = Some(self.attempts);
        }
    }
}

impl Client for Peer {
    fn exchange(&mut self, _: u64, _: &mut Random) {}

    fn exchanged(&mut self, now: u64, outcome: Outcome) {
        if outcome == Outcome::Granted {
            self.install(now);
        }
    }

    fn refreshed(&mut self, now: u64, _: u32, outcome: Outcome, _: &mut Random) {
        self.under_way = false;
        if outcome == Outcome::Granted {
            return self.install(now);
        }
        self.failures += 1;
        self.not_before = now + self.habit.pause(self.failures);
    }

    fn call(&mut self, now: u64) {
        if now < self.stale_at {
            self.done.served += 1;
        } else {
            self.waiting.push_back(now + 30 * SECOND);
        }
        self.go_on(now);
    }

    fn look(&mut self, now: u64, visible: bool) {
        self.visible = visible;
        self.go_on(now);
    }

    fn ring(&mut self, now: u64) {
        self.go_on(now);
    }

    fn timer(&self) -> Option<u64> {
        [self.wants_at(), self.waiting.front().copied()].into_iter().flatten().min()
    }

    fn lose(&mut self) {
        *self = Self::new(self.habit);
    }

    fn is_signed_in(&self) -> bool {
        self.signed_in
    }

    fn done(&mut self) -> Done {
        std::mem::take(&mut self.done)
    }
}
