//! The queue: order, bounds, deadlines, and how fast it empties (REF-21).

use tokenkeep::proto::error::{Ending, Error, QueueError};
use tokenkeep::proto::session::Verdict;
use tokenkeep::proto::syntax::time::Instant;

use crate::support::{API, App, HOUR, SECOND};

/// Signed in, with a token that has expired meanwhile.
fn stale(options: &str) -> App {
    let mut app = App::with_options(options).after_sign_in();
    app.pass(HOUR);
    app
}

#[test]
fn a_bounded_number_is_on_the_way_at_once() {
    let mut app = stale(r#""drainConcurrency":2"#);
    app.queue(1..=5);
    app.refresh();
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshed", "release 1 2 @2"]);
    assert_eq!((app.stat("queued"), app.stat("inFlight")), (3, 2));
    app.settle(1);
    assert_eq!(app.seen(), ["release 3 @2"]);
    app.settle(2);
    assert_eq!(app.seen(), ["release 4 @2", "release 5 @2"]);
    app.settle(2);
    assert!(app.seen().is_empty());
    assert_eq!((app.stat("queued"), app.stat("inFlight")), (0, 0));
}

#[test]
fn a_newcomer_does_not_overtake_the_queue() {
    let mut app = stale(r#""drainConcurrency":1"#);
    app.queue(1..=3);
    app.refresh();
    app.seen();
    app.queue([4]);
    app.settle(1);
    app.settle(1);
    app.settle(1);
    assert_eq!(app.seen(), ["release 2 @2", "release 3 @2", "release 4 @2"]);
    app.settle(1);
    assert_eq!(app.authorize(5), Ok(Verdict::Send(2)), "the queue is empty");
}

#[test]
fn a_long_poll_does_not_hold_up_the_queue() {
    let mut app = stale(r#""drainConcurrency":2"#);
    app.queue(1..=5);
    app.refresh();
    app.seen();
    app.pass(2 * SECOND - 1);
    assert!(app.seen().is_empty());
    app.pass(1);
    assert_eq!(app.seen(), ["release 3 4 @2"]);
    app.pass(2 * SECOND);
    assert_eq!(app.seen(), ["release 5 @2"]);
    app.settle(5);
    assert_eq!(app.authorize(6), Ok(Verdict::Send(2)));
    assert_eq!(app.stat("inFlight"), 0);
}

#[test]
fn the_queue_has_a_limit() {
    let mut app = App::with_options(r#""queueLimit":2"#).after_sign_in();
    assert_eq!(app.authorize(4), Ok(Verdict::Send(1)));
    app.pass(HOUR);
    app.queue([1, 2]);
    assert_eq!(app.authorize(3), Err(Error::Queue(QueueError::Full)));
    assert_eq!(app.unauthorized(4, 1), Err(Error::Queue(QueueError::Full)));
    app.cancel(1);
    app.queue([5]);
    app.refresh();
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshed", "release 2 5 @2"]);
}

#[test]
fn who_waits_too_long_is_rejected() {
    let mut app = stale("");
    app.queue([1]);
    app.pass(10 * SECOND);
    app.queue([2]);
    app.pass(20 * SECOND - 1);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
    app.pass(1);
    assert_eq!(app.seen(), ["reject 1 QUEUE_TIMEOUT"]);
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "release 2 @2"]);
}

#[test]
fn a_request_may_have_a_deadline_of_its_own() {
    let mut app = stale(r#""queueTimeout":60000"#);
    app.queue([1]);
    for (id, timeout) in [(2, 500), (3, 0), (4, u64::MAX)] {
        let verdict = app.run(|session, now| session.authorize(now, id, API, Some(timeout)));
        assert_eq!(verdict, Ok(Verdict::Queued));
    }
    app.seen();
    app.pass(0);
    assert_eq!(app.seen(), ["reject 3 QUEUE_TIMEOUT"]);
    assert_eq!(app.session.poll_timeout(), Some(Instant::from_millis(HOUR + 500)));
    app.pass(500);
    assert_eq!(app.seen(), ["reject 2 QUEUE_TIMEOUT"]);
    app.pass(60 * SECOND);
    assert_eq!(app.seen(), ["reject 1 QUEUE_TIMEOUT"]);
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "release 4 @2"]);
}

#[test]
fn all_late_waiters_are_rejected_together_and_in_order() {
    let mut app = stale("");
    app.queue([3, 5, 4]);
    app.sleep(HOUR);
    assert_eq!(app.seen(), ["refresh refresh-1", "reject 3 4 5 QUEUE_TIMEOUT"]);
}

#[test]
fn who_gives_up_is_neither_released_nor_rejected() {
    let mut app = stale("");
    app.queue(1..=4);
    app.cancel(2);
    app.cancel(2);
    app.cancel(99);
    app.refresh();
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshed", "release 1 3 4 @2"]);
    app.settle(3);
    app.pass(HOUR);
    app.queue([5, 6]);
    app.cancel(5);
    app.sign_out();
    assert_eq!(app.seen(), ["refresh refresh-2", "signedout signout", "reject 6 LOGIN_REQUIRED"]);
}

#[test]
fn when_all_give_up_there_is_nothing_to_wake_for() {
    let mut app = stale("");
    app.queue([1, 2]);
    app.cancel(1);
    app.cancel(2);
    assert_eq!(app.session.poll_timeout(), None);
}

#[test]
fn ten_thousand_waiters_get_through_one_refresh_in_order() {
    let mut app = stale("");
    app.queue(1..=10_000);
    assert_eq!(app.authorize(10_001), Err(Error::Queue(QueueError::Full)));
    app.refresh();
    app.settle(10_000);
    let seen = app.seen();
    let released = seen.iter().filter_map(|line| line.strip_prefix("release ")?.strip_suffix(" @2"));
    let ids: Vec<u32> = released.flat_map(|ids| ids.split(' ')).map(|id| id.parse().expect("an id")).collect();
    assert!(ids.into_iter().eq(1..=10_000));
    assert_eq!(app.server.refreshes, ["refresh-1"]);
}

#[test]
fn ten_thousand_waiters_settle_when_the_refresh_hangs() {
    let mut app = stale("");
    app.queue(1..=10_000);
    app.seen();
    app.pass(30 * SECOND);
    let seen = app.seen();
    assert_eq!(seen.len(), 1);
    assert!(seen[0].starts_with("reject 1 2 3 ") && seen[0].ends_with(" 9999 10000 QUEUE_TIMEOUT"));
    assert_eq!(app.stat("queued"), 0);
}

#[test]
fn waiters_of_a_token_that_can_not_be_renewed_are_told_when_it_expires() {
    let mut app = App::with_options(r#""drainConcurrency":1"#);
    (app.server.rotate, app.server.expires_in) = (false, Some("4".into()));
    let pending = app.come_back();
    app.queue(1..=4);
    app.exchange(pending).expect("the exchange succeeds");
    assert_eq!(app.seen(), ["signedin", "release 1 @1"]);
    app.pass(2 * SECOND);
    assert_eq!(app.seen(), ["release 2 @1"]);
    app.pass(3 * SECOND);
    assert_eq!(app.seen(), ["signedout expired", "reject 3 4 LOGIN_REQUIRED"]);
    assert_eq!(app.authorize(5), Err(Error::LoginRequired(Ending::Expired)));
}
