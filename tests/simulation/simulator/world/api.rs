//! Pages, their requests, and the resource servers.

use super::super::authorization_server::TokenId;
use super::super::invariant::{breach, must};
use super::super::ledger::{Place, Settled};
use super::super::network::Happening;
use super::super::schedule::{Fate, Key, Name, Target};
use super::super::subject::{Decision, RequestId, Why, host_of};
use super::{REQUEST_TIMEOUT, Request, World};
use crate::support::SECOND;

impl World {
    pub(super) fn ask(&mut self, name: Name, page: u64, target: Target) -> RequestId {
        let listed = matches!(target, Target::Listed(_));
        let (asked, patience, owner) = (self.subject.now(), self.at + self.setup.wait, self.owner());
        let host = host_of(target);
        let waited = self.ledger.queued().any(|(id, _)| self.ledger.hosts[id as usize - 1] == host);
        self.ledger.hosts.push(host);
        self.requests.push(Request { name, page, listed, owner, asked, patience, replays: 0, sending: 0 });
        self.ledger.tally.asked += 1;
        let id = self.requests.len() as RequestId;
        let decision = self.act(|subject| subject.ask(id, target));
        if !listed {
            must!(decision == Decision::Refuse(Why::TargetRefused), ListedOnly, "{target:?}: {decision:?}");
            self.ledger.tally.off_list += 1;
        }
        must!(
            !waited || !matches!(decision, Decision::Go(_)),
            Queue,
            "request {id} overtook another to the same server"
        );
        self.follow(id, decision);
        id
    }

    /// The running session, and its user if the session can know.
    fn owner(&self) -> Option<(u32, Option<u64>)> {
        let user = self.ledger.access.map(|token| self.server.user_of(token));
        self.ledger.signed_in.then_some((self.ledger.sessions, user.filter(|_| self.setup.openid)))
    }

    /// Does with request `id` what the session decided.
    fn follow(&mut self, id: RequestId, decision: Decision) {
        match decision {
            Decision::Go(generation) => {
                must!(self.ledger.signed_in, NoneAfterTheEnd, "request {id} is sent without a session");
                let current = self.ledger.generation;
                must!(generation == current, CurrentToken, "sent with token {generation} instead of {current}");
                self.ledger.put(id, Place::Away { generation, released: false });
                self.send(id);
            }
            Decision::Wait => {
                let hope = self.ledger.signed_in || self.exchanging();
                must!(hope, NoneAfterTheEnd, "request {id} waits for nothing");
                let deadline = self.subject.now() + self.setup.wait;
                self.requests[id as usize - 1].patience = self.at + self.setup.wait;
                self.ledger.put(id, Place::Queued(deadline));
            }
            Decision::Final => {
                self.ledger.tally.final_refusals += 1;
                self.ledger.settle(id, Settled::Answered(401));
            }
            Decision::Refuse(why) => self.refuse(id, why),
        }
    }

    fn refuse(&mut self, id: RequestId, why: Why) {
        match why {
            Why::LoginRequired => {
                let foreign = self.requests[id as usize - 1].sending > 0;
                let lost = self.ledger.signed_in || self.exchanging();
                must!(foreign || !lost, NothingLost, "request {id} is refused in a session");
            }
            Why::QueueFull => {
                let waiting = self.ledger.queue_length();
                must!(waiting == self.setup.queue, Queue, "a queue of {waiting} isn't full");
                self.ledger.tally.queue_full += 1;
            }
            Why::TargetRefused => {
                let listed = self.requests[id as usize - 1].listed;
                must!(!listed, NothingLost, "request {id} to a listed target is refused");
            }
            Why::ClientRefused => {
                let refused = self.ledger.is_client_refused(self.subject.now());
                must!(refused, NothingLost, "request {id} is lost for a refusal that wasn't");
            }
            Why::TimedOut | Why::Other(_) => breach!(NothingLost, "request {id} is refused with {why:?}"),
        }
        self.ledger.settle(id, Settled::Failed(why));
    }

