//! What sets the pace of a queue that empties: how the requests that were let go end, and what it is when nothing comes.

use std::collections::VecDeque;

use crate::support::{App, HOUR, Reply, SECOND};

/// A queue that empties, and those that are on their way, in order.
struct Queue {
    app: App,
    away: VecDeque<u32>,
}

impl Queue {
    /// Nine thousand have waited for a token; sixteen are on their way.
    fn new() -> Self {
        let mut app = App::with_options(r#""queueTimeout":86400000"#).after_sign_in();
        app.pass(HOUR);
        app.queue(1..=9_000);
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

    /// With as many as an API takes after eight rounds in which it answers after so many milliseconds.
    fn answered_in(ms: u64) -> Self {
        let mut queue = Self::new();
        for _ in 0..8 {
            queue.round(ms);
        }
        queue
    }

    /// All that are on their way are answered after so many milliseconds; how many are then.
    fn round(&mut self, ms: u64) -> u64 {
        self.leaving(ms);
        self.end(self.away.len(), App::answered);
        self.on_the_way()
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

    /// Those on their way fail until so many are left.
    fn fail_down_to(&mut self, left: u64) {
        while self.on_the_way() > left {
            self.end(1, failed);
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
    let mut queue = Queue::answered_in(20);
    let before = queue.on_the_way();
    for _ in 0..8 {
        queue.leaving(SECOND);
        queue.end(queue.away.len(), redirected);
    }
    assert_eq!(queue.on_the_way(), before);
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
fn what_a_late_timer_gives_back_is_for_each_whole_time_of_silence() {
    let mut queue = Queue::shrunk();
    queue.fail_down_to(1);
    let leaving = [2, 4].map(|seconds| {
        queue.app.sleep(seconds * SECOND + SECOND / 2);
        queue.leaving(0)
    });
    assert_eq!(leaving, [2, 8]);
}

#[test]
fn callers_who_give_up_one_after_the_other_do_not_hide_that_it_is_silent() {
    let mut queue = Queue::grown();
    for _ in 0..5 {
        queue.leaving(SECOND * 2 / 5);
        queue.end(queue.away.len(), given_up);
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
fn callers_who_give_up_do_not_hide_it_where_only_one_may_leave_either() {
    let mut queue = Queue::shrunk();
    queue.fail_down_to(1);
    let leaving = [0; 4].map(|_| {
        let leaving = queue.leaving(SECOND - 1);
        queue.end(1, given_up);
        leaving
    });
    assert_eq!(leaving, [0, 0, 2, 0]);
}

/// How many are on their way after rounds in which the API answers `quick` of them after 20 ms and nobody else, and those give up
/// after so long.
fn after_rounds_of_giving_up(patience: u64, quick: usize) -> u64 {
    let mut queue = Queue::answered_in(20);
    for _ in 0..30 {
        queue.leaving(20);
        for _ in 0..quick {
            let id = queue.away.pop_back().expect("one on its way");
            queue.app.answered(id);
            queue.away.extend(queue.app.take_released());
        }
        queue.leaving(patience);
        queue.end(16, given_up);
    }
    queue.on_the_way()
}

#[test]
fn callers_who_give_up_on_overdue_answers_are_taken_for_slow_ones() {
    let at_first = Queue::answered_in(20).on_the_way();
    assert!(at_first > 30, "{at_first}");
    for patience in [SECOND / 10, SECOND] {
        assert_eq!(after_rounds_of_giving_up(patience, 5), 16, "{patience}");
    }
}

#[test]
fn answers_that_take_ten_times_as_long_halve_it_in_the_fourth_round() {
    let mut queue = Queue::answered_in(20);
    while queue.round(20) < 200 {}
    let [first, _, third, _, last] = [200; 5].map(|ms| queue.round(ms));
    assert_eq!((third, last), (first, first / 2));
}

#[test]
fn slow_answers_do_not_make_it_forget_that_it_was_too_much_once() {
    let grown_after = |refused| {
        let mut queue = Queue::answered_in(20);
        while queue.round(20) < 100 {}
        queue.end(refused, status(503));
        let slow = [200; 6].map(|ms| queue.round(ms))[5];
        (slow, [20; 10].map(|ms| queue.round(ms))[9])
    };
    let ((before, after), (narrowed, still)) = (grown_after(0), grown_after(1));
    assert!(after > before * 2, "{after} of {before}");
    assert!(still < narrowed * 3 / 2, "{still} of {narrowed}");
}

#[test]
fn callers_who_give_up_before_an_answer_is_due_leave_it() {
    let mut queue = Queue::answered_in(SECOND);
    let before = queue.on_the_way();
    for _ in 0..20 {
        queue.leaving(SECOND / 2);
        queue.end(16, given_up);
        queue.leaving(SECOND / 2);
        queue.end(16, App::answered);
    }
    assert!(queue.on_the_way() >= before, "{} of {before}", queue.on_the_way());
}

#[test]
fn a_few_who_give_up_on_an_api_that_is_well_do_not_hold_up_the_others() {
    let mut queue = Queue::answered_in(20);
    let mut slow = VecDeque::new();
    for round in 0..16 {
        queue.leaving(20);
        slow.extend(queue.away.pop_back());
        queue.end(queue.away.len(), App::answered);
        if round > 5 {
            queue.app.run(|session, now| session.handle_settled(now, slow.pop_front().expect("a slow one")));
        }
    }
    assert!(queue.on_the_way() > 100, "{}", queue.on_the_way());
}

#[test]
fn an_answer_that_comes_after_a_sleep_ends_the_silence() {
    let mut queue = Queue::grown();
    queue.app.now.instant = queue.app.now.instant.after(60 * SECOND);
    queue.end(10, App::answered);
    assert!(queue.on_the_way() > 30, "{}", queue.on_the_way());
}

#[test]
fn after_a_sleep_those_who_had_no_answer_are_written_off_once() {
    let mut queue = Queue::grown();
    queue.app.now.instant = queue.app.now.instant.after(60 * SECOND);
    queue.end(30, failed);
    assert_eq!(queue.on_the_way(), 16);
}

#[test]
fn an_hour_later_it_is_the_first_again() {
    let mut queue = Queue::shrunk();
    queue.fail_down_to(0);
    queue.app.pass(HOUR);
    queue.app.queue(10_000..=10_100);
    queue.app.refresh();
    assert_eq!(queue.on_the_way(), 16);
}
