//! What sets the pace of a queue that empties: how the requests that were let go end, and what it is when nothing comes.

use std::collections::VecDeque;

use crate::support::{App, HOUR, Reply, SECOND};

/// A queue that empties, and those that are on their way, in order.
struct Queue {
    app: App,
    away: VecDeque<u32>,
}

impl Queue {
    /// Two thousand have waited for a token; sixteen are on their way.
    fn new() -> Self {
        let mut app = App::with_options(r#""queueTimeout":86400000"#).after_sign_in();
        app.pass(HOUR);
        app.queue(1..=2_000);
        app.refresh();
        let away = app.take_released().into();
        Self { app, away }
    }

    /// With more than thirty on their way.
    fn grown() -> Self {
        let mut queue = Self::new();
        queue.end(160, App::answered);
        assert!(queue.on_the_way() > 30, "{}", queue.on_the_way());
        queue
    }

    /// With seven, since most of the first sixteen failed.
    fn shrunk() -> Self {
        let mut queue = Self::new();
        queue.end(16, failed);
        while queue.on_the_way() > 7 {
            queue.end(1, given_up);
        }
        queue
    }

    fn on_the_way(&self) -> u64 {
        self.app.stat("inFlight")
    }

    /// The first `count` of those on their way end like this, one after the other.
    fn end(&mut self, count: usize, end: impl Fn(&mut App, u32)) {
        for _ in 0..count {
            let id = self.away.pop_front().expect("one on its way");
            end(&mut self.app, id);
            self.away.extend(self.app.take_released());
        }
    }

    /// How many leave in so many milliseconds in which nothing comes.
    fn leaving(&mut self, ms: u64) -> usize {
        self.app.pass(ms);
        let ids = self.app.take_released();
        self.away.extend(&ids);
        ids.len()
    }
}

fn failed(app: &mut App, id: u32) {
    app.run(|session, now| session.handle_failed(now, id));
}

fn given_up(app: &mut App, id: u32) {
    app.run(|session, now| session.handle_settled(now, id));
}

fn redirected(app: &mut App, id: u32) {
    app.run(|session, now| session.handle_status(now, id, 0)).expect_err("a redirect");
}

fn status(status: u16) -> impl Fn(&mut App, u32) {
    move |app, id| {
        app.replied(id, status, Reply { generation: 2, ..Reply::unauthorized() }).expect("a verdict");
    }
}

/// How many are on their way after the first sixteen have ended like this. Where that narrowed the window to seven it is eleven, of
/// whom more have to end before another one may go.
fn after_sixteen(end: impl Fn(&mut App, u32)) -> u64 {
    let mut queue = Queue::new();
    queue.end(16, end);
    queue.on_the_way()
}

#[test]
fn good_answers_and_refusals_of_one_request_raise_it() {
    for code in [200, 204, 304, 400, 404, 409] {
        assert_eq!(after_sixteen(status(code)), 17, "{code}");
    }
}

#[test]
fn what_says_that_the_api_cannot_be_had_lowers_it() {
    for code in [429, 502, 503, 504] {
        assert_eq!(after_sixteen(status(code)), 11, "{code}");
    }
    assert_eq!(after_sixteen(failed), 11);
}

#[test]
fn what_says_nothing_of_the_api_leaves_it() {
    for code in [500, 501, 505] {
        assert_eq!(after_sixteen(status(code)), 16, "{code}");
    }
    assert_eq!((after_sixteen(given_up), after_sixteen(redirected)), (16, 16));
}

#[test]
fn what_says_nothing_of_the_api_is_no_good_round_either() {
    let after = |given: usize| {
        let mut queue = Queue::shrunk();
        queue.end(given, given_up);
        queue.end(100, App::answered);
        queue.on_the_way()
    };
    assert_eq!(after(500), after(0));
    let mut queue = Queue::grown();
    for _ in 0..40 {
        queue.end(3, given_up);
        queue.end(1, failed);
    }
    assert!(queue.on_the_way() < 20, "{}: the API is down, whoever gives up meanwhile", queue.on_the_way());
}

#[test]
fn two_silent_seconds_take_away_what_it_had_grown_by() {
    let mut queue = Queue::grown();
    assert_eq!(queue.leaving(2 * SECOND - 1), 0);
    for _ in 0..3 {
        assert_eq!(queue.leaving(1), 16);
        assert_eq!(queue.leaving(2 * SECOND - 1), 0);
    }
}

#[test]
fn each_two_silent_seconds_give_back_some_of_what_was_taken() {
    let mut queue = Queue::shrunk();
    let leaving = [0; 4].map(|_| queue.leaving(2 * SECOND));
    assert_eq!(leaving, [14, 16, 16, 16]);
}

#[test]
fn callers_who_give_up_one_after_the_other_do_not_hide_that_it_is_silent() {
    let mut queue = Queue::grown();
    for _ in 0..4 {
        queue.leaving(SECOND / 2);
        queue.end(20, given_up);
    }
    assert_eq!(queue.on_the_way(), 16);
}

#[test]
fn an_api_that_answers_is_not_silent_however_few_may_leave() {
    let mut queue = Queue::grown();
    queue.end(35, failed);
    // More are on their way than may be, so that none leaves for each that comes.
    let before = queue.on_the_way();
    for _ in 0..5 {
        assert_eq!(queue.leaving(SECOND), 0);
        queue.end(1, App::answered);
    }
    assert_eq!(queue.on_the_way(), before - 5);
}

#[test]
fn an_hour_later_it_is_the_first_again() {
    let mut queue = Queue::shrunk();
    while queue.on_the_way() > 0 {
        queue.end(1, failed);
    }
    queue.app.pass(HOUR);
    queue.app.queue(3_000..=3_100);
    queue.app.refresh();
    assert_eq!(queue.on_the_way(), 16);
}
