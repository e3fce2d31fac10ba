//! The network, the pages, the clocks and the lock (REF-9, REF-18).

use tokenkeep::proto::error::{Error, QueueError, Transport};
use tokenkeep::proto::session::Verdict;
use tokenkeep::proto::syntax::http::Answer;

use crate::failures::{retry_after, waiting};
use crate::support::{App, HOUR, MINUTE, SECOND, answer, granted};

fn online(app: &mut App, online: bool) {
    app.run(|session, now| session.handle_connectivity(now, online));
}

fn visible(app: &mut App, visible: bool) {
    app.run(|session, now| session.handle_visibility(now, visible));
}

#[test]
fn offline_one_attempt_is_made_and_then_none_until_online() {
    let mut app = App::with_options(r#""queueTimeout":600000"#).after_sign_in();
    app.pass(HOUR);
    online(&mut app, false);
    app.queue(1..=3);
    assert_eq!(app.seen(), ["refresh refresh-1"], "the platform may be wrong");
    app.refresh_with(Err(Transport::Network));
    app.pass(30 * SECOND);
    assert_eq!(app.seen(), ["refreshfailed NETWORK"]);
    online(&mut app, true);
    assert_eq!(app.seen(), ["refresh refresh-1"], "at once");
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "release 1 2 3 @2"]);
}

#[test]
fn going_offline_holds_back_the_next_attempt() {
    let mut app = waiting(1..=1);
    app.refresh_with(Err(Transport::Timeout));
    online(&mut app, false);
    app.seen();
    app.pass(28 * SECOND);
    assert!(app.seen().is_empty());
    online(&mut app, true);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
}

