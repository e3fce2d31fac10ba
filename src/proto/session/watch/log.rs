//! The audit log: bounded, and what repeats is counted.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::config::Config;
use crate::proto::syntax::json::Object;
use crate::proto::syntax::time::Instant;

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number, counted from 1, so that gaps can be seen.
    pub seq: u64,
    /// When, in wall-clock milliseconds; of what repeats, the first time.
    pub unix_ms: u64,
    /// What.
    pub kind: &'static str,
    /// Why, in one word of ours, or empty.
    pub reason: &'static str,
    /// How often, or how many, or how long.
    pub count: u64,
    /// The resource server it is about.
    pub server: Option<usize>,
}

impl Entry {
    fn to_object(self, config: &Config) -> Object {
        let server = self.server.and_then(|server| config.resource_servers.get(server));
        let mut object = Object::default().with("seq", self.seq).with("time", self.unix_ms).with("kind", self.kind);
        if !self.reason.is_empty() {
            object = object.with("reason", self.reason);
        }
        object = object.with("count", self.count);
        match server {
            Some(server) => object.with("server", server.href().as_str()),
            None => object,
        }
    }

    fn repeats(&self, earlier: &Self) -> bool {
        let same = (self.kind, self.reason, self.server) == (earlier.kind, earlier.reason, earlier.server);
        same && self.count == 1 && self.unix_ms.saturating_sub(earlier.unix_ms) < REPEAT_MS
    }
}

/// The newest entries.
#[derive(Clone, Debug)]
pub(super) struct Log {
    entries: VecDeque<Entry>,
    limit: usize,
    last: u64,
    reports: bool,
    reported: u64,
    /// When the oldest entry that was not handed over came in, if somebody wants it.
    since: Option<Instant>,
}

impl Log {
    pub(super) fn new(limit: usize, reports: bool) -> Self {
        Self { entries: VecDeque::new(), limit, last: 0, reports, reported: 0, since: None }
    }

    /// Adds an entry, or counts the last one up. What was handed over doesn't change any more.
    pub(super) fn add(&mut self, entry: Entry, now: Instant) {
        if self.limit == 0 {
            return;
        }
        match self.entries.back_mut() {
            Some(last) if last.seq > self.reported && entry.repeats(last) => last.count += 1,
            _ => {
                self.last += 1;
                if self.entries.len() == self.limit {
                    self.entries.pop_front();
                }
                self.entries.push_back(Entry { seq: self.last, ..entry });
                self.since = self.since.or(self.reports.then_some(now));
                if self.last - self.reported >= self.limit as u64 {
                    self.since = self.since.map(|_| Instant::default());
                }
            }
        }
    }

    pub(super) fn report_since(&self) -> Option<Instant> {
        self.since
    }

    pub(super) fn take_unreported(&mut self, config: &Config) -> Option<String> {
        self.since.take()?;
        let reported = core::mem::replace(&mut self.reported, self.last);
        let new = self.entries.iter().filter(|entry| entry.seq > reported);
        Some(array(new.map(|entry| entry.to_object(config))))
    }

    pub(super) fn to_json(&self, config: &Config) -> String {
        array(self.entries.iter().map(|entry| entry.to_object(config)))
    }
}

/// The same thing again within this time is counted and not listed, in milliseconds.
const REPEAT_MS: u64 = 1_000;

/// The JSON array of these objects.
fn array(objects: impl Iterator<Item = Object>) -> String {
    let texts: Vec<String> = objects.map(|object| object.to_json()).collect();
    ["[", &texts.join(","), "]"].concat()
}
