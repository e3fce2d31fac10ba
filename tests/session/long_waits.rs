//! The `waiting` event: pages are told what their requests wait for, once that takes long.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::session::Verdict;

use crate::failures::{retry_after, waiting};
use crate::support::{API, App, HOUR, MINUTE, Reply, SECOND, answer};

fn online(app: &mut App, online: bool) {
    app.run(|session, now| session.handle_connectivity(now, online));
}

fn paused(app: &mut App, id: u32, seconds: &str) {
    let reply = Reply { method: "GET".into(), retry_after: Some(seconds.into()), ..Reply::default() };
    assert_eq!(app.authorize(id), Ok(Verdict::Send(1)));
    assert_eq!(app.replied(id, 503, reply), Ok(Verdict::Queued));
}

#[test]
fn nobody_hears_of_a_wait_that_is_short() {
    let mut app = waiting(1..=2);
    app.pass(3 * SECOND - 1);
    app.refresh();
    app.settle(2);
    app.pass(HOUR);
    assert!(app.waits().is_empty());
}

#[test]
fn waits_that_touch_are_one_and_after_a_gap_another_begins() {
    let mut app = waiting(1..=1);
    app.pass(2 * SECOND);
    app.queue([2]);
    app.cancel(1);
    app.pass(SECOND);
    assert_eq!(app.waits(), ["token 1 3000"], "request 2 alone has waited for a second only");
    app.cancel(2);
    assert_eq!(app.waits(), ["nothing"]);
    app.queue([3]);
    app.pass(3 * SECOND - 1);
    assert!(app.waits().is_empty());
    app.pass(1);
    assert_eq!(app.waits(), ["token 1 3000"]);
}

#[test]
fn an_outage_is_told_once_whatever_is_tried_and_its_end_once() {
    let mut app = waiting(1..=3);
    for _ in 0..20 {
        if !app.refreshes.is_empty() {
            app.refresh_with(Ok(answer(503, None, b"")));
        }
        app.pass(SECOND);
    }
    assert_eq!(app.waits(), ["token 3 3000"]);
    while app.refreshes.is_empty() {
        app.pass(SECOND);
    }
    app.refresh();
    assert_eq!(app.waits(), ["nothing"]);
    app.settle(3);
    app.pass(MINUTE);
    assert!(app.waits().is_empty());
}

#[test]
fn a_pause_that_the_authorization_server_asks_for_is_told_with_its_end_and_so_is_the_next() {
    let mut app = waiting(1..=1);
    app.pass(SECOND);
    app.refresh_with(retry_after(503, "10"));
    app.pass(2 * SECOND);
    assert_eq!(app.waits(), ["token 1 3000 8000"]);
    app.pass(8 * SECOND);
    app.refresh_with(retry_after(503, "5"));
    assert_eq!(app.waits(), ["token 1 11000 5000"]);
    app.pass(5 * SECOND);
    app.refresh();
    assert_eq!(app.waits(), ["nothing"]);
}

#[test]
fn offline_and_online_are_other_causes() {
    let mut app = waiting(1..=1);
    app.pass(3 * SECOND);
    app.refresh_with(Err(Transport::Network));
    online(&mut app, false);
    assert_eq!(app.waits(), ["token 1 3000", "network 1 3000"]);
    app.pass(SECOND);
    online(&mut app, true);
    assert_eq!(app.waits(), ["token 1 4000"]);
    app.refresh();
    assert_eq!(app.waits(), ["nothing"]);
}

#[test]
fn a_pause_that_an_api_asks_for_is_told_with_its_end() {
    let mut app = App::signed_in();
    paused(&mut app, 1, "10");
    app.pass(SECOND);
    paused(&mut app, 2, "20");
    app.pass(2 * SECOND);
    assert_eq!(app.waits(), ["retry-after 2 3000 7000"]);
    app.pass(7 * SECOND);
    assert_eq!(app.waits(), ["retry-after 1 10000 11000"], "the first has gone");
    app.pass(11 * SECOND);
    assert_eq!(app.waits(), ["nothing"]);
}

