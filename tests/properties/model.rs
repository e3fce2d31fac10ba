//! The reference model: what a correct session may command, kept as plain lists.

use std::collections::BTreeMap;

use tokenkeep::proto::error::{Error, QueueError};
use tokenkeep::proto::session::queue::RequestId;
use tokenkeep::proto::session::{Command, Output, TokenRequest};
use tokenkeep::proto::syntax::time::Instant;

use crate::operations::Reply;
use crate::support::server::param;

/// Where a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It waits, until then.
    Queued(Instant),
    /// It was sent with the token of this generation; through the queue or at once.
    Away { generation: u32, released: bool },
    /// It has its answer or its error.
    Settled,
}

/// What was seen so far.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// The token's generation, and whether somebody is signed in.
    pub(crate) generation: u32,
    pub(crate) signed_in: bool,
    /// The refresh token that may be sent now.
    pub(crate) refresh_token: Option<String>,
    /// The refresh token in the answer that is being handed in.
    pub(crate) incoming: Option<String>,
    pub(crate) requests: BTreeMap<RequestId, Place>,
    /// How often each request was replayed.
    pub(crate) replays: BTreeMap<RequestId, u32>,
    /// How long those are ready to wait that say so.
    pub(crate) timeouts: BTreeMap<RequestId, u64>,
    /// The refresh under way in the running session.
    pub(crate) in_flight: Option<TokenRequest>,
    /// Refreshes under way that their session did not live to see.
    pub(crate) orphans: Vec<TokenRequest>,
    /// Attempts that were answered.
    pub(crate) answered: Vec<u32>,
    /// Whether the application is asking for a token right now.
    pub(crate) asked: bool,
    /// No refresh may start before this moment.
    not_before: Option<Instant>,
    /// Why the last session ended.
    pub(crate) ending: Option<String>,
    /// Refresh tokens that must not be sent again.
    spent: Vec<String>,
    pub(crate) revoked: Vec<String>,
    /// Long waits were told of, and not their end.
    pub(crate) told_of_waits: bool,
}

impl Model {
    /// The waiting requests, first come first.
    pub(crate) fn queued(&self) -> Vec<RequestId> {
        self.requests.iter().filter(|(_, place)| matches!(place, Place::Queued(_))).map(|(id, _)| *id).collect()
    }

    /// The requests on their way.
    pub(crate) fn away(&self) -> Vec<RequestId> {
        self.requests.iter().filter(|(_, place)| matches!(place, Place::Away { .. })).map(|(id, _)| *id).collect()
    }

    /// The next moment at which a waiting request has waited enough.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        let deadline = |place: &Place| if let Place::Queued(deadline) = place { Some(*deadline) } else { None };
        self.requests.values().filter_map(deadline).min()
    }

    /// The refresh under way is being answered; a token that doesn't survive that must not be sent again.
    pub(crate) fn answer(&mut self, reply: &Reply, now: Instant) {
        let Some(request) = self.in_flight.take() else { return };
        self.answered.push(request.attempt);
        self.not_before = reply.least_pause().map(|ms| now.after(ms));
        if !reply.leaves_the_token() {
            self.spent.push(refresh_token(&request));
        }
    }

    /// Takes a command, in the order in which the session gave it.
    pub(crate) fn observe(&mut self, command: &Command, now: Instant) {
        assert!(!format!("{command:?}").contains("canary"), "LOG-4: a secret in {command:?}");
        match command {
            Command::Output(Output::Emit(event)) => {
                assert!(!event.detail.to_json().contains("canary"), "LOG-1: a secret in an event");
                match event.name {
                    "waiting" => self.hear_of_waits(event.detail.string("for").is_some()),
                    name => self.hear(name, event.detail.string("reason")),
                }
            }
            Command::Output(Output::Reject { ids, error }) => self.reject(ids, error, now),
            Command::Output(Output::Release { ids, generation }) => self.release(ids, *generation),
            Command::Output(Output::LetStand { ids }) => ids.iter().for_each(|id| self.stand(*id)),
            Command::LookUp(_) => {}
            Command::Output(Output::Report(entries)) => {
                assert!(!entries.contains("canary"), "LOG-1: a secret in the audit log")
            }
            Command::Revoke(request) => {
                let token = param(request.body.expose(), "token").expect("a token");
                assert!(!self.revoked.contains(&token), "{token} is revoked twice");
                self.revoked.push(token);
            }
            Command::SendRefreshRequest(request) => self.send(request, now),
        }
    }

    fn hear_of_waits(&mut self, goes_on: bool) {
        assert!(goes_on || self.told_of_waits, "the end of waits that nobody heard of");
        self.told_of_waits = goes_on;
    }

    fn hear(&mut self, name: &str, reason: Option<&str>) {
        match name {
            "signedin" | "refreshed" => {
                assert!(name == "signedin" || self.signed_in, "a refresh without a session");
                self.generation += 1;
                let kept = self.refresh_token.take().filter(|_| name == "refreshed");
                self.refresh_token = self.incoming.take().or(kept);
                if name == "signedin" {
                    self.not_before = None;
                    self.orphans.extend(self.in_flight.take());
                }
                self.signed_in = true;
            }
            "signedout" => {
                self.signed_in = false;
                self.ending = reason.map(str::to_owned);
                self.refresh_token = None;
                self.orphans.extend(self.in_flight.take());
            }
            other => assert!(["anomaly", "refreshfailed"].contains(&other), "{other}"),
        }
    }

    fn reject(&mut self, ids: &[RequestId], error: &Error, now: Instant) {
        assert!(ids.is_sorted() && !ids.is_empty());
        for id in ids {
            let place = self.requests.insert(*id, Place::Settled);
            let Some(Place::Queued(deadline)) = place else { panic!("request {id} is rejected from {place:?}") };
            assert!(*error != Error::Queue(QueueError::Timeout) || deadline <= now, "request {id} timed out early");
        }
    }

    /// Nothing in these operations waits for more rights.
    fn stand(&mut self, id: RequestId) {
        panic!("request {id} has no answer that could stand")
    }

    fn release(&mut self, ids: &[RequestId], generation: u32) {
        assert!(self.signed_in, "released after the session ended");
        assert_eq!(generation, self.generation, "released with another token than the current one");
        let first: Vec<_> = self.queued().into_iter().take(ids.len()).collect();
        assert_eq!(ids, first, "released out of order");
        for id in ids {
            self.requests.insert(*id, Place::Away { generation, released: true });
        }
    }

    fn send(&mut self, request: &TokenRequest, now: Instant) {
        let token = refresh_token(request);
        assert!(self.signed_in, "a refresh after the session ended");
        assert!(self.asked || !self.queued().is_empty(), "REF-18: a refresh for nobody");
        assert!(self.not_before.is_none_or(|moment| moment <= now), "REF-9, REF-10: too soon after a failure");
        assert_eq!(self.in_flight, None, "REF-1: a second refresh is under way");
        assert_eq!(Some(&token), self.refresh_token.as_ref(), "REF-3: not the current refresh token");
        assert!(!self.spent.contains(&token), "REF-3: {token} was spent");
        self.in_flight = Some(request.clone());
    }
}

fn refresh_token(request: &TokenRequest) -> String {
    param(request.body.expose(), "refresh_token").expect("a refresh token")
}
