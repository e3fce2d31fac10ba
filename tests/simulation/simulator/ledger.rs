//! What was seen so far, and what must never be seen.

use std::collections::BTreeMap;

use tokenkeep::proto::error::{Error, QueueError};
use tokenkeep::proto::queue::RequestId;
use tokenkeep::proto::session::{Command, Event, TokenRequest};
use tokenkeep::proto::time::Instant;

use super::authorization_server::TokenId;
use super::tally::Tally;
use crate::support::SECOND;
use crate::support::server::param;

/// Where a request is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It waits, until then.
    Queued(Instant),
    /// It was sent with the token of this generation; through the queue or at once.
    Away { generation: u32, released: bool },
    /// It has its answer, its error, or nobody who wants one.
    Settled(Settled),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    Answered(u16),
    Failed(&'static str),
    Lost,
    Cancelled,
}

/// What came of sending a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// It is on its way.
    Open,
    /// Nobody knows, or the server was not able to answer, and asked for this pause.
    Transient(u64),
    /// Tokens came back, with another refresh token or without.
    Granted { replaced: bool },
    /// The grant is dead.
    Denied,
}

/// Numbers of the tokens in an answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tokens {
    pub(crate) access: TokenId,
    pub(crate) renewable: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) tally: Tally,
    pub(crate) signed_in: bool,
    pub(crate) generation: u32,
    pub(crate) access: Option<TokenId>,
    pub(crate) refresh: Option<TokenId>,
    /// The tokens in the answer that is being handed in.
    pub(crate) incoming: Option<Tokens>,
    /// Where each request is; the first has number 1.
    pub(crate) places: BTreeMap<RequestId, Place>,
    waiting: BTreeMap<RequestId, Instant>,
    pub(crate) in_flight: Option<u32>,
    /// When the refresh under way was sent, or the last one.
    pub(crate) sent: Instant,
    /// When the current tokens came.
    pub(crate) installed: Instant,
    /// Refreshes under way whose session was signed out.
    pub(crate) signed_out_attempts: Vec<u32>,
    /// When the last refresh failed, and how many did in a row.
    pub(crate) last_failure: Option<(Instant, u64)>,
    pub(crate) failures: u32,
    /// The application is signing out right now.
    pub(crate) signing_out: bool,
    pub(crate) exchanging: bool,
    pub(crate) revoked: Vec<TokenId>,
    uses: BTreeMap<TokenId, Use>,
    denied: bool,
}

