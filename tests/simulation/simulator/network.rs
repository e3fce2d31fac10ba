//! Everything that is going to happen, in order of time, and what becomes of messages on their way.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::authorization_server::TokenId;
use super::random::Random;
use super::schedule::{Fate, Key, Step};
use super::subject::{Answered, RequestId};

/// Something that happens.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    /// What the schedule says.
    Step(Step),
    /// The machine is awake.
    Wake,
    /// A last look at whether all is well.
    Probe,
    /// A refresh request comes in at the authorization server.
    Refresh { attempt: u32, token: TokenId, fate: Fate },
    /// A code comes in.
    Exchange { exchange: usize, fate: Fate },
    /// A token comes in at the revocation endpoint.
    Revoke { token: TokenId },
    /// A request comes in at a resource server.
    Api { id: RequestId, sending: u32, token: TokenId, fate: Fate },
    /// The answer to a refresh is here.
    RefreshAnswer { attempt: u32, answer: Answered, jitter: u8 },
    /// The answer to an exchange is here.
    ExchangeAnswer { exchange: usize, answer: Answered },
    /// A resource server's answer is here, or the news that none will come.
    ApiAnswer { id: RequestId, sending: u32, status: Option<u16> },
}

impl Happening {
    /// Whether it happens in the browser, which sleeps when the machine does.
    pub(crate) fn is_here(&self) -> bool {
        match self {
            Self::Step(Step::RevokeAll | Step::RefuseTokens | Step::Endpoint(_)) => false,
            Self::Step(_) | Self::Wake | Self::Probe => true,
            Self::Refresh { .. } | Self::Exchange { .. } | Self::Revoke { .. } | Self::Api { .. } => false,
            Self::RefreshAnswer { .. } | Self::ExchangeAnswer { .. } | Self::ApiAnswer { .. } => true,
        }
    }
}

#[derive(Debug)]
struct Entry {
    at: u64,
    number: u64,
    what: Happening,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Agenda {
    entries: BinaryHeap<Reverse<Entry>>,
    numbers: u64,
}

impl Agenda {
    pub(crate) fn add(&mut self, at: u64, what: Happening) {
        self.numbers += 1;
        self.entries.push(Reverse(Entry { at, number: self.numbers, what }));
    }

    pub(crate) fn next_at(&self) -> Option<u64> {
        self.entries.peek().map(|Reverse(entry)| entry.at)
    }

    pub(crate) fn take(&mut self) -> Option<(u64, Happening)> {
        self.entries.pop().map(|Reverse(entry)| (entry.at, entry.what))
    }
}

/// How bad the lines are, in percent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines {
    seed: u64,
    loss: u64,
    duplicates: u64,
    spikes: u64,
}

impl Lines {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self {
            seed: random.next(),
            loss: random.pick(&[0, 1, 10]),
            duplicates: random.pick(&[0, 5, 20]),
            spikes: random.pick(&[0, 3, 15]),
        }
    }

    fn fate(self, key: Key) -> Fate {
        let numbers = match key {
            Key::SignIn(name) => [1, name.into(), 0],
            Key::Refresh(name, number) => [2, name.into(), number.into()],
            Key::Ask(name, sending) => [3, name.into(), sending.into()],
        };
        let mut random = Random::fork(self.seed, numbers);
        let mut leg = || (!random.chance(self.loss)).then(|| self.delay(&mut random));
        let (there, back) = (leg(), leg());
        let again = random.chance(self.duplicates).then(|| self.delay(&mut random));
        // A browser may repeat a request whose connection broke.
        let twice = matches!(key, Key::Refresh(..)) && random.chance(self.duplicates) && random.chance(10);
        Fate { there, back, again, twice, jitter: random.next() as u8 }
    }

    /// How long a message travels. Long for a few, so that they overtake each other.
    fn delay(self, random: &mut Random) -> u64 {
        if random.chance(self.spikes) { random.within(500..12_000) } else { random.within(5..200) }
    }
}

/// What becomes of each message: drawn from the seed, or as the schedule says.
#[derive(Debug)]
pub(crate) enum Fates {
    Drawn { lines: Lines, seen: BTreeMap<Key, Fate>, record: bool },
    Given(BTreeMap<Key, Fate>),
}

impl Fates {
    /// What becomes of this message; in good weather nothing bad.
    pub(crate) fn of(&mut self, key: Key, calm: bool) -> Fate {
        let fate = match self {
            Self::Drawn { lines, .. } => lines.fate(key),
            Self::Given(fates) => fates.get(&key).copied().unwrap_or_default(),
        };
        let fate = if calm { fate.calm() } else { fate };
        if let Self::Drawn { seen, record: true, .. } = self {
            seen.insert(key, fate);
        }
        fate
    }
}
