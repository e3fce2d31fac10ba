//! The session between two pages and two servers, ready to be copied at any moment.

use super::step::Step;
use crate::simulator::authorization_server::{AuthorizationServer, Mode, TokenId};
use crate::simulator::invariant::{breach, must};
use crate::simulator::ledger::Ledger;
use crate::simulator::schedule::Setup;
use crate::simulator::subject::{Answered, Deed, Subject, Why};
use crate::support::{MINUTE, SECOND, START_UNIX_MS};

/// How many requests each page makes.
pub(crate) const PAGES: [usize; 2] = [2, 1];
/// How long access tokens live, in milliseconds.
pub(crate) const LIFETIME: u64 = MINUTE;
const SLEEP: u64 = 60 * MINUTE;
const SIGN_INS: u32 = 2;
/// In good weather whoever has so much time left is served, in milliseconds: an answer that was under way may still be
/// a failure, and two pauses follow.
const SERVED_WITHIN: u64 = 10 * SECOND;

#[derive(Clone)]
pub(crate) struct World {
    /// Milliseconds, for everybody.
    pub(crate) at: u64,
    pub(crate) subject: Subject,
    pub(crate) server: AuthorizationServer,
    pub(crate) ledger: Ledger,
    /// The first has number 1.
    pub(crate) requests: Vec<Request>,
    pub(crate) refreshes: Vec<RefreshSent>,
    pub(crate) closed: [bool; PAGES.len()],
    pub(crate) sign_ins: u32,
    /// When the current token was asked for.
    pub(crate) token_from: u64,
    /// When a replay was refused last.
    pub(crate) refused_replay: Option<u64>,
    /// Since when the weather is good.
    pub(super) calm: Option<u64>,
}

#[derive(Clone, Copy)]
pub(crate) struct Request {
    pub(crate) page: usize,
    /// The session that it belongs to.
    pub(crate) session: u32,
    pub(crate) replays: u32,
    /// The token that it was sent with last.
    pub(crate) token: TokenId,
    /// What the API says, once it has come there.
    pub(crate) status: Option<u16>,
}

#[derive(Clone)]
pub(crate) struct RefreshSent {
    pub(crate) attempt: u32,
    pub(crate) token: TokenId,
    pub(crate) answer: Option<Answered>,
}

impl World {
    /// Somebody is signed in, and nothing has happened yet.
    pub(crate) fn new() -> Self {
        let setup = Setup { queue: 3, drain: 1, ..Setup::default() };
        let mut world = Self {
            at: 0,
            subject: Subject::new(&setup),
            server: AuthorizationServer::new(setup.policy),
            ledger: Ledger::default(),
            requests: Vec::new(),
            refreshes: Vec::new(),
            closed: [false; PAGES.len()],
            sign_ins: 0,
            token_from: 0,
            refused_replay: None,
            calm: None,
        };
        world.pass_until(0);
        world.sign_in();
        world
    }

    /// Lets one thing happen.
    pub(crate) fn take(&mut self, step: Step) {
        match step {
            Step::Ask { page } => self.ask(page),
            Step::Close { page } => self.close(page),
            Step::Arrive { id } => self.arrive(id),
            Step::Answer { id } => self.answer(id),
            Step::Break { id } => self.lose(id),
            Step::Rotate { attempt } => self.reach_server(attempt, Mode::Up),
            Step::Busy { attempt } => self.reach_server(attempt, Mode::Unavailable),
            Step::Refreshed { attempt } => self.refreshed(attempt, false),
            Step::Lost { attempt } => self.refreshed(attempt, true),
            Step::Ring => self.ring(),
            Step::WaitForTimer => self.pass_until(self.subject.timer().unwrap_or(self.at)),
            Step::WaitForExpiry => self.pass_until(self.next_expiry().unwrap_or(self.at)),
            Step::Sleep => self.pass_until(self.at + SLEEP),
            Step::SignOut => self.sign_out(),
            Step::SignIn => self.sign_in(),
        }
        self.check();
    }

    pub(super) fn may_sign_in(&self) -> bool {
        !self.ledger.signed_in && self.sign_ins < SIGN_INS
    }

    /// Time passes; a timer that was due on the way is late, as after sleep.
    pub(super) fn pass_until(&mut self, at: u64) {
        if self.subject.timer().is_some_and(|due| due < at) {
            self.ledger.woke = Some(at);
        }
        self.at = at;
        self.subject.tick(at, START_UNIX_MS + at);
    }

    fn ring(&mut self) {
        self.act(Subject::ring);
        let now = self.at;
        let overdue = self.ledger.queued().find(|(_, deadline)| *deadline <= now);
        must!(overdue.is_none(), Deadlines, "a waiter outlived its deadline: {overdue:?}");
        must!(self.subject.timer().is_none_or(|next| next > now), Terminates, "the timer stands still");
    }

    /// Calls the session, then does what that leads to.
    pub(super) fn act<T>(&mut self, call: impl FnOnce(&mut Subject) -> T) -> T {
        let result = call(&mut self.subject);
        while let Some(deed) = self.subject.next_deed() {
            self.check_losses(&deed);
            self.ledger.observe(&deed, self.at);
            match deed {
                Deed::Released { ids, .. } => ids.into_iter().for_each(|id| self.send(id)),
                Deed::Revokes { token } => self.server.revoke(token),
                Deed::Refreshes { attempt, token } => {
                    self.refreshes.push(RefreshSent { attempt, token, answer: None });
                }
                Deed::SignedIn
                | Deed::Refreshed
                | Deed::SignedOut { .. }
                | Deed::Rejected { .. }
                | Deed::Waits { .. } => {}
            }
        }
        result
    }

    /// In good weather a live session serves everybody who has the time.
    fn check_losses(&self, deed: &Deed) {
        let (Some(calm), Deed::Rejected { ids, why: Why::TimedOut }) = (self.calm, deed) else { return };
        let live = self.ledger.refresh.is_some_and(|refresh| self.server.can_refresh(self.at, refresh));
        let in_time = self.ledger.queued().find(|(id, until)| ids.contains(id) && *until > calm + SERVED_WITHIN);
        must!(!live || in_time.is_none(), NothingLost, "{in_time:?} times out in good weather since {calm}");
    }

    /// The session's own account agrees with what was seen.
    fn check(&self) {
        self.ledger.check_waits();
        let deadline = self.ledger.queued().map(|(_, deadline)| deadline).min();
        let timer = self.subject.timer();
        let in_time = deadline.is_none_or(|deadline| timer.is_some_and(|at| at <= deadline));
        must!(in_time, Deadlines, "the timer rings at {timer:?}, not at {deadline:?}");
        let signed_in = self.ledger.signed_in;
        must!(self.subject.is_signed_in() == signed_in, Account, "signed in: {signed_in}");
        let token = self.subject.token(self.ledger.generation);
        if token != self.ledger.access {
            breach!(NoneAfterTheEnd, "{token:?} instead of {:?}", self.ledger.access);
        }
        let older = self.ledger.generation.checked_sub(1).and_then(|older| self.subject.token(older));
        must!(older.is_none(), CurrentToken, "there is a token for the generation before");
    }
}
