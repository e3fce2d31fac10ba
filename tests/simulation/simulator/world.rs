//! The session between its pages and its servers, on virtual time.

use super::authorization_server::{AuthorizationServer, TokenId};
use super::invariant::{breach, must};
use super::ledger::Ledger;
use super::network::{Agenda, Fates, Happening};
use super::random::Random;
use super::schedule::{Name, Schedule, Setup, Step};
use super::subject::{Deed, RequestId, Subject};
use super::tally::Tally;
use crate::support::START_UNIX_MS;

mod api;
mod end;
pub(crate) mod tokens;

/// The token endpoint's answer is waited for as long as this, in milliseconds.
const REQUEST_TIMEOUT: u64 = 10_000;
/// No schedule takes more steps than this; one that does goes round in circles.
const MOST_STEPS: u32 = 20_000;
const DAY_MS: u64 = 86_400_000;

pub(crate) struct World {
    setup: Setup,
    trace: bool,
    at: u64,
    /// When the clocks were last read.
    read_at: u64,
    subject: Subject,
    paused_ms: u64,
    wall_ms: i64,
    asleep_until: u64,
    agenda: Agenda,
    fates: Fates,
    server: AuthorizationServer,
    ledger: Ledger,
    requests: Vec<Request>,
    refreshes: Vec<RefreshSent>,
    exchanges: Vec<Exchange>,
    /// The sign-in whose grant is in use, and how many refreshes it has seen.
    grant: (Name, u32),
    /// When the weather turned good, by the session's clock.
    healed: Option<u64>,
    /// Somebody set the wall clock.
    jumped: bool,
    probes: Vec<RequestId>,
}

struct Request {
    name: Name,
    page: u64,
    listed: bool,
    /// The session and the user for which it was made, as far as they were known.
    owner: Option<(u32, Option<u64>)>,
    asked: u64,
    /// When its time to wait is over for people, whatever the session's clock says.
    patience: u64,
    replays: u32,
    sending: u32,
}

struct Exchange {
    name: Name,
    user: u64,
    nonce: Option<String>,
    pending: bool,
    signed_out: bool,
}

struct RefreshSent {
    attempt: u32,
    token: TokenId,
    open: bool,
}

impl World {
    pub(crate) fn new(schedule: &Schedule, fates: Fates, trace: bool) -> Self {
        let mut agenda = Agenda::default();
        schedule.steps.iter().for_each(|(at, step)| agenda.add(*at, Happening::Step(*step)));
        Self {
            setup: schedule.setup,
            trace,
            at: 0,
            read_at: 0,
            subject: Subject::new(&schedule.setup),
            paused_ms: 0,
            wall_ms: (START_UNIX_MS + DAY_MS) as i64,
            asleep_until: 0,
            agenda,
            fates,
            server: AuthorizationServer::new(schedule.setup.policy),
            ledger: Ledger::default(),
            requests: Vec::new(),
            refreshes: Vec::new(),
            exchanges: Vec::new(),
            grant: (0, 0),
            healed: None,
            jumped: false,
            probes: Vec::new(),
        }
    }

    /// Lets everything happen, then looks whether all ended well.
    pub(crate) fn run(&mut self) -> Tally {
        self.tick();
        for _ in 0..MOST_STEPS {
            if !self.step() {
                self.check_end();
                self.ledger.tally.alarms += self.server.alarms;
                return self.ledger.tally;
            }
        }
        breach!(Terminates, "no end at {} ms", self.at);
    }

    /// What became of the messages, if that was recorded.
    pub(crate) fn into_fates(self) -> Fates {
        self.fates
    }

    /// The next thing happens, or the timer rings; false when there is nothing left.
    fn step(&mut self) -> bool {
        let due = self.subject.timer().map(|at| self.read_at + at.saturating_sub(self.subject.now()));
        let ring = due.map(|due| due.max(self.asleep_until).max(self.at));
        match (self.agenda.next_at(), ring) {
            (None, None) => return false,
            (next, Some(ring)) if next.is_none_or(|next| ring < next) => self.ring(ring),
            _ => self.happen(),
        }
        self.check();
        true
    }

    fn ring(&mut self, at: u64) {
        self.at = at;
        self.tick();
        self.note(|| "timer".into());
        self.act(Subject::ring);
        let now = self.subject.now();
        let overdue = self.ledger.queued().find(|(_, deadline)| *deadline <= now);
        must!(overdue.is_none(), Deadlines, "a waiter outlived its deadline: {overdue:?}");
        must!(self.subject.timer().is_none_or(|next| next > now), Terminates, "the timer stands still");
    }

