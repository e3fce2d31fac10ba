//! The session: one grant, one refresh for everybody, and the requests that wait for it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::config::{Config, Personal};
use crate::proto::error::{Ending, Error, QueueError};
use crate::proto::oauth::dpop::Dpop;
use crate::proto::oauth::metadata::AuthorizationServer;
use crate::proto::oauth::profile::Profile;
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::time::{Instant, Now};

use super::access::Access;
use super::command::{Command, Event, Output};
use super::discovered::Discovered;
use super::drain::Drains;
use super::grant::Grant;
use super::lane::Lanes;
use super::long_waits::LongWaits;
use super::numbered::Numbered;
use super::queue::{Queue, RequestId};
use super::queues::Queues;
use super::refresh::Refresh;
use super::request::Request;
use super::resource_metadata::ResourceMetadata;
use super::step_up::StepUps;
use super::surroundings::Surroundings;
use super::trials::Trials;
use super::watch::Watch;

/// The state machine behind every request, without any I/O.
///
/// Its methods are of four kinds:
/// - getters (`&self`): [`config`](Self::config), [`snapshot`](Self::snapshot), [`stats`](Self::stats),
///   [`authorization`](Self::authorization), ..;
/// - commands from the application: [`authorize`](Self::authorize), [`cancel`](Self::cancel),
///   [`sign_out`](Self::sign_out) and those of a sign-in;
/// - `handle_*`, for what happened outside: [`handle_status`](Self::handle_status), [`handle_reply`](Self::handle_reply),
///   [`handle_refresh_response`](Self::handle_refresh_response), [`handle_timeout`](Self::handle_timeout), ..;
/// - outputs: after each call of the other kinds, take [`poll_command`](Self::poll_command) until it is empty, then
///   set one timer for [`poll_timeout`](Self::poll_timeout).
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) config: Config,
    pub(super) discovered: Discovered,
    pub(super) resources: Vec<ResourceMetadata>,
    pub(super) grant: Option<Grant>,
    pub(super) lanes: Lanes,
    pub(super) queues: Queues,
    /// Number of the newest access token of all lanes.
    pub(super) generation: u32,
    /// The first generation of the running session: an older one was another session's.
    pub(super) first_generation: u32,
    /// The generation that the last sign-in brought: an older one may have had fewer rights.
    pub(super) signed_in_generation: u32,
    pub(super) refresh: Refresh,
    pub(super) dpop: Dpop,
    /// Which 401s are worth a refresh.
    pub(super) trials: Trials,
    pub(super) exchanges: Vec<u32>,
    /// Attempts that sign-out overtook; tokens they still bring are revoked.
    pub(super) abandoned: Vec<u32>,
    pub(super) attempts: u32,
    pub(super) spent: Vec<String>,
    pub(super) ending: Ending,
    pub(super) requests: Numbered<Request>,
    pub(super) drains: Drains,
    /// Requests that keep a pause which their API asked for.
    pub(super) pauses: Queue,
    pub(super) step_ups: StepUps,
    pub(super) long_waits: LongWaits,
    pub(super) surroundings: Surroundings,
    pub(super) commands: Vec<Command>,
    pub(super) counters: Counters,
    pub(super) watch: Watch,
    pub(super) explanation: Option<Object>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counters {
    pub(super) refreshes: u64,
    pub(super) refresh_failures: u64,
    pub(super) replays: u64,
}

impl Session {
    /// A session without a grant, or with the personal access token that the configuration has.
    pub fn new(config: Config) -> Self {
        let mut lanes = Lanes::new(&config.resource_servers);
        if let Some(Personal::Given(token)) = &config.personal {
            lanes.install(0, Access::personal(token.clone()), 1);
        }
        let grant = lanes.access().is_some().then(Grant::default);
        Self {
            discovered: Discovered::new(&config),
            resources: Vec::new(),
            watch: Watch::new(&config),
            config,
            generation: u32::from(grant.is_some()),
            grant,
            lanes,
            queues: Queues::default(),
            first_generation: 0,
            signed_in_generation: 0,
            refresh: Refresh::Idle { failures: 0 },
            dpop: Dpop::default(),
            trials: Trials::default(),
            exchanges: Vec::new(),
            abandoned: Vec::new(),
            attempts: 0,
            spent: Vec::new(),
            ending: Ending::NeverSignedIn,
            requests: Numbered::default(),
            drains: Drains::default(),
            pauses: Queue::default(),
            step_ups: StepUps::default(),
            long_waits: LongWaits::default(),
            surroundings: Surroundings::default(),
            commands: Vec::new(),
            counters: Counters::default(),
            explanation: None,
        }
    }

    /// Acts on every deadline that has come.
    pub fn handle_timeout(&mut self, now: Now) {
        self.tick(now);
        let unmet = self.step_ups.expire(now.instant);
        self.reject(unmet, Error::Queue(QueueError::Timeout));
        for id in self.pauses.expire(now.instant) {
            self.go_on_after_pause(now, id);
        }
        self.pump(now);
        self.refresh_ahead(now);
        self.report(false);
    }

    /// The next thing for the shell to do.
    pub fn poll_command(&mut self) -> Option<Command> {
        if self.commands.is_empty() {
            self.tell_long_waits();
        }
        (!self.commands.is_empty()).then(|| self.commands.remove(0))
    }