impl Ledger {
    pub(crate) fn queued(&self) -> impl Iterator<Item = (RequestId, Instant)> + '_ {
        self.waiting.iter().map(|(id, deadline)| (*id, *deadline))
    }

    /// Books where request `id` is now.
    pub(crate) fn put(&mut self, id: RequestId, place: Place) -> Option<Place> {
        match place {
            Place::Queued(deadline) => self.waiting.insert(id, deadline),
            Place::Away { .. } | Place::Settled(_) => self.waiting.remove(&id),
        };
        self.places.insert(id, place)
    }

    /// Books the end of request `id`, which may come once only.
    pub(crate) fn settle(&mut self, id: RequestId, how: Settled) {
        let before = self.put(id, Place::Settled(how));
        assert!(!matches!(before, Some(Place::Settled(_))), "request {id} settles twice");
        self.tally.settled += 1;
    }

    /// The answer to a refresh is about to be handed in.
    pub(crate) fn refresh_answered(&mut self, token: TokenId, outcome: Use, now: Instant) {
        self.in_flight = None;
        self.uses.insert(token, outcome);
        match outcome {
            Use::Transient(pause) => {
                self.failures += 1;
                self.last_failure = Some((now, pause));
                self.tally.failed_refreshes += 1;
            }
            Use::Denied => {
                self.denied = true;
                self.tally.denials += 1;
            }
            Use::Granted { .. } => self.tally.refreshed += 1,
            Use::Open => unreachable!("that is no outcome"),
        }
    }

    /// Takes a command, in the order in which the session gave it.
    pub(crate) fn observe(&mut self, command: &Command, now: Instant) {
        match command {
            Command::Emit(event) => self.hear(event, now),
            Command::Reject { ids, error } => self.reject(ids, error, now),
            Command::Release { ids, generation } => self.release(ids, *generation),
            Command::Report(_) => {}
            Command::Revoke(request) => {
                let token = token_of(request.body.expose(), "token");
                assert!(!self.revoked.contains(&token), "token {token} is revoked twice");
                self.revoked.push(token);
            }
            Command::SendRefreshRequest(request) => self.send(request, now),
        }
    }

    fn hear(&mut self, event: &Event, now: Instant) {
        match event.name {
            "signedin" | "refreshed" => {
                let new = event.name == "signedin";
                assert!(new || self.signed_in, "a refresh without a session");
                let tokens = self.incoming.take().expect("the session has tokens that nobody issued");
                self.generation += 1;
                self.access = Some(tokens.access);
                self.refresh = if tokens.renewable { Some(tokens.access) } else { self.refresh.filter(|_| !new) };
                (self.signed_in, self.installed) = (true, now);
                self.forget_failures();
            }
            "signedout" => self.hear_the_end(event.detail.string("reason").unwrap_or_default()),
            other => assert!(["anomaly", "refreshfailed"].contains(&other), "{other}"),
        }
    }

    fn hear_the_end(&mut self, reason: &str) {
        match reason {
            "signout" => assert!(self.signing_out, "signed out by nobody"),
            "revoked" | "rotation-lost" => assert!(self.denied, "a glitch ended the session"),
            "expired" => assert!(self.refresh.is_none(), "ended with a refresh token left"),
            "subject-changed" => assert!(self.exchanging, "another user from nowhere"),
            other => panic!("ended for {other}"),
        }
        if self.signing_out {
            self.signed_out_attempts.extend(self.in_flight);
        }
        (self.signed_in, self.access, self.refresh) = (false, None, None);
        self.forget_failures();
        self.tally.endings += 1;
    }

    fn forget_failures(&mut self) {
        (self.in_flight, self.failures, self.last_failure, self.denied) = (None, 0, None, false);
    }

    fn reject(&mut self, ids: &[RequestId], error: &Error, now: Instant) {
        for id in ids {
            let Some(Place::Queued(deadline)) = self.places.get(id) else { panic!("request {id} didn't wait") };
            match error {
                Error::Queue(QueueError::Timeout) => {
                    assert!(*deadline <= now, "request {id} timed out early");
                    self.tally.timeouts += 1;
                }
                Error::LoginRequired(_) => assert!(!self.signed_in, "request {id} is rejected in a live session"),
                other => panic!("request {id} is rejected with {other:?}"),
            }
            self.settle(*id, Settled::Failed(error.code()));
        }
    }

    fn release(&mut self, ids: &[RequestId], generation: u32) {
        assert!(self.signed_in, "released after the session ended");
        assert_eq!(generation, self.generation, "released with another token than the current one");
        let first: Vec<_> = self.queued().take(ids.len()).map(|(id, _)| id).collect();
        assert_eq!(ids, first, "released out of order");
        for id in ids {
            self.put(*id, Place::Away { generation, released: true });
        }
        self.tally.released += ids.len() as u64;
    }

    fn send(&mut self, request: &TokenRequest, now: Instant) {
        let token = token_of(request.body.expose(), "refresh_token");
        assert!(self.signed_in && !self.denied, "a refresh after the grant's end");
        assert_eq!(self.in_flight, None, "a second refresh is under way");
        assert_eq!(Some(token), self.refresh, "not the current refresh token");
        match self.uses.insert(token, Use::Open) {
            None | Some(Use::Transient(_) | Use::Granted { replaced: false }) => {}
            before => panic!("refresh-{token} is sent again after {before:?}"),
        }
        if let Some((failed, pause)) = self.last_failure {
            assert!(failed.after(pause.max(1)) <= now, "too soon after a failure");
        }
        (self.in_flight, self.sent) = (Some(request.attempt), now);
        self.tally.refreshes += 1;
    }

    /// How long after the last failure the next attempt may come at the latest, in milliseconds.
    pub(crate) fn longest_pause(&self) -> u64 {
        let asked = self.last_failure.map_or(0, |(_, pause)| pause);
        let ceiling = if self.failures <= 12 { 4 * SECOND } else { 20 * SECOND };
        ceiling.max(asked + asked / 10)
    }
}

/// The number in a token such as `access-7`.
pub(crate) fn token_of(form: &str, name: &str) -> TokenId {
    let token = param(form, name).expect("a token");
    number_of(&token)
}

pub(crate) fn number_of(token: &str) -> TokenId {
    token.rsplit_once('-').and_then(|(_, number)| number.parse().ok()).expect("a token of this server")
}
