//! What must hold throughout, by name, and how a breach is told from a pass.

use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

/// What must hold, whatever happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Invariant {
    /// At most one refresh is in flight.
    OneRefresh,
    /// A refresh token that brought another one, or was refused, is never sent again; one that is on its way neither.
    /// Only where the answer never came, or said nothing about the token, may it be sent again, after a pause.
    TokenOnce,
    /// The pause after a failed refresh is kept.
    Pauses,
    /// Every request settles, and once only.
    SettlesOnce,
    /// A request to a target that isn't listed goes nowhere.
    ListedOnly,
    /// Nothing is sent after the session's end: no refresh, no request.
    NoneAfterTheEnd,
    /// Only a sign-out, a refusal by the server or an expiry without a refresh token ends a session.
    EndsForAReason,
    /// No waiter outlives its deadline, and none is given up before it.
    Deadlines,
    /// Long waits are told while there are any, and their end once.
    LongWaits,
    /// The queue keeps its bound and its order.
    Queue,
    /// A released request's place in the drain is given back.
    Drain,
    /// Nothing is lost that had time left when the network came back; see `World::check_losses` for how much.
    NothingLost,
    /// Requests go out with the current token, and tokens that came in time are used.
    CurrentToken,
    /// A refused request is replayed once, and not refused for good while a refresh would help.
    Replays,
    /// Tokens that come after a sign-out are revoked and not installed, and nothing else of a late answer is used.
    LateTokens,
    /// When all faults are over a live session works.
    EndsWell,
    /// The session's own account agrees with what was seen.
    Account,
    /// Each schedule comes to an end.
    Terminates,
    /// Nothing panics.
    NoPanic,
}

/// A breach: what didn't hold, and the circumstances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Breach {
    pub(crate) invariant: Invariant,
    pub(crate) text: String,
}

impl std::fmt::Display for Breach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}: {}", self.invariant, self.text)
    }
}

/// Ends the run unless the condition holds.
macro_rules! must {
    ($condition:expr, $invariant:ident, $($text:tt)+) => {
        if !$condition {
            breach!($invariant, $($text)+);
        }
    };
}

/// Ends the run.
macro_rules! breach {
    ($invariant:ident, $($text:tt)+) => {
        std::panic::panic_any($crate::simulator::invariant::Breach {
            invariant: $crate::simulator::invariant::Invariant::$invariant,
            text: format!($($text)+),
        })
    };
}

pub(crate) use {breach, must};

thread_local! {
    static WATCHED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a breach or any other panic is an error and isn't printed.
pub(crate) fn watch<T>(work: impl FnOnce() -> T) -> Result<T, Breach> {
    quiet_watched_panics();
    WATCHED.set(true);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    WATCHED.set(false);
    outcome.map_err(breach_of)
}

fn quiet_watched_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !WATCHED.get() {
                loud(panic);
            }
        }));
    });
}

fn breach_of(payload: Box<dyn Any + Send>) -> Breach {
    payload.downcast::<Breach>().map_or_else(
        |other| {
            let text = other.downcast_ref::<String>().cloned();
            let text = text.or_else(|| other.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Breach { invariant: Invariant::NoPanic, text: text.unwrap_or_default() }
        },
        |breach| *breach,
    )
}
