//! What happens to sign-ins, in order: to the authorization server, and from its response to a session.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::error::{ApiMisuse, Error, InvalidResponse, Transport};
use crate::proto::oauth::authorization::{RANDOM_BYTES, SignInOptions};
use crate::proto::oauth::callback::{AuthorizationResponse, Standing, is_unmistakable};
use crate::proto::oauth::dpop::DpopKey;
use crate::proto::session::PendingExchange;
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::secret::Record;
use crate::proto::syntax::text::parts;
use crate::proto::syntax::time::Now;

use super::action::{Action, CallId, FlightId};
use super::discovery::OFFLINE_ACCESS;
use super::flight::Flight;
use super::holder::Holder;
use super::logout;
use super::sign_in::{Asked, AuthorizationUrl, Progress, SignIn};

impl Holder {
    /// Starts a sign-in; the call's result is the URL to navigate to, and for a popup the record's name before it.
    pub fn sign_in(&mut self, now: Now, call: CallId, options: &str, random: [u8; RANDOM_BYTES]) {
        match self.asked(options, random) {
            Ok(asked) => self.find_place(now, SignIn { call, progress: Progress::Place { asked, key: None } }),
            Err(error) => self.settle(call, Err(error)),
        }
    }

    fn asked(&self, options: &str, random: [u8; RANDOM_BYTES]) -> Result<Box<Asked>, Error> {
        let config = self.session.config();
        if config.personal.is_some() {
            return Err(Error::ApiMisuse(ApiMisuse::NoAuthorizationServer));
        }
        self.session.refuse_intercepted()?;
        if config.redirect_elsewhere {
            return Err(Error::ApiMisuse(ApiMisuse::RedirectElsewhere));
        }
        Ok(Box::new(Asked { options: SignInOptions::parse(options, &config.redirect_uri)?, random }))
    }

    fn find_place(&mut self, now: Now, sign_in: SignIn) {
        if self.is_ready(now, &sign_in) {
            return self.go_on(now, sign_in);
        }
        self.sign_ins.push(sign_in);
        self.inquire(now);
    }

    /// Goes on with those that waited for the metadata.
    pub(super) fn go_on_with_all(&mut self, now: Now) {
        for sign_in in self.those(SignIn::wants_metadata) {
            self.go_on(now, sign_in);
        }
    }

    /// The metadata can't be had.
    pub(super) fn give_up_all(&mut self, now: Now, error: &Error) {
        for sign_in in self.those(SignIn::wants_metadata) {
            if let Some(pending) = sign_in.pending() {
                self.session.abandon_exchange(now, pending);
            }
            self.settle(sign_in.call, Err(error.clone()));
        }
    }

    fn go_on(&mut self, now: Now, SignIn { call, progress }: SignIn) {
        match progress {
            Progress::Place { asked, key } => match self.session.wants_key() {
                Ok(true) if key.is_none() => {
                    let flight = self.await_sign_in(call, Progress::Key { asked });
                    self.actions.push(Action::MakeKey { flight, persist: self.session.config().persist_dpop_key });
                }
                Ok(wanted) => self.keep(now, call, *asked, key.filter(|_| wanted)),
                Err(error) => self.settle(call, Err(error)),
            },
            Progress::Endpoint { pending } => self.exchange(now, call, pending),
            _ => {}
        }
    }

    /// Takes the public part of the key pair that was asked for, a JWK; `None` if there can't be one.
    pub fn handle_key(&mut self, now: Now, flight: FlightId, jwk: Option<&str>) {
        let Some(SignIn { call, progress: Progress::Key { asked } }) = self.land_sign_in(flight) else { return };
        match jwk.and_then(DpopKey::parse) {
            Some(key) => {
                let sign_in = SignIn { call, progress: Progress::Place { asked, key: Some(Box::new(key)) } };
                // Where and as whom may have become a question meanwhile.
                if self.findings.asking { self.sign_ins.push(sign_in) } else { self.go_on(now, sign_in) }
            }
            None => self.settle(call, Err(Error::Transport(Transport::NoRandomness))),
        }
    }

