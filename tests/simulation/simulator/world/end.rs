//! What must hold after each step, and when all is over.

use tokenkeep::proto::error::{Error, QueueError};
use tokenkeep::proto::queue::RequestId;
use tokenkeep::proto::session::Command;
use tokenkeep::proto::time::Instant;

use super::super::authorization_server::Mode;
use super::super::ledger::{Place, Settled};
use super::super::network::{Client, Lines, Server};
use super::World;
use crate::support::SECOND;

/// Requests that look whether all is well at the end.
const PROBES: usize = 3;
/// When they look: after the longest pause that a server asks for.
const PROBE_AFTER: u64 = 100 * SECOND;
/// There and back, and there and back again, in good weather.
const ROUND_TRIPS: u64 = 2 * SECOND;
/// Requests that hang may hold up the queue for this long.
const PATIENCE: u64 = 2 * SECOND;
/// A token just refused twice makes later refusals final for this long.
const UNHELPFUL: u64 = 35 * SECOND;

impl World {
    /// The session's own account agrees with what was seen.
    pub(super) fn check(&self) {
        let queued = self.ledger.queued().count() as u64;
        assert!(queued <= self.queue_limit, "the queue is too long");
        let deadline = self.ledger.queued().map(|(_, deadline)| deadline).min();
        match (self.session.poll_timeout(), deadline) {
            (Some(timeout), Some(deadline)) => assert!(timeout <= deadline, "the timer comes too late"),
            (None, Some(_)) => panic!("no timer for those who wait"),
            _ => {}
        }
        assert_eq!(self.session.is_signed_in(), self.ledger.signed_in);
        let current = self.session.authorization(self.ledger.generation).is_some();
        assert_eq!(current, self.ledger.signed_in, "a token without a session");
    }

    /// The weather is good from now on.
    pub(super) fn heal(&mut self) {
        self.lines = Lines::GOOD;
        self.agenda.server(self.at, Server::Mode(Mode::Up));
        self.healed = Some(self.now.instant);
        self.agenda.client(self.at + PROBE_AFTER, Client::Probe);
    }

    pub(super) fn probe(&mut self) {
        if !self.ledger.signed_in || self.exchanging() {
            return;
        }
        self.ledger.tally.probed += 1;
        for _ in 0..PROBES {
            let id = self.ask(9, false);
            self.probes.push(id);
        }
    }

    /// A request gives up waiting: there must have been no time in which the session could have served it.
    pub(super) fn check_losses(&self, command: &Command) {
        let Command::Reject { ids, error: Error::Queue(QueueError::Timeout) } = command else { return };
        let (Some(healed), Some(refresh)) = (self.healed, self.ledger.refresh) else { return };
        let hangs = self.ledger.in_flight.is_some() && self.ledger.sent <= healed;
        if hangs || !self.server.can_refresh(self.at, refresh) {
            return;
        }
        let pause = self.ledger.last_failure.map(|(at, _)| at.after(self.ledger.longest_pause()));
        let rounds = self.backlog(healed).div_ceil(self.drain_concurrency);
        let healed = if self.ledger.sent <= healed { self.ledger.installed.max(healed) } else { healed };
        let from = pause.map_or(healed, |pause| pause.max(healed)).after(ROUND_TRIPS + PATIENCE + rounds * SECOND);
        for id in ids {
            let Place::Queued(deadline) = *self.place(*id) else { continue };
            let from = from.max(self.requests[*id as usize - 1].asked.after(ROUND_TRIPS + rounds * SECOND));
            assert!(deadline < from, "request {id} is lost though it had time left");
        }
    }

    /// How many requests may have been waiting when the weather turned good, or have come since.
    fn backlog(&self, healed: Instant) -> u64 {
        self.requests.iter().filter(|request| request.asked.after(self.queue_timeout) > healed).count() as u64
    }

    /// A 401 reaches the application: in good weather with a live grant that must not be.
    pub(super) fn check_final(&self, id: RequestId) {
        let (Some(healed), Some(refresh)) = (self.healed, self.ledger.refresh) else { return };
        let settled = self.now.instant > healed.after(UNHELPFUL);
        assert!(!settled || !self.server.can_refresh(self.at, refresh), "request {id} is refused in good weather");
    }

    pub(super) fn check_end(&self) {
        assert_eq!(self.ledger.places.len(), self.requests.len());
        for (id, place) in &self.ledger.places {
            assert!(matches!(place, Place::Settled(_)), "request {id} is never settled: {place:?}");
        }
        assert_eq!(self.ledger.in_flight, None, "a refresh without end");
        assert_eq!(self.session.poll_timeout(), None, "a timer for nobody");
        let in_flight = self.session.stats(self.now).member("inFlight").and_then(|value| value.as_u64());
        assert_eq!(in_flight, Some(0), "a place in the drain is never given back");
        self.check_probes();
    }

    /// Either everything works, or the application was told to sign in again.
    fn check_probes(&self) {
        let statuses: Vec<_> = self.probes.iter().map(|id| self.place(*id)).collect();
        let fine = statuses.iter().all(|place| **place == Place::Settled(Settled::Answered(200)));
        match (self.ledger.signed_in, self.ledger.refresh) {
            (true, Some(refresh)) if self.server.is_live(refresh) => assert!(fine, "not well at the end: {statuses:?}"),
            (true, Some(_)) => assert!(fine, "a dead grant goes on: {statuses:?}"),
            _ => {}
        }
    }
}
