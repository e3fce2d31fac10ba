//! Pauses that APIs ask for, and which requests may be sent again after them.

use crate::support::Reply;
use tokenkeep::proto::session::{Retry, Verdict};

use crate::support::{App, HOUR, MINUTE, SECOND};

fn get(retry_after: &str) -> Reply {
    Reply { method: "GET".into(), retry_after: Some(retry_after.into()), ..Reply::default() }
}

#[test]
fn a_pause_is_kept_and_the_request_goes_again() {
    for status in [429, 503] {
        let mut app = App::signed_in();
        assert_eq!(app.replied(1, status, get("3")), Ok(Verdict::Queued));
        assert_eq!((app.stat("paused"), app.stat("queued")), (1, 0));
        app.pass(3 * SECOND - 1);
        assert!(app.seen().is_empty(), "{status}");
        app.pass(1);
        assert_eq!(app.seen(), ["release 1 @1"], "{status}");
        assert_eq!(app.stat("paused"), 0);
    }
}

#[test]
fn a_date_is_a_pause_too() {
    let mut app = App::signed_in();
    let reply = Reply { date: Some("Tue, 14 Nov 2023 22:13:00 GMT".into()), ..get("Tue, 14 Nov 2023 22:13:07 GMT") };
    assert_eq!(app.replied(1, 429, reply), Ok(Verdict::Queued), "compared with the server's own clock");
    assert_eq!(app.replied(2, 429, get("Tue, 14 Nov 2023 22:13:25 GMT")), Ok(Verdict::Queued), "with ours");
    for (ms, id) in [(5 * SECOND, 2), (2 * SECOND, 1)] {
        app.pass(ms - 1);
        assert!(app.seen().is_empty());
        app.pass(1);
        assert_eq!(app.seen(), [format!("release {id} @1")]);
    }
}

#[test]
fn only_what_may_be_repeated_goes_again() {
    let with = |method: &str, retry| Reply { method: method.into(), retry, ..get("1") };
    for (reply, expected) in [
        (with("GET", Retry::ByMethod), Verdict::Queued),
        (with("get", Retry::ByMethod), Verdict::Queued),
        (with("PUT", Retry::ByMethod), Verdict::Queued),
        (with("HEAD", Retry::ByMethod), Verdict::Queued),
        (with("DELETE", Retry::ByMethod), Verdict::Queued),
        (with("OPTIONS", Retry::ByMethod), Verdict::Queued),
        (with("POST", Retry::ByMethod), Verdict::Final),
        (with("PATCH", Retry::ByMethod), Verdict::Final),
        (with("POST", Retry::Repeatable), Verdict::Queued),
        (with("POST", Retry::AtMost(1)), Verdict::Queued),
        (with("GET", Retry::AtMost(0)), Verdict::Final),
        (Reply { retries: 2, ..with("GET", Retry::ByMethod) }, Verdict::Final),
        (Reply { retries: 2, ..with("GET", Retry::Repeatable) }, Verdict::Final),
        (Reply { retries: 2, ..with("GET", Retry::AtMost(3)) }, Verdict::Queued),
        (Reply { streamed: true, ..with("PUT", Retry::ByMethod) }, Verdict::Final),
        (Reply { retry_after: None, ..with("GET", Retry::ByMethod) }, Verdict::Final),
        (Reply { retry_after: Some("soon".into()), ..with("GET", Retry::ByMethod) }, Verdict::Final),
        (Reply { retry_after: Some("60".into()), ..with("GET", Retry::ByMethod) }, Verdict::Queued),
        (Reply { retry_after: Some("61".into()), ..with("GET", Retry::ByMethod) }, Verdict::Final),
    ] {
        let mut app = App::signed_in();
        for retries in 0..reply.retries {
            let limited = Reply { retries, ..with("GET", Retry::Repeatable) };
            assert_eq!(app.replied(1, 429, limited), Ok(Verdict::Queued));
            app.pass(10 * SECOND);
        }
        assert_eq!(app.replied(1, 429, reply.clone()), Ok(expected), "{reply:?}");
        assert_eq!(app.stat("paused"), u64::from(expected == Verdict::Queued));
    }
}

