//! The calls under way, around one session.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::config::Config;
use crate::proto::error::{Error, Transport};
use crate::proto::oauth::token::revocation_outcome;
use crate::proto::session::{Command, LookUp, Session};
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::secret::FormBody;
use crate::proto::syntax::time::Now;

use super::action::{Action, CallId, FlightId};
use super::door::Caller;
use super::flight::Flight;
use super::keys::Keys;
use super::logout;
use super::sent::Sent;
use super::sign_in::SignIn;
use super::stage::{Findings, Stage};
use super::waiter::Waiter;

/// A session together with the calls that are under way. Without any I/O, like the session itself: after each call
/// take [`poll_action`](Self::poll_action) until it is empty.
#[derive(Debug)]
pub struct Holder {
    pub(super) session: Session,
    pub(super) flights: Vec<(FlightId, Flight, Option<Box<Sent>>)>,
    pub(super) last_flight: FlightId,
    pub(super) sign_ins: Vec<SignIn>,
    pub(super) findings: Findings,
    pub(super) keys: Keys,
    /// Calls that are not settled, in order.
    pub(super) callers: Vec<Caller>,
    /// Pages whose popups are on their way.
    pub(super) waiters: Vec<Waiter>,
    pub(super) actions: Vec<Action>,
}

impl Holder {
    /// A holder without a session.
    pub fn new(config: Config) -> Self {
        Self {
            session: Session::new(config),
            flights: Vec::new(),
            last_flight: 0,
            sign_ins: Vec::new(),
            findings: Findings::default(),
            keys: Keys::default(),
            callers: Vec::new(),
            waiters: Vec::new(),
            actions: Vec::new(),
        }
    }

    /// Takes a personal access token.
    pub fn enter_token(&mut self, now: Now, call: CallId, token: &str) {
        let entered = self.session.enter_token(now, token);
        self.settle(call, entered.map(|()| None));
    }

    /// Settles a call that can't even start.
    pub fn refuse(&mut self, call: CallId, error: Error) {
        self.settle(call, Err(error));
    }

    /// Takes the authorization server's answer to something that was sent. `jitter` is a fresh random number.
    pub fn handle_answer(&mut self, now: Now, jitter: u32, flight: FlightId, answer: Result<Answer, Transport>) {
        if matches!(answer, Err(Transport::Intercepted)) {
            return self.handle_interception(now);
        }
        let Some((flight, sent)) = self.land(flight) else { return };
        let answer = self.read_answer(&flight, answer);
        let Some(flight) = self.prove_again(now, flight, sent, &answer) else { return };
        match Some(flight) {
            Some(Flight::Inquiry(stage)) => self.handle_inquiry(now, *stage, answer),
            Some(Flight::LookUp(look_up)) => self.session.handle_looked_up(*look_up, answer),
            Some(flight @ (Flight::Exchange(_) | Flight::Refresh { .. })) => {
                self.note_refusal(now, &answer);
                self.take_answer(now, jitter, flight, answer);
            }
            Some(Flight::Keys) => self.handle_keys(now, answer),
            Some(Flight::SignIn(call)) => self.handle_pushed(call, answer),
            Some(Flight::Revocation { logout: Some((call, logout)) }) => {
                self.settle(call, Ok(Some(logout.to_json(revocation_outcome(answer)))));
            }
            _ => {}
        }
    }

    /// Hands an answer of the token endpoint on to the session.
    pub(super) fn deliver(&mut self, now: Now, jitter: u32, flight: Flight, answer: Result<Answer, Transport>) {
        match flight {
            Flight::Exchange(call) => self.handle_exchanged(now, call, answer),
            Flight::Refresh { attempt } => self.session.handle_refresh_response(now, jitter, attempt, answer),
            _ => {}
        }
    }

    /// Takes note that the store has done what it was asked for: a record is kept, so that the page may navigate, unless
    /// `record` says that it goes with the page; or `record` is what the store held, if it held one: nothing but a mark
    /// where it was taken before.
    pub fn handle_stored(&mut self, now: Now, flight: FlightId, record: Option<&str>) {
        match self.land(flight).map(|(flight, _)| flight) {
            Some(Flight::SignIn(call)) => self.handle_sign_in_stored(now, call, record),
            Some(Flight::KeepLogout { call, logout }) => self.log_out(call, logout),
            Some(Flight::TakeLogout { call }) => self.settle(call, Ok(logout::arrival(now, record))),
            Some(Flight::Inquiry(stage)) => {
                if let Stage::Recall(name) = *stage {
                    self.handle_recalled(now, name, record);
                }
            }
            _ => {}
        }
    }

    /// The next thing for the shell to do.
    pub fn poll_action(&mut self) -> Option<Action> {
        if !self.actions.is_empty() {
            return Some(self.actions.remove(0));
        }
        Some(match self.session.poll_command()? {
            Command::Output(output) => Action::Output(output),
            Command::LookUp(look_up) => return self.look_up(look_up).or_else(|| self.poll_action()),
            Command::Revoke(revocation) => {
                let body = self.write_request(revocation.body);
                self.departure(Flight::Revocation { logout: None }, revocation.url, Some(body))
            }
            Command::SendRefreshRequest(request) => {
                self.proven_departure(Flight::Refresh { attempt: request.attempt }, request)
            }
        })
    }

    /// The session, for requests.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// The session.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// A resource's metadata is asked for if it is where such may be; the body of nothing else is read.
    pub(super) fn look_up(&mut self, look_up: LookUp) -> Option<Action> {
        if !look_up.is_allowed(self.session.config().allow_loopback) {
            self.session.handle_looked_up(look_up, Err(Transport::Network));
            return None;
        }
        let url = look_up.url.clone();
        Some(self.departure(Flight::LookUp(Box::new(look_up)), url, None))
    }

    pub(super) fn departure(&mut self, flight: Flight, url: String, body: Option<FormBody>) -> Action {
        let (probe, look) = (flight.shows_the_way(), self.session.look(flight.is_secret()));
        Action::Send { flight: self.launch(flight), url, body, key: None, probe, look }
    }

    /// A form as the server wants it.
    pub(super) fn write_request(&self, body: FormBody) -> FormBody {
        match self.session.config().profile() {
            Some(profile) => profile.write_request(&body),
            None => body,
        }
    }

    /// An answer of the token endpoint as RFC 6749 has it.
    pub(super) fn read_answer(&self, flight: &Flight, answer: Result<Answer, Transport>) -> Result<Answer, Transport> {
        match (self.session.config().profile(), flight) {
            (Some(profile), Flight::Exchange(_)) => answer.map(|answer| profile.read_answer(answer, false)),
            (Some(profile), Flight::Refresh { .. }) => answer.map(|answer| profile.read_answer(answer, true)),
            _ => answer,
        }
    }

    pub(super) fn launch(&mut self, flight: Flight) -> FlightId {
        self.last_flight += 1;
        self.flights.push((self.last_flight, flight, None));
        self.last_flight
    }

    pub(super) fn land(&mut self, flight: FlightId) -> Option<(Flight, Option<Box<Sent>>)> {
        let at = self.flights.iter().position(|(id, ..)| *id == flight)?;
        let (_, flight, sent) = self.flights.swap_remove(at);
        Some((flight, sent))
    }

    pub(super) fn settle(&mut self, call: CallId, outcome: Result<Option<String>, Error>) {
        self.tell(call, &outcome);
        self.forget_caller(call);
        self.actions.push(Action::Settle { call, outcome });
    }
}
