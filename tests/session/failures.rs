//! Refreshes that fail, and what that says about the session.

use tokenkeep::proto::error::{Ending, Error, Transport};
use tokenkeep::proto::http::Answer;
use tokenkeep::proto::session::Verdict;

use crate::support::{API, App, HOUR, MINUTE, SECOND, answer, error, granted, json};

type Given = Result<Answer, Transport>;

/// Signed in, the token expired, and these requests wait for the refresh.
fn waiting(ids: std::ops::RangeInclusive<u32>) -> App {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue(ids);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
    app
}

fn retry_after(status: u16, value: &str) -> Given {
    Ok(Answer { retry_after: Some(value.into()), ..answer(status, None, b"") })
}

#[test]
fn a_dead_grant_ends_the_session_once() {
    let html = || Ok(answer(403, Some("text/html"), b"<h1>no</h1>"));
    let cases: [(&str, Given); 5] = [
        ("400 invalid_grant", error(400, "invalid_grant")),
        ("401 invalid_grant", error(401, "invalid_grant")),
        ("401 without a body", Ok(answer(401, None, b""))),
        ("403 HTML", html()),
        ("403 access_denied", error(403, "access_denied")),
    ];
    for (name, given) in cases {
        let mut app = waiting(1..=50);
        app.refresh_with(given);
        let seen = app.seen();
        assert_eq!(seen.len(), 2, "{name}");
        assert_eq!(seen[0], "signedout revoked", "{name}");
        assert!(seen[1].starts_with("reject 1 2 3 ") && seen[1].ends_with(" 49 50 LOGIN_REQUIRED"), "{name}");
        for id in 51..=55 {
            assert_eq!(app.authorize(id), Err(Error::LoginRequired(Ending::Revoked)), "{name}");
        }
        app.pass(24 * HOUR);
        assert!(app.seen().is_empty(), "{name}: REF-6, one request, then silence");
        assert_eq!((app.session.snapshot(), app.session.authorization(1)), (None, None));
    }
}

#[test]
fn a_dead_grant_ends_the_session_even_while_its_token_lives() {
    let mut app = App::signed_in();
    app.pass(HOUR - MINUTE);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    app.refresh_with(error(400, "invalid_grant"));
    assert_eq!(app.seen(), ["refresh refresh-1", "signedout revoked"]);
    assert_eq!(app.authorize(2), Err(Error::LoginRequired(Ending::Revoked)));
}

#[test]
fn a_refused_client_is_a_standing_error_for_a_minute() {
    let cases = [
        (401, "invalid_client", "CLIENT_REFUSED"),
        (400, "invalid_client", "CLIENT_REFUSED"),
        (400, "unauthorized_client", "CLIENT_REFUSED"),
        (400, "invalid_scope", "CLIENT_REFUSED"),
        (400, "invalid_target", "CLIENT_REFUSED"),
        (400, "invalid_request", "CLIENT_REFUSED"),
        (400, "unsupported_grant_type", "CLIENT_REFUSED"),
        (400, "something_new", "TOKEN_ERROR"),
    ];
    for (status, name, code) in cases {
        let mut app = waiting(1..=3);
        app.refresh_with(error(status, name));
        assert_eq!(app.seen(), [format!("refreshfailed {code}"), format!("reject 1 2 3 {code}")], "{status} {name}");
        for id in 4..=100 {
            let refusal = app.authorize(id).expect_err("a standing error");
            assert_eq!(refusal.code(), format!("TOKENKEEP_{code}"), "{name}: REF-8");
        }
        app.pass(MINUTE - 1);
        assert!(app.authorize(101).is_err());
        assert!(app.seen().is_empty(), "{name}: no retry storm");
        app.pass(1);
        app.queue([102]);
        app.refresh();
        assert_eq!(app.seen(), ["refresh refresh-1", "refreshed", "release 102 @2"], "{name}: the session was kept");
    }
}

#[test]
fn a_refused_client_does_not_stop_a_token_that_works() {
    let mut app = App::signed_in();
    app.pass(HOUR - MINUTE);
    app.authorize(1).expect("a verdict");
    app.refresh_with(error(401, "invalid_client"));
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshfailed CLIENT_REFUSED"]);
    assert_eq!(app.authorize(2), Ok(Verdict::Send(1)));
    assert!(app.seen().is_empty());
}

