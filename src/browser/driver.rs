//! Feeds the holder and carries out what it asks for. Decides nothing.
//!
//! The holder is never borrowed across a call to JavaScript, which could come back in here.

use alloc::string::String;
use core::cell::RefCell;

use wasm_bindgen::JsValue;

use crate::proto::calls::{Action, Door, Holder};
use crate::proto::config::{AuditSink, Config};
use crate::proto::error::{Error, Transport};
use crate::proto::session::{Event, Look, Output, Proof, Session};
use crate::proto::syntax::http::{Answer, MAX_BODY};
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::time::{Clock, Now};

use super::host::Host;
use super::timer::Timer;
use super::verdict::FINAL;
use super::{clock, http, random, signature};

/// What an application can start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Finish the sign-in that arrived at a URL.
    Finish,
    /// Sign in, with options as JSON text.
    SignIn,
    /// Sign out.
    SignOut,
    /// Take a personal access token.
    EnterToken,
    /// Wait for a sign-in that another page finishes.
    Wait,
}

/// One holder with its clock, its timer and its host.
pub struct Driver {
    holder: RefCell<Holder>,
    clock: RefCell<Clock>,
    timer: Timer,
    host: Host,
}

impl Driver {
    /// A driver of a new holder.
    pub fn new(config: Config, host: Host) -> Self {
        Self { holder: RefCell::new(Holder::new(config)), clock: RefCell::default(), timer: Timer::default(), host }
    }

    /// The time that was asked for has come.
    pub fn ring(&self) {
        self.timer.rang();
        self.drive(|session, now| session.handle_timeout(now));
    }

    /// Calls the session with the present time, then does what that leads to.
    pub fn drive<T>(&self, call: impl FnOnce(&mut Session, Now) -> T) -> T {
        self.steer(|holder, now| call(holder.session_mut(), now))
    }

    /// Calls the session with the present time and a fresh random number, then does what that leads to.
    pub fn drive_at_random<T>(&self, call: impl FnOnce(&mut Session, Now, u32) -> T) -> T {
        let jitter = jitter();
        self.drive(|session, now| call(session, now, jitter))
    }

    /// Takes the status of the answer to request `id`: whether it stands, or its fields are wanted. Most answers settle their
    /// request and that is all; for them nobody has to ask what time it is.
    ///
    /// # Errors
    /// As [`Session::handle_status`].
    pub fn responded(&self, id: u32, status: u16) -> Result<bool, Error> {
        let plain = self.holder.borrow_mut().session_mut().settle_plainly(id, status);
        if plain { Ok(true) } else { self.drive(|session, now| session.handle_status(now, id, status)) }
    }

    /// Calls the session without consequences.
    pub fn ask<T>(&self, call: impl FnOnce(&Session, Now) -> T) -> T {
        let now = self.now();
        call(self.holder.borrow().session(), now)
    }

    /// Starts something that takes several steps; `call`, which comes from `door`, will be settled with its outcome.
    pub fn start(&self, call: u32, door: Door, operation: Operation, text: &str) {
        let random = random::bytes();
        if operation == Operation::SignOut {
            self.host.forget();
        }
        self.steer(|holder, now| match (operation, random) {
            // Whoever floods the holder keeps nobody signed in.
            (Operation::SignOut, random) => holder.sign_out(now, call, text, &random.unwrap_or([0; _])),
            _ if !holder.admit(call, door, operation == Operation::Wait) => {}
            (Operation::SignIn, Some(random)) => holder.sign_in(now, call, text, random),
            (Operation::SignIn, None) => holder.refuse(call, Error::Transport(Transport::NoRandomness)),
            (Operation::Finish, _) => holder.finish(call, text),
            (Operation::EnterToken, _) => holder.enter_token(now, call, text),
            (Operation::Wait, _) => holder.wait(call, text),
        });
    }

    /// Hands over the answer to something that was sent.
    pub fn answered(&self, flight: u32, answer: Answer) {
        let answer = http::transport(answer.status).map_or(Ok(answer), Err);
        let jitter = jitter();
        self.steer(|holder, now| holder.handle_answer(now, jitter, flight, answer));
    }

    /// Reports that the store has done what it was asked for, with the record that it held.
    pub fn stored(&self, flight: u32, record: Option<&str>) {
        self.steer(|holder, now| holder.handle_stored(now, flight, record));
    }

    /// Hands over the public part of the key pair that was asked for.
    pub fn keyed(&self, flight: u32, jwk: Option<&str>) {
        self.steer(|holder, now| holder.handle_key(now, flight, jwk));
    }

    /// A promise of the proof of possession that goes with request `id` and the token of `generation`; undefined if that needs
    /// none.
    pub fn prove(&self, id: u32, generation: u32, method: &str, href: &str) -> JsValue {
        self.holder.borrow_mut().session_mut().handle_proven(id, href);
        let proof = random::bytes()
            .and_then(|random| self.ask(|session, now| session.proof(now, generation, method, href, random)));
        self.sign(proof)
    }

