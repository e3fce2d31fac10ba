//! What was seen so far, and what must never be seen.

use std::collections::{BTreeMap, BTreeSet};

use super::authorization_server::TokenId;
use super::invariant::{breach, must};
use super::subject::{Deed, RequestId, Why};
use super::tally::Tally;
use crate::support::SECOND;

/// Where a request is. Times are those of the session's clock, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It waits, until then.
    Queued(u64),
    /// It was sent with the token of this generation; through the queue or at once.
    Away { generation: u32, released: bool },
    /// It has its answer, its error, or nobody who wants one.
    Settled(Settled),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    Answered(u16),
    Failed(Why),
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
    /// The server refuses the client, whatever the token.
    ClientRefused,
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

#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) tally: Tally,
    pub(crate) signed_in: bool,
    pub(crate) generation: u32,
    pub(crate) access: Option<TokenId>,
    pub(crate) refresh: Option<TokenId>,
    /// The tokens in the answer that is being handed in.
    pub(crate) incoming: Option<Tokens>,
    /// Where each request is; the first has number 1.
    places: Vec<Place>,
    /// The host that each is for, where there are several.
    pub(crate) hosts: Vec<Option<&'static str>>,
    waiting: BTreeMap<RequestId, u64>,
    pub(crate) in_flight: Option<u32>,
    /// When the refresh under way was sent, or the last one.
    pub(crate) sent: u64,
    /// When the current tokens came.
    pub(crate) installed: u64,
    /// The clock didn't leap between their request and that.
    pub(crate) steady: bool,
    /// Refreshes under way whose session was signed out.
    pub(crate) signed_out_attempts: Vec<u32>,
    /// When the last refresh failed, and for how long there must be none.
    pub(crate) last_failure: Option<(u64, u64)>,
    failures: u32,
    /// When the next attempt after the last failure comes at the latest; kept when it succeeds.
    pub(crate) next_attempt: u64,
    client_refused: bool,
    /// The current token was refused.
    pub(crate) refused: bool,
    /// How many sessions there have been, with the running one.
    pub(crate) sessions: u32,
    pub(crate) offline: bool,
    /// When the machine woke up last, or the clock was set.
    pub(crate) woke: Option<u64>,
    /// The application is signing out right now.
    pub(crate) signing_out: bool,
    pub(crate) exchanging: bool,
    pub(crate) revoked: Vec<TokenId>,
    uses: BTreeMap<TokenId, Use>,
    /// The refresh under way repeats one whose answer never came or said nothing about the token.
    retrying: bool,
    denied: bool,
    told_of_waits: bool,
}

impl Ledger {
    /// Who is told of long waits is told of their end.
    pub(crate) fn check_waits(&self) {
        must!(!self.told_of_waits || !self.waiting.is_empty(), LongWaits, "told of waits, and nobody waits");
    }

