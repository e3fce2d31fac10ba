//! Lists of calls of an application on a holder, whose store, network and server answer in any order.

use std::collections::BTreeSet;

use tokenkeep::proto::calls::{Action, CallId, FlightId, Holder};
use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::{Error, Transport};
use tokenkeep::proto::oauth::authorization::RANDOM_BYTES;
use tokenkeep::proto::session::{Output, Reply};
use tokenkeep::proto::syntax::secret::FormBody;
use tokenkeep::proto::syntax::time::{Instant, Now};

use crate::support::server::param;
use crate::support::{API, REDIRECT_URI, START_UNIX_MS, answer, config, json};

use super::bytes::Bytes;
use super::ledger::{Ledger, no_secret};
use super::replies::reply;

pub(crate) fn run(bytes: &[u8]) {
    let mut bytes = Bytes::new(bytes);
    let shape = bytes.byte();
    let mut office = Office::new(shape & 1 == 1, if shape & 2 == 2 { "openid" } else { "files:read" });
    while let Some(operation) = bytes.next() {
        office.step(operation, &mut bytes);
    }
    office.close();
}

struct Office {
    holder: Holder,
    now: Now,
    ledger: Ledger,
    calls: CallId,
    settled: BTreeSet<CallId>,
    /// What was sent and is to be answered, and the flights that have landed.
    sent: Vec<(FlightId, Option<FormBody>)>,
    landed: Vec<FlightId>,
    /// What the store was asked to keep or to give back.
    asked: Vec<(FlightId, String, bool)>,
    records: Vec<(String, String)>,
    /// URLs of authorization requests.
    urls: Vec<String>,
    issued: u32,
    /// Signatures that are to be checked.
    checked: Vec<FlightId>,
}