#[test]
fn a_platform_that_is_wrong_about_being_offline_costs_a_minute_at_most() {
    let mut app = App::with_options(r#""queueTimeout":600000"#).after_sign_in();
    app.pass(HOUR);
    online(&mut app, false);
    app.queue([1]);
    app.refresh_with(Err(Transport::Network));
    app.seen();
    app.pass(MINUTE);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
}

#[test]
fn coming_online_does_not_shorten_what_the_server_asked_for() {
    let mut app = waiting(1..=1);
    app.refresh_with(retry_after(503, "20"));
    app.seen();
    online(&mut app, false);
    online(&mut app, true);
    app.pass(19 * SECOND);
    assert!(app.seen().is_empty());
    app.pass(2 * SECOND);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
}

#[test]
fn coming_online_starts_nothing_that_nobody_wants() {
    let mut app = waiting(1..=1);
    app.refresh_with(Err(Transport::Network));
    app.cancel(1);
    app.seen();
    online(&mut app, false);
    online(&mut app, true);
    app.pass(HOUR);
    assert!(app.seen().is_empty());
}

#[test]
fn a_used_session_is_refreshed_ahead_while_somebody_looks() {
    let mut app = App::signed_in();
    visible(&mut app, true);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    app.pass(59 * MINUTE);
    assert_eq!(app.seen(), ["refresh refresh-1"], "REF-18");
    app.refresh();
    app.pass(10 * HOUR);
    assert_eq!(app.seen(), ["refreshed"], "nobody used the new token, so it may die");
}

#[test]
fn nothing_is_refreshed_ahead_while_nobody_looks() {
    let mut app = App::signed_in();
    visible(&mut app, true);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    visible(&mut app, false);
    app.pass(10 * HOUR);
    assert!(app.seen().is_empty(), "REF-18");
    visible(&mut app, true);
    app.pass(10 * HOUR);
    assert!(app.seen().is_empty(), "what is no longer of use waits until somebody wants it");
    assert_eq!(app.authorize(2), Ok(Verdict::Queued));
    assert_eq!(app.seen(), ["refresh refresh-1"]);
}

#[test]
fn looking_again_in_the_early_window_refreshes() {
    let mut app = App::signed_in();
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    app.pass(59 * MINUTE + 30 * SECOND);
    visible(&mut app, true);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
}

#[test]
fn a_failed_refresh_ahead_keeps_the_session_and_is_repeated_while_the_token_works() {
    let mut app = App::signed_in();
    visible(&mut app, true);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    let mut attempts = 0;
    for _ in 0..3_600 {
        app.pass(SECOND);
        if !app.refreshes.is_empty() {
            attempts += 1;
            app.refresh_with(Ok(answer(500, None, b"")));
        }
    }
    assert!((3..=13).contains(&attempts), "{attempts}");
    assert!(app.session.is_signed_in());
    app.seen();
    app.pass(HOUR);
    assert!(app.seen().is_empty(), "with the token's life the trying ends");
    assert_eq!(app.authorize(2), Ok(Verdict::Queued));
    app.refresh();
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshed", "release 2 @2"]);
}

#[test]
fn early_refreshes_of_many_are_spread() {
    let starts = |options: &str, jitter: u32| {
        let mut app = App::with_options(options).after_sign_in();
        app.unauthorized(1, 1).expect("a verdict");
        let attempt = app.refreshes.remove(0).attempt;
        app.run(|session, now| session.handle_refresh_response(now, jitter, attempt, granted(7)));
        app.settle(1);
        visible(&mut app, true);
        assert_eq!(app.authorize(2), Ok(Verdict::Send(2)));
        app.seen();
        app.session.poll_timeout().expect("a time").as_millis()
    };
    let window = |options: &str| (starts(options, 0), starts(options, u32::MAX));
    assert_eq!(window(""), (3_540_000, 3_555_000));
    assert_eq!(window(r#""earlyRefresh":600,"earlyRefreshJitter":100"#), (3_000_000, 3_100_000));
    assert_eq!(window(r#""earlyRefreshJitter":0"#), (3_540_000, 3_540_000));
    assert_eq!(window(r#""earlyRefreshJitter":9999"#), (3_540_000, 3_600_000));
}

#[test]
fn sleep_is_no_anomaly_and_a_clock_set_back_is() {
    let mut app = App::signed_in();
    let jump = |app: &mut App, ms| app.run(|session, now| session.handle_clock_jump(now, ms));
    jump(&mut app, 0);
    jump(&mut app, 8 * HOUR as i64);
    jump(&mut app, -3 * SECOND as i64);
    assert!(app.seen().is_empty());
    jump(&mut app, -(HOUR as i64));
    assert_eq!(app.seen(), ["anomaly clock-jump"]);
    let log =
        ["signedin 1", "slept 28800000", "clock set-back 3000", "clock set-back 3600000", "anomaly clock-jump 3600000"];
    assert_eq!(app.audit(), log);
}

#[test]
fn the_servers_clock_is_compared_with_ours() {
    for (date, expected, alarms) in [
        ("Tue, 14 Nov 2023 23:13:20 GMT", Some("0"), 0),
        ("Tue, 14 Nov 2023 23:14:20 GMT", Some("60000"), 0),
        ("Tue, 14 Nov 2023 22:13:20 GMT", Some("-3599001"), 1),
        ("nonsense", None, 0),
    ] {
        let mut app = waiting(1..=1);
        let Ok(given) = granted(2) else { panic!() };
        app.refresh_with(Ok(Answer { date: Some(date.into()), ..given }));
        let stats = app.session.stats(app.now).to_json();
        let skew = stats.split(r#""clockSkew":"#).nth(1).and_then(|rest| rest.split(',').next());
        assert_eq!(skew.filter(|skew| *skew != "null"), expected, "{date}");
        assert_eq!(app.seen().iter().filter(|line| *line == "anomaly clock-jump").count(), alarms, "{date}");
    }
}

#[test]
fn the_exchange_tells_the_servers_clock_too() {
    let mut app = App::new();
    let mut pending = app.come_back();
    let request = app.session.exchange_request(app.now, &mut pending).expect("a request");
    let Ok(given) = app.server.respond(&request) else { panic!() };
    let given = Answer { date: Some("Tue, 14 Nov 2023 22:14:20 GMT".into()), ..given };
    assert_eq!(app.exchanged(pending, Ok(given)), Ok(()));
    assert!(app.session.stats(app.now).to_json().contains(r#""clockSkew":60000"#));
}

fn locking(options: &str) -> App {
    App::with_options(options).after_sign_in()
}

fn stray(app: &mut App) {
    let strayed = app.run(|session, now| session.authorize(now, 99, "https://evil.example/", None));
    assert!(strayed.is_err());
}

#[test]
fn an_anomaly_locks_what_the_configuration_says() {
    for (options, locks) in [
        ("", false),
        (r#""lockOnAnomaly":false"#, false),
        (r#""lockOnAnomaly":true"#, true),
        (r#""lockOnAnomaly":["off-list-target"]"#, true),
        (r#""lockOnAnomaly":["refresh-storm","clock-jump"]"#, false),
    ] {
        let mut app = locking(options);
        stray(&mut app);
        assert_eq!(app.seen(), ["anomaly off-list-target"]);
        assert_eq!(app.authorize(1), Ok(if locks { Verdict::Queued } else { Verdict::Send(1) }), "{options}");
    }
}

#[test]
fn a_locked_session_sends_nothing_until_it_is_unlocked() {
    let mut app = locking(r#""lockOnAnomaly":true,"queueTimeout":7200000"#);
    visible(&mut app, true);
    stray(&mut app);
    app.queue(1..=2);
    app.pass(HOUR + MINUTE);
    assert_eq!(app.seen(), ["anomaly off-list-target"], "no refresh either");
    app.run(|session, now| session.unlock(now));
    assert_eq!(app.seen(), ["unlocked", "refresh refresh-1"]);
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "release 1 2 @2"]);
    app.run(|session, now| session.unlock(now));
    assert!(app.seen().is_empty(), "it wasn't locked");
    let log = app.audit();
    assert!(log.contains(&"locked off-list-target 1".to_owned()) && log.contains(&"unlocked 1".to_owned()), "{log:?}");
}

#[test]
fn requests_of_a_locked_session_know_why_they_waited_in_vain() {
    let mut app = locking(r#""lockOnAnomaly":true"#);
    stray(&mut app);
    app.queue([1]);
    app.seen();
    app.pass(MINUTE);
    assert_eq!(app.seen(), ["reject 1 LOCKED"]);
    assert_eq!(Error::Queue(QueueError::Locked).code(), "TOKENKEEP_LOCKED");
}

#[test]
fn signing_out_ends_the_lock() {
    let mut app = locking(r#""lockOnAnomaly":true"#);
    stray(&mut app);
    app.queue([1]);
    assert_eq!(app.sign_out().as_deref(), Some("refresh-1"));
    app.sign_in();
    app.seen();
    assert_eq!(app.authorize(2), Ok(Verdict::Send(2)));
}

#[test]
fn nobody_is_locked_out_before_signing_in() {
    let mut app = App::with_options(r#""lockOnAnomaly":true"#);
    stray(&mut app);
    let app = app.after_sign_in_with_alarm();
    assert_eq!(app.session.stats(app.now).member("locked"), Some(&false.into()));
}

#[test]
fn refreshes_that_no_lifetime_explains_are_a_storm() {
    let mut app = App::signed_in();
    let mut alarms = 0;
    for generation in 1..=6 {
        app.unauthorized(generation, generation).expect("a verdict");
        app.refresh();
        app.settle(1);
        app.pass(SECOND);
        alarms += app.seen().iter().filter(|line| *line == "anomaly refresh-storm").count();
    }
    assert_eq!(alarms, 1);
    let mut short = App::with_options("");
    short.server.expires_in = Some("2".into());
    let mut short = short.after_sign_in();
    for id in 1..=20 {
        short.pass(2 * SECOND);
        short.queue([id]);
        short.refresh();
        short.settle(1);
    }
    assert!(!short.seen().iter().any(|line| line.starts_with("anomaly")), "short lives explain it");
}

#[test]
fn the_attempts_of_one_refresh_are_no_storm() {
    let mut app = App::with_options(r#""lockOnAnomaly":true"#).after_sign_in();
    app.unauthorized(1, 1).expect("a verdict");
    for _ in 0..7 {
        app.refresh_with(Ok(answer(503, None, b"")));
        app.pass(4 * SECOND);
    }
    assert!(!app.seen().iter().any(|line| line.starts_with("anomaly")), "an outage is nobody's fault here");
}

#[test]
fn refreshes_in_the_second_half_of_a_life_are_explained() {
    let mut app = App::with_options("");
    app.server.expires_in = Some("20".into());
    let mut app = app.after_sign_in();
    for generation in 1..=8 {
        app.pass(11 * SECOND);
        app.unauthorized(generation, generation).expect("a verdict");
        app.refresh();
        app.settle(1);
    }
    assert!(!app.seen().iter().any(|line| line.starts_with("anomaly")));
}

#[test]
fn a_holder_whose_file_has_changed_gives_way_only_if_it_is_told_to_and_keeps_a_session_for_those_who_have_it() {
    assert_eq!(App::with_options(r#""takeOver":false"#).session.gives_way(), "never");
    assert_eq!(App::with_options("").after_sign_in().session.gives_way(), "never");
    let app = App::with_options(r#""takeOver":true"#);
    assert_eq!(app.session.gives_way(), "at-once");
    let mut app = app.after_sign_in();
    assert_eq!(app.session.gives_way(), "when-left");
    app.sign_out();
    assert_eq!(app.session.gives_way(), "at-once");
}

#[test]
fn a_holder_that_exchanges_a_code_does_not_give_way_at_once() {
    let mut app = App::with_options(r#""takeOver":true"#);
    let mut pending = app.come_back();
    app.session.exchange_request(app.now, &mut pending).expect("a request");
    assert_eq!(app.session.gives_way(), "when-left");
}
