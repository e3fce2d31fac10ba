//! Feeds the session and performs its commands. Decides nothing.
//!
//! The session is never borrowed across a call to JavaScript or an `await`: either could come back in here.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::proto::authorization::SignInOptions;
use crate::proto::callback::AuthorizationResponse;
use crate::proto::config::Config;
use crate::proto::error::{Error, Transport};
use crate::proto::json::{Object, Value};
use crate::proto::metadata::Discovery;
use crate::proto::session::{Command, Event, Revocation, Session, TokenRequest};
use crate::proto::time::{Clock, Instant, Now};

use super::host::Host;
use super::{clock, http, random};

/// One session with its clock, its timer and its host.
pub struct Driver {
    session: RefCell<Session>,
    clock: RefCell<Clock>,
    timer: RefCell<Option<Timeout>>,
    armed: Cell<Option<Instant>>,
    host: Host,
}

impl Driver {
    /// A driver of a new session.
    pub fn new(config: Config, host: Host) -> Rc<Self> {
        Rc::new(Self {
            session: RefCell::new(Session::new(config)),
            clock: RefCell::default(),
            timer: RefCell::default(),
            armed: Cell::default(),
            host,
        })
    }

    /// Calls the session with the present time, then performs what it commands.
    pub fn drive<T>(self: &Rc<Self>, call: impl FnOnce(&mut Session, Now) -> T) -> T {
        let now = self.now();
        let result = call(&mut self.session.borrow_mut(), now);
        loop {
            let command = self.session.borrow_mut().poll_command();
            match command {
                Some(command) => self.perform(command),
                None => break,
            }
        }
        self.arm(now.instant);
        result
    }

    /// Builds an authorization request, keeps its record and returns the URL to navigate to.
    ///
    /// # Errors
    /// See [`Session::begin_sign_in`]; discovery's errors.
    pub async fn sign_in(self: Rc<Self>, options: String) -> Result<String, Error> {
        let redirect_uri = self.session.borrow().config().redirect_uri.clone();
        let options = SignInOptions::parse(&options, &redirect_uri)?;
        self.discover().await?;
        let random = random::bytes().ok_or(Error::Transport(Transport::Network))?;
        let request = self.drive(|session, now| session.begin_sign_in(now, &options, &random))?;
        let kept = self.host.keep(&request.key, &request.transaction.to_json());
        // A store that fails leaves the record in the host's memory, which may be enough.
        let _ = JsFuture::from(kept).await;
        Ok(request.url)
    }

    /// Finishes the sign-in that arrived at `href`; `None` if that is no authorization response.
    ///
    /// # Errors
    /// See [`Session::accept_response`] and [`Session::handle_exchange_response`].
    pub async fn finish(self: Rc<Self>, href: String) -> Result<Option<Object>, Error> {
        let redirect_uri = self.session.borrow().config().redirect_uri.clone();
        let Some(response) = AuthorizationResponse::parse(&href, &redirect_uri)? else { return Ok(None) };
        let record = JsFuture::from(self.host.take(&response.key())).await.ok().and_then(|record| record.as_string());
        let mut pending = self.drive(|session, now| session.accept_response(now, response, record.as_deref()))?;
        if let Err(error) = self.discover().await {
            self.drive(|session, _| session.abandon_exchange(&pending));
            return Err(error);
        }
        let request = self.drive(|session, now| session.exchange_request(now, &mut pending))?;
        let answer = http::post(&request.url, &request.body, self.request_timeout()).await;
        let arrival = pending.arrival();
        self.drive(|session, now| session.handle_exchange_response(now, pending, answer))?;
        Ok(Some(arrival))
    }

    /// Ends the session here at once, then tells the server; what came of that.
    pub async fn sign_out(self: Rc<Self>) -> &'static str {
        self.host.forget();
        let (had_server, revocation) = self.drive(|session, _| (session.server().is_some(), session.sign_out()));
        match revocation {
            Some(revocation) => self.revoke(revocation).await,
            None if had_server => "unsupported",
            None => "none",
        }
    }

    fn now(&self) -> Now {
        clock::read(&mut self.clock.borrow_mut())
    }

    fn request_timeout(&self) -> u64 {
        self.session.borrow().config().limits.request_timeout
    }

    fn perform(self: &Rc<Self>, command: Command) {
        match command {
            Command::Emit(event) => self.host.emit(&self.describe(event)),
            Command::Reject { ids, error } => self.host.reject(&ids, &error.to_object().to_json()),
            Command::Release { ids, generation } => self.host.release(&ids, generation),
            Command::Revoke(revocation) => {
                let driver = self.clone();
                spawn_local(async move {
                    driver.revoke(revocation).await;
                });
            }
            Command::SendRefreshRequest(request) => spawn_local(self.clone().refresh(request)),
        }
    }

    fn describe(&self, event: Event) -> String {
        let session = self.session.borrow().snapshot().map_or(Value::Null, Value::Object);
        Object::default().with("type", event.name).with("detail", event.detail).with("session", session).to_json()
    }

    async fn refresh(self: Rc<Self>, request: TokenRequest) {
        let answer = http::post(&request.url, &request.body, self.request_timeout()).await;
        let jitter = random::bytes().map_or(u32::MAX, u32::from_le_bytes);
        self.drive(|session, now| session.handle_refresh_response(now, jitter, request.attempt, answer));
    }

    async fn revoke(self: &Rc<Self>, revocation: Revocation) -> &'static str {
        match http::post(&revocation.url, &revocation.body, self.request_timeout()).await {
            Ok(answer) if answer.status == 200 => "confirmed",
            _ => "unconfirmed",
        }
    }

    async fn discover(self: &Rc<Self>) -> Result<(), Error> {
        if self.session.borrow().server().is_some() {
            return Ok(());
        }
        let mut discovery = Discovery::for_config(self.session.borrow().config());
        while let Some(url) = discovery.next_url() {
            let answer = http::get(&url, self.request_timeout()).await;
            if let Some(server) = discovery.handle_answer(answer) {
                self.session.borrow_mut().set_server(server);
                return Ok(());
            }
        }
        Err(discovery.into_error())
    }

    /// Sets the timer for the session's next deadline, unless it fires early enough anyway.
    fn arm(self: &Rc<Self>, now: Instant) {
        let wanted = self.session.borrow().poll_timeout();
        match (wanted, self.armed.get()) {
            (Some(wanted), Some(armed)) if armed <= wanted => return,
            (None, None) => return,
            _ => {}
        }
        self.armed.set(wanted);
        *self.timer.borrow_mut() = wanted.map(|wanted| {
            let driver = self.clone();
            let delay = wanted.since(now).min(http::MAX_TIMEOUT_MS) as u32;
            Timeout::new(delay, move || {
                driver.armed.set(None);
                driver.drive(Session::handle_timeout);
            })
        });
    }
}
