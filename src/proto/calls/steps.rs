//! The steps of a sign-in that need to know where and as whom: leaving for the authorization server, and redeeming what
//! comes back.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::error::{Error, Transport};
use crate::proto::oauth::authorization::{RANDOM_BYTES, SignInOptions};
use crate::proto::oauth::dpop::DpopKey;
use crate::proto::syntax::secret::Record;
use crate::proto::syntax::text::parts;
use crate::proto::syntax::time::Now;

use super::action::{Action, CallId, FlightId};
use super::discovery::OFFLINE_ACCESS;
use super::flight::{Flight, Step};
use super::holder::Holder;

impl Holder {
    pub(super) fn take_step(&mut self, now: Now, step: Step) {
        if self.is_ready(now, &step) {
            return self.go_on(now, step);
        }
        self.steps.push(step);
        self.inquire(now);
    }

    pub(super) fn go_on(&mut self, now: Now, step: Step) {
        match step {
            Step::SignIn { call, options, random, key } => match self.session.wants_key() {
                Ok(true) if key.is_none() => {
                    let step = Box::new(Step::SignIn { call, options, random, key });
                    let flight = self.launch(Flight::Key { step });
                    self.actions.push(Action::MakeKey { flight, persist: self.session.config().persist_dpop_key });
                }
                Ok(wanted) => self.send_away(now, call, options, &random, key.filter(|_| wanted)),
                Err(error) => self.settle(call, Err(error)),
            },
            Step::Exchange { call, mut pending } => match self.session.exchange_request(now, &mut pending) {
                Ok(request) => {
                    let action = self.proven_departure(Flight::Exchange { call, pending }, request);
                    self.actions.push(action);
                }
                Err(error) => {
                    self.session.abandon_exchange(now, &pending);
                    self.settle(call, Err(error));
                }
            },
        }
    }

    /// Whether the scope has `offline_access` that nobody but this library asked for.
    fn wants_consent(&self) -> bool {
        let config = self.session.config();
        let chosen = config.mcp().is_some_and(|mcp| mcp.chooses_scope);
        let prompted = config.extra_params.iter().any(|(name, _)| name == "prompt");
        chosen && !prompted && parts(&self.session.discovered().scope, b' ').any(|scope| scope == OFFLINE_ACCESS)
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

    /// Takes the public part of the key pair that was asked for, a JWK; `None` if there can't be one.
    pub fn handle_key(&mut self, now: Now, flight: FlightId, jwk: Option<&str>) {
        let Some((Flight::Key { step }, _)) = self.land(flight) else { return };
        let Step::SignIn { call, options, random, .. } = *step else { return };
        match jwk.and_then(DpopKey::parse) {
            Some(key) => {
                let step = Step::SignIn { call, options, random, key: Some(Box::new(key)) };
                // Where and as whom may have become a question meanwhile.
                if self.findings.asking { self.steps.push(step) } else { self.go_on(now, step) }
            }
            None => self.settle(call, Err(Error::Transport(Transport::NoRandomness))),
        }
    }
}
