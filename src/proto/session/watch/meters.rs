//! Numbers for people.

use alloc::vec;
use alloc::vec::Vec;

use crate::proto::config::Config;
use crate::proto::syntax::json::{Object, Value};

/// What happened with the requests to one resource server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests.
    pub requests: u64,
    /// Requests sent again with another token.
    pub replays: u64,
    /// Requests sent again because the server asked for a pause.
    pub retries: u64,
    /// Answers with 401.
    pub unauthorized: u64,
    /// Answers with 403.
    pub forbidden: u64,
    /// Answers with 429 or 503.
    pub limited: u64,
}

/// The counters.
#[derive(Clone, Debug)]
pub(super) struct Meters {
    servers: Vec<Tally>,
    waits: u64,
    waited_ms: u64,
    peak: u64,
    backoffs: u64,
    backed_off_ms: u64,
}

impl Meters {
    pub(super) fn new(servers: usize) -> Self {
        Self {
            servers: vec![Tally::default(); servers.max(1)],
            waits: 0,
            waited_ms: 0,
            peak: 0,
            backoffs: 0,
            backed_off_ms: 0,
        }
    }

    /// The counters of a resource server; one that isn't there shares the first's.
    pub(super) fn server(&mut self, server: usize) -> &mut Tally {
        let index = if server < self.servers.len() { server } else { 0 };
        &mut self.servers[index]
    }

    /// The sum of all waiting times is the queue's length over time, so that nobody's start has to be remembered.
    pub(super) fn pass(&mut self, ms: u64, queued: usize) {
        self.waited_ms = self.waited_ms.saturating_add(ms.saturating_mul(queued as u64));
    }

    pub(super) fn wait(&mut self, queued: usize) {
        self.waits += 1;
        self.peak = self.peak.max(queued as u64);
    }

    pub(super) fn back_off(&mut self, ms: u64) {
        self.backoffs += 1;
        self.backed_off_ms = self.backed_off_ms.saturating_add(ms);
    }

    pub(super) fn describe(&self, stats: Object, config: &Config) -> Object {
        let pair = |count: u64, ms: u64| Object::default().with("count", count).with("ms", ms);
        let servers = config.resource_servers.iter().zip(&self.servers).map(|(server, tally)| {
            let object = Object::default()
                .with("server", server.href().as_str())
                .with("requests", tally.requests)
                .with("replays", tally.replays)
                .with("retries", tally.retries)
                .with("unauthorized", tally.unauthorized)
                .with("forbidden", tally.forbidden)
                .with("limited", tally.limited);
            Value::Object(object)
        });
        stats
            .with("queuePeak", self.peak)
            .with("waits", pair(self.waits, self.waited_ms))
            .with("backoffs", pair(self.backoffs, self.backed_off_ms))
            .with("servers", Value::Array(servers.collect()))
    }
}
