//! Who waits for more rights, and what was asked for lately.

use alloc::vec::Vec;

use crate::proto::oauth::challenge::Challenge;
use crate::proto::syntax::time::Instant;

use super::queue::{Queue, RequestId};

/// Who waits for more rights, and what was asked for lately.
#[derive(Clone, Debug, Default)]
pub(super) struct StepUps {
    waiting: Queue,
    asked: Vec<Asked>,
}

#[derive(Clone, Debug)]
struct Asked {
    server: usize,
    challenge: Challenge,
    at: Instant,
    /// Since somebody signed in, the same demand is news again.
    old: bool,
}

/// What a resource server's demand is worth.
pub(super) enum Demand {
    /// It is new: the application is told.
    New,
    /// The application was told a moment ago.
    Repeated,
    /// There were too many: whoever is behind this wants people to click.
    TooMany,
}

impl StepUps {
    pub(super) fn judge(&mut self, now: Instant, server: usize, challenge: &Challenge) -> Demand {
        self.asked.retain(|asked| now.since(asked.at) < MEMORY_MS);
        let mut from_server = self.asked.iter().filter(|asked| asked.server == server);
        if from_server.any(|asked| !asked.old && asked.challenge == *challenge && now.since(asked.at) < TOLD_MS) {
            return Demand::Repeated;
        }
        if self.asked.iter().filter(|asked| asked.server == server).count() >= MOST_ASKED {
            return Demand::TooMany;
        }
        self.asked.push(Asked { server, challenge: challenge.clone(), at: now, old: false });
        Demand::New
    }

    /// Somebody signed in: whoever waits goes on, and the same demand is news again.
    pub(super) fn meet(&mut self) -> Vec<RequestId> {
        self.asked.iter_mut().for_each(|asked| asked.old = true);
        self.waiting.drain()
    }

    /// Lets a request wait for more rights, until then.
    pub(super) fn wait(&mut self, id: RequestId, until: Instant) {
        self.waiting.push(id, until);
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// When the first of them gives up.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.waiting.next_deadline()
    }

    /// Takes out those who waited too long.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<RequestId> {
        self.waiting.expire(now)
    }

    /// Takes out one; whether it waited.
    pub(super) fn remove(&mut self, id: RequestId) -> bool {
        self.waiting.remove(id)
    }

    /// Takes out everybody.
    pub(super) fn drain(&mut self) -> Vec<RequestId> {
        self.waiting.drain()
    }

    /// Forgets what was asked of somebody else.
    pub(super) fn forget(&mut self) {
        self.asked.clear();
    }
}

/// Demands are remembered for this long, in milliseconds, and so many of them are told per resource server.
const MEMORY_MS: u64 = 600_000;
const MOST_ASKED: usize = 5;
/// The same demand is told once in this time, in milliseconds: many requests meet it at once.
const TOLD_MS: u64 = 10_000;
