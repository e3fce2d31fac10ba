//! Random calls of an application, with a store, a network and a server that answer in any order.

use std::collections::BTreeSet;

use proptest::prelude::*;

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::session::TokenRequest;
use tokenkeep::proto::syntax::http::Answer;

use crate::desk::{Desk, discovered, metadata};
use crate::support::server::param;
use crate::support::{REDIRECT_URI, answer, config, error};

#[derive(Clone, Debug)]
enum Operation {
    SignIn { good: bool },
    Finish { pick: usize, foreign: bool },
    SignOut,
    Authorize,
    Store { pick: usize },
    Answer { pick: usize, kind: u8 },
    AnswerAgain { pick: usize },
    Pass(u64),
}

fn operation() -> impl Strategy<Value = Operation> {
    let pick = 0..100usize;
    prop_oneof![
        4 => prop::bool::weighted(0.9).prop_map(|good| Operation::SignIn { good }),
        4 => (pick.clone(), prop::bool::weighted(0.2)).prop_map(|(pick, foreign)| Operation::Finish { pick, foreign }),
        1 => Just(Operation::SignOut),
        2 => Just(Operation::Authorize),
        6 => pick.clone().prop_map(|pick| Operation::Store { pick }),
        6 => (pick.clone(), 0..10u8).prop_map(|(pick, kind)| Operation::Answer { pick, kind }),
        1 => pick.prop_map(|pick| Operation::AnswerAgain { pick }),
        2 => (0..700_000u64).prop_map(Operation::Pass),
    ]
}

proptest! {
    #![proptest_config(crate::cases(512, "tests/properties/proptest-regressions/holder.txt"))]

    #[test]
    fn every_call_is_settled_once(known: bool, steps in prop::collection::vec(operation(), 1..60)) {
        let mut office = Office::new(if known { Desk::with(config("files:read", "")) } else { Desk::with(discovered()) });
        for step in steps {
            office.step(step);
            office.check();
        }
        office.close();
    }
}

struct Office {
    desk: Desk,
    calls: u32,
    requests: u32,
    /// URLs with which browsers may arrive, also twice.
    hrefs: Vec<String>,
    answered: Vec<u32>,
    /// Authorization codes that were sent.
    codes: BTreeSet<String>,
}

impl Office {
    fn new(desk: Desk) -> Self {
        let (hrefs, answered, codes) = (Vec::new(), Vec::new(), BTreeSet::new());
        Self { desk, calls: 0, requests: 0, hrefs, answered, codes }
    }

    fn step(&mut self, step: Operation) {
        match step {
            Operation::SignIn { good } => {
                let call = self.next_call();
                self.desk.sign_in(call, if good { "{}" } else { r#"{"returnTo":"//evil.example"}"# });
            }
            Operation::Finish { pick, foreign } => self.finish(pick, foreign),
            Operation::SignOut => {
                let call = self.next_call();
                self.desk.sign_out(call);
            }
            Operation::Authorize => {
                self.requests += 1;
                self.desk.authorize(self.requests);
            }
            Operation::Store { pick } => self.store(pick),
            Operation::Answer { pick, kind } => self.answer(pick, kind),
            Operation::AnswerAgain { pick } => self.answer_again(pick),
            Operation::Pass(ms) => self.desk.pass(ms),
        }
    }

    fn next_call(&mut self) -> u32 {
        self.calls += 1;
        self.calls
    }

    fn finish(&mut self, pick: usize, foreign: bool) {
        let call = self.next_call();
        let href = match self.hrefs.get(pick % self.hrefs.len().max(1)) {
            Some(href) if !foreign => href.clone(),
            _ => format!("{REDIRECT_URI}?code=foreign&state=foreign&iss=https%3A%2F%2Fas.example"),
        };
        self.desk.finish(call, &href);
    }

    /// The store answers; who may navigate gets a code.
    fn store(&mut self, pick: usize) {
        if self.desk.asked.is_empty() {
            return;
        }
        let results = self.desk.results.len();
        self.desk.store(pick % self.desk.asked.len());
        let new: Vec<_> = self.desk.results[results..].iter().flatten().cloned().collect();
        for url in new.iter().filter(|text| text.starts_with("https://as.example/authorize?")) {
            let query = url.split_once('?').expect("a query").1;
            let (code, state) = (self.desk.server.consent(query), param(query, "state").expect("a state"));
            self.hrefs.push(format!("{REDIRECT_URI}?code={code}&state={state}&iss=https%3A%2F%2Fas.example"));
        }
    }

    fn answer(&mut self, pick: usize, kind: u8) {
        if self.desk.sent.is_empty() {
            return;
        }
        let (flight, url, body) = self.desk.sent.swap_remove(pick % self.desk.sent.len());
        let given: Result<Answer, Transport> = match (kind, body) {
            (0, _) => Err(Transport::Network),
            (1, _) => Ok(answer(503, None, b"")),
            (2, _) => error(400, "invalid_grant"),
            (_, None) => metadata(),
            (_, Some(_)) if url.ends_with("/revoke") => Ok(answer(200, None, b"")),
            (_, Some(body)) => self.desk.server.respond(&TokenRequest { attempt: 0, url, body, key: None }),
        };
        self.answered.push(flight);
        self.desk.answer_flight(flight, given);
    }

    fn answer_again(&mut self, pick: usize) {
        if self.answered.is_empty() {
            return;
        }
        let flight = self.answered[pick % self.answered.len()];
        let settled = self.desk.settled.len();
        self.desk.answer_flight(flight, metadata());
        assert_eq!(self.desk.settled.len(), settled, "one flight lands once");
    }

    fn check(&mut self) {
        let searches = self.desk.sent.iter().filter(|(_, _, body)| body.is_none()).count();
        assert!(searches <= 1, "two searches for the same metadata");
        for line in self.desk.seen() {
            if let Some(code) = line.strip_prefix("post /token code-") {
                assert!(self.codes.insert(code.to_owned()), "CB-23: code {code} is sent twice");
            }
            assert!(!line.contains("foreign"), "CB-1: {line}");
        }
        let once: BTreeSet<_> = self.desk.settled.iter().collect();
        assert_eq!(once.len(), self.desk.settled.len(), "a call is settled twice: {:?}", self.desk.settled);
    }

    /// Everything that is under way comes to an end, and so does every call.
    fn close(&mut self) {
        while !self.desk.asked.is_empty() || !self.desk.sent.is_empty() {
            self.store(0);
            self.answer(0, 0);
            self.check();
        }
        assert_eq!(self.desk.settled.len() as u32, self.calls, "a call waits for ever");
    }
}
