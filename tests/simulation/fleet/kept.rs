//! The core's own session, by the doors that the shell uses.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::oauth::authorization::{RANDOM_BYTES, SignInOptions};
use tokenkeep::proto::oauth::callback::AuthorizationResponse;
use tokenkeep::proto::session::{Command, Output, PendingExchange, Session, Verdict};
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::time::{Instant, Now};

use super::client::{Client, Done, LIFETIME};
use super::server::Outcome;
use crate::support::random::Random;
use crate::support::server::param;
use crate::support::{API, REDIRECT_URI, START_UNIX_MS, answer, json};

pub(crate) struct Kept {
    session: Session,
    config: std::rc::Rc<Config>,
    pending: Option<Box<PendingExchange>>,
    calls: u32,
    done: Done,
}

impl Kept {
    pub(crate) fn new(config: std::rc::Rc<Config>) -> Self {
        let session = Session::new((*config).clone());
        Self { session, config, pending: None, calls: 0, done: Done::default() }
    }

    fn run<T>(&mut self, now: u64, call: impl FnOnce(&mut Session, Now) -> T) -> T {
        let now = at(now);
        let result = call(&mut self.session, now);
        while let Some(command) = self.session.poll_command() {
            match command {
                Command::SendRefreshRequest(request) => {
                    assert_eq!(self.done.refresh.replace(request.attempt), None, "one refresh at a time");
                }
                Command::Output(Output::Reject { ids, .. }) => self.done.lost += ids.len() as u64,
                Command::Output(Output::Release { ids, .. }) => ids.into_iter().for_each(|id| self.serve(now, id)),
                Command::Output(Output::LetStand { .. } | Output::Report(_) | Output::Emit(_))
                | Command::LookUp(_)
                | Command::Revoke(_) => {}
            }
        }
        result
    }

    /// APIs answer well and at once: it isn't they who are looked at.
    fn serve(&mut self, now: Now, id: u32) {
        assert_eq!(self.session.handle_status(now, id, 200), Ok(true));
        self.done.served += 1;
    }
}

impl Client for Kept {
    fn exchange(&mut self, now: u64, random: &mut Random) {
        let random: [u8; RANDOM_BYTES] = std::array::from_fn(|_| random.next() as u8);
        let begun = self.session.begin_sign_in(at(now), &SignInOptions::default(), &random, None);
        let request = begun.expect("a request");
        let state = param(request.url.split_once('?').expect("a query").1, "state").expect("a state");
        let href = format!("{REDIRECT_URI}?code=code&state={state}&iss=https%3A%2F%2Fas.example");
        let response = AuthorizationResponse::parse(&href, REDIRECT_URI).expect("a response").expect("a response");
        let record = request.transaction.to_json();
        let accepted = self.run(now, |session, now| session.accept_response(now, response, Some(&record)));
        let mut pending = accepted.expect("an accepted response");
        self.session.exchange_request(at(now), &mut pending).expect("a request");
        self.pending = Some(Box::new(pending));
    }

    fn exchanged(&mut self, now: u64, outcome: Outcome) {
        let pending = self.pending.take().expect("one answer an exchange");
        // Whoever isn't signed in now comes again.
        let _ = self.run(now, |session, now| session.handle_exchange_response(now, *pending, reply(outcome)));
    }

    fn refreshed(&mut self, now: u64, attempt: u32, outcome: Outcome, random: &mut Random) {
        let jitter = random.next() as u32;
        self.run(now, |session, now| session.handle_refresh_response(now, jitter, attempt, reply(outcome)));
    }

    fn call(&mut self, now: u64) {
        self.calls += 1;
        let id = self.calls;
        match self.run(now, |session, now| session.authorize(now, id, API, None)) {
            Ok(Verdict::Send(_)) => self.serve(at(now), id),
            Ok(_) => {}
            Err(_) => self.done.lost += 1,
        }
    }

    fn look(&mut self, now: u64, visible: bool) {
        self.run(now, |session, now| session.handle_visibility(now, visible));
    }

    fn ring(&mut self, now: u64) {
        self.run(now, Session::handle_timeout);
    }

    fn timer(&self) -> Option<u64> {
        self.session.poll_timeout().map(|at| at.as_millis())
    }

    fn lose(&mut self) {
        *self = Self::new(self.config.clone());
    }

    fn is_signed_in(&self) -> bool {
        self.session.is_signed_in()
    }

    fn done(&mut self) -> Done {
        std::mem::take(&mut self.done)
    }
}

fn at(ms: u64) -> Now {
    Now { instant: Instant::from_millis(ms), unix_ms: START_UNIX_MS + ms }
}

fn reply(outcome: Outcome) -> Result<Answer, Transport> {
    match outcome {
        Outcome::Granted => json(
            200,
            &format!(
                r#"{{"access_token":"access","token_type":"Bearer","expires_in":{LIFETIME},"refresh_token":"refresh"}}"#
            ),
        ),
        Outcome::Refused(seconds) => {
            Ok(Answer { retry_after: seconds.map(|seconds| seconds.to_string()), ..answer(503, None, b"") })
        }
        Outcome::Silence => Err(Transport::Timeout),
    }
}
