//! The calls of an application that take several steps: signing in, finishing that, signing out.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

mod checks;
mod farewell;
mod proofs;

use crate::proto::FULL;
use crate::proto::authorization::{RANDOM_BYTES, SignInOptions};
use crate::proto::callback::AuthorizationResponse;
use crate::proto::config::Config;
use crate::proto::dpop::DpopKey;
use crate::proto::error::{ApiMisuse, Error, Transport};
use crate::proto::http::Answer;
use crate::proto::id_token::Signed;
use crate::proto::metadata::Discovery;
use crate::proto::par::Push;
use crate::proto::queue::RequestId;
use crate::proto::secret::{FormBody, Record};
use crate::proto::session::{Command, Event, PendingExchange, Session};
use crate::proto::time::Now;
use crate::proto::token::revocation_outcome;

use checks::{Check, Keys};
use farewell::Farewell;
use proofs::Sent;

pub use checks::Signature;

/// Number of an application's call, given by the shell.
pub type CallId = u32;
/// Number of something the shell was asked for, to be handed back with the result.
pub type FlightId = u32;

/// Something for the shell to do.
#[derive(Debug, PartialEq)]
pub enum Action {
    /// Tell everybody who listens.
    Emit(Event),
    /// Keep a pending sign-in's record under `key`, then call [`Holder::handle_stored`].
    Keep {
        /// To be handed back.
        flight: FlightId,
        /// The record's name.
        key: String,
        /// The record.
        record: Record,
        /// The key pair to keep beside it, by its name.
        handle: Option<String>,
    },
    /// Make a key pair, or take the one that was kept if it is to `persist`; then call [`Holder::handle_key`].
    MakeKey {
        /// To be handed back.
        flight: FlightId,
        /// Whether the next sign-in shall have the same.
        persist: bool,
    },
    /// Hand these audit entries, a JSON array, to whoever the configuration says.
    Report(String),
    /// Settle these waiting requests with an error.
    Reject {
        /// The requests, in order.
        ids: Vec<RequestId>,
        /// The error for each.
        error: Error,
    },
    /// Send these waiting requests now, with the token of `generation`.
    Release {
        /// The requests, in order.
        ids: Vec<RequestId>,
        /// The token's generation.
        generation: u32,
    },
    /// Send a form to the authorization server, or get a document without `body`; then call
    /// [`Holder::handle_answer`].
    Send {
        /// To be handed back.
        flight: FlightId,
        /// The endpoint.
        url: String,
        /// The form.
        body: Option<FormBody>,
        /// The key to prove possession of, with what [`Session::server_proof`] says.
        key: Option<Box<DpopKey>>,
    },
    /// Settle an application's call.
    Settle {
        /// The call.
        call: CallId,
        /// Its result: text, or nothing.
        outcome: Result<Option<String>, Error>,
    },
    /// Take the record called `key` out of the store for good, then call [`Holder::handle_stored`].
    Take {
        /// To be handed back.
        flight: FlightId,
        /// The record's name.
        key: String,
    },
    /// Check a signature, then call [`Holder::handle_verified`].
    Verify {
        /// To be handed back.
        flight: FlightId,
        /// The public key, a JWK as JSON text.
        key: String,
        /// What was signed, and how.
        signed: Signed,
    },
}

/// What is to be done with the result of something that was asked for.
#[derive(Debug)]
enum Flight {
    Discovery(Discovery),
    Exchange { call: CallId, pending: Box<PendingExchange> },
    Keep { call: CallId, url: String, push: Option<Box<Push>> },
    KeepFarewell { call: CallId, farewell: Box<Farewell> },
    Key { step: Box<Step> },
    Keys,
    Push { call: CallId, url: String, push: Box<Push> },
    Refresh { attempt: u32 },
    Revocation { farewell: Option<(CallId, Box<Farewell>)> },
    Take { call: CallId, response: Box<AuthorizationResponse> },
    TakeFarewell { call: CallId },
    Verify { check: Box<Check> },
}

/// A step that needs the authorization server's metadata.
#[derive(Debug)]
enum Step {
    Exchange { call: CallId, pending: Box<PendingExchange> },
    SignIn { call: CallId, options: Box<SignInOptions>, random: Box<[u8; RANDOM_BYTES]>, key: Option<Box<DpopKey>> },
}

/// A session together with the calls that are under way. Without any I/O, like the session itself: after each call
/// take [`poll_action`](Self::poll_action) until it is empty.
#[derive(Debug)]
pub struct Holder {
    session: Session,
    flights: Vec<(FlightId, Flight, Option<Box<Sent>>)>,
    last_flight: FlightId,
    /// Steps that wait for the metadata, which is being looked for while there are any.
    steps: Vec<Step>,
    keys: Keys,
    actions: Vec<Action>,
}

