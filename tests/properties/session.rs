//! Random operations on a session, each checked against the model.

use proptest::prelude::*;

use tokenkeep::proto::error::Error;
use tokenkeep::proto::oauth::authorization::{RANDOM_BYTES, SignInOptions};
use tokenkeep::proto::oauth::callback::AuthorizationResponse;
use tokenkeep::proto::session::queue::RequestId;
use tokenkeep::proto::session::{PendingExchange, Session, TokenRequest, Verdict};
use tokenkeep::proto::syntax::secret::Nonce;
use tokenkeep::proto::syntax::time::{Instant, Now};

use crate::model::{Model, Place};
use crate::operations::{Operation, Reply, granted, operations};
use crate::support::server::param;
use crate::support::{API, REDIRECT_URI, START_UNIX_MS, config};

const QUEUE_LIMIT: u64 = 6;
const QUEUE_TIMEOUT: u64 = 30_000;
const DRAIN_CONCURRENCY: u64 = 2;

proptest! {
    #![proptest_config(crate::cases(1_000, "tests/properties/proptest-regressions/session.txt"))]

    #[test]
    fn every_request_settles_once_and_nothing_else_happens(
        openid: bool,
        start in prop::option::weighted(0.8, granted()),
        steps in operations(),
    ) {
        let mut world = World::new(openid);
        if let Some(reply) = start {
            world.step(Operation::ComeBack);
            world.step(Operation::Exchanged { pick: 0, reply });
        }
        for step in steps {
            world.step(step);
            world.check();
        }
        world.wind_up();
    }
}

struct World {
    session: Session,
    now: Now,
    model: Model,
    exchanges: Vec<(PendingExchange, Option<Nonce>)>,
    last_id: RequestId,
    issued: u32,
}

impl World {
    fn new(openid: bool) -> Self {
        let limits = format!(
            r#""queueLimit":{QUEUE_LIMIT},"queueTimeout":{QUEUE_TIMEOUT},"drainConcurrency":{DRAIN_CONCURRENCY}"#
        );
        Self {
            session: Session::new(config(if openid { "openid" } else { "files:read" }, &limits)),
            now: Now { instant: Instant::from_millis(0), unix_ms: START_UNIX_MS },
            model: Model::default(),
            exchanges: Vec::new(),
            last_id: 0,
            issued: 0,
        }
    }

    fn step(&mut self, step: Operation) {
        match step {
            Operation::Authorize { timeout, off_list } => self.authorize(timeout, off_list),
            Operation::Unauthorized { pick } => self.unauthorized(pick),
            Operation::Settle { pick } => self.settle(pick),
            Operation::Cancel { pick } => self.cancel(pick),
            Operation::Refreshed { pick, again, reply } => self.refreshed(pick, again, &reply),
            Operation::ComeBack => self.come_back(),
            Operation::Exchanged { pick, reply } => self.exchanged(pick, &reply),
            Operation::Abandon { pick } => self.abandon(pick),
            Operation::SignOut => self.sign_out(),
            Operation::Pass(ms) => self.pass(ms),
            Operation::Sleep(ms) => self.move_to(self.now.instant.after(ms), true),
        }
    }

    fn authorize(&mut self, timeout: Option<u64>, off_list: bool) {
        self.last_id += 1;
        let id = self.last_id;
        let target = if off_list { "https://evil.example/v1/files" } else { API };
        let waited = !self.model.queued().is_empty();
        let verdict = self.ask(|session, now| session.authorize(now, id, target, timeout));
        assert!(!off_list || verdict.is_err(), "USE-3: a token for an unlisted target");
        assert!(!waited || !matches!(verdict, Ok(Verdict::Send(_))), "request {id} overtook the queue");
        self.model.timeouts.extend(timeout.map(|timeout| (id, timeout)));
        self.take(id, verdict);
    }

    fn unauthorized(&mut self, pick: usize) {
        let Some(id) = choose(&self.model.away(), pick) else { return };
        let Some(Place::Away { generation, .. }) = self.model.requests.get(&id).copied() else { return };
        let replays = self.model.replays.get(&id).copied().unwrap_or_default();
        let reply = crate::support::Reply { generation, replays, ..crate::support::Reply::unauthorized() };
        let verdict = self.ask(|session, now| reply.hand_to(session, now, 0, id));
        assert!(replays == 0 || !matches!(verdict, Ok(Verdict::Send(_) | Verdict::Queued)), "USE-13: replayed twice");
        self.model.replays.insert(id, replays + 1);
        self.take(id, verdict);
    }

    fn settle(&mut self, pick: usize) {
        let Some(id) = choose(&self.model.away(), pick) else { return };
        self.model.requests.insert(id, Place::Settled);
        self.run(|session, now| session.handle_status(now, id, 200)).expect("it stands");
    }