#[test]
fn what_says_nothing_about_the_grant_keeps_the_session() {
    let cases: Vec<(&str, Given, &str)> = vec![
        ("network", Err(Transport::Network), "NETWORK"),
        ("timeout", Err(Transport::Timeout), "TIMEOUT"),
        ("endless body", Err(Transport::TooLarge), "TOKEN_RESPONSE_INVALID"),
        ("500", Ok(answer(500, None, b"")), "SERVER_UNAVAILABLE"),
        ("500 with an error", error(500, "invalid_grant"), "SERVER_UNAVAILABLE"),
        ("502 HTML", Ok(answer(502, Some("text/html"), b"<h1>Bad Gateway</h1>")), "SERVER_UNAVAILABLE"),
        ("503", Ok(answer(503, None, b"")), "SERVER_UNAVAILABLE"),
        ("429", error(429, "slow_down"), "SERVER_UNAVAILABLE"),
        ("408", Ok(answer(408, None, b"")), "SERVER_UNAVAILABLE"),
        ("404 HTML", Ok(answer(404, Some("text/html"), b"<h1>Not Found</h1>")), "SERVER_UNAVAILABLE"),
        ("400 without a body", Ok(answer(400, None, b"")), "SERVER_UNAVAILABLE"),
        ("200 HTML", Ok(answer(200, Some("text/html"), b"<h1>Sign in to the Wi-Fi</h1>")), "TOKEN_RESPONSE_INVALID"),
        ("200 broken", json(200, r#"{"access_token":"#), "TOKEN_RESPONSE_INVALID"),
        ("200 mac", json(200, r#"{"access_token":"a","token_type":"mac"}"#), "TOKEN_RESPONSE_INVALID"),
        ("204", json(204, ""), "TOKEN_RESPONSE_INVALID"),
    ];
    for (name, given, code) in cases {
        let mut app = waiting(1..=3);
        app.refresh_with(given);
        assert_eq!(app.seen(), [format!("refreshfailed {code}")], "{name}: REF-7");
        app.pass(SECOND);
        assert_eq!(app.seen(), ["refresh refresh-1"], "{name}: tried again");
        app.refresh();
        assert_eq!(app.seen(), ["refreshed", "release 1 2 3 @2"], "{name}");
    }
}

#[test]
fn pauses_double_up_to_four_seconds_and_to_twenty_in_a_long_outage() {
    let mut app = App::with_options(r#""queueTimeout":86400000"#).after_sign_in();
    app.pass(HOUR);
    app.queue([1]);
    let mut last = app.now.instant;
    let doubling = [500, 1_000, 2_000];
    for pause in doubling.into_iter().chain([4_000; 9]).chain([20_000; 4]) {
        let attempt = app.refreshes.remove(0).attempt;
        app.run(|session, now| session.handle_refresh_response(now, u32::MAX, attempt, Err(Transport::Network)));
        assert_eq!(app.session.poll_timeout(), Some(last.after(pause)), "REF-9");
        app.pass(pause - 1);
        assert!(app.refreshes.is_empty());
        app.pass(1);
        assert_eq!(app.refreshes.len(), 1);
        last = app.now.instant;
    }
    app.refresh();
    app.settle(1);
    app.pass(HOUR);
    app.queue([2]);
    let attempt = app.refreshes.remove(0).attempt;
    app.run(|session, now| session.handle_refresh_response(now, u32::MAX, attempt, Err(Transport::Network)));
    assert_eq!(app.stat("nextAttemptIn"), 500, "a success starts the row anew");
}

#[test]
fn an_outage_of_fifteen_seconds_costs_no_request_whatever_the_jitter() {
    for tenths in 0..=10 {
        let mut app = waiting(1..=20);
        let (start, jitter) = (app.now.instant, u32::MAX / 10 * tenths);
        while app.now.instant < start.after(29 * SECOND) {
            if app.now.instant >= start.after(15 * SECOND) && !app.refreshes.is_empty() {
                app.refresh();
            } else if let Some(request) = app.refreshes.pop() {
                let down = Ok(answer(503, None, b""));
                app.run(|session, now| session.handle_refresh_response(now, jitter, request.attempt, down));
            }
            app.pass(50);
        }
        assert_eq!((app.stat("queued"), app.stat("inFlight")), (0, 20), "jitter {tenths}/10");
    }
}

#[test]
fn an_outage_of_an_hour_is_not_answered_with_a_storm() {
    for (gap, jitter) in [(500, u32::MAX), (3_000, u32::MAX), (7_000, u32::MAX), (3_000, u32::MAX / 2)] {
        let mut app = waiting(1..=1);
        let (start, mut attempts, mut id) = (app.now.instant, 0, 1);
        while app.now.instant < start.after(HOUR) {
            if let Some(request) = app.refreshes.pop() {
                attempts += 1;
                let down = Ok(answer(503, None, b""));
                app.run(|session, now| session.handle_refresh_response(now, jitter, request.attempt, down));
            }
            id += 1;
            app.queue([id]);
            app.pass(gap);
        }
        assert!(attempts <= 400, "REF-9: {attempts} attempts in an hour, a request every {gap} ms");
    }
}

#[test]
fn the_first_to_give_up_sees_one_more_attempt() {
    let mut app = waiting(1..=1);
    let fail = |app: &mut App| {
        let attempt = app.refreshes.remove(0).attempt;
        app.run(|session, now| session.handle_refresh_response(now, u32::MAX, attempt, Err(Transport::Network)));
    };
    for pause in [500, 1_000, 2_000] {
        fail(&mut app);
        app.pass(pause);
    }
    let verdict = app.run(|session, now| session.authorize(now, 2, API, Some(2_500)));
    assert_eq!(verdict, Ok(Verdict::Queued));
    fail(&mut app);
    app.seen();
    app.pass(1_499);
    assert!(app.seen().is_empty());
    app.pass(1);
    assert_eq!(app.seen(), ["refresh refresh-1"], "a second before request 2 gives up, not in four seconds");
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "release 1 2 @2"]);
}

#[test]
fn retry_after_is_obeyed() {
    for (value, least, most) in [("3", 3_000, 3_300), ("0", 0, 500), ("999999999", 3_600_000, 3_960_000)] {
        for status in [429, 503] {
            for jitter in [0, u32::MAX] {
                let mut app = waiting(1..=1);
                let attempt = app.refreshes.remove(0).attempt;
                let given = retry_after(status, value);
                app.run(|session, now| session.handle_refresh_response(now, jitter, attempt, given));
                let pause = app.stat("nextAttemptIn");
                assert!((least..=most).contains(&pause), "Retry-After: {value} became {pause} ms");
            }
        }
    }
}

#[test]
fn a_retry_after_that_can_not_be_read_is_no_answer() {
    for value in ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "1.5", "soon", ""] {
        let mut app = waiting(1..=1);
        app.refresh_with(retry_after(503, value));
        assert_eq!(app.stat("nextAttemptIn"), 100, "{value}");
    }
}

#[test]
fn a_retry_that_is_due_after_the_deadline_does_not_hold_waiters() {
    let mut app = waiting(1..=3);
    app.refresh_with(retry_after(503, "3600"));
    app.seen();
    app.pass(30 * SECOND);
    assert_eq!(app.seen(), ["reject 1 2 3 QUEUE_TIMEOUT"]);
    app.pass(2 * HOUR);
    assert!(app.seen().is_empty(), "nobody waits, nobody tries");
}

#[test]
fn a_burst_after_a_failure_causes_no_burst_of_refreshes() {
    let mut app = waiting(1..=1);
    app.refresh_with(retry_after(503, "10"));
    app.seen();
    app.queue(2..=1_000);
    app.pass(10 * SECOND - 1);
    assert!(app.seen().is_empty(), "REF-10");
    app.pass(SECOND + 1);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
}

#[test]
fn requests_go_on_with_a_token_that_still_works() {
    let mut app = App::signed_in();
    app.pass(HOUR - MINUTE);
    app.authorize(1).expect("a verdict");
    app.refresh_with(retry_after(503, "3600"));
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshfailed SERVER_UNAVAILABLE"]);
    app.pass(54 * SECOND);
    assert_eq!(app.authorize(2), Ok(Verdict::Send(1)));
    app.pass(SECOND);
    app.queue([3]);
    assert!(app.seen().is_empty());
}

#[test]
fn a_lost_answer_is_followed_by_one_more_try_with_the_same_token() {
    let mut app = waiting(1..=2);
    let request = app.refreshes.remove(0);
    let _ = app.server.respond(&request).expect("the server rotated");
    app.refreshed(request.attempt, Err(Transport::Network));
    app.pass(SECOND);
    assert_eq!(app.seen(), ["refreshfailed NETWORK", "refresh refresh-1"], "REF-13");
    app.refresh();
    assert_eq!(app.seen(), ["signedout revoked", "reject 1 2 LOGIN_REQUIRED"]);
    app.pass(HOUR);
    assert_eq!(app.server.refreshes, ["refresh-1", "refresh-1"]);
}

#[test]
fn an_answer_to_an_older_attempt_changes_nothing() {
    let mut app = waiting(1..=2);
    let attempt = app.refreshes[0].attempt;
    app.refresh_with(Err(Transport::Timeout));
    app.pass(SECOND);
    assert_eq!(app.seen(), ["refreshfailed TIMEOUT", "refresh refresh-1"]);
    for given in [granted(99), error(400, "invalid_grant"), Err(Transport::Network)] {
        app.refreshed(attempt, given);
        app.refreshed(attempt + 1_000, granted(98));
    }
    assert!(app.seen().is_empty());
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "release 1 2 @2"]);
    assert_eq!(app.session.authorization(2).as_deref(), Some("Bearer access-2"));
}
