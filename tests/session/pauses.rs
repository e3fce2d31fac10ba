//! When a failed refresh is tried again (REF-9, REF-10).

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::session::Verdict;

use crate::failures::{retry_after, waiting};
use crate::support::{API, App, HOUR, MINUTE, SECOND, answer};

#[test]
fn pauses_double_up_to_four_seconds_and_to_twenty_in_a_long_outage() {
    let mut app = App::with_options(r#""queueTimeout":86400000"#).after_sign_in();
    app.pass(HOUR);
    app.queue([1]);
    for pause in [2_000].into_iter().chain([4_000; 11]).chain([20_000; 4]) {
        let attempt = app.refreshes.remove(0).attempt;
        app.run(|session, now| session.handle_refresh_response(now, u32::MAX, attempt, Err(Transport::Network)));
        assert_eq!(app.stat("nextAttemptIn"), pause, "REF-9");
        app.pass(pause - 1);
        assert!(app.refreshes.is_empty());
        app.pass(1);
        assert_eq!(app.refreshes.len(), 1);
    }
    app.refresh();
    app.settle(1);
    app.pass(HOUR);
    app.queue([2]);
    let attempt = app.refreshes.remove(0).attempt;
    app.run(|session, now| session.handle_refresh_response(now, u32::MAX, attempt, Err(Transport::Network)));
    assert_eq!(app.stat("nextAttemptIn"), 2_000, "a success starts the row anew");
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
        assert_eq!(app.stat("queued"), 0, "jitter {tenths}/10");
        assert_eq!(app.take_released().len(), 20, "jitter {tenths}/10");
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
    for pause in [2_000, 4_000] {
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
    for (value, least, most) in [("3", 3_000, 3_300), ("0", 0, 2_000), ("999999999", 3_600_000, 3_960_000)] {
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
    for value in ["Wed, 21 Oct 2026 07:28:00 CET", "-1", "1.5", "soon", ""] {
        let mut app = waiting(1..=1);
        app.refresh_with(retry_after(503, value));
        assert_eq!(app.stat("nextAttemptIn"), 800, "{value}");
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
fn an_outage_of_five_seconds_takes_five_attempts_at_most() {
    for jitter in [0, u32::MAX / 7, u32::MAX / 2, u32::MAX] {
        let mut app = waiting(1..=50);
        let (start, mut attempts) = (app.now.instant, 0);
        while app.stat("inFlight") == 0 {
            if let Some(request) = app.refreshes.pop() {
                attempts += 1;
                let up = app.now.instant >= start.after(5 * SECOND);
                let given = if up { app.server.respond(&request) } else { Ok(answer(503, None, b"")) };
                app.run(|session, now| session.handle_refresh_response(now, jitter, request.attempt, given));
            } else {
                app.pass(1);
            }
        }
        assert!(attempts <= 5, "jitter {jitter}: {attempts}");
        assert_eq!(app.stat("inFlight") + app.stat("queued"), 50);
    }
}

/// What is left of a token is time in which nobody minds, and a fleet is spread over it.
#[test]
fn at_leisure_attempts_are_spread_over_what_is_left_of_the_token_and_come_before_its_end() {
    for (lifetime, early, pauses) in [(300, 240, (12_000, 30_000)), (60, 54, (1_200, 3_000))] {
        for (jitter, pause) in [(0, pauses.0), (u32::MAX, pauses.1)] {
            let mut app = App::new();
            app.server.expires_in = Some(lifetime.to_string());
            app.sign_in();
            app.pass(early * SECOND);
            assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
            let attempt = app.refreshes.remove(0).attempt;
            let down = Ok(answer(503, None, b""));
            app.run(|session, now| session.handle_refresh_response(now, jitter, attempt, down));
            assert_eq!(app.stat("nextAttemptIn"), pause, "REF-9: {lifetime} seconds, jitter {jitter}");
        }
    }
}

/// Sessions that fail together must not come back together.
#[test]
fn no_pause_is_the_same_for_everybody() {
    for failure in [answer(503, None, b""), answer(403, None, b""), answer(429, None, b"")] {
        let pause = |jitter| {
            let mut app = waiting(1..=1);
            let (attempt, given) = (app.refreshes.remove(0).attempt, Ok(failure.clone()));
            app.run(|session, now| session.handle_refresh_response(now, jitter, attempt, given));
            app.stat("nextAttemptIn")
        };
        let (least, most) = (pause(0), pause(u32::MAX));
        assert!(most >= least + SECOND, "REF-9: {} gives {least} to {most} ms", failure.status);
    }
}

#[test]
fn whoever_begins_to_wait_during_a_long_pause_hastens_it() {
    let mut app = App::signed_in();
    app.pass(59 * MINUTE);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    app.refresh_with(Err(Transport::Network));
    assert_eq!(app.stat("nextAttemptIn"), 12_000, "at leisure while the token works");
    app.unauthorized(1, 1).expect("a verdict");
    assert_eq!(app.stat("nextAttemptIn"), 800);
    let mut app = waiting(1..=1);
    for _ in 0..2 {
        let attempt = app.refreshes.remove(0).attempt;
        app.run(|session, now| session.handle_refresh_response(now, u32::MAX, attempt, Err(Transport::Network)));
        let pause = app.stat("nextAttemptIn");
        app.pass(pause - if pause == 4_000 { 4_000 } else { 0 });
    }
    assert_eq!(app.stat("nextAttemptIn"), 4_000);
    let verdict = app.run(|session, now| session.authorize(now, 2, API, Some(3_000)));
    assert_eq!((verdict, app.stat("nextAttemptIn")), (Ok(Verdict::Queued), 2_000), "a second before it gives up");
    let mut asked = waiting(1..=1);
    asked.refresh_with(retry_after(503, "20"));
    let _ = asked.run(|session, now| session.authorize(now, 2, API, Some(3_000)));
    assert_eq!(asked.stat("nextAttemptIn"), 20_000, "not against the server's word");
}

#[test]
fn an_answer_that_comes_before_the_timer_on_waking_releases_nobody_who_is_late() {
    let mut app = waiting(1..=2);
    app.now = tokenkeep::proto::syntax::time::Now { instant: app.now.instant.after(HOUR), ..app.now };
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "reject 1 2 QUEUE_TIMEOUT"]);
}
