//! Requests that go, wait, are let out or turned away; and time.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::world::{API, FINAL, QUEUED, REFUSED, TELL, World, tokens, unauthorized, with_server};

const HOUR: f64 = 3_600_000.0;

#[wasm_bindgen_test]
async fn verdicts_are_numbers() {
    let world = World::signed_in("").await;
    assert_eq!(world.core.authorize(1, API, -1.0), 1);
    assert_eq!(world.core.authorization(1).as_deref(), Some("Bearer access-1"));
    assert_eq!((world.core.authorization(0), world.core.authorization(2)), (None, None));
    assert_eq!(world.core.authorize(2, "https://evil.example/", -1.0), REFUSED);
    assert_eq!(world.refusal(), "TOKENKEEP_TARGET_REFUSED");
    assert_eq!(world.core.take_reason(), None, "an error is taken once");
    assert_eq!(world.core.authorize_exposure(3), REFUSED);
    assert_eq!(world.refusal(), "TOKENKEEP_TOKEN_NOT_EXPOSED");
    assert_eq!((world.core.responded(1, 401), world.core.responded(1, 200)), (TELL, FINAL));
    assert_eq!(world.core.authorize(4, API, -1.0), 1);
    assert_eq!(world.core.replied(4, &unauthorized(r#","challenge":"Bearer error=invalid_request""#)), FINAL);
    assert_eq!(world.core.authorize(5, API, -1.0), 1);
    assert_eq!(world.core.responded(5, 0), REFUSED);
    assert_eq!(world.refusal(), "TOKENKEEP_REDIRECT_REFUSED");
}

#[wasm_bindgen_test]
async fn released_requests_reach_the_host_in_order() {
    let world = World::signed_in("").await;
    world.double.reply(&tokens(2));
    for id in [3, 1, 2] {
        assert_eq!(world.core.unauthorized(id, -1.0), QUEUED);
    }
    world.see("release").await;
    let log = world.log();
    let at = |line: &str| log.iter().position(|one| one == line).unwrap_or_else(|| panic!("no {line} in {log:?}"));
    assert!(at("emit refreshed") < at("release 1 2 3 @2"), "TOK-19");
    assert_eq!(world.core.authorization(2).as_deref(), Some("Bearer access-2"));
    assert_eq!(world.requests().len(), 2, "one exchange, one refresh");
    assert_eq!(world.stat("inFlight"), 3);
    (1..=3).for_each(|id| assert_eq!(world.core.responded(id, 200), FINAL));
    assert_eq!(world.stat("inFlight"), 0);
}

#[wasm_bindgen_test]
async fn rejected_requests_reach_the_host() {
    let world = World::signed_in("").await;
    world.double.reply(r#"{"status":400,"body":"{\"error\":\"invalid_grant\"}"}"#);
    for id in 1..=3 {
        assert_eq!(world.core.unauthorized(id, -1.0), QUEUED);
    }
    world.see("reject").await;
    assert!(world.log().contains(&"reject 1 2 3 TOKENKEEP_LOGIN_REQUIRED".to_owned()), "REF-6: {:?}", world.log());
    assert_eq!(world.core.authorize(4, API, -1.0), REFUSED);
    world.quiet().await;
    assert_eq!(world.requests().len(), 2, "one request, then silence");
}

#[wasm_bindgen_test]
async fn who_waits_too_long_is_rejected_by_a_timer() {
    let world = World::signed_in("").await;
    world.double.reply(r#"{"kind":"hang"}"#);
    assert_eq!(world.core.unauthorized(1, 60_000.0), QUEUED);
    assert_eq!(world.core.unauthorized(2, 20.0), QUEUED);
    world.see("reject 2 TOKENKEEP_QUEUE_TIMEOUT").await;
    assert_eq!(world.stat("queued"), 1, "the later deadline is still to come");
    assert_eq!(world.core.unauthorized(3, 20.0), QUEUED);
    world.see("reject 3 TOKENKEEP_QUEUE_TIMEOUT").await;
    assert!(!world.log().iter().any(|line| line.starts_with("reject 1")), "{:?}", world.log());
}

#[wasm_bindgen_test]
async fn who_gave_up_is_not_heard_of_again() {
    let world = World::signed_in("").await;
    world.double.reply(r#"{"kind":"hang"}"#);
    assert_eq!(world.core.unauthorized(1, 20.0), QUEUED);
    assert_eq!(world.core.unauthorized(2, 40.0), QUEUED);
    world.core.cancel(1);
    world.see("reject 2").await;
    assert!(!world.log().iter().any(|line| line.starts_with("reject 1")), "{:?}", world.log());
}

#[wasm_bindgen_test]
async fn a_failed_refresh_is_tried_again_by_a_timer() {
    let world = World::signed_in("").await;
    world.double.reply(r#"{"status":503}"#);
    world.double.reply(r#"{"kind":"network"}"#);
    world.double.reply(&tokens(2));
    assert_eq!(world.core.unauthorized(1, -1.0), QUEUED);
    world.see("release 1 @2").await;
    let tried = world.log().iter().filter(|line| *line == "emit refreshfailed").count();
    assert_eq!((tried, world.requests().len()), (2, 4), "REF-7");
}

#[wasm_bindgen_test]
async fn a_host_that_calls_back_at_once_does_no_harm() {
    let world = World::signed_in("").await;
    world.double.call_back();
    world.double.reply(&tokens(2));
    for id in 1..=5 {
        assert_eq!(world.core.unauthorized(id, -1.0), QUEUED);
    }
    world.see("release 1 2 3 4 5 @2").await;
    world.double.reply(r#"{"status":400,"body":"{\"error\":\"invalid_grant\"}"}"#);
    assert_eq!(world.core.unauthorized(6, -1.0), QUEUED);
    world.see("reject 6").await;
    assert_eq!(world.sign_out().await, "none");
}

#[wasm_bindgen_test]
async fn time_survives_jumps_and_sleep() {
    let world = World::new(&with_server(""));
    let (monotonic, wall) = (1_000.0, 1_700_000_000_000.0);
    world.double.clocks(monotonic, wall);
    let href = world.come_back().await;
    world.double.reply(&tokens(1));
    world.finish(&href).await.expect("a session");
    for (later, wall) in
        [(1_000.0, wall - 24.0 * HOUR), (2_000.0, wall - 24.0 * HOUR), (500.0, wall - 24.0 * HOUR + 900.0)]
    {
        world.double.clocks(monotonic + later, wall);
        assert_eq!(world.core.authorize(1, API, -1.0), 1, "TOK-18: a clock set back expires nothing");
    }
    world.double.clocks(monotonic + 2_100.0, wall - 22.0 * HOUR);
    world.double.reply(r#"{"kind":"hang"}"#);
    assert_eq!(world.core.authorize(2, API, -1.0), QUEUED, "TOK-18: two hours of sleep that only the wall clock saw");
    world.double.clocks(0.0, 0.0);
    assert_eq!(world.core.authorize(3, API, -1.0), QUEUED, "and what has expired stays so");
}

#[wasm_bindgen_test]
async fn sleep_leaves_no_alarm_that_comes_too_late() {
    let world = World::signed_in("").await;
    let (monotonic, wall) = (1_000.0, 1_700_000_000_000.0);
    world.double.clocks(monotonic, wall);
    world.core.visible(true);
    assert_eq!(world.core.authorize(1, API, -1.0), 1);
    assert!(world.double.alarm() > 600_000, "a refresh ahead of time, in most of an hour");
    world.double.clocks(monotonic, wall + 24.0 * HOUR);
    world.double.reply(r#"{"kind":"hang"}"#);
    assert_eq!(world.core.authorize(2, API, 8_000.0), QUEUED);
    assert!((0..=8_000).contains(&world.double.alarm()), "the alarm comes after {} ms", world.double.alarm());
}