    /// Request `id` leaves with the current token.
    pub(super) fn send(&mut self, id: RequestId) {
        let Place::Away { generation, .. } = self.ledger.place(id) else {
            breach!(SettlesOnce, "request {id} is sent and isn't on its way")
        };
        let token = self.subject.token(generation);
        must!(token.is_some() && token == self.ledger.access, CurrentToken, "request {id} goes with token {token:?}");
        let owner = self.owner();
        let request = &mut self.requests[id as usize - 1];
        must!(request.listed, ListedOnly, "request {id} goes to an unlisted target");
        let before = *request.owner.get_or_insert(owner.unwrap_or_default());
        must!(Some(before) == owner, NoneAfterTheEnd, "request {id} of {before:?} goes on as one of {owner:?}");
        request.sending += 1;
        let (name, sending) = (request.name, request.sending);
        let fate = self.fates.of(Key::Ask(name, sending), self.healed.is_some());
        match (fate.there.filter(|_| !self.ledger.offline), token) {
            (Some(delay), Some(token)) => {
                self.agenda.add(self.at + delay, Happening::Api { id, sending, token, fate });
            }
            _ => self.agenda.add(self.at + BREAKS_AFTER, Happening::ApiAnswer { id, sending, status: None }),
        }
    }

    pub(super) fn api_request(&mut self, id: RequestId, sending: u32, token: TokenId, fate: Fate) {
        let status = if self.server.accepts(self.at, token) { 200 } else { 401 };
        let answer = Happening::ApiAnswer { id, sending, status: fate.back.map(|_| status) };
        if let Some(delay) = fate.again {
            self.agenda.add(self.at + delay, answer.clone());
        }
        self.agenda.add(self.at + fate.back.unwrap_or(BREAKS_AFTER), answer);
    }

    pub(super) fn api_answer(&mut self, id: RequestId, sending: u32, status: Option<u16>) {
        let Place::Away { generation, .. } = self.ledger.place(id) else { return };
        if sending != self.requests[id as usize - 1].sending {
            return;
        }
        match status {
            Some(401) => self.unauthorized(id, generation),
            Some(status) => {
                let decision = self.act(|subject| subject.answered(id, status));
                must!(decision == Decision::Final, Replays, "request {id} was answered {status}: {decision:?}");
                self.ledger.tally.answered += 1;
                self.ledger.settle(id, Settled::Answered(status));
            }
            None => {
                self.act(|subject| subject.failed(id));
                self.ledger.tally.lost += 1;
                self.ledger.settle(id, Settled::Lost);
            }
        }
    }

    fn unauthorized(&mut self, id: RequestId, generation: u32) {
        let replays = self.requests[id as usize - 1].replays;
        self.ledger.tally.late_refusals += u64::from(generation < self.ledger.generation);
        let (is_old, refreshes) = (generation < self.ledger.generation, self.refreshes.len());
        let decision = self.act(|subject| subject.answered(id, 401));
        let refreshed = refreshes < self.refreshes.len();
        must!(!refreshed || !is_old || !self.is_fresh(), Replays, "a late 401 refreshes a new token");
        self.ledger.refused |= !is_old;
        if matches!(decision, Decision::Go(_) | Decision::Wait) {
            must!(replays == 0, Replays, "request {id} is replayed twice");
            self.requests[id as usize - 1].replays += 1;
            self.ledger.tally.replays += 1;
        }
        if decision == Decision::Final {
            self.check_final(id);
        }
        self.follow(id, decision);
    }

    /// Whether the current token is surely not due for a refresh.
    fn is_fresh(&self) -> bool {
        let (now, installed) = (self.subject.now(), self.ledger.installed);
        let lifetime = self.setup.policy.lifetime.filter(|_| !self.setup.policy.repeats).unwrap_or(0) * SECOND;
        let young = now == installed || now + REQUEST_TIMEOUT < installed + lifetime / 4 * 3;
        !self.ledger.refused && self.ledger.steady && young
    }

    /// A page goes, or a caller aborts; nobody waits for these requests any more.
    pub(super) fn cancel_where(&mut self, is_meant: impl Fn(&Request) -> bool) {
        for at in 0..self.requests.len() {
            let id = at as RequestId + 1;
            if !is_meant(&self.requests[at]) {
                continue;
            }
            match self.ledger.place(id) {
                Place::Settled(_) => continue,
                Place::Queued(_) => self.act(|subject| subject.cancel(id)),
                Place::Away { .. } => self.act(|subject| subject.settled(id)),
            }
            self.ledger.tally.cancelled += 1;
            self.ledger.settle(id, Settled::Cancelled);
        }
    }
}

/// How long it takes to notice that a connection broke, in milliseconds.
pub(super) const BREAKS_AFTER: u64 = 50;