    pub(crate) fn queued(&self) -> impl Iterator<Item = (RequestId, u64)> + '_ {
        self.waiting.iter().map(|(id, deadline)| (*id, *deadline))
    }

    pub(crate) fn queue_length(&self) -> u64 {
        self.waiting.len() as u64
    }

    pub(crate) fn place(&self, id: RequestId) -> Place {
        self.places[id as usize - 1]
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = (RequestId, Place)> + '_ {
        (1..).zip(self.places.iter().copied())
    }

    /// Books where request `id` is now.
    pub(crate) fn put(&mut self, id: RequestId, place: Place) -> Option<Place> {
        match place {
            Place::Queued(deadline) => self.waiting.insert(id, deadline),
            Place::Away { .. } | Place::Settled(_) => self.waiting.remove(&id),
        };
        if id as usize > self.places.len() {
            self.places.push(place);
            return None;
        }
        Some(std::mem::replace(&mut self.places[id as usize - 1], place))
    }

    /// Books the end of request `id`, which may come once only.
    pub(crate) fn settle(&mut self, id: RequestId, how: Settled) {
        let before = self.put(id, Place::Settled(how));
        must!(!matches!(before, Some(Place::Settled(_))), SettlesOnce, "request {id} settles twice");
        self.tally.settled += 1;
    }

    /// The answer to a refresh is about to be handed in.
    pub(crate) fn refresh_answered(&mut self, token: TokenId, outcome: Use, now: u64) {
        self.in_flight = None;
        self.uses.insert(token, outcome);
        match outcome {
            Use::Transient(pause) => self.fail(now, pause),
            Use::ClientRefused => {
                self.fail(now, CLIENT_REFUSED);
                self.client_refused = true;
                self.tally.client_refusals += 1;
            }
            Use::Denied => {
                self.denied = true;
                self.tally.denials += 1;
                self.tally.retries_denied += u64::from(self.retrying);
            }
            Use::Granted { .. } => {
                self.tally.refreshed += 1;
                self.tally.retries_granted += u64::from(self.retrying);
            }
            Use::Open => unreachable!("that is no outcome"),
        }
    }

    fn fail(&mut self, now: u64, pause: u64) {
        self.failures += 1;
        (self.last_failure, self.client_refused) = (Some((now, pause)), false);
        self.next_attempt = now + self.longest_pause();
        self.tally.failed_refreshes += 1;
    }

    /// Whether requests may be told that the server refuses this client, instead of waiting: until the next attempt, which a
    /// tenth of the pause may put off.
    pub(crate) fn is_client_refused(&self, now: u64) -> bool {
        self.client_refused && self.last_failure.is_some_and(|(at, pause)| now <= at + pause + pause / 10)
    }

    /// Takes a deed, in the order in which the session did them.
    pub(crate) fn observe(&mut self, deed: &Deed, now: u64) {
        match deed {
            Deed::SignedIn => self.install(true, now),
            Deed::Refreshed => self.install(false, now),
            Deed::SignedOut { reason } => self.end(reason),
            Deed::Rejected { ids, why } => self.reject(ids, *why, now),
            Deed::Released { ids, generation } => self.release(ids, *generation, now),
            Deed::Revokes { token } => {
                must!(!self.revoked.contains(token), LateTokens, "token {token} is revoked twice");
                self.revoked.push(*token);
            }
            Deed::Refreshes { attempt, token } => self.send(*attempt, *token, now),
            Deed::Waits { goes_on } => {
                must!(*goes_on || self.told_of_waits, LongWaits, "the end of waits that nobody heard of");
                self.told_of_waits = *goes_on;
                self.tally.told_waits += u64::from(*goes_on);
            }
        }
    }

    fn install(&mut self, new: bool, now: u64) {
        must!(new || self.signed_in, LateTokens, "a refresh without a session");
        let Some(tokens) = self.incoming.take() else { breach!(LateTokens, "tokens from nowhere are installed") };
        self.generation += 1;
        self.access = Some(tokens.access);
        self.refresh = if tokens.renewable { Some(tokens.access) } else { self.refresh.filter(|_| !new) };
        self.sessions += u32::from(!self.signed_in);
        self.steady = self.woke.is_none_or(|woke| woke + LONGEST_REQUEST < now);
        (self.signed_in, self.refused, self.installed) = (true, false, now);
        self.forget_failures();
    }

    fn end(&mut self, reason: &str) {
        match reason {
            "signout" => must!(self.signing_out, EndsForAReason, "signed out by nobody"),
            "expired" => must!(self.refresh.is_none(), EndsForAReason, "ended with a refresh token left"),
            "subject-changed" => must!(self.exchanging, EndsForAReason, "another user from nowhere"),
            other => must!(self.denied, EndsForAReason, "ended as {other}, and nobody refused the grant"),
        }
        if self.signing_out {
            self.signed_out_attempts.extend(self.in_flight);
        }
        (self.signed_in, self.access, self.refresh) = (false, None, None);
        self.forget_failures();
        self.tally.endings += 1;
    }

    fn forget_failures(&mut self) {
        (self.in_flight, self.failures, self.last_failure) = (None, 0, None);
        (self.denied, self.client_refused) = (false, false);
    }

    fn reject(&mut self, ids: &[RequestId], why: Why, now: u64) {
        for id in ids {
            let Place::Queued(deadline) = self.place(*id) else {
                breach!(SettlesOnce, "request {id} is rejected and didn't wait")
            };
            match why {
                Why::TimedOut => {
                    must!(deadline <= now, Deadlines, "request {id} timed out early");
                    self.check_attempts(*id, deadline);
                    self.tally.timeouts += 1;
                }
                Why::LoginRequired => must!(!self.signed_in, NothingLost, "request {id} is lost in a live session"),
                Why::ClientRefused => {
                    must!(self.is_client_refused(now), NothingLost, "request {id} is lost for a refusal that wasn't");
                }
                other => breach!(NothingLost, "request {id} is rejected with {other:?}"),
            }
            self.settle(*id, Settled::Failed(why));
        }
    }

    /// Whoever times out in an outage has seen an attempt after each longest pause.
    fn check_attempts(&self, id: RequestId, deadline: u64) {
        let Some((failed, _)) = self.last_failure.filter(|(failed, _)| self.woke.is_none_or(|woke| *failed >= woke))
        else {
            return;
        };
        let idle = !self.offline && self.signed_in && self.in_flight.is_none();
        let next = failed + self.longest_pause();
        must!(!idle || deadline <= next, Pauses, "request {id} waits until {deadline} for an attempt at {next}");
    }

    fn release(&mut self, ids: &[RequestId], generation: u32, now: u64) {
        must!(self.signed_in, NoneAfterTheEnd, "released after the session ended");
        let current = self.generation;
        must!(generation == current, CurrentToken, "released with token {generation} instead of {current}");
        let host_of = |id: &RequestId| self.hosts.get(*id as usize - 1);
        for host in ids.iter().map(host_of).collect::<BTreeSet<_>>() {
            let to_it = |id: &RequestId| host_of(id) == host;
            let left: Vec<_> = ids.iter().copied().filter(to_it).collect();
            let first: Vec<_> = self.waiting.keys().copied().filter(to_it).take(left.len()).collect();
            must!(left == first, Queue, "{left:?} are released before {first:?}");
        }
        for id in ids {
            let Place::Queued(deadline) = self.place(*id) else {
                breach!(SettlesOnce, "request {id} is released and didn't wait")
            };
            must!(deadline > now, Deadlines, "request {id} is released after its deadline");
            self.put(*id, Place::Away { generation, released: true });
        }
        self.tally.released += ids.len() as u64;
    }

    fn send(&mut self, attempt: u32, token: TokenId, now: u64) {
        must!(self.signed_in && !self.denied, NoneAfterTheEnd, "a refresh after the grant's end");
        must!(self.in_flight.is_none(), OneRefresh, "attempt {attempt} while {:?} is under way", self.in_flight);
        let before = self.uses.insert(token, Use::Open);
        self.retrying = matches!(before, Some(Use::Transient(_) | Use::ClientRefused));
        match before {
            None | Some(Use::Transient(_) | Use::ClientRefused | Use::Granted { replaced: false }) => {}
            before => breach!(TokenOnce, "refresh-{token} is sent again after {before:?}"),
        }
        must!(Some(token) == self.refresh, TokenOnce, "refresh-{token} instead of {:?}", self.refresh);
        if let Some((failed, pause)) = self.last_failure {
            must!(failed + pause.max(1) <= now, Pauses, "{} ms after a failure that asks for {pause}", now - failed);
        }
        (self.in_flight, self.sent) = (Some(attempt), now);
        self.tally.refreshes += 1;
    }

    /// How long after the last failure the next attempt may come at the latest.
    fn longest_pause(&self) -> u64 {
        let asked = self.last_failure.map_or(0, |(_, pause)| pause);
        let ceiling = if self.failures <= 12 { 4 * SECOND } else { 20 * SECOND };
        ceiling.max(asked + asked / 10)
    }
}

/// Every answer of the token endpoint has come after so long.
const LONGEST_REQUEST: u64 = 10 * SECOND;
/// A refused client isn't tried again for so long, at least.
const CLIENT_REFUSED: u64 = 60 * SECOND;
