//! Everything that is going to happen, in order of time: messages on their way, the user, the weather.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::http::Answer;
use tokenkeep::proto::queue::RequestId;

use super::authorization_server::{Mode, TokenId};
use super::random::Random;

/// Something that happens.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    /// The browser's side.
    Client(Client),
    /// The servers' side, which goes on while the machine sleeps.
    Server(Server),
}

#[derive(Clone, Debug)]
pub(crate) enum Client {
    /// A page makes a request; it is on the list or not.
    Ask { page: u64, off_list: bool },
    /// A page goes, and its requests with it.
    PageLeaves { page: u64 },
    /// The user consented and is back.
    ComeBack,
    /// The application signs out.
    SignOut,
    /// The answer to a refresh is here.
    RefreshAnswer { attempt: u32, answer: Result<Answer, Transport> },
    /// The answer to an exchange is here.
    ExchangeAnswer { exchange: usize, answer: Result<Answer, Transport> },
    /// A resource server's answer is here, or the news that none will come.
    ApiAnswer { id: RequestId, sending: u32, status: Option<u16> },
    /// The machine sleeps from now on; its monotonic clock may stand still.
    Sleep { ms: u64, paused: bool },
    /// It is awake.
    Wake,
    /// Somebody sets the wall clock.
    ClockJump { ms: i64 },
    /// Faults are over.
    Heal,
    /// A last look at whether all is well.
    Probe,
}

#[derive(Clone, Debug)]
pub(crate) enum Server {
    /// A refresh request comes in.
    Refresh { attempt: u32, token: TokenId },
    /// A code comes in.
    Exchange { exchange: usize, nonce: Option<String> },
    /// A request comes in at a resource server.
    Api { id: RequestId, sending: u32, token: TokenId },
    /// A token comes in at the revocation endpoint.
    Revoke { token: TokenId },
    /// An administrator ends every grant.
    RevokeAll,
    /// Access tokens are refused before their time.
    ExpireEarly,
    /// The token endpoint changes its ways.
    Mode(Mode),
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

/// How bad the lines are, in percent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines {
    pub(crate) loss: u64,
    pub(crate) duplicates: u64,
    pub(crate) spikes: u64,
}

impl Lines {
    pub(crate) const GOOD: Self = Self { loss: 0, duplicates: 0, spikes: 0 };

    pub(crate) fn new(random: &mut Random) -> Self {
        Self { loss: random.pick(&[0, 1, 10]), duplicates: random.pick(&[0, 5, 20]), spikes: random.pick(&[0, 3, 15]) }
    }

    /// How long a message travels. Long for a few, so that they overtake each other.
    pub(crate) fn delay(self, random: &mut Random) -> u64 {
        if random.chance(self.spikes) { random.within(500..12_000) } else { random.within(5..200) }
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

    pub(crate) fn client(&mut self, at: u64, what: Client) {
        self.add(at, Happening::Client(what));
    }

    pub(crate) fn server(&mut self, at: u64, what: Server) {
        self.add(at, Happening::Server(what));
    }

    pub(crate) fn next_at(&self) -> Option<u64> {
        self.entries.peek().map(|Reverse(entry)| entry.at)
    }

    pub(crate) fn take(&mut self) -> Option<(u64, Happening)> {
        self.entries.pop().map(|Reverse(entry)| (entry.at, entry.what))
    }
}
