//! The pages with their requests, and the API.

use super::world::{LIFETIME, PAGES, Request, World};
use crate::simulator::invariant::{breach, must};
use crate::simulator::ledger::{Place, Settled};
use crate::simulator::schedule::Target;
use crate::simulator::subject::{Decision, RequestId, Why};
use crate::support::SECOND;

/// After a replay was refused, other requests' 401s may be final for this long, in milliseconds.
pub(crate) const UNHELPFUL: u64 = 30 * SECOND;
/// A token is not due for a refresh before that.
const YOUNG: u64 = LIFETIME / 4 * 3;

impl World {
    pub(super) fn may_ask(&self, page: usize) -> bool {
        let asked = self.requests.iter().filter(|request| request.page == page).count();
        !self.closed[page] && asked < PAGES[page]
    }

    pub(super) fn may_close(&self, page: usize) -> bool {
        let open = |(id, place)| self.request(id).page == page && !matches!(place, Place::Settled(_));
        !self.closed[page] && self.ledger.places().any(open)
    }

    pub(super) fn ask(&mut self, page: usize) {
        let waited = self.ledger.queue_length() > 0;
        let session = if self.ledger.signed_in { self.ledger.sessions } else { 0 };
        self.requests.push(Request { page, session, replays: 0, token: 0, status: None });
        let id = self.requests.len() as RequestId;
        let decision = self.act(|subject| subject.ask(id, Target::Listed(0)));
        must!(!waited || !matches!(decision, Decision::Go(_)), Queue, "request {id} overtook the queue");
        self.follow(id, decision);
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
                must!(self.ledger.signed_in, NoneAfterTheEnd, "request {id} waits for nothing");
                self.ledger.put(id, Place::Queued(self.at + WAIT));
            }
            Decision::Final => self.ledger.settle(id, Settled::Answered(401)),
            Decision::Refuse(Why::LoginRequired) => {
                let running = self.ledger.signed_in && self.request(id).session == self.ledger.sessions;
                must!(!running, NothingLost, "request {id} is refused in its session");
                self.ledger.settle(id, Settled::Failed(Why::LoginRequired));
            }
            Decision::Refuse(why) => breach!(NothingLost, "request {id} is refused with {why:?}"),
        }
    }

    /// Request `id` leaves with the current token.
    pub(super) fn send(&mut self, id: RequestId) {
        let Place::Away { generation, .. } = self.ledger.place(id) else {
            breach!(SettlesOnce, "request {id} is sent and isn't on its way")
        };
        let Some(token) = self.subject.token(generation).filter(|token| Some(*token) == self.ledger.access) else {
            breach!(CurrentToken, "request {id} goes without the current token")
        };
        let (running, request) = (self.ledger.sessions, &mut self.requests[id as usize - 1]);
        let session = request.session;
        must!(session == running, NoneAfterTheEnd, "request {id} of session {session} goes on in {running}");
        (request.token, request.status) = (token, None);
    }

    pub(super) fn arrive(&mut self, id: RequestId) {
        let accepted = self.server.accepts(self.at, self.request(id).token);
        self.requests[id as usize - 1].status = Some(if accepted { 200 } else { 401 });
    }

    pub(super) fn answer(&mut self, id: RequestId) {
        match self.request(id).status {
            Some(401) => self.unauthorized(id),
            Some(status) => {
                let decision = self.act(|subject| subject.answered(id, status));
                must!(decision == Decision::Final, Replays, "request {id} was answered {status}: {decision:?}");
                self.ledger.settle(id, Settled::Answered(status));
            }
            None => breach!(Account, "request {id} has no answer yet"),
        }
    }

    fn unauthorized(&mut self, id: RequestId) {
        let Place::Away { generation, .. } = self.ledger.place(id) else { return };
        let (current, replays) = (generation == self.ledger.generation, self.request(id).replays);
        let (attempts, young) = (self.refreshes.len(), self.at < self.token_from + YOUNG && !self.ledger.refused);
        let decision = self.act(|subject| subject.answered(id, 401));
        let refreshed = attempts < self.refreshes.len();
        must!(current || !young || !refreshed, Replays, "a late 401 to request {id} refreshes a new token");
        match decision {
            Decision::Go(_) | Decision::Wait => {
                must!(replays == 0, Replays, "request {id} is replayed twice");
                self.requests[id as usize - 1].replays += 1;
            }
            Decision::Final if replays > 0 => self.refused_replay = Some(self.at),
            Decision::Final => {
                let hopeless = self.refused_replay.is_some_and(|at| self.at < at + UNHELPFUL);
                must!(hopeless, Replays, "request {id} is refused for good without a replay");
            }
            Decision::Refuse(_) => {}
        }
        self.ledger.refused |= current && replays == 0;
        self.follow(id, decision);
    }

    pub(super) fn lose(&mut self, id: RequestId) {
        self.act(|subject| subject.failed(id));
        self.ledger.settle(id, Settled::Lost);
    }

    /// A page closes, and nobody waits for its requests any more.
    pub(super) fn close(&mut self, page: usize) {
        self.closed[page] = true;
        for id in (1..)
            .take(self.requests.len())
            .filter(|id| self.requests[*id as usize - 1].page == page)
            .collect::<Vec<_>>()
        {
            match self.ledger.place(id) {
                Place::Settled(_) => continue,
                Place::Queued(_) => self.act(|subject| subject.cancel(id)),
                Place::Away { .. } => self.act(|subject| subject.settled(id)),
            }
            self.ledger.settle(id, Settled::Cancelled);
        }
    }

    pub(super) fn request(&self, id: RequestId) -> Request {
        self.requests[id as usize - 1]
    }
}

/// How long a request waits, in milliseconds.
const WAIT: u64 = 30 * SECOND;
