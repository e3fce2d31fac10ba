//! What sets the pace of a queue that empties: how the requests that were let go end, and what it is when nothing comes.

use crate::emptying::{Queue, failed, given_up, redirected, status};
use crate::support::{App, HOUR, SECOND};

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
fn half_a_round_that_is_refused_does_not_mean_that_the_api_is_down() {
    let mut queue = Queue::new();
    queue.end(7, failed);
    queue.end(7, App::answered);
    assert_eq!(queue.on_the_way(), 14);
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