    /// Has the record kept, before anything else happens.
    fn keep(&mut self, now: Now, call: CallId, mut asked: Asked, key: Option<Box<DpopKey>>) {
        if self.wants_consent() {
            asked.options.ask_for_consent();
        }
        let handle = key.as_ref().map(|key| key.handle().to_owned());
        match self.session.begin_sign_in(now, &asked.options, &asked.random, key.map(|key| *key)) {
            Ok(request) => {
                let name = if asked.options.popup() { request.key.clone() } else { String::new() };
                let to = Box::new(AuthorizationUrl { name, url: request.url, push: request.push });
                let flight = self.await_sign_in(call, Progress::Kept { to });
                let record = Record::new(request.transaction.to_json());
                self.actions.push(Action::Keep { flight, key: request.key, record, handle });
            }
            Err(error) => self.settle(call, Err(error)),
        }
    }

    /// Whether the scope has `offline_access` that nobody but this library asked for.
    fn wants_consent(&self) -> bool {
        let config = self.session.config();
        let chosen = config.mcp().is_some_and(|mcp| mcp.chooses_scope);
        let prompted = config.extra_params.iter().any(|(name, _)| name == "prompt");
        chosen && !prompted && parts(&self.session.discovered().scope, b' ').any(|scope| scope == OFFLINE_ACCESS)
    }

    /// The store has done what a sign-in waited for.
    pub(super) fn handle_sign_in_stored(&mut self, now: Now, call: CallId, record: Option<&str>) {
        match self.take_sign_in(call).map(|sign_in| sign_in.progress) {
            Some(Progress::Kept { to }) if record.is_some() && to.name.is_empty() => {
                self.settle(call, Err(Error::StorageBlocked));
            }
            Some(Progress::Kept { to }) => self.leave(call, to),
            Some(Progress::Record { response }) => self.handle_record(now, call, *response, record),
            Some(Progress::Expected { error }) => {
                self.settle(call, if record.is_some() { Err(error) } else { Ok(None) });
            }
            _ => {}
        }
    }

    fn leave(&mut self, call: CallId, to: Box<AuthorizationUrl>) {
        let Some(push) = &to.push else { return self.settle(call, Ok(Some([to.name, to.url].concat()))) };
        let (url, body) = (push.url.clone(), push.body.clone());
        self.sign_ins.push(SignIn { call, progress: Progress::Pushed { to } });
        let action = self.departure(Flight::SignIn(call), url, Some(body));
        self.actions.push(action);
    }

    /// Takes the answer to pushed parameters.
    pub(super) fn handle_pushed(&mut self, call: CallId, answer: Result<Answer, Transport>) {
        let Some(SignIn { progress: Progress::Pushed { to }, .. }) = self.take_sign_in(call) else { return };
        let AuthorizationUrl { name, url, push: Some(push) } = *to else { return };
        let pushed = push.handle_answer(answer);
        self.settle(call, pushed.map(|to| Some([name, to.unwrap_or(url)].concat())));
    }

    /// Finishes the sign-in that arrived at `href`; the call's result is what the application gets back, or nothing
    /// if `href` is no authorization response.
    pub fn finish(&mut self, call: CallId, href: &str) {
        if self.session.config().personal.is_some() {
            return self.settle(call, Ok(None));
        }
        if let Err(error) = self.session.refuse_intercepted() {
            return self.settle(call, Err(error));
        }
        if let Some(key) = logout::key(href, self.session.config()) {
            let flight = self.launch(Flight::TakeLogout { call });
            return self.actions.push(Action::Take { flight, key });
        }
        match AuthorizationResponse::parse(href, &self.session.config().redirect_uri) {
            Ok(Some(response)) => self.find_record(call, response),
            Ok(None) => match AuthorizationResponse::astray(href) {
                Some(response) => self.find_record(call, response),
                None => self.settle(call, Ok(None)),
            },
            Err(error) if is_unmistakable(href) => self.settle(call, Err(error)),
            Err(error) => self.refuse_if_expected(call, error),
        }
    }

    fn find_record(&mut self, call: CallId, response: AuthorizationResponse) {
        let key = response.key();
        let flight = self.await_sign_in(call, Progress::Record { response: Box::new(response) });
        self.actions.push(Action::Take { flight, key });
    }

