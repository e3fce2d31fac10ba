//! What the session can tell about itself: the audit log, numbers per resource server, and what is out of the ordinary.
//! Nothing in here is a secret, a query or a whole URL, since nothing of the kind comes in.

use alloc::string::String;

mod log;
mod meters;
mod rules;

use crate::proto::config::{Anomaly, Config};
use crate::proto::syntax::json::Object;
use crate::proto::syntax::time::{Instant, Now};

pub use log::Entry;
use log::Log;
use meters::Meters;
pub use meters::Tally;
use rules::Rules;

/// Takes note of what a session does.
#[derive(Clone, Debug)]
pub struct Watch {
    now: Now,
    log: Log,
    meters: Meters,
    rules: Rules,
}

impl Watch {
    /// A watch over nothing yet.
    pub fn new(config: &Config) -> Self {
        Self {
            now: Now::default(),
            log: Log::new(config.limits.audit_limit as usize, config.audit_sink.is_some()),
            meters: Meters::new(config.resource_servers.len()),
            rules: Rules::default(),
        }
    }

    /// Takes note of the time, while `queued` requests wait.
    pub fn tick(&mut self, now: Now, queued: usize) {
        self.meters.pass(now.instant.since(self.now.instant), queued);
        self.now = now;
    }

    /// The time of the last [`tick`](Self::tick).
    pub fn now(&self) -> Now {
        self.now
    }

    /// Adds an entry to the log. `reason` is a word of ours, or empty.
    pub fn note(&mut self, kind: &'static str, reason: &'static str) {
        self.note_more(kind, reason, 1, None);
    }

    /// Adds an entry with a number and the index of a resource server.
    pub fn note_more(&mut self, kind: &'static str, reason: &'static str, count: u64, server: Option<usize>) {
        self.log.add(Entry { seq: 0, unix_ms: self.now.unix_ms, kind, reason, count, server }, self.now.instant);
    }

    /// Counts a request to resource server `server`; an anomaly if there are far more of them than ever.
    pub fn request(&mut self, server: usize) -> Option<Anomaly> {
        self.meters.server(server).requests += 1;
        self.rules.request(self.now.instant)
    }

    /// Counts a request that starts to wait, as one of `queued`.
    pub fn wait(&mut self, queued: usize) {
        self.meters.wait(queued);
    }

    /// Counts a pause between attempts to refresh.
    pub fn back_off(&mut self, pause_ms: u64) {
        self.meters.back_off(pause_ms);
    }

    /// The counters of resource server `server`.
    pub fn server(&mut self, server: usize) -> &mut Tally {
        self.meters.server(server)
    }

    /// Takes note that a refresh was asked for long before the token's time; an anomaly if that goes on.
    pub fn unexplained_refresh(&mut self) -> Option<Anomaly> {
        self.rules.unexplained_refresh(self.now.instant)
    }

    /// Takes note of a request to a place that isn't on the list.
    pub fn off_list(&mut self) -> Option<Anomaly> {
        self.note("target-refused", "");
        self.rules.off_list(self.now.instant)
    }

    /// Takes note of a wall clock that differs from another by `ms`: its own past, or the server's.
    pub fn clock(&mut self, ms: i64) -> Option<Anomaly> {
        self.rules.clock(ms)
    }

    /// When entries should be handed over with [`report`](Self::report).
    pub fn report_at(&self) -> Option<Instant> {
        self.log.report_since().map(|since| since.after(REPORT_MS))
    }

    /// The entries that were not handed over yet, as a JSON array, if it is time or `all` says so.
    pub fn report(&mut self, config: &Config, all: bool) -> Option<String> {
        let due = all || self.report_at()? <= self.now.instant;
        due.then(|| self.log.take_unreported(config))?
    }

    /// The log as a JSON array, oldest entry first.
    pub fn audit(&self, config: &Config) -> String {
        self.log.to_json(config)
    }

    /// Adds the meters to what `stats()` tells.
    pub fn describe(&self, stats: Object, config: &Config) -> Object {
        self.meters.describe(stats, config)
    }
}

/// How long an entry waits for company before it is handed over, in milliseconds.
const REPORT_MS: u64 = 5_000;