    fn cancel(&mut self, pick: usize) {
        let Some(id) = choose(&self.model.queued(), pick) else { return };
        self.run(|session, _| session.cancel(id));
        self.model.requests.insert(id, Place::Settled);
    }

    fn refreshed(&mut self, pick: usize, again: bool, reply: &Reply) {
        if again {
            return self.answered_again(pick, reply);
        }
        let orphans = self.model.orphans.len();
        match (self.model.in_flight.clone(), pick % (orphans + 1)) {
            (Some(request), 0) => self.answered_in_time(&request, reply),
            (_, at) if orphans > 0 => self.answered_too_late(at % orphans, reply),
            _ => {}
        }
    }

    fn answered_in_time(&mut self, request: &TokenRequest, reply: &Reply) {
        self.issued += 1;
        let (answer, incoming) = reply.render(self.issued, None);
        let generation = self.model.generation;
        self.model.answer(reply, self.now.instant);
        self.model.incoming = incoming;
        let attempt = request.attempt;
        self.run(|session, now| session.handle_refresh_response(now, attempt, attempt, answer));
        self.model.incoming = None;
        match reply {
            Reply::Granted { .. } => assert!(!self.model.signed_in || self.model.generation == generation + 1),
            Reply::Over(_) => assert!(!self.model.signed_in, "REF-6: the session outlived its grant"),
            Reply::ClientRefused | Reply::Transient(_) => {
                assert!(self.model.signed_in && self.model.generation == generation, "REF-7: the session is lost");
            }
        }
    }

    /// The session the request belonged to is over: whatever comes must not be installed.
    fn answered_too_late(&mut self, at: usize, reply: &Reply) {
        let request = self.model.orphans.swap_remove(at);
        self.model.answered.push(request.attempt);
        self.answer_in_vain(request.attempt, reply);
    }

    fn answered_again(&mut self, pick: usize, reply: &Reply) {
        let Some(attempt) = choose(&self.model.answered, pick) else { return };
        let revoked = self.model.revoked.len();
        self.answer_in_vain(attempt, reply);
        assert_eq!(self.model.revoked.len(), revoked, "one attempt is answered once");
    }

    fn answer_in_vain(&mut self, attempt: u32, reply: &Reply) {
        self.issued += 1;
        let (answer, _) = reply.render(self.issued, None);
        let before = (self.model.signed_in, self.model.generation, self.model.queued());
        self.run(|session, now| session.handle_refresh_response(now, 0, attempt, answer));
        assert_eq!(before, (self.model.signed_in, self.model.generation, self.model.queued()), "REF-20");
    }

    fn come_back(&mut self) {
        self.issued += 1;
        let (options, issued) = (SignInOptions::default(), self.issued);
        let random: [u8; RANDOM_BYTES] =
            std::array::from_fn(|at| (issued as u8).wrapping_mul(37).wrapping_add(at as u8));
        let request = self.session.begin_sign_in(self.now, &options, &random, None).expect("a request");
        let state = param(request.url.split_once('?').expect("a query").1, "state").expect("a state");
        let href = format!("{REDIRECT_URI}?code=canary-code-{issued}&state={state}&iss=https%3A%2F%2Fas.example");
        let response = AuthorizationResponse::parse(&href, REDIRECT_URI).expect("a response").expect("a response");
        assert!(!format!("{response:?}").contains("canary"), "LOG-4");
        let record = request.transaction.to_json();
        let accepted = self.run(|session, now| session.accept_response(now, response, Some(&record)));
        let pending = accepted.expect("an accepted response");
        assert!(!format!("{pending:?}").contains("canary"), "LOG-4");
        self.exchanges.push((pending, request.transaction.nonce));
    }

    fn exchanged(&mut self, pick: usize, reply: &Reply) {
        if self.exchanges.is_empty() {
            return;
        }
        let (pending, nonce) = self.exchanges.swap_remove(pick % self.exchanges.len());
        self.issued += 1;
        let (answer, incoming) = reply.render(self.issued, nonce.as_ref().map(Nonce::expose));
        let before = (self.model.signed_in, self.model.generation);
        self.model.incoming = incoming;
        let outcome = self.run(|session, now| session.handle_exchange_response(now, pending, answer));
        self.model.incoming = None;
        match outcome {
            Ok(()) => assert!(self.model.signed_in && self.model.generation == before.1 + 1),
            Err(error) => {
                assert!(!format!("{error:?} {}", error.to_object().to_json()).contains("canary"), "LOG-2");
                let expired = !self.model.signed_in && self.model.ending.as_deref() == Some("expired");
                assert!(self.model.signed_in == before.0 || expired, "a failed exchange ended a session that lives");
                assert_eq!(self.model.generation, before.1, "a failed exchange brought a token");
            }
        }
    }

