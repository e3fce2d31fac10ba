//! Lists of operations on a session.

use tokenkeep::proto::oauth::authorization::{RANDOM_BYTES, SignInOptions, Transaction};
use tokenkeep::proto::oauth::callback::AuthorizationResponse;
use tokenkeep::proto::session::Reply;
use tokenkeep::proto::session::{Command, Output, PendingExchange, Session};
use tokenkeep::proto::syntax::secret::Nonce;
use tokenkeep::proto::syntax::time::{Instant, Now};

use crate::support::server::param;
use crate::support::{API, REDIRECT_URI, START_UNIX_MS, config};

use super::bytes::Bytes;
use super::ledger::{Ledger, Place, no_secret};
use super::replies::reply;

const LIMITS: &str =
    r#""queueLimit":4,"queueTimeout":30000,"drainConcurrency":2,"lockOnAnomaly":true,"auditSink":true"#;

const CHALLENGES: [Option<&str>; 5] = [
    None,
    Some("Bearer error=invalid_token"),
    Some("Bearer error=invalid_request"),
    Some(r#"Bearer error="insufficient_scope", scope="more""#),
    Some("Bearer error=insufficient_user_authentication, max_age=5"),
];

pub(crate) fn run(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let mut world = World::new(bytes.flag());
    while let Some(operation) = bytes.next() {
        world.step(operation, &mut bytes);
        world.check();
    }
    world.wind_up();
}

struct World {
    session: Session,
    now: Now,
    ledger: Ledger,
    exchanges: Vec<(PendingExchange, Option<Nonce>)>,
    /// Numbers of refreshes that are to be answered, and of those that were.
    refreshes: Vec<u32>,
    answered: Vec<u32>,
    /// Records of sign-ins that are over.
    records: Vec<(String, Transaction)>,
    issued: u32,
}

impl World {
    fn new(openid: bool) -> Self {
        Self {
            session: Session::new(config(if openid { "openid" } else { "files:read" }, LIMITS)),
            now: Now { instant: Instant::from_millis(0), unix_ms: START_UNIX_MS },
            ledger: Ledger::default(),
            exchanges: Vec::new(),
            refreshes: Vec::new(),
            answered: Vec::new(),
            records: Vec::new(),
            issued: 0,
        }
    }

    fn step(&mut self, operation: u8, bytes: &mut Bytes<'_>) {
        match operation % 24 {
            0..=2 => self.authorize(bytes),
            3 => self.unauthorized(bytes),
            4 => self.settle(bytes),
            5 => self.cancel(bytes),
            6 | 7 => self.refreshed(bytes),
            8 => self.answered_again(bytes),
            9 => self.come_back(),
            10 => self.exchanged(bytes),
            11 => self.arrive_again(bytes),
            12 => self.give_up(bytes),
            13 => self.pass(bytes.time()),
            14 => self.sleep(bytes),
            15 => self.sign_out(),
            16..=19 => self.replied(bytes),
            _ => self.surroundings(bytes),
        }
    }

    fn authorize(&mut self, bytes: &mut Bytes<'_>) {
        let (id, shape) = (self.ledger.next_id(), bytes.byte());
        let timeout = (shape & 1 == 1).then(|| bytes.time());
        let target = if shape & 6 == 6 { "https://evil.example/v1/files" } else { API };
        let verdict = self.run(|session, now| session.authorize(now, id, target, timeout));
        assert!(target == API || verdict.is_err(), "USE-3: a token for an unlisted target");
        self.ledger.judged(id, &verdict);
    }

    fn unauthorized(&mut self, bytes: &mut Bytes<'_>) {
        let Some(id) = bytes.pick(&self.ledger.away()) else { return };
        let (target, method) = (API.to_owned(), "GET".to_owned());
        self.answer_request(id, 0, &Reply { target, method, status: 401, ..Reply::default() });
    }

    /// The API answers with something that may not be the last word.
    fn replied(&mut self, bytes: &mut Bytes<'_>) {
        let Some(id) = bytes.pick(&self.ledger.away()) else { return };
        let (shape, jitter) = (bytes.byte(), u32::from(bytes.byte()) << 24);
        let reply = Reply {
            target: API.to_owned(),
            method: if shape & 4 == 0 { "GET" } else { "POST" }.to_owned(),
            status: [401, 403, 429, 503][usize::from(shape & 3)],
            step_up: shape & 8 == 0,
            streamed: bytes.byte().is_multiple_of(8),
            challenge: CHALLENGES[usize::from(shape >> 5) % CHALLENGES.len()].map(str::to_owned),
            retry_after: (shape & 16 == 0).then(|| (bytes.byte() % 90).to_string()),
            ..Reply::default()
        };
        self.answer_request(id, jitter, &reply);
    }

    fn answer_request(&mut self, id: u32, jitter: u32, reply: &Reply) {
        let Some(Place::Away { generation, .. }) = self.ledger.place(id) else { return };
        assert_eq!(self.session.request(id).map(|request| request.generation), Some(generation), "request {id}");
        assert_eq!(self.run(|session, now| session.handle_status(now, id, reply.status)), Ok(false));
        let verdict = self.run(|session, now| session.handle_reply(now, jitter, id, reply));
        no_secret(&self.session.take_explanation());
        match reply.status {
            401 => self.ledger.replay(id),
            403 => self.ledger.step_up(id),
            _ => {}
        }
        self.ledger.judged(id, &verdict);
    }

    fn surroundings(&mut self, bytes: &mut Bytes<'_>) {
        let shape = bytes.byte();
        match shape % 8 {
            0 | 1 => self.run(|session, now| session.handle_connectivity(now, shape & 8 == 0)),
            2..=4 => self.run(|session, now| session.handle_visibility(now, shape & 8 == 0)),
            5 => {
                let ms = bytes.time() as i64;
                self.run(|session, now| session.handle_clock_jump(now, if shape & 8 == 0 { ms } else { -ms }));
            }
            _ => self.run(Session::unlock),
        }
    }

    fn settle(&mut self, bytes: &mut Bytes<'_>) {
        let Some(id) = bytes.pick(&self.ledger.away()) else { return };
        self.ledger.settle(id);
        match bytes.byte() % 4 {
            // By its number, so that the bytes of the corpus mean what they meant.
            0 if id % 2 == 0 => self.run(|session, now| session.handle_settled(now, id)),
            0 => self.run(|session, now| session.handle_failed(now, id)),
            1 => drop(self.run(|session, now| session.handle_status(now, id, 0)).expect_err("a redirect")),
            _ => assert_eq!(self.run(|session, now| session.handle_status(now, id, 200)), Ok(true)),
        }
    }

    fn cancel(&mut self, bytes: &mut Bytes<'_>) {
        let Some(id) = bytes.pick(&self.ledger.waiting()) else { return };
        self.ledger.settle(id);
        self.run(|session, _| session.cancel(id));
    }

    fn refreshed(&mut self, bytes: &mut Bytes<'_>) {
        let Some(attempt) = bytes.pick(&self.refreshes) else { return };
        self.refreshes.retain(|other| *other != attempt);
        self.ledger.refresh_answered(attempt);
        self.answered.push(attempt);
        self.answer(attempt, bytes);
    }

    fn answered_again(&mut self, bytes: &mut Bytes<'_>) {
        let Some(attempt) = bytes.pick(&self.answered) else { return };
        let before = (self.session.snapshot(), self.ledger.waiting());
        self.answer(attempt, bytes);
        assert_eq!(before, (self.session.snapshot(), self.ledger.waiting()), "one attempt is answered once");
    }

    fn answer(&mut self, attempt: u32, bytes: &mut Bytes<'_>) {
        let (jitter, answer) = (u32::from(bytes.byte()) << 24, reply(bytes, self.next_number(), None));
        self.run(|session, now| session.handle_refresh_response(now, jitter, attempt, answer));
    }

    fn next_number(&mut self) -> u32 {
        self.issued += 1;
        self.issued
    }

    fn come_back(&mut self) {
        let number = self.next_number();
        let random: [u8; RANDOM_BYTES] = std::array::from_fn(|at| (number as u8).wrapping_mul(37) ^ at as u8);
        let options = SignInOptions::default();
        let request = self.session.begin_sign_in(self.now, &options, &random, None).expect("a request");
        let state = param(request.url.split_once('?').expect("a query").1, "state").expect("a state");
        let href = format!("{REDIRECT_URI}?code=canary-{number}&state={state}&iss=https%3A%2F%2Fas.example");
        self.arrive(&href, &request.transaction);
        self.records.push((href, request.transaction));
    }

    /// The same response again; the record may have been left in the store or not.
    fn arrive_again(&mut self, bytes: &mut Bytes<'_>) {
        let at = usize::from(bytes.byte());
        if !self.records.is_empty() {
            let (href, transaction) = self.records[at % self.records.len()].clone();
            self.arrive(&href, &transaction);
        }
    }

    fn arrive(&mut self, href: &str, transaction: &Transaction) {
        let response = AuthorizationResponse::parse(href, REDIRECT_URI).expect("a response").expect("a response");
        let record = transaction.to_json();
        let accepted = self.run(|session, now| session.accept_response(now, response, Some(&record)));
        no_secret(&accepted);
        self.exchanges.extend(accepted.ok().map(|pending| (pending, transaction.nonce.clone())));
    }

    fn exchanged(&mut self, bytes: &mut Bytes<'_>) {
        let at = usize::from(bytes.byte());
        if self.exchanges.is_empty() {
            return;
        }
        let (mut pending, nonce) = self.exchanges.swap_remove(at % self.exchanges.len());
        let request = self.session.exchange_request(self.now, &mut pending).expect("a request");
        no_secret(&request);
        let answer = reply(bytes, self.next_number(), nonce.as_ref().map(Nonce::expose));
        let outcome = self.run(|session, now| session.handle_exchange_response(now, pending, answer));
        no_secret(&outcome.map_err(|error| error.to_object().to_json()));
    }

    fn give_up(&mut self, bytes: &mut Bytes<'_>) {
        let at = usize::from(bytes.byte());
        if !self.exchanges.is_empty() {
            let (pending, _) = self.exchanges.swap_remove(at % self.exchanges.len());
            self.run(|session, now| session.abandon_exchange(now, &pending));
        }
    }

    fn sign_out(&mut self) {
        no_secret(&self.run(|session, _| session.sign_out()));
        assert!(!self.session.is_signed_in() && self.ledger.waiting().is_empty(), "REV-1, REV-9");
    }

    fn pass(&mut self, ms: u64) {
        let end = self.now.instant.after(ms);
        while let Some(at) = self.session.poll_timeout().filter(|at| *at <= end) {
            self.move_to(at.max(self.now.instant));
            self.run(Session::handle_timeout);
            let next = self.session.poll_timeout();
            assert!(next.is_none_or(|next| next > self.now.instant), "the timer stands still at {at:?}");
        }
        self.move_to(end);
    }

    /// Time passes, timers fire late, and somebody may have set the wall clock.
    fn sleep(&mut self, bytes: &mut Bytes<'_>) {
        let (ms, shape) = (bytes.time(), bytes.byte());
        self.move_to(self.now.instant.after(ms));
        match shape % 8 {
            0 => self.now.unix_ms = bytes.time(),
            1 => self.now.unix_ms = u64::MAX - bytes.time(),
            2 => self.now.unix_ms = self.now.unix_ms.saturating_add(bytes.time()),
            _ => {}
        }
        self.run(Session::handle_timeout);
    }

    fn move_to(&mut self, instant: Instant) {
        let unix_ms = self.now.unix_ms.saturating_add(instant.since(self.now.instant));
        self.now = Now { instant, unix_ms };
    }

    fn run<T>(&mut self, call: impl FnOnce(&mut Session, Now) -> T) -> T {
        let result = call(&mut self.session, self.now);
        while let Some(command) = self.session.poll_command() {
            no_secret(&command);
            match command {
                Command::Output(Output::Emit(event)) => self.ledger.heard(&event),
                Command::Output(Output::Reject { ids, error }) => self.ledger.rejected(&ids, &error),
                Command::Output(Output::Release { ids, generation }) => {
                    assert!(self.session.authorization(generation).is_some(), "released without a token");
                    self.ledger.released(&ids, generation);
                }
                Command::SendRefreshRequest(request) => {
                    self.ledger.refresh_sent(request.attempt);
                    self.refreshes.push(request.attempt);
                }
                Command::Output(Output::LetStand { ids }) => self.ledger.stood(&ids),
                Command::LookUp(_) | Command::Output(Output::Report(_)) | Command::Revoke(_) => {}
            }
        }
        result
    }

    fn check(&self) {
        let stats = self.session.stats(self.now);
        let stat = |name| stats.member(name).and_then(|value| value.as_u64()).expect("a number");
        let waiting = stat("queued") + stat("paused") + stat("steppingUp");
        assert_eq!(waiting, self.ledger.waiting().len() as u64, "REF-21");
        assert!(waiting > 0 || !self.ledger.told_of_waits(), "told of waits, and nobody waits");
        no_secret(&self.session.audit());
        assert!(waiting <= 4 && stat("inFlight") <= 2, "REF-21: more than allowed");
        no_secret(&self.session.snapshot().map(|snapshot| snapshot.to_json()));
    }

    /// No answer comes any more: whoever waits is told.
    fn wind_up(&mut self) {
        no_secret(&self.session);
        self.exchanges.clear();
        let longer_than_anybody = 1_000_000_000;
        self.pass(longer_than_anybody);
        assert_eq!(self.ledger.waiting(), [], "REF-21: somebody waits for ever");
    }
}
