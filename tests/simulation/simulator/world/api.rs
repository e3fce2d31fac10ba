//! Pages, their requests, and the resource servers.

use tokenkeep::proto::error::{Error, QueueError};
use tokenkeep::proto::queue::RequestId;
use tokenkeep::proto::session::{Session, Verdict};

use super::super::authorization_server::TokenId;
use super::super::ledger::{Place, Settled, number_of};
use super::super::network::{Client, Server};
use super::{Request, World};

const LISTED: [&str; 4] = [
    "https://api.example/v1/files",
    "https://api.example/v1",
    "https://api.example/v1/a?b=c",
    "https://files.example/anything/else",
];

const UNLISTED: [&str; 7] = [
    "https://evil.example/v1/files",
    "https://api.example/v2/files",
    "https://api.example/v10",
    "https://api.example:444/v1/files",
    "https://api.example.evil.example/v1/files",
    "http://api.example/v1/files",
    "https://api.example/v1/%2e%2e/v2/files",
];

impl World {
    pub(super) fn ask(&mut self, page: u64, off_list: bool) -> RequestId {
        self.requests.push(Request { page, asked: self.now.instant, replays: 0, sending: 0 });
        self.ledger.tally.asked += 1;
        let id = self.requests.len() as RequestId;
        let target = if off_list { self.random.pick(&UNLISTED) } else { self.random.pick(&LISTED) };
        let waited = self.ledger.queued().next().is_some();
        let verdict = self.act(|session, now| session.authorize(now, id, target, None));
        if off_list {
            assert_eq!(verdict.as_ref().map_err(Error::code), Err("TOKENKEEP_TARGET_REFUSED"), "{target}");
            self.ledger.tally.off_list += 1;
        }
        assert!(!waited || !matches!(verdict, Ok(Verdict::Send(_))), "request {id} overtook the queue");
        self.follow(id, verdict);
        id
    }

    /// Does with request `id` what the session decided.
    fn follow(&mut self, id: RequestId, verdict: Result<Verdict, Error>) {
        match verdict {
            Ok(Verdict::Send(generation)) => {
                assert!(self.ledger.signed_in, "request {id} is sent without a session");
                assert_eq!(generation, self.ledger.generation, "sent with another token than the current one");
                self.ledger.put(id, Place::Away { generation, released: false });
                self.send(id);
            }
            Ok(Verdict::Queued) => {
                assert!(self.ledger.signed_in || self.exchanging(), "request {id} waits for nothing");
                let deadline = self.now.instant.after(self.queue_timeout);
                self.ledger.put(id, Place::Queued(deadline));
            }
            Ok(Verdict::Final | Verdict::StepUp) => {
                self.ledger.tally.final_refusals += 1;
                self.ledger.settle(id, Settled::Answered(401));
            }
            Err(error) => self.refuse(id, &error),
        }
    }

    fn refuse(&mut self, id: RequestId, error: &Error) {
        match error {
            Error::LoginRequired(_) => {
                let foreign = self.requests[id as usize - 1].sending > 0;
                assert!(
                    foreign || !self.ledger.signed_in && !self.exchanging(),
                    "request {id} is refused in a session"
                );
            }
            Error::Queue(QueueError::Full) => {
                assert_eq!(self.ledger.queued().count() as u64, self.queue_limit, "a queue that isn't full");
                self.ledger.tally.queue_full += 1;
            }
            other => assert_eq!(other.code(), "TOKENKEEP_TARGET_REFUSED"),
        }
        self.ledger.settle(id, Settled::Failed(error.code()));
    }

    /// Request `id` leaves with the current token.
    pub(super) fn send(&mut self, id: RequestId) {
        let Place::Away { generation, .. } = *self.place(id) else { panic!("request {id} isn't on its way") };
        let value = self.session.authorization(generation).expect("a token for a request that may go");
        let token = number_of(&value);
        assert_eq!(Some(token), self.ledger.access, "not the current access token");
        let request = &mut self.requests[id as usize - 1];
        request.sending += 1;
        let sending = request.sending;
        let at = self.at + self.lines.delay(&mut self.random);
        if self.random.chance(self.lines.loss) {
            return self.agenda.client(at, Client::ApiAnswer { id, sending, status: None });
        }
        self.agenda.server(at, Server::Api { id, sending, token });
    }

    pub(super) fn api_request(&mut self, id: RequestId, sending: u32, token: TokenId) {
        let status = if self.server.accepts(self.at, token) { 200 } else { 401 };
        let lost = self.random.chance(self.lines.loss);
        let answer = Client::ApiAnswer { id, sending, status: (!lost).then_some(status) };
        if self.random.chance(self.lines.duplicates) {
            let at = self.at + self.lines.delay(&mut self.random);
            self.agenda.client(at, answer.clone());
        }
        let at = self.at + self.lines.delay(&mut self.random);
        self.agenda.client(at, answer);
    }

    pub(super) fn api_answer(&mut self, id: RequestId, sending: u32, status: Option<u16>) {
        let Place::Away { generation, released } = *self.place(id) else { return };
        if sending != self.requests[id as usize - 1].sending {
            return;
        }
        if released {
            self.act(Session::handle_settled);
        }
        match status {
            Some(401) => self.unauthorized(id, generation),
            Some(status) => {
                self.ledger.tally.answered += 1;
                self.ledger.settle(id, Settled::Answered(status));
            }
            None => {
                self.ledger.tally.lost += 1;
                self.ledger.settle(id, Settled::Lost);
            }
        }
    }

    fn unauthorized(&mut self, id: RequestId, generation: u32) {
        let replays = self.requests[id as usize - 1].replays;
        let verdict = self.act(|session, now| session.handle_unauthorized(now, id, generation, replays, None));
        if matches!(verdict, Ok(Verdict::Send(_) | Verdict::Queued)) {
            assert_eq!(replays, 0, "request {id} is replayed twice");
            self.requests[id as usize - 1].replays += 1;
            self.ledger.tally.replays += 1;
        }
        if verdict == Ok(Verdict::Final) {
            self.check_final(id);
        }
        self.follow(id, verdict);
    }

    /// A page goes; nobody waits for its requests any more.
    pub(super) fn leave(&mut self, page: u64) {
        let mine = |id: &RequestId| self.requests[*id as usize - 1].page == page;
        let ids: Vec<_> = self.ledger.places.keys().copied().filter(mine).collect();
        for id in ids {
            match *self.place(id) {
                Place::Settled(_) => continue,
                Place::Queued(_) => self.act(|session, _| session.cancel(id)),
                Place::Away { released: true, .. } => self.act(Session::handle_settled),
                Place::Away { .. } => {}
            }
            self.ledger.tally.cancelled += 1;
            self.ledger.settle(id, Settled::Cancelled);
        }
    }
}
