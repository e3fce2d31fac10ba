//! A schedule as data: how everything is set up, what happens when, and what becomes of the messages.

use std::collections::BTreeMap;

use super::authorization_server::{Mode, Policy, Rotation};

/// Everything a run depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Schedule {
    pub(crate) setup: Setup,
    /// What happens, and when, in milliseconds.
    pub(crate) steps: Vec<(u64, Step)>,
    /// What becomes of messages; of all others, [`Fate::default`].
    pub(crate) fates: BTreeMap<Key, Fate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setup {
    pub(crate) queue: u64,
    /// How long a request waits at most, in milliseconds.
    pub(crate) wait: u64,
    pub(crate) drain: u64,
    pub(crate) openid: bool,
    pub(crate) policy: Policy,
}

impl Default for Setup {
    fn default() -> Self {
        let policy = Policy {
            lifetime: Some(60),
            renewable: true,
            rotation: Rotation::Alarm,
            grace: 0,
            repeats: false,
            introspect: true,
        };
        Self { queue: 1_000, wait: 30_000, drain: 64, openid: false, policy }
    }
}

/// Number by which the schedule calls a request or a sign-in.
pub(crate) type Name = u32;

/// Something that happens by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A page makes a request.
    Ask { name: Name, page: u64, target: Target },
    /// Its caller aborts it.
    Cancel { name: Name },
    /// A page goes, and its requests with it. It may come back and ask again.
    Leave { page: u64 },
    /// The user consented and is back.
    SignIn { name: Name, user: u64 },
    /// The application signs out.
    SignOut,
    /// The machine sleeps from now on; its monotonic clock may stand still.
    Sleep { ms: u64, paused: bool },
    /// Somebody sets the wall clock.
    ClockJump { ms: i64 },
    /// The platform says that the network is gone, or back, and it is so.
    Online { is: bool },
    /// Somebody looks at a page, or nobody does any more.
    Visible { is: bool },
    /// Faults are over.
    Heal,
    /// An administrator ends every grant.
    RevokeAll,
    /// Resource servers refuse every access token issued so far.
    RefuseTokens,
    /// The token endpoint changes its ways.
    Endpoint(Mode),
}

/// Where a request wants to go: a number into the listed or the unlisted targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Listed(u64),
    Unlisted(u64),
}

/// A message with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    /// The exchange of a sign-in.
    SignIn(Name),
    /// Of a sign-in's grant, this refresh.
    Refresh(Name, u32),
    /// Of a request, this sending.
    Ask(Name, u32),
}

/// What becomes of a message and of its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    /// How long the message travels, in milliseconds; `None` if it is lost.
    pub(crate) there: Option<u64>,
    /// The same of its answer.
    pub(crate) back: Option<u64>,
    /// The answer comes again, after so long.
    pub(crate) again: Option<u64>,
    /// The server gets the message twice.
    pub(crate) twice: bool,
    /// The random number that the session gets with the answer, in 256ths.
    pub(crate) jitter: u8,
}

impl Default for Fate {
    fn default() -> Self {
        Self { there: Some(20), back: Some(20), again: None, twice: false, jitter: 0 }
    }
}

impl Fate {
    /// The same in good weather.
    pub(crate) fn calm(self) -> Self {
        let calm = |delay: Option<u64>| Some(delay.unwrap_or(20).min(200));
        Self { there: calm(self.there), back: calm(self.back), again: None, twice: false, jitter: self.jitter }
    }
}
