//! What is going to happen to whom, in order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::server::Outcome;
use crate::support::random::Random;

/// Something that happens to one person's page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum What {
    /// They look at it, or away from it.
    Look(bool),
    /// It makes a call.
    Call,
    /// Its session's timer rings.
    Ring,
    /// It goes to the authorization server, to sign in.
    Visit,
    /// It is back with a code.
    Return,
    /// It reloads, and the session is lost with its worker or not.
    Reload { lost: bool },
    /// The outcome of its exchange number so-and-so.
    Exchanged { request: u64, outcome: Outcome },
    /// The outcome of a refresh.
    Refreshed { request: u64, attempt: u32, outcome: Outcome },
}

/// Everything that is going to happen. What is for the same millisecond comes in any order: in that of its planning those who
/// made the longest pause would find the server's place first.
#[derive(Debug)]
pub(crate) struct Agenda {
    entries: BinaryHeap<Reverse<(u64, u64, u32, What)>>,
    random: Random,
}

impl Agenda {
    pub(crate) fn new(seed: u64) -> Self {
        Self { entries: BinaryHeap::new(), random: Random::new(seed) }
    }

    pub(crate) fn add(&mut self, at: u64, who: usize, what: What) {
        self.entries.push(Reverse((at, self.random.next(), who as u32, what)));
    }

    pub(crate) fn take(&mut self) -> Option<(u64, usize, What)> {
        self.entries.pop().map(|Reverse((at, _, who, what))| (at, who as usize, what))
    }
}