#[test]
fn the_configuration_sets_the_limits() {
    let app = |options| App::with_options(options).after_sign_in();
    assert_eq!(app(r#""retryLimit":0"#).replied(1, 429, get("1")), Ok(Verdict::Final));
    assert_eq!(app(r#""maxRetryAfter":900"#).replied(1, 429, get("1")), Ok(Verdict::Final));
    assert_eq!(app(r#""queueLimit":1"#).replied(1, 429, get("1")), Ok(Verdict::Queued));
    let mut full = app(r#""queueLimit":1"#);
    assert_eq!(full.replied(1, 429, get("1")), Ok(Verdict::Queued));
    assert_eq!(full.replied(2, 429, get("1")), Ok(Verdict::Final), "REF-21: the places are bounded");
}

#[test]
fn those_told_the_same_pause_come_back_spread_and_a_few_at_a_time() {
    let mut app = App::with_options(r#""drainConcurrency":4"#).after_sign_in();
    for id in 1..=40 {
        let reply = Reply { target: crate::support::API.into(), status: 429, generation: 1, ..get("10") };
        let jitter = u32::MAX / 40 * id;
        let verdict = app.run(|session, now| reply.hand_to(session, now, jitter, id));
        assert_eq!(verdict, Ok(Verdict::Queued));
    }
    app.pass(10 * SECOND);
    assert!(app.stat("inFlight") < 4);
    app.pass(SECOND);
    assert_eq!((app.stat("paused"), app.stat("inFlight"), app.stat("queued")), (0, 4, 36));
    for _ in 0..40 {
        app.settle(1);
    }
    let released: usize = app.seen().iter().map(|line| line.split(' ').count() - 2).sum();
    assert_eq!((released, app.stat("queued")), (40, 0));
}

#[test]
fn a_pause_longer_than_the_tokens_life_ends_in_one_refresh() {
    let mut app = App::with_options(r#""maxRetryAfter":7200000"#).after_sign_in();
    assert_eq!(app.replied(1, 503, get("3600")), Ok(Verdict::Queued));
    app.pass(HOUR);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "release 1 @2"]);
}

#[test]
fn the_end_of_the_session_ends_the_pause() {
    let mut app = App::signed_in();
    assert_eq!(app.replied(1, 429, get("30")), Ok(Verdict::Queued));
    app.sign_out();
    assert_eq!(app.seen(), ["signedout signout", "reject 1 LOGIN_REQUIRED"]);
    app.pass(MINUTE);
    assert!(app.seen().is_empty());
}

#[test]
fn final_answers_are_explained() {
    for (status, reply, expected) in [
        (429, get("100"), "limited"),
        (503, get("100"), "unavailable"),
        (403, get("1"), "forbidden"),
        (401, Reply { challenge: Some("Bearer error=invalid_request".into()), ..get("") }, "malformed"),
        (401, Reply { replays: 1, ..get("") }, "refused"),
    ] {
        let mut app = App::signed_in();
        if reply.replays > 0 {
            assert_eq!(app.unauthorized(1, 1), Ok(Verdict::Queued));
            app.refresh();
            app.seen();
        }
        assert_eq!(app.replied(1, status, reply), Ok(Verdict::Final), "{status}");
        assert_eq!(app.explained(), expected);
        assert_eq!(app.audit().last(), Some(&format!("api-refused {expected} 1")));
        assert!(app.seen().is_empty(), "WWW-7: {status} starts nothing");
    }
}

#[test]
fn what_an_api_asks_for_in_vain_is_in_the_explanation() {
    let mut app = App::signed_in();
    assert_eq!(app.replied(1, 429, get("100")), Ok(Verdict::Final));
    let explanation = app.session.take_explanation().expect("an explanation");
    assert_eq!(explanation.member("retryAfter").and_then(|value| value.as_u64()), Some(100_000));
    assert_eq!(app.session.take_explanation(), None, "told once");
    assert_eq!(app.replied(2, 403, get("1")), Ok(Verdict::Final));
    let hint = app.session.take_explanation().and_then(|explanation| explanation.string("message").map(str::to_owned));
    assert!(hint.is_some_and(|hint| hint.contains("expose WWW-Authenticate")), "CORS may hide the reason");
}

#[test]
fn replies_cross_as_json() {
    let least = r#"{"target":"https://api.example/v1/","method":"GET","status":401"#;
    let parse = |more: &str| tokenkeep::proto::session::Reply::parse(&format!("{least}{more}}}"));
    let retry = |more| parse(more).map(|reply| reply.retry);
    assert_eq!(retry(""), Some(Retry::ByMethod));
    assert_eq!(retry(r#","idempotent":true"#), Some(Retry::Repeatable));
    assert_eq!(retry(r#","retry":true"#), Some(Retry::Repeatable));
    assert_eq!(retry(r#","retry":false,"idempotent":true"#), Some(Retry::AtMost(0)));
    assert_eq!(retry(r#","retry":5"#), Some(Retry::AtMost(5)));
    let whole = parse(r#","stepUp":true,"streamed":true,"challenge":"c","retryAfter":"r","date":"d""#);
    let whole = whole.expect("a reply");
    assert!(whole.step_up && whole.streamed);
    let texts = [whole.challenge, whole.retry_after, whole.date];
    assert_eq!(texts.map(Option::unwrap), ["c", "r", "d"]);
    for odd in [r#","retry":-1"#, r#","retry":1.5"#, r#","retry":"x""#] {
        assert_eq!(retry(odd), Some(Retry::ByMethod), "{odd}");
    }
    assert_eq!(parse(r#","status":401"#), None, "a member twice");
    for bad in ["", "[]", "{}", r#"{"target":"x"}"#] {
        assert_eq!(tokenkeep::proto::session::Reply::parse(bad), None, "{bad}");
    }
}
