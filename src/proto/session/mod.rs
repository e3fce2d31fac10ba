//! The session: one grant, one refresh for everybody, and the requests that wait for it.

use alloc::string::String;
use alloc::vec::Vec;

mod command;
mod drain;
mod grant;
mod refresh;
mod requests;
mod sign_in;

use drain::Drain;
use grant::Grant;
use refresh::Refresh;

use super::config::Config;
use super::error::{Ending, Error, QueueError};
use super::json::Object;
use super::metadata::AuthorizationServer;
use super::queue::Queue;
use super::time::{Instant, Now};

pub use command::{Command, Event, TokenRequest};
pub use requests::Verdict;
pub use sign_in::{PendingExchange, Revocation};

/// The state machine behind every request, without any I/O.
///
/// Its methods are of four kinds:
/// - getters (`&self`): [`config`](Self::config), [`snapshot`](Self::snapshot), [`stats`](Self::stats),
///   [`authorization`](Self::authorization), ..;
/// - commands from the application: [`authorize`](Self::authorize), [`cancel`](Self::cancel),
///   [`sign_out`](Self::sign_out) and those of a sign-in;
/// - `handle_*`, for what happened outside: [`handle_unauthorized`](Self::handle_unauthorized),
///   [`handle_settled`](Self::handle_settled), [`handle_refresh_response`](Self::handle_refresh_response),
///   [`handle_timeout`](Self::handle_timeout);
/// - outputs: after each call of the other kinds, take [`poll_command`](Self::poll_command) until it is empty, then
///   set one timer for [`poll_timeout`](Self::poll_timeout).
#[derive(Debug)]
pub struct Session {
    config: Config,
    server: Option<AuthorizationServer>,
    grant: Option<Grant>,
    generation: u32,
    /// The first generation of the running session: an older one was another session's.
    first_generation: u32,
    refresh: Refresh,
    /// The resource server answered 401 to the current access token.
    refused: bool,
    /// A 401 before this moment is not worth a refresh: a token just refreshed was refused too.
    unhelpful_until: Option<Instant>,
    exchanges: Vec<u32>,
    /// Attempts that sign-out overtook; tokens they still bring are revoked.
    abandoned: Vec<u32>,
    attempts: u32,
    spent: Vec<String>,
    ending: Ending,
    queue: Queue,
    drain: Drain,
    commands: Vec<Command>,
    counters: Counters,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counters {
    refreshes: u64,
    refresh_failures: u64,
    replays: u64,
}

impl Session {
    /// A session without a grant.
    pub fn new(config: Config) -> Self {
        Self {
            server: config.server.clone(),
            config,
            grant: None,
            generation: 0,
            first_generation: 0,
            refresh: Refresh::Idle { failures: 0 },
            refused: false,
            unhelpful_until: None,
            exchanges: Vec::new(),
            abandoned: Vec::new(),
            attempts: 0,
            spent: Vec::new(),
            ending: Ending::NeverSignedIn,
            queue: Queue::default(),
            drain: Drain::default(),
            commands: Vec::new(),
            counters: Counters::default(),
        }
    }

    /// Acts on every deadline that has come.
    pub fn handle_timeout(&mut self, now: Now) {
        let late = self.queue.expire(now.instant);
        self.reject(late, Error::Queue(QueueError::Timeout));
        self.drain.handle_timeout(now.instant);
        self.pump(now);
    }

    /// The next thing for the shell to do.
    pub fn poll_command(&mut self) -> Option<Command> {
        (!self.commands.is_empty()).then(|| self.commands.remove(0))
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let demand = !self.queue.is_empty();
        let retry = self.refresh.retry_at().filter(|_| demand);
        let drain = self.drain.next_timeout().filter(|_| demand);
        [self.queue.next_deadline(), retry, drain].into_iter().flatten().min()
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The authorization server's metadata, once known.
    pub fn server(&self) -> Option<&AuthorizationServer> {
        self.server.as_ref()
    }

    /// Fixes the metadata that discovery found.
    pub fn set_server(&mut self, server: AuthorizationServer) {
        self.server = Some(server);
    }

    /// Whether there is a grant.
    pub fn is_signed_in(&self) -> bool {
        self.grant.is_some()
    }

    /// What the application may know of the session: scope, expiry, claims. Never a token.
    pub fn snapshot(&self) -> Option<Object> {
        self.grant.as_ref().map(Grant::snapshot)
    }

    /// The value of the `Authorization` field for a request of `generation`, if that is still the current one.
    pub fn authorization(&self, generation: u32) -> Option<String> {
        self.grant.as_ref().filter(|_| generation == self.generation).map(Grant::authorization)
    }

    /// Numbers for people: phase, queue, counters.
    pub fn stats(&self, now: Now) -> Object {
        let retry_in = self.refresh.retry_at().map(|at| at.since(now.instant));
        Object::default()
            .with("phase", self.phase())
            .with("queued", self.queue.len() as u64)
            .with("inFlight", self.drain.on_the_way())
            .with("generation", u64::from(self.generation))
            .with("refreshes", self.counters.refreshes)
            .with("refreshFailures", self.counters.refresh_failures)
            .with("replays", self.counters.replays)
            .with("nextAttemptIn", retry_in)
    }

    fn phase(&self) -> &'static str {
        match (&self.grant, &self.refresh) {
            (None, _) if self.exchanges.is_empty() => "signedout",
            (None, _) => "exchanging",
            (Some(_), Refresh::Idle { .. }) => "active",
            (Some(_), Refresh::InFlight { .. }) => "refreshing",
            (Some(_), Refresh::Waiting { .. }) => "waiting",
        }
    }

    /// Puts the new pair in place in one step.
    fn install(&mut self, grant: Grant) {
        self.grant = Some(grant);
        self.generation += 1;
        self.refused = false;
        self.refresh = Refresh::Idle { failures: 0 };
    }

    fn next_attempt(&mut self) -> u32 {
        self.attempts = self.attempts.wrapping_add(1);
        self.attempts
    }

    fn emit(&mut self, name: &'static str, detail: Object) {
        self.commands.push(Command::Emit(Event { name, detail }));
    }

    fn reject(&mut self, ids: Vec<u32>, error: Error) {
        if !ids.is_empty() {
            self.commands.push(Command::Reject { ids, error });
        }
    }

    /// Ends the session: secrets first, then the queue, then the news.
    fn end(&mut self, ending: Ending) {
        self.grant = None;
        self.refresh = Refresh::Idle { failures: 0 };
        self.refused = false;
        self.unhelpful_until = None;
        self.first_generation = self.generation + 1;
        self.ending = ending;
        let waiting = self.queue.drain();
        self.drain = Drain::default();
        self.emit("signedout", Object::default().with("reason", ending.reason()));
        self.reject(waiting, Error::LoginRequired(ending));
    }
}
