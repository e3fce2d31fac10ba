//! What must hold after each step, and when all is over.

use super::super::authorization_server::Mode;
use super::super::invariant::{breach, must};
use super::super::ledger::{Place, Settled};
use super::super::network::Happening;
use super::super::schedule::{Name, Target};
use super::super::subject::{Deed, RequestId, SLEEP_THRESHOLD_MS, Why};
use super::World;
use crate::support::SECOND;

/// After a sleep everything that was missed has come after so long.
const WAKING: u64 = 50;
/// Requests that look whether all is well at the end.
const PROBES: u32 = 3;
/// Their names, beyond those of the schedule.
const PROBE_NAMES: Name = 1_000_000;
/// When they look: after the longest pause that a server asks for.
const PROBE_AFTER: u64 = 100 * SECOND;
/// There and back, and there and back again, in good weather.
const ROUND_TRIPS: u64 = 2 * SECOND;
/// As many requests go at once when the queue begins to drain.
const FIRST: u64 = 16;
/// Requests that hang may hold up the queue for this long.
const PATIENCE: u64 = 2 * SECOND;
/// A token just refused twice makes later refusals final for this long.
const UNHELPFUL: u64 = 35 * SECOND;

impl World {
    /// The session's own account agrees with what was seen.
    pub(super) fn check(&self) {
        let queued = self.ledger.queue_length();
        must!(queued <= self.setup.queue, Queue, "{queued} wait");
        let deadline = self.ledger.queued().map(|(_, deadline)| deadline).min();
        if let Some(deadline) = deadline {
            let timer = self.subject.timer();
            must!(timer.is_some_and(|at| at <= deadline), Deadlines, "the timer rings at {timer:?}, not at {deadline}");
        }
        self.check_patience();
        self.ledger.check_waits();
        let signed_in = self.ledger.signed_in;
        must!(self.subject.is_signed_in() == signed_in, Account, "signed in: {signed_in}");
        let token = self.subject.token(self.ledger.generation);
        must!(token == self.ledger.access, NoneAfterTheEnd, "{token:?} instead of {:?}", self.ledger.access);
        let older = self.ledger.generation.checked_sub(1).and_then(|older| self.subject.token(older));
        must!(older.is_none(), CurrentToken, "there is a token for the generation before");
    }

    /// Nobody waits longer than people can see, but for a sleep: each may cost as much as isn't taken for one.
    fn check_patience(&self) {
        if self.jumped || self.ledger.tally.sleeps == 0 || self.at <= self.asleep_until + WAKING {
            return;
        }
        let grace = self.ledger.tally.sleeps * SLEEP_THRESHOLD_MS;
        let overdue = |id: RequestId| self.at > self.requests[id as usize - 1].patience + grace;
        let late = self.ledger.queued().find(|(id, _)| overdue(*id));
        must!(late.is_none(), Deadlines, "the clock forgot a sleep: {late:?} still waits");
    }

    /// The weather is good from now on.
    pub(super) fn heal(&mut self) {
        self.server.mode = Mode::Up;
        self.healed.get_or_insert(self.subject.now());
        self.online(true);
        self.agenda.add(self.at + PROBE_AFTER, Happening::Probe);
    }

    pub(super) fn probe(&mut self) {
        if !self.ledger.signed_in || self.exchanging() || !self.probes.is_empty() {
            return;
        }
        self.ledger.tally.probed += 1;
        for number in 0..PROBES {
            let id = self.ask(PROBE_NAMES + number, u64::MAX, Target::Listed(0));
            self.probes.push(id);
        }
    }

    /// A waiting request times out: there must have been no time in which the session could have served it.
    ///
    /// Exactly: from H on, when the network and the token endpoint work, a refresh is possible at the latest at
    /// R = max(H, last failure + its longest pause), where that pause is what the server asked for and a tenth,
    /// at least 4 s, or 20 s after 12 failures in a row; the last failure may be that of a refresh sent before H,
    /// which hangs for 10 s at most. A request whose deadline is not before
    /// max(R + patience, asked) + 2 s for messages + 1 s for each round of the drain must not time out. Patience is
    /// the 2 s for which requests from before H may hold up the queue. Not counted: requests behind a refresh that
    /// was sent before H and still hangs, and those whose grant can't be refreshed.
    pub(super) fn check_losses(&self, deed: &Deed) {
        let Deed::Rejected { ids, why: Why::TimedOut } = deed else { return };
        let (Some(healed), Some(refresh)) = (self.healed, self.ledger.refresh) else { return };
        let hangs = self.ledger.in_flight.is_some() && self.ledger.sent <= healed;
        if hangs || !self.server.can_refresh(self.at, refresh) {
            return;
        }
        let healed_for_good = if self.ledger.sent <= healed { self.ledger.installed.max(healed) } else { healed };
        let drained = ROUND_TRIPS + self.backlog(healed).div_ceil(self.setup.drain.min(FIRST)) * SECOND;
        let ready = self.ledger.next_attempt.max(healed_for_good) + PATIENCE;
        for id in ids {
            let Place::Queued(deadline) = self.ledger.place(*id) else { continue };
            let served = ready.max(self.requests[*id as usize - 1].asked) + drained;
            must!(deadline < served, NothingLost, "request {id} is lost at {deadline}, could be served by {served}");
        }
    }

    /// How many requests may have been waiting when the weather turned good, or have come since.
    fn backlog(&self, healed: u64) -> u64 {
        self.requests.iter().filter(|request| request.asked + self.setup.wait > healed).count() as u64
    }

    /// A 401 reaches the application: in good weather with a live grant that must not be.
    pub(super) fn check_final(&self, id: RequestId) {
        let (Some(healed), Some(refresh)) = (self.healed, self.ledger.refresh) else { return };
        let settled = self.subject.now() > healed + UNHELPFUL;
        let helps = self.server.can_refresh(self.at, refresh);
        must!(!settled || !helps, Replays, "request {id} is refused in good weather");
    }

    pub(super) fn check_end(&self) {
        for (id, place) in self.ledger.places() {
            must!(matches!(place, Place::Settled(_)), SettlesOnce, "request {id} is never settled: {place:?}");
        }
        must!(self.ledger.in_flight.is_none(), Account, "a refresh without end");
        must!(self.subject.timer().is_none(), Account, "a timer for nobody");
        let on_the_way = self.subject.on_the_way();
        must!(on_the_way == Some(0), Drain, "{on_the_way:?} places in the drain are never given back");
        self.check_probes();
    }

    /// Either everything works, or the application was told to sign in again.
    fn check_probes(&self) {
        let places: Vec<_> = self.probes.iter().map(|id| self.ledger.place(*id)).collect();
        let fine = places.iter().all(|place| *place == Place::Settled(Settled::Answered(200)));
        if fine || !self.ledger.signed_in {
            return;
        }
        match self.ledger.refresh {
            Some(refresh) if self.server.is_live(refresh) => breach!(EndsWell, "not well at the end: {places:?}"),
            Some(_) => breach!(EndsWell, "a dead grant goes on: {places:?}"),
            None => {}
        }
    }
}