    fn happen(&mut self) {
        let Some((at, what)) = self.agenda.take() else { return };
        if what.is_here() && at < self.asleep_until {
            // On waking, what was missed comes in any order.
            let later = self.asleep_until + Random::new(at).within(0..50);
            return self.agenda.add(later, what);
        }
        self.at = at;
        if what.is_here() {
            self.tick();
        }
        self.note(|| format!("{what:?}"));
        match what {
            Happening::Step(step) => self.take(step),
            Happening::Wake => self.ledger.woke = Some(self.subject.now()),
            Happening::Probe => self.probe(),
            Happening::Refresh { attempt, token, fate } => self.refresh_request(attempt, token, fate),
            Happening::Exchange { exchange, fate } => self.exchange_request(exchange, fate),
            Happening::Revoke { token } => self.server.revoke(token),
            Happening::Api { id, sending, token, fate } => self.api_request(id, sending, token, fate),
            Happening::RefreshAnswer { attempt, answer, jitter } => self.refresh_answer(attempt, answer, jitter),
            Happening::ExchangeAnswer { exchange, answer } => self.exchange_answer(exchange, answer),
            Happening::ApiAnswer { id, sending, status } => self.api_answer(id, sending, status),
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Ask { name, page, target } => {
                self.ask(name, page, target);
            }
            Step::Cancel { name } => self.cancel_where(|request| request.name == name),
            Step::Leave { page } => self.cancel_where(|request| request.page == page),
            Step::SignIn { name, user } => self.come_back(name, user),
            Step::SignOut => self.sign_out(),
            // Good weather lasts.
            Step::Sleep { .. } | Step::ClockJump { .. } | Step::Endpoint(_) | Step::Online { .. }
                if self.healed.is_some() => {}
            Step::Sleep { ms, paused } => self.sleep(ms, paused),
            Step::ClockJump { ms } => {
                (self.wall_ms, self.jumped) = (self.wall_ms + ms, true);
                self.tick();
                self.ledger.woke = Some(self.subject.now());
            }
            Step::Online { is } => self.online(is),
            Step::Visible { is } => self.act(|subject| subject.visible(is)),
            Step::Heal => self.heal(),
            Step::RevokeAll => self.server.revoke_all(),
            Step::RefuseTokens => self.server.refuse_tokens(),
            Step::Endpoint(mode) => self.server.mode = mode,
        }
    }

    fn online(&mut self, is: bool) {
        self.ledger.tally.outages_of_the_line += u64::from(!is);
        (self.ledger.offline, self.ledger.woke) = (!is, Some(self.subject.now()));
        self.act(|subject| subject.online(is));
    }

    fn sleep(&mut self, ms: u64, paused: bool) {
        self.asleep_until = self.at + ms;
        self.paused_ms += if paused { ms } else { 0 };
        self.agenda.add(self.asleep_until, Happening::Wake);
        self.ledger.tally.sleeps += 1;
    }

    /// Reads both clocks as the shell does before each call.
    fn tick(&mut self) {
        self.read_at = self.at;
        let unix_ms = (self.wall_ms + self.at as i64) as u64;
        self.subject.tick((self.at + DAY_MS).saturating_sub(self.paused_ms), unix_ms);
    }

    /// Calls the session, then does what that leads to.
    fn act<T>(&mut self, call: impl FnOnce(&mut Subject) -> T) -> T {
        let result = call(&mut self.subject);
        while let Some(deed) = self.subject.next_deed() {
            self.note(|| format!("  {deed:?}"));
            self.check_losses(&deed);
            self.ledger.observe(&deed, self.subject.now());
            self.perform(deed);
        }
        result
    }

    fn perform(&mut self, deed: Deed) {
        match deed {
            Deed::Released { ids, .. } => ids.into_iter().for_each(|id| self.send(id)),
            Deed::Revokes { token } => self.revoke(token),
            Deed::Refreshes { attempt, token } => self.send_refresh(attempt, token),
            Deed::SignedIn | Deed::Refreshed | Deed::SignedOut { .. } | Deed::Rejected { .. } | Deed::Waits { .. } => {}
        }
    }

    fn note(&self, text: impl FnOnce() -> String) {
        if self.trace {
            eprintln!("{:>9} {:>9} {}", self.at, self.subject.now(), text());
        }
    }
}