impl Holder {
    /// A holder without a session.
    pub fn new(config: Config) -> Self {
        Self {
            session: Session::new(config),
            flights: Vec::new(),
            last_flight: 0,
            steps: Vec::new(),
            keys: Keys::default(),
            actions: Vec::new(),
        }
    }

    /// Starts a sign-in; the call's result is the URL to navigate to.
    pub fn sign_in(&mut self, now: Now, call: CallId, options: &str, random: [u8; RANDOM_BYTES]) {
        if self.session.config().personal.is_some() {
            return self.settle(call, Err(Error::ApiMisuse(ApiMisuse::NoAuthorizationServer)));
        }
        match SignInOptions::parse(options, &self.session.config().redirect_uri) {
            Ok(options) => {
                let (options, random) = (Box::new(options), Box::new(random));
                self.take_step(now, Step::SignIn { call, options, random, key: None });
            }
            Err(error) => self.settle(call, Err(error)),
        }
    }

    /// Finishes the sign-in that arrived at `href`; the call's result is what the application gets back, or nothing
    /// if `href` is no authorization response.
    pub fn finish(&mut self, call: CallId, href: &str) {
        if self.session.config().personal.is_some() {
            return self.settle(call, Ok(None));
        }
        if FULL && let Some(key) = farewell::key(href, self.session.config()) {
            let flight = self.launch(Flight::TakeFarewell { call });
            return self.actions.push(Action::Take { flight, key });
        }
        match AuthorizationResponse::parse(href, &self.session.config().redirect_uri) {
            Ok(Some(response)) => {
                let key = response.key();
                let flight = self.launch(Flight::Take { call, response: Box::new(response) });
                self.actions.push(Action::Take { flight, key });
            }
            Ok(None) => self.settle(call, Ok(None)),
            Err(error) => self.settle(call, Err(error)),
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
        let Some((flight, sent)) = self.land(flight) else { return };
        let Some(flight) = self.prove_again(now, flight, sent, &answer) else { return };
        match Some(flight) {
            Some(Flight::Discovery(search)) => self.handle_metadata(now, search, answer),
            Some(flight @ (Flight::Exchange { .. } | Flight::Refresh { .. })) => {
                self.take_answer(now, jitter, flight, answer);
            }
            Some(Flight::Keys) => self.handle_keys(now, answer),
            Some(Flight::Push { call, url, push }) => {
                let pushed = push.handle_answer(answer);
                self.settle(call, pushed.map(|to| Some(to.unwrap_or(url))));
            }
            Some(Flight::Revocation { farewell: Some((call, farewell)) }) => {
                self.settle(call, Ok(Some(farewell.to_json(revocation_outcome(answer)))));
            }
            _ => {}
        }
    }

    /// Hands an answer of the token endpoint on to the session.
    fn deliver(&mut self, now: Now, jitter: u32, flight: Flight, answer: Result<Answer, Transport>) {
        match flight {
            Flight::Exchange { call, pending } => {
                let arrival = pending.arrival().to_json();
                let outcome = self.session.handle_exchange_response(now, *pending, answer);
                self.settle(call, outcome.map(|()| Some(arrival)));
            }
            Flight::Refresh { attempt } => self.session.handle_refresh_response(now, jitter, attempt, answer),
            _ => {}
        }
    }

    /// Takes note that the store has done what it was asked for: a record is kept, so that the page may navigate, or
    /// `record` is what the store held, if it held one.
    pub fn handle_stored(&mut self, now: Now, flight: FlightId, record: Option<&str>) {
        match self.land(flight).map(|(flight, _)| flight) {
            Some(Flight::Keep { call, url, push: Some(push) }) => {
                let (to, body) = (push.url.clone(), push.body.clone());
                let action = self.departure(Flight::Push { call, url, push }, to, Some(body));
                self.actions.push(action);
            }
            Some(Flight::Keep { call, url, push: None }) => self.settle(call, Ok(Some(url))),
            Some(Flight::KeepFarewell { call, farewell }) => self.say_farewell(call, farewell),
            Some(Flight::TakeFarewell { call }) => self.settle(call, Ok(farewell::arrival(now, record))),
            Some(Flight::Take { call, response }) => match self.session.accept_response(now, *response, record) {
                Ok(pending) => self.take_step(now, Step::Exchange { call, pending: Box::new(pending) }),
                Err(error) => self.settle(call, Err(error)),
            },
            _ => {}
        }
    }

    /// Takes the public part of the key pair that was asked for, a JWK; `None` if there can't be one.
    pub fn handle_key(&mut self, now: Now, flight: FlightId, jwk: Option<&str>) {
        let Some((Flight::Key { step }, _)) = self.land(flight) else { return };
        let Step::SignIn { call, options, random, .. } = *step else { return };
        match jwk.and_then(DpopKey::parse) {
            Some(key) => self.go_on(now, Step::SignIn { call, options, random, key: Some(Box::new(key)) }),
            None => self.settle(call, Err(Error::Transport(Transport::NoRandomness))),
        }
    }

    /// The next thing for the shell to do.
    pub fn poll_action(&mut self) -> Option<Action> {
        if !self.actions.is_empty() {
            return Some(self.actions.remove(0));
        }
        Some(match self.session.poll_command()? {
            Command::Emit(event) => Action::Emit(event),
            Command::Reject { ids, error } => Action::Reject { ids, error },
            Command::Release { ids, generation } => Action::Release { ids, generation },
            Command::Report(entries) => Action::Report(entries),
            Command::Revoke(revocation) => {
                self.departure(Flight::Revocation { farewell: None }, revocation.url, Some(revocation.body))
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

    fn take_step(&mut self, now: Now, step: Step) {
        if self.session.server().is_some() {
            return self.go_on(now, step);
        }
        self.steps.push(step);
        if self.steps.len() == 1 {
            let search = Discovery::for_config(self.session.config());
            self.look_further(now, search);
        }
    }

    fn go_on(&mut self, now: Now, step: Step) {
        match step {
            Step::SignIn { call, options, random, key } => match self.session.wants_key() {
                Ok(true) if key.is_none() => {
                    let step = Box::new(Step::SignIn { call, options, random, key });
                    let flight = self.launch(Flight::Key { step });
                    self.actions.push(Action::MakeKey { flight, persist: self.session.config().persist_dpop_key });
                }
                Ok(_) => self.send_away(now, call, &options, &random, key),
                Err(error) => self.settle(call, Err(error)),
            },
            Step::Exchange { call, mut pending } => match self.session.exchange_request(now, &mut pending) {
                Ok(request) => {
                    let action = self.proven_departure(Flight::Exchange { call, pending }, request);
                    self.actions.push(action);
                }
                Err(error) => self.settle(call, Err(error)),
            },
        }
    }

    fn handle_metadata(&mut self, now: Now, mut search: Discovery, answer: Result<Answer, Transport>) {
        let Some(server) = search.handle_answer(answer) else { return self.look_further(now, search) };
        self.session.set_server(server);
        for step in core::mem::take(&mut self.steps) {
            self.go_on(now, step);
        }
    }

    /// Asks for the next document, or gives up everything that waits for one.
    fn look_further(&mut self, now: Now, mut search: Discovery) {
        if let Some(url) = search.next_url() {
            let action = self.departure(Flight::Discovery(search), url, None);
            return self.actions.push(action);
        }
        let error = search.into_error();
        for step in core::mem::take(&mut self.steps) {
            let call = match step {
                Step::SignIn { call, .. } => call,
                Step::Exchange { call, pending } => {
                    self.session.abandon_exchange(now, &pending);
                    call
                }
            };
            self.settle(call, Err(error.clone()));
        }
    }

    /// Has the record of a sign-in kept, before anything else happens.
    fn send_away(
        &mut self,
        now: Now,
        call: CallId,
        options: &SignInOptions,
        random: &[u8; RANDOM_BYTES],
        key: Option<Box<DpopKey>>,
    ) {
        let handle = key.as_ref().map(|key| key.handle().to_owned());
        match self.session.begin_sign_in(now, options, random, key.map(|key| *key)) {
            Ok(request) => {
                let push = request.push.map(Box::new);
                let flight = self.launch(Flight::Keep { call, url: request.url, push });
                let record = Record::new(request.transaction.to_json());
                self.actions.push(Action::Keep { flight, key: request.key, record, handle });
            }
            Err(error) => self.settle(call, Err(error)),
        }
    }

    fn departure(&mut self, flight: Flight, url: String, body: Option<FormBody>) -> Action {
        Action::Send { flight: self.launch(flight), url, body, key: None }
    }

    fn launch(&mut self, flight: Flight) -> FlightId {
        self.last_flight += 1;
        self.flights.push((self.last_flight, flight, None));
        self.last_flight
    }

    fn land(&mut self, flight: FlightId) -> Option<(Flight, Option<Box<Sent>>)> {
        let at = self.flights.iter().position(|(id, ..)| *id == flight)?;
        let (_, flight, sent) = self.flights.swap_remove(at);
        Some((flight, sent))
    }

    fn settle(&mut self, call: CallId, outcome: Result<Option<String>, Error>) {
        self.actions.push(Action::Settle { call, outcome });
    }
}