    /// What is at the redirection URI and answers nothing that was sent is the application's own, unless somebody is about
    /// to come back: servers lose the state.
    fn refuse_if_expected(&mut self, call: CallId, error: Error) {
        let flight = self.await_sign_in(call, Progress::Expected { error });
        self.actions.push(Action::Seek { flight });
    }

    fn handle_record(&mut self, now: Now, call: CallId, response: AuthorizationResponse, record: Option<&str>) {
        let known = record.is_some() || self.session.was_spent(&response.key());
        match response.standing() {
            Standing::Stray if !known => {
                self.refuse_if_expected(call, Error::InvalidResponse(InvalidResponse::StateMismatch));
            }
            Standing::Astray if !known => self.settle(call, Ok(None)),
            standing => match logout::arrival(now, record).filter(|_| standing == Standing::Astray) {
                Some(arrival) => self.settle(call, Ok(Some(arrival))),
                None => self.accept(now, call, response, record),
            },
        }
    }

    fn accept(&mut self, now: Now, call: CallId, response: AuthorizationResponse, record: Option<&str>) {
        if record.is_some_and(|record| !record.is_empty()) {
            self.attend(call, &response.key());
        }
        match self.session.accept_response(now, response, record) {
            Ok(pending) => {
                let progress = Progress::Endpoint { pending: Box::new(pending) };
                self.find_place(now, SignIn { call, progress });
            }
            Err(error) => self.settle(call, Err(error)),
        }
    }

    fn exchange(&mut self, now: Now, call: CallId, mut pending: Box<PendingExchange>) {
        match self.session.exchange_request(now, &mut pending) {
            Ok(request) => {
                self.sign_ins.push(SignIn { call, progress: Progress::Tokens { pending } });
                let action = self.proven_departure(Flight::Exchange(call), request);
                self.actions.push(action);
            }
            Err(error) => {
                self.session.abandon_exchange(now, &pending);
                self.settle(call, Err(error));
            }
        }
    }

    /// Takes the tokens that the exchange brought, or what it brought instead.
    pub(super) fn handle_exchanged(&mut self, now: Now, call: CallId, answer: Result<Answer, Transport>) {
        let Some(SignIn { progress: Progress::Tokens { pending }, .. }) = self.take_sign_in(call) else { return };
        let (arrival, url) = (pending.arrival().to_json(), pending.token_endpoint().to_owned());
        let outcome = self.session.handle_exchange_response(now, *pending, answer);
        self.settle(call, outcome.map(|()| Some(arrival)).map_err(|error| error.at(&url)));
    }

    /// Takes an answer to the exchange that has an ID token which can't be believed.
    pub(super) fn refuse_exchanged(&mut self, now: Now, call: CallId, answer: Answer, error: Error) {
        let Some(SignIn { progress: Progress::Tokens { pending }, .. }) = self.take_sign_in(call) else { return };
        self.session.handle_exchange_refused(now, &pending, answer);
        self.settle(call, Err(error));
    }

    /// Whether the exchange of this call is to bring an ID token.
    pub(super) fn expects_id_token(&self, call: CallId) -> bool {
        let sign_in = self.sign_ins.iter().find(|sign_in| sign_in.call == call);
        sign_in.and_then(SignIn::pending).is_some_and(PendingExchange::wants_id_token)
    }

    /// Those of a kind, to be gone on with or given up.
    pub(super) fn those(&mut self, alike: fn(&SignIn) -> bool) -> Vec<SignIn> {
        self.sign_ins.extract_if(.., |sign_in| alike(sign_in)).collect()
    }

    fn await_sign_in(&mut self, call: CallId, progress: Progress) -> FlightId {
        self.sign_ins.push(SignIn { call, progress });
        self.launch(Flight::SignIn(call))
    }

    fn land_sign_in(&mut self, flight: FlightId) -> Option<SignIn> {
        let (Flight::SignIn(call), _) = self.land(flight)? else { return None };
        self.take_sign_in(call)
    }

    fn take_sign_in(&mut self, call: CallId) -> Option<SignIn> {
        let at = self.sign_ins.iter().position(|sign_in| sign_in.call == call)?;
        Some(self.sign_ins.remove(at))
    }
}
