//! One authorization server for all: so many requests a second, a short queue, and what it does with the rest.

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Outcome {
    Granted,
    /// 503, to be tried again after so many seconds if it says so.
    Refused(Option<u64>),
    /// No answer in time.
    Silence,
}

/// How it turns away what is too much, and everything while it is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// 503 at once; what stands in front of it does that, and it costs nothing.
    Refuses,
    /// The same with a `Retry-After` of so many seconds.
    Asks(u64),
    /// It lets the connection hang until the client gives up.
    Hangs,
}

/// How long a message travels, in milliseconds.
pub(crate) const WAY: u64 = 25;
/// How long a client waits for an answer, in milliseconds: `requestTimeout`.
const PATIENCE: u64 = 10_000;
/// How much work it lets wait, in microseconds.
const QUEUE_US: u64 = 1_000_000;
/// So many sessions for each request a second: four times what refreshes of tokens of five minutes take.
const SESSIONS_PER_REQUEST: usize = 60;

#[derive(Debug)]
pub(crate) struct Server {
    manner: Manner,
    down: Vec<(u64, u64)>,
    takes_us: u64,
    free_at_us: u64,
    /// Requests that came in, by second.
    pub(crate) load: Vec<u32>,
}

/// Requests a second for so many sessions.
pub(crate) fn capacity(sessions: usize) -> f64 {
    sessions as f64 / SESSIONS_PER_REQUEST as f64
}

impl Server {
    pub(crate) fn new(sessions: usize, manner: Manner, down: Vec<(u64, u64)>, length: u64) -> Self {
        let takes_us = (1_000_000 * SESSIONS_PER_REQUEST / sessions) as u64;
        Self { manner, down, takes_us, free_at_us: 0, load: vec![0; length as usize / 1_000 + 1] }
    }

    /// Takes a request that leaves its client now; what becomes of it, and when the client knows.
    pub(crate) fn take(&mut self, now: u64) -> (Outcome, u64) {
        let at = now + WAY;
        if let Some(second) = self.load.get_mut(at as usize / 1_000) {
            *second += 1;
        }
        let start = self.free_at_us.max(at * 1_000);
        let down = self.down.iter().any(|(from, to)| (*from..*to).contains(&at));
        if !down && start - at * 1_000 <= QUEUE_US.max(self.takes_us) {
            self.free_at_us = start + self.takes_us;
            return (Outcome::Granted, self.free_at_us / 1_000 + WAY);
        }
        match self.manner {
            Manner::Refuses => (Outcome::Refused(None), at + WAY),
            Manner::Asks(seconds) => (Outcome::Refused(Some(seconds)), at + WAY),
            Manner::Hangs => (Outcome::Silence, now + PATIENCE),
        }
    }
}
