//! A queue that empties after a refresh, and how those that leave it end.

use std::collections::VecDeque;

use crate::support::{App, HOUR, Reply};

/// A queue that empties, and those that are on their way, in order.
pub(crate) struct Queue {
    pub(crate) app: App,
    pub(crate) away: VecDeque<u32>,
}

impl Queue {
    /// Four thousand have waited for a token; sixteen are on their way.
    pub(crate) fn new() -> Self {
        let mut app = App::with_options(r#""queueTimeout":86400000"#).after_sign_in();
        app.pass(HOUR);
        app.queue(1..=4_000);
        app.refresh();
        let away = app.take_released().into();
        Self { app, away }
    }

    /// With more than thirty on their way.
    pub(crate) fn grown() -> Self {
        let mut queue = Self::new();
        queue.end(160, App::answered);
        assert!(queue.on_the_way() > 30, "{}", queue.on_the_way());
        queue
    }

    /// With seven, since most of the first sixteen failed.
    pub(crate) fn shrunk() -> Self {
        let mut queue = Self::new();
        queue.end(16, failed);
        while queue.on_the_way() > 7 {
            queue.end(1, given_up);
        }
        queue
    }

    /// With as many as an API takes after eight rounds in which it answers after so many milliseconds.
    pub(crate) fn answered_in(ms: u64) -> Self {
        let mut queue = Self::new();
        queue.rounds(8, ms);
        queue
    }

    /// With so many at least, by rounds of 20 ms.
    pub(crate) fn grown_to(size: u64) -> Self {
        let mut queue = Self::answered_in(20);
        let is_reached = (0..40).any(|_| queue.rounds(1, 20) >= size);
        assert!(is_reached, "{} of {size}", queue.on_the_way());
        queue
    }

    /// So often all that are on their way are answered after so many milliseconds; how many are then.
    pub(crate) fn rounds(&mut self, count: usize, ms: u64) -> u64 {
        for _ in 0..count {
            self.leaving(ms);
            self.end(self.away.len(), App::answered);
        }
        self.on_the_way()
    }

    pub(crate) fn on_the_way(&self) -> u64 {
        self.app.stat("inFlight")
    }

    /// The first `count` of those on their way end like this, one after the other.
    pub(crate) fn end(&mut self, count: usize, end: impl Fn(&mut App, u32)) {
        for _ in 0..count {
            let id = self.away.pop_front().expect("one on its way");
            end(&mut self.app, id);
            self.away.extend(self.app.take_released());
        }
    }

    /// Those on their way fail until so many are left.
    pub(crate) fn fail_down_to(&mut self, left: u64) {
        while self.on_the_way() > left {
            self.end(1, failed);
        }
    }

    /// How many leave in so many milliseconds in which nothing comes.
    pub(crate) fn leaving(&mut self, ms: u64) -> usize {
        self.app.pass(ms);
        let ids = self.app.take_released();
        self.away.extend(&ids);
        ids.len()
    }
}

pub(crate) fn failed(app: &mut App, id: u32) {
    app.run(|session, now| session.handle_failed(now, id));
}

pub(crate) fn given_up(app: &mut App, id: u32) {
    app.run(|session, now| session.handle_settled(now, id));
}

pub(crate) fn redirected(app: &mut App, id: u32) {
    app.run(|session, now| session.handle_status(now, id, 0)).expect_err("a redirect");
}

pub(crate) fn status(status: u16) -> impl Fn(&mut App, u32) {
    move |app, id| {
        app.replied(id, status, Reply { generation: 2, ..Reply::unauthorized() }).expect("a verdict");
    }
}
