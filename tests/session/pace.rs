//! What sets the pace of a queue that empties: how the requests that were let go end, and what it is when nothing comes.

use crate::support::{App, HOUR, Reply, SECOND};

/// Two hundred have waited for a token and may go, sixteen of them at once.
fn draining(options: &str) -> App {
    let mut app = App::with_options(options).after_sign_in();
    app.pass(HOUR);
    app.queue(1..=200);
    app.refresh();
    app.seen();
    app
}

/// How many are on their way after the first sixteen have ended like this, one after the other.
fn pace_after(end: impl Fn(&mut App, u32)) -> u64 {
    let mut app = draining("");
    for id in app.take_released() {
        end(&mut app, id);
    }
    app.stat("inFlight")
}

fn pace_after_status(status: u16) -> u64 {
    pace_after(|app, id| {
        app.replied(id, status, Reply { generation: 2, ..Reply::unauthorized() }).expect("a verdict");
    })
}

#[test]
fn good_answers_and_refusals_of_one_request_raise_it() {
    for status in [200, 204, 304, 400, 404, 409] {
        assert_eq!(pace_after_status(status), 17, "{status}");
    }
}

#[test]
fn what_says_that_the_api_cannot_be_had_lowers_it() {
    for status in [429, 502, 503, 504] {
        assert_eq!(pace_after_status(status), 11, "{status}");
    }
    assert_eq!(pace_after(|app, id| app.run(|session, now| session.handle_failed(now, id))), 11, "no answer");
}

#[test]
fn what_says_nothing_of_the_api_leaves_it() {
    for status in [500, 501, 505] {
        assert_eq!(pace_after_status(status), 16, "{status}");
    }
    assert_eq!(pace_after(|app, id| app.run(|session, now| session.handle_settled(now, id))), 16, "given up");
    let redirect = |app: &mut App, id| {
        app.run(|session, now| session.handle_status(now, id, 0)).expect_err("a redirect");
    };
    assert_eq!(pace_after(redirect), 16, "a redirect");
}

#[test]
fn two_silent_seconds_take_away_what_it_had_grown_by() {
    let mut app = draining(r#""queueLimit":1000"#);
    app.queue(201..=600);
    for _ in 0..10 {
        for id in app.take_released() {
            app.answered(id);
        }
    }
    assert!(app.stat("inFlight") > 30, "{}", app.stat("inFlight"));
    app.pass(2 * SECOND);
    assert_eq!(app.stat("inFlight"), 16);
    app.pass(2 * SECOND);
    assert_eq!(app.stat("inFlight"), 16, "the sixteen before are not waited for any more");
}

#[test]
fn two_silent_seconds_leave_what_it_was_lowered_to() {
    let mut app = draining("");
    for id in app.take_released() {
        app.run(|session, now| session.handle_failed(now, id));
    }
    for _ in 0..3 {
        app.pass(2 * SECOND);
        assert_eq!(app.stat("inFlight"), 7);
    }
}

#[test]
fn two_seconds_with_nothing_on_its_way_bring_back_the_first() {
    let mut app = draining("");
    while app.stat("queued") > 0 {
        for id in app.take_released() {
            app.run(|session, now| session.handle_failed(now, id));
        }
    }
    for id in app.take_released() {
        app.run(|session, now| session.handle_failed(now, id));
    }
    app.pass(HOUR);
    app.queue(201..=300);
    app.refresh();
    assert_eq!(app.stat("inFlight"), 16);
}