    fn abandon(&mut self, pick: usize) {
        if !self.exchanges.is_empty() {
            let (pending, _) = self.exchanges.swap_remove(pick % self.exchanges.len());
            self.run(|session, now| session.abandon_exchange(now, &pending));
        }
    }

    fn sign_out(&mut self) {
        let was_signed_in = self.model.signed_in;
        let revocation = self.run(|session, _| session.sign_out());
        assert_eq!(revocation.is_some(), was_signed_in, "REV-2");
        assert!(!self.model.signed_in && self.model.queued().is_empty(), "REV-1, REV-9");
    }

    fn pass(&mut self, ms: u64) {
        let end = self.now.instant.after(ms);
        while let Some(at) = self.session.poll_timeout().filter(|at| *at <= end) {
            self.move_to(at, true);
            let next = self.session.poll_timeout();
            assert!(next.is_none_or(|next| next > self.now.instant), "the timer stands still at {at:?}");
        }
        self.move_to(end, false);
    }

    fn move_to(&mut self, instant: Instant, fire: bool) {
        let ms = instant.since(self.now.instant);
        self.now = Now { instant: self.now.instant.after(ms), unix_ms: self.now.unix_ms + ms };
        if fire {
            self.run(Session::handle_timeout);
            let overdue = self.model.next_deadline().filter(|deadline| *deadline <= self.now.instant);
            assert_eq!(overdue, None, "REF-21: a waiter outlived its deadline");
        }
    }

    /// Books where the verdict sends request `id`.
    fn take(&mut self, id: RequestId, verdict: Result<Verdict, Error>) {
        let place = match verdict {
            Ok(Verdict::Send(generation)) => {
                assert!(self.model.signed_in, "sent after the session ended");
                assert_eq!(generation, self.model.generation, "sent with another token than the current one");
                Place::Away { generation, released: false }
            }
            Ok(Verdict::Queued) => {
                Place::Queued(self.now.instant.after(self.model.timeouts.get(&id).copied().unwrap_or(QUEUE_TIMEOUT)))
            }
            Ok(Verdict::Final | Verdict::StepUp) => Place::Settled,
            Err(error) => {
                assert!(!format!("{error:?}").contains("canary"), "LOG-2");
                Place::Settled
            }
        };
        self.model.requests.insert(id, place);
    }

    fn ask<T>(&mut self, call: impl FnOnce(&mut Session, Now) -> T) -> T {
        self.model.asked = true;
        let result = self.run(call);
        self.model.asked = false;
        result
    }

    fn run<T>(&mut self, call: impl FnOnce(&mut Session, Now) -> T) -> T {
        let result = call(&mut self.session, self.now);
        while let Some(command) = self.session.poll_command() {
            self.model.observe(&command, self.now.instant);
        }
        result
    }

    /// What the session says of itself agrees with what was seen.
    fn check(&self) {
        let stats = self.session.stats(self.now);
        let stat = |name| stats.member(name).and_then(|value| value.as_u64()).expect("a number");
        let queued = self.model.queued().len() as u64;
        assert_eq!(stat("queued"), queued);
        assert!(queued <= QUEUE_LIMIT && stat("inFlight") <= DRAIN_CONCURRENCY, "REF-21");
        assert!(queued > 0 || !self.model.told_of_waits, "told of waits, and nobody waits");
        assert_eq!(stat("generation"), u64::from(self.model.generation));
        assert_eq!(self.session.snapshot().is_some(), self.model.signed_in);
        for generation in 0..=self.model.generation + 1 {
            let current = self.model.signed_in && generation == self.model.generation;
            assert_eq!(self.session.authorization(generation).is_some(), current);
        }
        match (self.session.poll_timeout(), self.model.next_deadline()) {
            (timeout, None) => assert_eq!(timeout, None, "REF-18: a timer for nobody"),
            (timeout, Some(deadline)) => assert!(timeout.is_some_and(|at| at <= deadline), "REF-21: no timer in time"),
        }
    }

    /// The network is gone and time passes: whoever waits is told.
    fn wind_up(&mut self) {
        while !self.exchanges.is_empty() {
            self.exchanged(0, &Reply::Transient(0));
        }
        assert!(!format!("{:?}", self.session).contains("canary"), "LOG-4");
        self.pass(100_000);
        self.check();
        assert_eq!(self.model.queued(), [], "REF-21: somebody waits for ever");
    }
}

fn choose<T: Copy>(from: &[T], pick: usize) -> Option<T> {
    (!from.is_empty()).then(|| from[pick % from.len()])
}
