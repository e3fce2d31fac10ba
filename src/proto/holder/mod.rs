//! The calls of an application that take several steps: signing in, finishing that, signing out.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

mod checks;
mod discovery;
mod farewell;
mod popups;
mod proofs;

use crate::proto::FULL;
use crate::proto::authorization::{RANDOM_BYTES, SignInOptions};
use crate::proto::callback::AuthorizationResponse;
use crate::proto::config::Config;
use crate::proto::dpop::DpopKey;
use crate::proto::error::{ApiMisuse, Error, Transport};
use crate::proto::http::Answer;
use crate::proto::id_token::Signed;
use crate::proto::par::Push;
use crate::proto::queue::RequestId;
use crate::proto::secret::{FormBody, Record};
use crate::proto::session::{Command, Event, LookUp, PendingExchange, Session};
use crate::proto::text::parts;
use crate::proto::time::Now;
use crate::proto::token::revocation_outcome;

use checks::{Check, Keys};
use discovery::{Findings, OFFLINE_ACCESS, Stage};
use farewell::Farewell;
use popups::Waiter;
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
    /// Ask the MCP server for its challenge: get `url` without a token and without reading the body, then call
    /// [`Holder::handle_answer`].
    Probe {
        /// To be handed back.
        flight: FlightId,
        /// The MCP server.
        url: String,
    },
    /// Read the lasting record called `key`, then call [`Holder::handle_stored`].
    Recall {
        /// To be handed back.
        flight: FlightId,
        /// The record's name.
        key: String,
    },
    /// Keep a lasting record under `key`, in place of an older one. It is no secret, and no sign-out removes it.
    Remember {
        /// The record's name.
        key: String,
        /// The record.
        record: String,
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
        /// If that fails, find out whether the endpoint can be reached at all.
        probe: bool,
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
    Exchange { call: CallId, pending: Box<PendingExchange> },
    Inquiry(Box<Stage>),
    Keep { call: CallId, name: String, url: String, push: Option<Box<Push>> },
    KeepFarewell { call: CallId, farewell: Box<Farewell> },
    Key { step: Box<Step> },
    Keys,
    LookUp(Box<LookUp>),
    Push { call: CallId, name: String, url: String, push: Box<Push> },
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
    /// Steps that wait for the metadata or the client's id.
    steps: Vec<Step>,
    findings: Findings,
    keys: Keys,
    /// Pages whose popups are on their way.
    waiters: Vec<Waiter>,
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
            findings: Findings::default(),
            keys: Keys::default(),
            waiters: Vec::new(),
            actions: Vec::new(),
        }
    }

    /// Starts a sign-in; the call's result is the URL to navigate to, and for a popup the record's name before it.
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
        let answer = self.read_answer(&flight, answer);
        let Some(flight) = self.prove_again(now, flight, sent, &answer) else { return };
        match Some(flight) {
            Some(Flight::Inquiry(stage)) => self.handle_inquiry(now, *stage, answer),
            Some(Flight::LookUp(look_up)) if FULL => self.session.handle_looked_up(*look_up, answer),
            Some(flight @ (Flight::Exchange { .. } | Flight::Refresh { .. })) => {
                self.note_refusal(now, &answer);
                self.take_answer(now, jitter, flight, answer);
            }
            Some(Flight::Keys) if FULL => self.handle_keys(now, answer),
            Some(Flight::Push { call, name, url, push }) if FULL => {
                let pushed = push.handle_answer(answer);
                self.settle(call, pushed.map(|to| Some([name, to.unwrap_or(url)].concat())));
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
            Some(Flight::Keep { call, name, url, push: Some(push) }) if FULL => {
                let (to, body) = (push.url.clone(), push.body.clone());
                let action = self.departure(Flight::Push { call, name, url, push }, to, Some(body));
                self.actions.push(action);
            }
            Some(Flight::Keep { call, name, url, .. }) => self.settle(call, Ok(Some([name, url].concat()))),
            Some(Flight::KeepFarewell { call, farewell }) if FULL => self.say_farewell(call, farewell),
            Some(Flight::TakeFarewell { call }) if FULL => self.settle(call, Ok(farewell::arrival(now, record))),
            Some(Flight::Take { call, response }) => {
                if record.is_some() {
                    self.attend(call, &response.key());
                }
                match self.session.accept_response(now, *response, record) {
                    Ok(pending) => self.take_step(now, Step::Exchange { call, pending: Box::new(pending) }),
                    Err(error) => self.settle(call, Err(error)),
                }
            }
            Some(Flight::Inquiry(stage)) if FULL => {
                if let Stage::Recall(name) = *stage {
                    self.handle_recalled(now, name, record);
                }
            }
            _ => {}
        }
    }

    /// Takes the public part of the key pair that was asked for, a JWK; `None` if there can't be one.
    pub fn handle_key(&mut self, now: Now, flight: FlightId, jwk: Option<&str>) {
        let Some((Flight::Key { step }, _)) = self.land(flight).filter(|_| FULL) else { return };
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
            Command::LookUp(look_up) if FULL => return self.look_up(look_up).or_else(|| self.poll_action()),
            Command::LookUp(_) => return None,
            Command::Report(entries) => Action::Report(entries),
            Command::Revoke(revocation) => {
                let body = self.write_request(revocation.body);
                self.departure(Flight::Revocation { farewell: None }, revocation.url, Some(body))
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
        if self.is_ready(now, &step) {
            return self.go_on(now, step);
        }
        self.steps.push(step);
        self.inquire(now);
    }

    /// A resource's metadata is asked for if it is where such may be; the body of nothing else is read.
    fn look_up(&mut self, look_up: LookUp) -> Option<Action> {
        if !look_up.is_allowed(self.session.config().allow_loopback) {
            self.session.handle_looked_up(look_up, Err(Transport::Network));
            return None;
        }
        let url = look_up.url.clone();
        Some(self.departure(Flight::LookUp(Box::new(look_up)), url, None))
    }

    fn go_on(&mut self, now: Now, step: Step) {
        match step {
            Step::SignIn { call, options, random, key } => match self.session.wants_key() {
                Ok(true) if FULL && key.is_none() => {
                    let step = Box::new(Step::SignIn { call, options, random, key });
                    let flight = self.launch(Flight::Key { step });
                    self.actions.push(Action::MakeKey { flight, persist: self.session.config().persist_dpop_key });
                }
                Ok(_) => self.send_away(now, call, options, &random, key),
                Err(error) => self.settle(call, Err(error)),
            },
            Step::Exchange { call, mut pending } => {
                self.session.set_client(pending.client_id());
                match self.session.exchange_request(now, &mut pending) {
                    Ok(request) => {
                        let action = self.proven_departure(Flight::Exchange { call, pending }, request);
                        self.actions.push(action);
                    }
                    Err(error) => {
                        self.session.abandon_exchange(now, &pending);
                        self.settle(call, Err(error));
                    }
                }
            }
        }
    }

    /// Whether the scope has `offline_access` that nobody but this library asked for.
    fn wants_consent(&self) -> bool {
        let config = self.session.config();
        let chosen = config.mcp().is_some_and(|mcp| mcp.chooses_scope);
        let prompted = config.extra_params.iter().any(|(name, _)| name == "prompt");
        FULL && chosen && !prompted && parts(&config.scope, b' ').any(|scope| scope == OFFLINE_ACCESS)
    }

    /// Has the record of a sign-in kept, before anything else happens.
    fn send_away(
        &mut self,
        now: Now,
        call: CallId,
        mut options: Box<SignInOptions>,
        random: &[u8; RANDOM_BYTES],
        key: Option<Box<DpopKey>>,
    ) {
        if self.wants_consent() {
            options.ask_for_consent();
        }
        let handle = key.as_ref().map(|key| key.handle().to_owned());
        match self.session.begin_sign_in(now, &options, random, key.map(|key| *key)) {
            Ok(request) => {
                let push = request.push.map(Box::new);
                let name = if options.popup() { request.key.clone() } else { String::new() };
                let flight = self.launch(Flight::Keep { call, name, url: request.url, push });
                let record = Record::new(request.transaction.to_json());
                self.actions.push(Action::Keep { flight, key: request.key, record, handle });
            }
            Err(error) => self.settle(call, Err(error)),
        }
    }

    fn departure(&mut self, flight: Flight, url: String, body: Option<FormBody>) -> Action {
        // A refresh may fail for many reasons that pass; the first request shows whether the browser may talk to the server.
        let probe = matches!(flight, Flight::Exchange { .. });
        Action::Send { flight: self.launch(flight), url, body, key: None, probe }
    }

    /// A form as the server wants it.
    fn write_request(&self, body: FormBody) -> FormBody {
        match self.session.config().profile() {
            Some(profile) => profile.write_request(&body),
            None => body,
        }
    }

    /// An answer of the token endpoint as RFC 6749 has it.
    fn read_answer(&self, flight: &Flight, answer: Result<Answer, Transport>) -> Result<Answer, Transport> {
        match (self.session.config().profile(), flight) {
            (Some(profile), Flight::Exchange { .. }) => answer.map(|answer| profile.read_answer(answer, false)),
            (Some(profile), Flight::Refresh { .. }) => answer.map(|answer| profile.read_answer(answer, true)),
            _ => answer,
        }
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
        self.tell(call, &outcome);
        self.actions.push(Action::Settle { call, outcome });
    }
}
