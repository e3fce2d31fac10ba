//! What can happen next, one thing at a time.

use super::world::{PAGES, World};
use crate::simulator::ledger::{Place, Use};
use crate::simulator::subject::RequestId;
use crate::simulator::world::tokens::outcome_of;

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// A page makes a request.
    Ask {
        page: usize,
    },
    /// A page closes, with its requests.
    Close {
        page: usize,
    },
    /// A request reaches the API, which judges its token.
    Arrive {
        id: RequestId,
    },
    /// The API's answer is here.
    Answer {
        id: RequestId,
    },
    /// A request gets no answer.
    Break {
        id: RequestId,
    },
    /// A refresh request reaches the authorization server, which does its work.
    Rotate {
        attempt: u32,
    },
    /// It reaches a server that answers 503.
    Busy {
        attempt: u32,
    },
    /// The answer to a refresh is here.
    Refreshed {
        attempt: u32,
    },
    /// It never comes, whatever the server did.
    Lost {
        attempt: u32,
    },
    /// The session's timer rings, in time or late.
    Ring,
    /// Time passes until the session's timer is due.
    WaitForTimer,
    /// Time passes until the next access token expires at the API; timers on the way are late.
    WaitForExpiry,
    /// The machine sleeps for an hour.
    Sleep,
    SignOut,
    /// Somebody signs in again, all at once.
    SignIn,
}

impl World {
    /// What can happen now. Left out is what makes no difference: an API's answer that is lost is a request that is
    /// lost, and so is a 503; a page that closes with nothing under way is one that asks no more.
    pub(crate) fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::with_capacity(16);
        for page in 0..PAGES.len() {
            steps.extend(self.may_ask(page).then_some(Step::Ask { page }));
            steps.extend(self.may_close(page).then_some(Step::Close { page }));
        }
        for (id, place) in self.ledger.places() {
            match (place, self.requests[id as usize - 1].status) {
                (Place::Away { .. }, None) => steps.extend([Step::Arrive { id }, Step::Break { id }]),
                (Place::Away { .. }, Some(_)) => steps.push(Step::Answer { id }),
                (Place::Queued(_) | Place::Settled(_), _) => {}
            }
        }
        self.refresh_steps(&mut steps);
        self.time_steps(&mut steps);
        steps.extend(self.ledger.signed_in.then_some(Step::SignOut));
        steps.extend(self.may_sign_in().then_some(Step::SignIn));
        steps
    }

    fn refresh_steps(&self, steps: &mut Vec<Step>) {
        for sent in &self.refreshes {
            let attempt = sent.attempt;
            match sent.answer.as_ref().map(outcome_of) {
                None => steps.extend([Step::Rotate { attempt }, Step::Busy { attempt }, Step::Lost { attempt }]),
                Some(Use::Transient(_)) => steps.push(Step::Refreshed { attempt }),
                Some(_) => steps.extend([Step::Refreshed { attempt }, Step::Lost { attempt }]),
            }
        }
    }

    fn time_steps(&self, steps: &mut Vec<Step>) {
        match self.subject.timer() {
            Some(due) if due <= self.at => steps.push(Step::Ring),
            Some(_) => steps.push(Step::WaitForTimer),
            None => {}
        }
        steps.extend(self.next_expiry().map(|_| Step::WaitForExpiry));
        steps.push(Step::Sleep);
    }
}

macro_rules! kinds {
    ($($name:ident),*) => {
        /// The names of all kinds of steps.
        pub(crate) const KINDS: &[&str] = &[$(stringify!($name)),*];

        impl Step {
            /// Its name, whoever it is about.
            pub(crate) fn kind(self) -> &'static str {
                match self {
                    $(Self::$name { .. } => stringify!($name)),*
                }
            }
        }
    };
}

kinds!(
    Ask,
    Close,
    Arrive,
    Answer,
    Break,
    Rotate,
    Busy,
    Refreshed,
    Lost,
    Ring,
    WaitForTimer,
    WaitForExpiry,
    Sleep,
    SignOut,
    SignIn
);