    fn sign(&self, proof: Option<Proof>) -> JsValue {
        proof.map_or(JsValue::UNDEFINED, |proof| self.host.sign(&proof.handle, &proof.input))
    }

    /// Hands over what WebCrypto said of a signature.
    pub fn verified(&self, flight: u32, outcome: u8) {
        self.steer(|holder, now| holder.handle_verified(now, flight, signature::signature(outcome)));
    }

    /// Calls the holder with the present time, then does what that leads to.
    pub fn steer<T>(&self, call: impl FnOnce(&mut Holder, Now) -> T) -> T {
        let now = self.begin();
        let result = call(&mut self.holder.borrow_mut(), now);
        self.perform_all(now);
        result
    }

    /// What comes before every call.
    #[inline(never)]
    fn begin(&self) -> Now {
        let now = self.now();
        let jump_ms = self.clock.borrow_mut().take_jump();
        if jump_ms != 0 {
            // It was set by the time before, and comes later than that says: a timeout stands still in sleep.
            self.timer.rang();
        }
        self.holder.borrow_mut().session_mut().handle_clock_jump(now, jump_ms);
        now
    }

    #[inline(never)]
    fn now(&self) -> Now {
        clock::read(&mut self.clock.borrow_mut())
    }

    #[inline(never)]
    fn perform_all(&self, now: Now) {
        loop {
            let action = self.holder.borrow_mut().poll_action();
            match action {
                Some(action) => self.perform(action),
                None => break,
            }
        }
        let wanted = self.holder.borrow().session().poll_timeout();
        self.timer.set(&self.host, wanted, now.instant);
    }

    fn perform(&self, action: Action) {
        match action {
            Action::Output(output) => self.tell(output),
            Action::Keep { flight, key, record, handle } => {
                self.host.keep(flight, &key, record.expose(), handle.as_deref());
            }
            Action::MakeKey { flight, persist } => self.host.make_key(flight, persist),
            Action::Send { flight, url, body, key, probe, look } => {
                let proof = key.and_then(|key| {
                    let random = random::bytes()?;
                    self.ask(|session, now| session.server_proof(now, &key, &url, random))
                });
                let proof = self.sign(proof);
                let headers = self.headers().filter(|_| body.is_some());
                let body = body.as_ref().map(|body| body.expose());
                self.send(flight, &url, body, headers.as_deref(), (probe, proof, look));
            }
            Action::Probe { flight, url } => {
                self.host.answer(flight, http::challenge(&url, self.request_timeout()));
            }
            Action::Recall { flight, key } => self.host.recall(flight, &key),
            Action::Remember { key, record } => self.host.remember(&key, &record),
            Action::Seek { flight } => self.host.seek(flight),
            Action::Settle { call, outcome: Ok(result) } => self.host.settle(call, result.as_deref(), None),
            Action::Settle { call, outcome: Err(error) } => {
                self.host.settle(call, None, Some(&error.to_object().to_json()));
            }
            Action::Take { flight, key } => self.host.take(flight, &key),
            Action::Verify { flight, key, signed } => {
                let outcome = signature::verify(&key, &signed.algorithm, &signed.input, &signed.signature);
                self.host.verified(flight, outcome);
            }
        }
    }

    fn tell(&self, output: Output) {
        match output {
            Output::Emit(event) => self.host.emit(&self.describe(event)),
            Output::LetStand { ids } => self.host.release(&ids, FINAL),
            Output::Reject { ids, error } => self.host.reject(&ids, &error.to_object().to_json()),
            Output::Release { ids, generation } => self.host.release(&ids, generation.cast_signed()),
            Output::Report(entries) => {
                let sink = self.holder.borrow().session().config().audit_sink.clone();
                let url = if let Some(AuditSink::Url(url)) = &sink { Some(url.as_str()) } else { None };
                self.host.report(url, &entries);
            }
        }
    }

    fn send(
        &self,
        flight: u32,
        url: &str,
        body: Option<&str>,
        headers: Option<&str>,
        (probe, proof, look): (bool, JsValue, Look),
    ) {
        let (timeout, limit) = (self.request_timeout(), MAX_BODY as u32);
        let watch = if look == Look::Never { JsValue::UNDEFINED } else { self.host.watch() };
        let first = if let Look::Active(url) = &look { Some(url.as_str()) } else { None };
        let answer = http::send(url, body, headers, timeout, limit, probe, proof, watch, first);
        self.host.answer(flight, answer);
    }

    /// The profile's header fields for requests to the authorization server.
    fn headers(&self) -> Option<String> {
        let holder = self.holder.borrow();
        holder.session().config().profile()?.headers()
    }

    fn request_timeout(&self) -> f64 {
        self.holder.borrow().session().config().limits.request_timeout as f64
    }

    fn describe(&self, event: Event) -> String {
        let session = self.holder.borrow().session().snapshot().map_or(Value::Null, Value::Object);
        Object::default().with("type", event.name).with("detail", event.detail).with("session", session).to_json()
    }
}

/// A random number; the longest spread where there is no randomness.
fn jitter() -> u32 {
    random::bytes().map_or(u32::MAX, u32::from_le_bytes)
}
