//! Refreshes that fail, and what that says about the session.

use tokenkeep::proto::error::{Ending, Error, Transport};
use tokenkeep::proto::session::Verdict;
use tokenkeep::proto::syntax::http::Answer;

use crate::support::{App, HOUR, MINUTE, SECOND, answer, error, granted, json};

type Given = Result<Answer, Transport>;

/// Signed in, the token expired, and these requests wait for the refresh.
pub(crate) fn waiting(ids: std::ops::RangeInclusive<u32>) -> App {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue(ids);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
    app
}

pub(crate) fn retry_after(status: u16, value: &str) -> Given {
    Ok(Answer { retry_after: Some(value.into()), ..answer(status, None, b"") })
}

#[test]
fn a_dead_grant_ends_the_session_once() {
    let cases: [(&str, Given); 4] = [
        ("400 invalid_grant", error(400, "invalid_grant")),
        ("401 invalid_grant", error(401, "invalid_grant")),
        ("401 with a name of its own", error(401, "session_expired")),
        ("403 with a name of its own", error(403, "refresh_token_revoked")),
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
        (400, "invalid_scope", "CLIENT_REFUSED"),
        (400, "invalid_target", "RESOURCE_REFUSED"),
        (400, "unsupported_grant_type", "CLIENT_REFUSED"),
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

/// Refusals that don't say that the grant is at its end.
fn doubtful() -> Vec<(&'static str, Given, &'static str)> {
    let html = |status| Ok(answer(status, Some("text/html"), b"<h1>no</h1>"));
    vec![
        ("400 without a body or a type", Ok(answer(400, None, b"")), "SERVER_UNAVAILABLE"),
        ("401 without a body", Ok(answer(401, None, b"")), "SERVER_UNAVAILABLE"),
        ("403 HTML", html(403), "SERVER_UNAVAILABLE"),
        ("404 HTML", html(404), "SERVER_UNAVAILABLE"),
        ("410 HTML", html(410), "SERVER_UNAVAILABLE"),
        ("400 JSON without an error", json(400, r#"{"message":"no"}"#), "SERVER_UNAVAILABLE"),
        ("400 broken", json(400, r#"{"error":"invalid_gr"#), "SERVER_UNAVAILABLE"),
        ("400 invalid_request", error(400, "invalid_request"), "CLIENT_REFUSED"),
        ("400 unauthorized_client", error(400, "unauthorized_client"), "CLIENT_REFUSED"),
        ("403 unauthorized_client", error(403, "unauthorized_client"), "CLIENT_REFUSED"),
        ("400 with a name of its own", error(400, "expired_token"), "TOKEN_ERROR"),
        ("200 with an error", error(200, "bad_refresh_token"), "TOKEN_ERROR"),
    ]
}

#[test]
fn a_refusal_without_a_reason_is_tried_once_more_and_then_ends_the_session() {
    for (name, given, code) in doubtful() {
        let mut app = waiting(1..=3);
        app.refresh_with(given.clone());
        assert_eq!(app.seen(), [format!("refreshfailed {code}")], "{name}: REF-8");
        app.pass(5 * SECOND - 1);
        assert!(app.seen().is_empty(), "{name}: a pause first");
        app.pass(1);
        assert_eq!(app.seen(), ["refresh refresh-1"], "{name}: once more");
        app.refresh_with(given);
        assert_eq!(app.seen(), ["signedout refused", "reject 1 2 3 LOGIN_REQUIRED"], "{name}");
        assert_eq!(app.authorize(4), Err(Error::LoginRequired(Ending::Refused)), "{name}");
        app.pass(24 * HOUR);
        assert!(app.seen().is_empty(), "{name}: two requests, then silence");
    }
}

#[test]
fn a_refusal_without_a_reason_may_pass() {
    for (name, given, _) in doubtful() {
        let mut app = waiting(1..=3);
        for round in 0..3 {
            app.refresh_with(given.clone());
            app.pass(5 * SECOND);
            app.refresh();
            let generation = round + 2;
            assert!(app.seen().contains(&"refreshed".to_owned()), "{name}");
            assert!(app.session.is_signed_in(), "{name}: what passed is forgotten");
            app.pass(HOUR);
            app.queue([10 + generation]);
        }
    }
}

#[test]
fn an_error_with_status_200_is_no_half_answer() {
    let mut app = waiting(1..=1);
    app.refresh_with(error(200, "try_again"));
    app.pass(5 * SECOND);
    app.refresh_with(error(400, "invalid_grant"));
    assert!(app.seen().contains(&"signedout revoked".to_owned()), "nothing was lost");
}

#[test]
fn an_outage_between_two_refusals_does_not_reset_the_doubt() {
    let mut app = waiting(1..=1);
    app.refresh_with(Ok(answer(400, None, b"")));
    app.pass(5 * SECOND);
    app.refresh_with(Err(Transport::Network));
    app.pass(2 * SECOND);
    app.refresh_with(Ok(answer(400, None, b"")));
    assert_eq!(app.seen().last().map(String::as_str), Some("reject 1 LOGIN_REQUIRED"));
}

#[test]
fn a_pause_that_the_server_asks_for_is_kept_after_a_refusal_too() {
    let mut app = waiting(1..=1);
    app.refresh_with(retry_after(403, "9"));
    app.seen();
    app.pass(9 * SECOND - 1);
    assert!(app.seen().is_empty());
    app.pass(SECOND);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
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
    assert_eq!(app.seen(), ["signedout rotation-lost", "reject 1 2 LOGIN_REQUIRED"], "REF-13");
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