    /// When [`handle_timeout`](Self::handle_timeout) wants to be called.
    pub fn poll_timeout(&self) -> Option<Instant> {
        let demand = self.queues.len() > 0 && !self.surroundings.locked;
        let retry = self.refresh.retry_at().filter(|_| demand);
        let drain = self.drains.next_timeout().filter(|_| demand);
        let waits = [self.queues.next_deadline(), self.pauses.next_deadline(), self.step_ups.next_deadline()];
        let long = self.long_waits.next_due();
        [retry, drain, self.ahead_at(), self.watch.report_at(), long].into_iter().chain(waits).flatten().min()
    }

    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The authorization server's metadata, once known.
    pub fn server(&self) -> Option<&AuthorizationServer> {
        self.discovered.server.as_ref()
    }

    /// Whether there is a grant.
    pub fn is_signed_in(&self) -> bool {
        self.grant.is_some()
    }

    /// When a holder whose file has changed makes room for another one: `never`, `at-once`, or with a session that would be lost
    /// `when-left` by the pages that were open by then.
    pub fn gives_way(&self) -> &'static str {
        match self.phase() {
            _ if !self.config.take_over => "never",
            "signedout" => "at-once",
            _ => "when-left",
        }
    }

    /// What the application may know of the session: scope, expiry, claims. Never a token.
    pub fn snapshot(&self) -> Option<Object> {
        let grant = self.grant.as_ref()?;
        let claims = grant.claims.as_deref().and_then(|json| Object::parse(json.as_bytes()));
        let access = self.lanes.access();
        Some(
            Object::default()
                .with("scope", self.lanes.scope().as_str())
                .with("expiresAt", access.and_then(|access| access.expires_unix_ms))
                .with("claims", claims.map_or(Value::Null, Value::Object)),
        )
    }

    /// The value of the `Authorization` field for a request of `generation`, if that is still current.
    pub fn authorization(&self, generation: u32) -> Option<String> {
        let lane = self.lanes.holding(generation)?;
        let scheme = self.config.profile().and_then(Profile::scheme).unwrap_or("Bearer");
        Some(lane.access()?.authorization(scheme))
    }

    /// Numbers for people: phase, queue, counters.
    pub fn stats(&self, now: Now) -> Object {
        let retry_in = self.refresh.retry_at().map(|at| at.since(now.instant));
        let stats = Object::default()
            .with("phase", self.phase())
            .with("queued", self.queues.len() as u64)
            .with("inFlight", self.drains.on_the_way())
            .with("generation", u64::from(self.generation))
            .with("refreshes", self.counters.refreshes)
            .with("refreshFailures", self.counters.refresh_failures)
            .with("replays", self.counters.replays)
            .with("nextAttemptIn", retry_in)
            .with("paused", self.pauses.len() as u64)
            .with("steppingUp", self.step_ups.len() as u64)
            .with("circuit", self.refresh.circuit())
            .with("online", self.surroundings.online)
            .with("locked", self.surroundings.locked)
            .with("clockSkew", self.surroundings.skew_ms);
        self.watch.describe(stats, &self.config)
    }

    /// The audit log as a JSON array, oldest entry first.
    pub fn audit(&self) -> String {
        self.watch.audit(&self.config)
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

    /// Puts a new access token in place.
    pub(super) fn install(&mut self, lane: usize, access: Access) {
        self.generation += 1;
        self.lanes.install(lane, access, self.generation);
        self.refresh = Refresh::Idle { failures: 0 };
    }

    pub(super) fn next_attempt(&mut self) -> u32 {
        self.attempts = self.attempts.wrapping_add(1);
        self.attempts
    }

    pub(super) fn put(&mut self, output: Output) {
        self.commands.push(Command::Output(output));
    }

    pub(super) fn emit(&mut self, name: &'static str, detail: Object) {
        self.put(Output::Emit(Event { name, detail }));
    }

    /// Settles waiting requests. Who had an answer and waited for more rights in vain is left with that.
    pub(super) fn reject(&mut self, ids: Vec<RequestId>, error: Error) {
        let in_time = error != Error::Queue(QueueError::Timeout);
        let has_answer = |request: Option<Request>| request.is_some_and(|request| request.has_answer && !in_time);
        let (answered, rejected): (Vec<_>, Vec<_>) =
            ids.into_iter().partition(|id| has_answer(self.requests.remove(*id)));
        if !answered.is_empty() {
            self.put(Output::LetStand { ids: answered });
        }
        if !rejected.is_empty() {
            self.put(Output::Reject { ids: rejected, error });
        }
    }

    /// Ends the session: secrets first, then the queue, then the news.
    pub(super) fn end(&mut self, ending: Ending) {
        self.grant = None;
        self.refresh = Refresh::Idle { failures: 0 };
        self.lanes.clear();
        self.trials = Trials::default();
        self.first_generation = self.generation + 1;
        self.ending = ending;
        self.surroundings.locked = false;
        let mut waiting = self.queues.drain(None);
        waiting.extend(self.pauses.drain());
        waiting.extend(self.step_ups.drain());
        self.step_ups.forget();
        self.drains = Drains::default();
        self.watch.note_more("signedout", ending.reason(), waiting.len() as u64, None);
        self.emit("signedout", Object::default().with("reason", ending.reason()));
        self.reject(waiting, Error::LoginRequired(ending));
    }
}