impl Office {
    fn new(known: bool, scope: &str) -> Self {
        let text = format!(
            r#"{{"issuer":"https://as.example","clientId":"spa","redirectUri":"{REDIRECT_URI}","scope":"{scope}",
            "resourceServers":["https://api.example/v1/"],"queueLimit":4,"drainConcurrency":2}}"#
        );
        let searching = || Config::parse(&text, "https://app.example").expect("a good configuration");
        Self {
            holder: Holder::new(if known { config(scope, "") } else { searching() }),
            now: Now { instant: Instant::from_millis(0), unix_ms: START_UNIX_MS },
            ledger: Ledger::default(),
            calls: 0,
            settled: BTreeSet::new(),
            sent: Vec::new(),
            landed: Vec::new(),
            asked: Vec::new(),
            records: Vec::new(),
            urls: Vec::new(),
            issued: 0,
            checked: Vec::new(),
        }
    }

    fn step(&mut self, operation: u8, bytes: &mut Bytes<'_>) {
        match operation % 16 {
            0 | 1 => self.sign_in(bytes),
            2 | 3 => self.finish(bytes),
            4..=6 => self.store(bytes),
            7..=9 => self.answer(bytes),
            10 => self.answer_again(bytes),
            11 => self.authorize(bytes),
            12 => self.unauthorized(bytes),
            13 => self.give_up(bytes),
            14 => self.pass(bytes.time()),
            _ => self.sign_out(bytes),
        }
    }

    fn next_call(&mut self) -> CallId {
        self.calls += 1;
        self.calls
    }

    fn sign_in(&mut self, bytes: &mut Bytes<'_>) {
        let call = self.next_call();
        let text = if bytes.flag() { bytes.foreign() } else { "{}".to_owned() };
        let random: [u8; RANDOM_BYTES] = std::array::from_fn(|at| (call as u8).wrapping_mul(37) ^ at as u8);
        self.run(|holder, now| holder.sign_in(now, call, &text, random));
    }

    /// The browser arrives: with the answer to a request, once or again, or with anything.
    fn finish(&mut self, bytes: &mut Bytes<'_>) {
        let (call, shape) = (self.next_call(), bytes.byte());
        let state = bytes.pick(&(0..self.urls.len()).collect::<Vec<_>>()).and_then(|at| {
            let query = self.urls[at].split_once('?').expect("a query").1;
            param(query, "state")
        });
        let state = state.unwrap_or_else(|| "stranger".to_owned());
        let href = match shape % 8 {
            0 => format!("{REDIRECT_URI}?error=access_denied&state={state}&iss=https%3A%2F%2Fas.example"),
            1 => format!("{REDIRECT_URI}?code=canary&state={state}&iss=https%3A%2F%2Fevil.example"),
            2 => format!("{REDIRECT_URI}?{}", bytes.foreign()),
            _ => format!("{REDIRECT_URI}?code=canary&state={state}&iss=https%3A%2F%2Fas.example"),
        };
        self.run(|holder, _| holder.finish(call, &href));
    }

    /// The store does one of the things it was asked for, or has lost the record.
    fn store(&mut self, bytes: &mut Bytes<'_>) {
        let (at, shape) = (usize::from(bytes.byte()), bytes.byte());
        if self.asked.is_empty() {
            return;
        }
        let (flight, key, taking) = self.asked.swap_remove(at % self.asked.len());
        let found = self.records.iter().position(|(known, _)| taking && shape % 16 != 0 && *known == key);
        let record = found.map(|at| self.records.swap_remove(at).1);
        self.landed.push(flight);
        self.run(|holder, now| holder.handle_stored(now, flight, record.as_deref()));
    }

    fn answer(&mut self, bytes: &mut Bytes<'_>) {
        let at = usize::from(bytes.byte());
        if self.sent.is_empty() {
            return;
        }
        let (flight, body) = self.sent.swap_remove(at % self.sent.len());
        self.landed.push(flight);
        self.ledger.refresh_answered(flight);
        self.hand_in(flight, body.is_some(), bytes);
    }

    fn hand_in(&mut self, flight: FlightId, form: bool, bytes: &mut Bytes<'_>) {
        self.issued += 1;
        let nonce = self.urls.last().and_then(|url| param(url.split_once('?')?.1, "nonce"));
        let answer = match (form, bytes.byte()) {
            (false, 0..=191) => json(200, METADATA),
            (false, 192..=223) => Ok(answer(200, Some("application/json"), bytes.foreign().as_bytes())),
            (_, shape) => reply(bytes, self.issued, nonce.as_deref().filter(|_| shape & 7 != 7)),
        };
        let jitter = bytes.byte();
        self.run(|holder, now| holder.handle_answer(now, u32::from(jitter) << 24, flight, answer));
    }

    /// A flight that has landed lands once more, in the network or in the store.
    fn answer_again(&mut self, bytes: &mut Bytes<'_>) {
        let Some(flight) = bytes.pick(&self.landed) else { return };
        let before = (self.settled.len(), self.holder.session().snapshot());
        if bytes.flag() {
            self.run(|holder, now| holder.handle_stored(now, flight, Some("{}")));
        } else {
            self.hand_in(flight, true, bytes);
        }
        assert_eq!(before, (self.settled.len(), self.holder.session().snapshot()), "one flight lands once");
    }

    fn authorize(&mut self, bytes: &mut Bytes<'_>) {
        let id = self.ledger.next_id();
        let timeout = bytes.flag().then(|| bytes.time());
        let verdict = self.run(|holder, now| holder.session_mut().authorize(now, id, API, timeout));
        self.ledger.judged(id, &verdict);
    }

    /// A request on its way has its answer, now and then a 401.
    fn unauthorized(&mut self, bytes: &mut Bytes<'_>) {
        let Some(id) = bytes.pick(&self.ledger.away()) else { return };
        if !bytes.flag() {
            self.ledger.settle(id);
            // By its number, so that the bytes of the corpus mean what they meant.
            return self.run(|holder, now| match id % 2 {
                0 => holder.session_mut().handle_settled(now, id),
                _ => holder.session_mut().handle_failed(now, id),
            });
        }
        let reply = Reply { target: API.to_owned(), method: "GET".to_owned(), status: 401, ..Reply::default() };
        let verdict = self.run(|holder, now| holder.session_mut().handle_reply(now, 0, id, &reply));
        self.ledger.replay(id);
        self.ledger.judged(id, &verdict);
    }

    /// A waiting request is given up, or a call is refused by the shell.
    fn give_up(&mut self, bytes: &mut Bytes<'_>) {
        match bytes.pick(&self.ledger.waiting()) {
            Some(id) => {
                self.ledger.settle(id);
                self.run(|holder, _| holder.session_mut().cancel(id));
            }
            None => {
                let call = self.next_call();
                self.run(|holder, _| holder.refuse(call, Error::Transport(Transport::NoRandomness)));
            }
        }
    }

    fn sign_out(&mut self, bytes: &mut Bytes<'_>) {
        if bytes.byte() & 3 != 0 {
            return;
        }
        let call = self.next_call();
        self.run(|holder, now| holder.sign_out(now, call, "{}", &[7; RANDOM_BYTES]));
        assert!(!self.holder.session().is_signed_in() && self.ledger.waiting().is_empty(), "REV-1, REV-9");
    }

    fn pass(&mut self, ms: u64) {
        let end = self.now.instant.after(ms);
        while let Some(at) = self.holder.session().poll_timeout().filter(|at| *at <= end) {
            self.move_to(at.max(self.now.instant));
            self.run(|holder, now| holder.session_mut().handle_timeout(now));
            let next = self.holder.session().poll_timeout();
            assert!(next.is_none_or(|next| next > self.now.instant), "the timer stands still at {at:?}");
        }
        self.move_to(end);
    }

    fn move_to(&mut self, instant: Instant) {
        let unix_ms = self.now.unix_ms.saturating_add(instant.since(self.now.instant));
        self.now = Now { instant, unix_ms };
    }

    fn run<T>(&mut self, call: impl FnOnce(&mut Holder, Now) -> T) -> T {
        let result = call(&mut self.holder, self.now);
        while let Some(action) = self.holder.poll_action() {
            no_secret(&action);
            self.take_in(action);
        }
        result
    }

    fn take_in(&mut self, action: Action) {
        match action {
            Action::Output(Output::Emit(event)) => self.ledger.heard(&event),
            Action::Keep { flight, key, record, .. } => {
                self.records.push((key.clone(), record.expose().to_owned()));
                self.asked.push((flight, key, false));
            }
            Action::Take { flight, key } => self.asked.push((flight, key, true)),
            Action::Seek { flight } => self.asked.push((flight, String::new(), true)),
            Action::Output(Output::Reject { ids, error }) => self.ledger.rejected(&ids, &error),
            Action::Output(Output::Release { ids, generation }) => self.ledger.released(&ids, generation),
            Action::Output(Output::LetStand { ids }) => self.ledger.stood(&ids),
            Action::Output(Output::Report(_)) | Action::MakeKey { .. } => {}
            Action::Probe { .. } | Action::Recall { .. } | Action::Remember { .. } => {
                panic!("nothing in this configuration asks for that")
            }
            Action::Verify { flight, .. } => self.checked.push(flight),
            Action::Send { flight, body, .. } => {
                let refreshes = body.as_ref().is_some_and(|body| body.expose().contains("grant_type=refresh_token"));
                if refreshes {
                    self.ledger.refresh_sent(flight);
                }
                self.sent.push((flight, body));
            }
            Action::Settle { call, outcome } => {
                assert!(call <= self.calls && self.settled.insert(call), "call {call} is settled twice");
                no_secret(&outcome.as_ref().map_err(|error| error.to_object().to_json()));
                self.urls.extend(outcome.ok().flatten().filter(|text| text.starts_with("https://as.example/")));
            }
        }
    }

    /// Everything that is under way fails, and every call comes to an end.
    fn close(&mut self) {
        no_secret(&self.holder);
        while !self.asked.is_empty() || !self.sent.is_empty() {
            self.store(&mut Bytes::new(&[]));
            if let Some((flight, _)) = self.sent.pop() {
                self.ledger.refresh_answered(flight);
                self.run(|holder, now| holder.handle_answer(now, 0, flight, Err(Transport::Network)));
            }
        }
        assert_eq!(self.settled.len() as u32, self.calls, "a call waits for ever");
        let longer_than_anybody = 1_000_000_000;
        self.pass(longer_than_anybody);
        assert_eq!(self.ledger.waiting(), [], "REF-21: somebody waits for ever");
    }
}

/// The issuer's document.
const METADATA: &str = r#"{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",
    "token_endpoint":"https://as.example/token","revocation_endpoint":"https://as.example/revoke",
    "code_challenge_methods_supported":["S256"]}"#;