#[test]
fn a_crowd_that_pauses_is_told_of_no_more_often_than_a_pause_ends() {
    let mut app = App::signed_in();
    (1..=100).for_each(|id| paused(&mut app, id, "10"));
    app.pass(4 * SECOND);
    (101..=200).for_each(|id| paused(&mut app, id, "10"));
    app.pass(5 * SECOND);
    assert_eq!(app.waits(), ["retry-after 100 3000 7000"]);
}

#[test]
fn a_sign_in_with_more_rights_is_what_those_wait_for_that_asked_for_it() {
    let mut app = App::signed_in();
    let challenge = r#"Bearer error="insufficient_scope", scope="files:write""#;
    let reply = Reply { challenge: Some(challenge.into()), step_up: true, ..Reply::default() };
    assert_eq!(app.replied(1, 403, reply), Ok(Verdict::StepUp));
    app.pass(3 * SECOND);
    assert_eq!(app.waits(), ["sign-in 1 3000"]);
    app.sign_in();
    assert_eq!(app.waits(), ["nothing"]);
}

#[test]
fn requests_that_came_before_the_session_wait_for_the_sign_in_under_way() {
    let mut app = App::new();
    let pending = app.come_back();
    app.queue([1]);
    app.pass(3 * SECOND);
    assert_eq!(app.waits(), ["sign-in 1 3000"]);
    app.exchange(pending).expect("a session");
    assert_eq!((app.waits(), app.take_released()), (vec!["nothing".to_owned()], vec![1]));
}

#[test]
fn who_has_a_token_and_waits_all_the_same_waits_for_a_turn() {
    let mut app = App::with_options(r#""drainConcurrency":1"#).after_sign_in();
    app.pass(HOUR);
    app.queue(1..=9);
    app.pass(3 * SECOND);
    app.refresh();
    assert_eq!(app.waits(), ["token 9 3000", "turn 8 3000"]);
    app.settle(1);
    app.pass(SECOND);
    assert!(app.waits().is_empty(), "how many there are is no news");
    app.run(|session, _| session.sign_out());
    assert_eq!(app.waits(), ["nothing"]);
}

#[test]
fn a_locked_session_says_so() {
    let mut app = App::with_options(r#""lockOnAnomaly":true"#).after_sign_in();
    app.run(|session, now| session.authorize(now, 1, "https://elsewhere.example/", None)).expect_err("a refusal");
    app.queue([2]);
    app.pass(3 * SECOND);
    assert_eq!(app.waits(), ["unlock 1 3000"]);
    app.run(|session, now| session.unlock(now));
    assert_eq!(app.waits(), ["nothing"]);
}

#[test]
fn the_end_of_the_session_is_the_end_of_the_wait() {
    let mut app = waiting(1..=2);
    app.pass(3 * SECOND);
    app.refresh_with(Ok(answer(400, None, br#"{"error":"invalid_grant"}"#)));
    assert_eq!(app.waits(), ["token 2 3000", "nothing"]);
}

#[test]
fn after_sleep_those_who_are_late_are_no_long_wait() {
    let mut app = waiting(1..=2);
    app.sleep(HOUR);
    assert!(app.waits().is_empty(), "they were told that it took too long");
}

#[test]
fn nothing_of_a_request_is_in_it() {
    let mut app = App::signed_in();
    app.pass(HOUR);
    let verdict = app.run(|session, now| session.authorize(now, 1, &format!("{API}?canary"), None));
    assert_eq!(verdict, Ok(Verdict::Queued));
    app.now.instant = app.now.instant.after(3 * SECOND);
    app.session.handle_timeout(app.now);
    let told = format!("{:?}", app.session.poll_command().expect("an event"));
    assert!(told.contains("waiting") && !told.contains("canary") && !told.contains("https"), "{told}");
}
