//! Long waits are told to the pages, so that they can tell people.

use crate::proto::syntax::json::Object;
use crate::proto::syntax::time::{Instant, Now};

use super::access::Freshness;
use super::long_waits::{Cause, LONG_MS, Long};
use super::refresh::Refresh;
use super::state::Session;

impl Session {
    /// Takes note of who waits, before the shell sets its timer. Tells of waits that are long by now, of another cause, and of their end.
    pub(super) fn tell_long_waits(&mut self) {
        let now = self.watch.now();
        let waiting = [self.queues.len(), self.step_ups.len(), self.pauses.len()];
        // As with nearly every call.
        if waiting == [0; 3] && self.long_waits.is_quiet() {
            return;
        }
        let long = self.long_waits.count(now.instant, waiting);
        let cause = long.map_or(Cause::default(), |Long { kind, .. }| self.cause(now, kind));
        if self.long_waits.is_news(now.instant, cause) {
            self.tell_wait(now, cause, long.map(|Long { kind, due }| (waiting[kind], due)));
        }
    }

    fn tell_wait(&mut self, now: Now, Cause { what, until }: Cause, long: Option<(usize, Instant)>) {
        let lasted = |due| now.instant.since(due).saturating_add(LONG_MS);
        let known = until > Instant::default();
        let detail = Object::default()
            .with("for", long.map(|_| what))
            .with("since", long.map(|(_, due)| now.unix_ms.saturating_sub(lasted(due))))
            .with("until", known.then_some(now.unix_ms.saturating_add(until.since(now.instant))))
            .with("calls", long.map_or(0, |(calls, _)| calls as u64));
        self.emit("waiting", detail);
    }

    fn cause(&self, now: Now, kind: usize) -> Cause {
        let what = match kind {
            0 => self.what_the_queue_waits_for(now),
            1 => "sign-in",
            _ => "retry-after",
        };
        let until = match (&self.refresh, what) {
            (Refresh::Waiting { pause, .. }, "token") if pause.asked => Some(pause.until),
            (_, "retry-after") => self.pauses.next_deadline(),
            _ => None,
        };
        Cause { what, until: until.unwrap_or_default() }
    }

    fn what_the_queue_waits_for(&self, now: Now) -> &'static str {
        let lacks = |lane| self.queues.has(lane, None) && self.freshness(now, lane) == Some(Freshness::Stale);
        if self.surroundings.locked {
            "unlock"
        } else if !self.surroundings.online {
            "network"
        } else if self.grant.is_none() {
            "sign-in"
        } else if self.lanes.numbers().any(lacks) {
            "token"
        } else {
            "turn"
        }
    }
}
