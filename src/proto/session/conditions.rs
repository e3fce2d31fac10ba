//! What goes on around the session: the network comes and goes, pages are looked at or not, clocks jump, and somebody
//! has to look when something is out of the ordinary.

use crate::proto::config::Anomaly;
use crate::proto::syntax::json::Object;
use crate::proto::syntax::time::{Instant, Now};

use super::access::Freshness;
use super::command::Output;
use super::state::Session;
use super::surroundings::Surroundings;

impl Session {
    /// Takes note of the time, before anything else happens at it.
    pub fn tick(&mut self, now: Now) {
        self.watch.tick(now, self.queues.len());
    }

    /// Takes note that the platform says it is offline, or online again. Offline, no attempt follows a failed one;
    /// online, the next one follows at once, unless the server asked for a pause.
    pub fn handle_connectivity(&mut self, now: Now, online: bool) {
        self.tick(now);
        if online == self.surroundings.online {
            return;
        }
        self.surroundings.online = online;
        self.watch.note(if online { "online" } else { "offline" }, "");
        self.reconsider(now);
        self.pump(now);
    }

    /// Takes note of whether somebody looks at a page. While that is so and the session is used, it is refreshed ahead
    /// of time.
    pub fn handle_visibility(&mut self, now: Now, visible: bool) {
        self.tick(now);
        self.surroundings.visible = visible;
        if visible {
            self.refresh_ahead(now);
        } else {
            self.report(true);
        }
    }

    /// Takes note that the wall clock gained `ms` on the monotonic one, or lost them if negative. A gain is sleep.
    pub fn handle_clock_jump(&mut self, now: Now, ms: i64) {
        self.tick(now);
        match ms {
            0 => {}
            1.. => self.watch.note_more("slept", "", ms.unsigned_abs(), None),
            _ => {
                self.watch.note_more("clock", "set-back", ms.unsigned_abs(), None);
                let anomaly = self.watch.clock(ms);
                self.alarm(anomaly);
            }
        }
    }

    /// Lets a locked session go on.
    pub fn unlock(&mut self, now: Now) {
        self.tick(now);
        if self.surroundings.locked {
            self.surroundings.locked = false;
            self.watch.note("unlocked", "");
            self.emit("unlocked", Object::default());
            self.pump(now);
        }
    }

    /// When the first refresh ahead of time is due.
    pub(super) fn ahead_at(&self) -> Option<Instant> {
        self.lanes.numbers().filter_map(|lane| self.lane_ahead_at(lane)).min()
    }

    fn lane_ahead_at(&self, lane: usize) -> Option<Instant> {
        let Surroundings { visible: true, locked: false, .. } = self.surroundings else { return None };
        self.grant.as_ref()?.refresh_token.as_ref()?;
        let early_at = self.lanes.get(lane).early_at()?;
        let free = self.refresh.attempt().is_none();
        free.then(|| self.refresh.retry_at().map_or(early_at, |until| early_at.max(until)))
    }

    /// Refreshes if it is time. A token that is no longer of use, say after sleep, waits until somebody wants it.
    pub(super) fn refresh_ahead(&mut self, now: Now) {
        for lane in self.lanes.numbers() {
            if self.lane_ahead_at(lane).is_some_and(|at| at <= now.instant) {
                if self.freshness(now, lane) == Some(Freshness::Early) {
                    self.start_refresh(now, lane);
                }
                if self.refresh.attempt().is_none() {
                    self.lanes.get_mut(lane).rest();
                }
            }
        }
    }

    /// Tells of an anomaly, and locks the session if the configuration says so.
    pub(super) fn alarm(&mut self, anomaly: Option<Anomaly>) {
        let Some(anomaly) = anomaly else { return };
        let locks = self.locks(anomaly);
        self.surroundings.locked |= locks;
        self.watch.note_more("anomaly", anomaly.name(), anomaly.count(), None);
        if locks {
            self.watch.note("locked", anomaly.name());
        }
        let mut detail = Object::default().with("kind", anomaly.name()).with("count", anomaly.count());
        if let Anomaly::RequestSurge { baseline, .. } = anomaly {
            detail = detail.with("baseline", baseline);
        }
        self.emit("anomaly", detail.with("locked", self.surroundings.locked));
    }

    /// Tells of a request to a place that isn't on the list: once in a while, but whenever it locks the session.
    pub(super) fn alarm_off_list(&mut self) {
        let told = self.watch.off_list();
        let locks = self.locks(Anomaly::OffListTarget);
        self.alarm(told.or(locks.then_some(Anomaly::OffListTarget)));
    }

    /// Whether `anomaly` locks a session that is not locked yet.
    fn locks(&self, anomaly: Anomaly) -> bool {
        let active = self.grant.is_some() || !self.exchanges.is_empty();
        active && !self.surroundings.locked && self.config.lock_on.contains(&anomaly.name())
    }

    /// Hands new audit entries over if somebody wants them and it is time, or `all` says so.
    pub(super) fn report(&mut self, all: bool) {
        if self.config.audit_sink.is_some()
            && let Some(entries) = self.watch.report(&self.config, all)
        {
            self.put(Output::Report(entries));
        }
    }
}
