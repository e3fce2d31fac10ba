//! Corners where the parts of the session meet.

use crate::support::Reply;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::oauth::authorization::SignInOptions;
use tokenkeep::proto::session::Verdict;

use crate::failures::waiting;
use crate::support::{API, App, HOUR, MINUTE, SECOND, answer, config, error, granted};

const MORE: &str = r#"Bearer error="insufficient_scope", scope="files:write""#;

fn reply(status: u16, generation: u32) -> Reply {
    Reply { target: API.into(), method: "GET".into(), status, generation, ..Reply::default() }
}

fn paused(generation: u32, seconds: &str) -> Reply {
    Reply { retry_after: Some(seconds.into()), ..reply(429, generation) }
}

fn begin(app: &App, options: &str) -> String {
    let options = SignInOptions::parse(options, "https://app.example/callback").expect("options");
    app.session.begin_sign_in(app.now, &options, &[7; 96], None).expect("a request").url
}

#[test]
fn a_late_429_of_one_session_is_not_sent_in_the_next() {
    let mut app = App::with(config("openid files:read", "")).after_sign_in();
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    app.sign_out();
    app.server.subject = "mallory".into();
    app.sign_in();
    app.seen();
    let verdict = app.reply(1, &paused(1, "1"));
    app.pass(5 * SECOND);
    assert!(
        !app.seen().iter().any(|line| line.starts_with("release 1")),
        "alice's request went out with mallory's token"
    );
    assert_ne!(verdict, Ok(Verdict::Queued));
}

#[test]
fn a_late_403_of_one_session_is_not_sent_in_the_next() {
    let mut app = App::with(config("openid files:read", "")).after_sign_in();
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    app.sign_out();
    app.server.subject = "mallory".into();
    app.sign_in();
    let late = Reply { challenge: Some(MORE.into()), method: "POST".into(), ..reply(403, 1) };
    let verdict = app.reply(1, &late);
    assert_ne!(verdict, Ok(Verdict::Send(2)), "alice's POST goes out with mallory's token");
}

#[test]
fn a_429_after_the_end_does_not_wait_for_a_stranger() {
    let mut app = App::signed_in();
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    app.sign_out();
    app.seen();
    assert_ne!(app.reply(1, &paused(1, "1")), Ok(Verdict::Queued));
    app.pass(2 * SECOND);
    assert_eq!(app.stat("queued"), 0, "it waits for a session that isn't there");
}

#[test]
fn more_scope_keeps_openid_and_offline_access_that_the_server_does_not_repeat() {
    let mut app = App::with(config("openid offline_access files:read", ""));
    app.server.scope = Some("files:read".into());
    let app = app.after_sign_in();
    let url = begin(&app, r#"{"scope":"files:write"}"#);
    assert!(url.contains("openid") && url.contains("offline_access"), "{url}");
}

#[test]
fn a_step_up_as_another_user_does_not_take_the_first_users_request() {
    let mut app = App::with(config("openid files:read", ""));
    app.server.scope = Some("files:read".into());
    let mut app = app.after_sign_in();
    let asks = Reply { challenge: Some(MORE.into()), method: "POST".into(), step_up: true, ..reply(403, 1) };
    assert_eq!(app.reply(1, &asks), Ok(Verdict::StepUp));
    app.seen();
    app.server.subject = "mallory".into();
    let options = SignInOptions::parse(r#"{"scope":"files:write"}"#, "https://app.example/callback").expect("options");
    let request = app.session.begin_sign_in(app.now, &options, &[7; 96], None).expect("a request");
    let href = app.server.authorize(&request);
    let pending = app.arrive(&href, Some(&request.transaction.to_json())).expect("accepted");
    app.exchange(pending).expect("exchanged");
    let seen = app.seen();
    assert!(!seen.iter().any(|line| line.starts_with("release 1")), "{seen:?}");
}

#[test]
fn step_up_by_acr_keeps_the_scope_that_was_granted_on_top() {
    let mut app = App::with(config("files:read", ""));
    app.server.scope = Some("files:read files:write".into());
    let app = app.after_sign_in();
    let url = begin(&app, r#"{"acrValues":"gold"}"#);
    assert!(url.contains("files%3Awrite"), "the granted files:write is lost: {url}");
}

#[test]
fn a_paused_request_keeps_its_own_timeout() {
    let mut app = App::signed_in();
    app.pass(HOUR - 6 * SECOND);
    assert_eq!(app.run(|session, now| session.authorize(now, 1, API, Some(500))), Ok(Verdict::Send(1)));
    app.refresh_with(Ok(answer(503, None, b"")));
    let limited = Reply { timeout: Some(500), ..paused(1, "3") };
    assert_eq!(app.reply(1, &limited), Ok(Verdict::Queued));
    app.pass(3 * SECOND + 500 + 100);
    let rejected = app.seen().iter().any(|line| line == "reject 1 QUEUE_TIMEOUT");
    assert!(rejected, "it was ready to wait half a second for a token and waits {} ms", 30_000);
}

#[test]
fn offline_waiters_see_a_second_attempt_before_they_give_up() {
    let mut app = waiting(1..=3);
    app.run(|session, now| session.handle_connectivity(now, false));
    app.refresh_with(Err(Transport::Network));
    for _ in 0..30 {
        app.pass(SECOND);
        if !app.refreshes.is_empty() {
            app.refresh();
        }
    }
    let seen = app.seen();
    assert!(seen.iter().any(|line| line == "release 1 2 3 @2"), "{seen:?}");
}

#[test]
fn an_early_window_as_long_as_the_token_lives_is_no_storm() {
    let mut app = App::with_options(r#""earlyRefresh":3600"#).after_sign_in();
    let mut refreshes = 0;
    for id in 1..=120 {
        app.pass(SECOND / 2);
        let _ = app.authorize(id);
        if !app.refreshes.is_empty() {
            refreshes += 1;
            app.refresh();
        }
    }
    assert!(refreshes <= 2, "{refreshes} refreshes in a minute, and no anomaly: {:?}", app.audit());
}

#[test]
fn a_burst_of_429_does_not_push_everything_out_of_the_audit_log() {
    let mut app = App::signed_in();
    for id in 1..=600 {
        assert_eq!(app.authorize(id), Ok(Verdict::Send(1)));
    }
    for id in 1..=600 {
        assert_eq!(app.reply(id, &paused(1, "5")), Ok(Verdict::Queued));
    }
    let log = app.audit();
    assert_eq!(log[0], "signedin 1", "{} entries, the first {:?}", log.len(), log[0]);
}

#[test]
fn step_ups_that_were_granted_do_not_count_as_hostile() {
    let mut app = App::signed_in();
    for id in 1..=4 {
        let generation = app.stat("generation") as u32;
        let challenge = r#"Bearer error="insufficient_user_authentication", max_age=60"#;
        let asks = Reply { challenge: Some(challenge.into()), step_up: true, ..reply(401, generation) };
        assert_eq!(app.reply(id, &asks), Ok(Verdict::StepUp), "payment {id}");
        app.sign_in();
        app.settle(1);
        app.pass(2 * MINUTE);
    }
}

#[test]
fn the_next_user_may_be_asked_again() {
    let mut app = App::signed_in();
    let asks = |generation| Reply { challenge: Some(MORE.into()), step_up: true, ..reply(403, generation) };
    assert_eq!(app.reply(1, &asks(1)), Ok(Verdict::StepUp));
    app.sign_out();
    app.sign_in();
    app.seen();
    assert_eq!(app.reply(2, &asks(2)), Ok(Verdict::StepUp));
    assert_eq!(app.seen(), ["stepup scope"], "nobody told this user's page");
}

#[test]
fn another_users_sign_in_revokes_what_a_refresh_of_the_first_brings() {
    let mut app = App::with(config("openid files:read", "")).after_sign_in();
    let _ = app.unauthorized(1, 1);
    let late = app.refreshes.remove(0).attempt;
    app.server.subject = "mallory".into();
    app.sign_in();
    app.seen();
    app.refreshed(late, granted(9));
    assert_eq!(app.seen(), ["revoke refresh-9"], "REF-20");
}

#[test]
fn a_grant_that_expired_while_offline_is_not_called_a_lost_rotation() {
    let mut app = waiting(1..=1);
    app.run(|session, now| session.handle_connectivity(now, false));
    app.refresh_with(Err(Transport::Network));
    app.pass(SECOND);
    app.run(|session, now| session.handle_connectivity(now, true));
    app.refresh_with(error(400, "invalid_grant"));
    let seen = app.seen();
    assert!(seen.contains(&"signedout revoked".to_owned()), "{seen:?}");
}

#[test]
fn a_paused_request_meets_the_standing_error() {
    let mut app = App::signed_in();
    app.pass(HOUR - 30 * SECOND);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    assert_eq!(app.reply(1, &paused(1, "29")), Ok(Verdict::Queued));
    app.refresh_with(error(400, "invalid_client"));
    app.pass(29 * SECOND + SECOND);
    assert!(app.session.authorize(app.now, 2, API, None).is_err());
    assert_eq!(app.seen().last().map(String::as_str), Some("reject 1 CLIENT_REFUSED"));
}

#[test]
fn a_401_in_the_shadow_of_a_refused_fresh_token_is_not_called_expired() {
    let mut app = App::signed_in();
    let _ = app.unauthorized(1, 1);
    app.refresh();
    assert_eq!(app.reply(1, &Reply { replays: 1, ..reply(401, 2) }), Ok(Verdict::Final));
    let _ = app.session.take_explanation();
    assert_eq!(app.reply(2, &reply(401, 2)), Ok(Verdict::Final));
    assert_eq!(app.explained(), "refused", "and not: nothing can renew it now; call signIn()");
}

#[test]
fn a_nonsense_retry_option_does_not_end_the_401_handling() {
    for retry in ["-1", "1.5", "\"2\"", "1e21", "{}"] {
        let json = format!(r#"{{"target":"{API}","method":"GET","status":401,"retry":{retry}}}"#);
        assert!(
            tokenkeep::proto::session::Reply::parse(&json).is_some(),
            "retry: {retry} makes the 401 final without a refresh"
        );
    }
}

#[test]
fn a_retry_of_a_billion_is_bounded() {
    use tokenkeep::proto::session::Retry;
    let mut app = App::signed_in();
    let mut sent = 0;
    for retries in 0..5_000 {
        let again = Reply { retry: Retry::AtMost(1_000_000_000), retries, ..paused(1, "0") };
        if app.reply(1, &again) != Ok(Verdict::Queued) {
            break;
        }
        app.pass(1);
        sent += 1;
    }
    assert!(sent <= 100, "{sent} requests in {} ms", app.now.instant.as_millis());
}

#[test]
fn an_error_description_in_another_alphabet_does_not_hide_the_scope() {
    use tokenkeep::proto::oauth::challenge::Challenge;
    let field =
        "Bearer error=\"insufficient_scope\", error_description=\"droits insuffisants, \u{e9}\", scope=\"admin\"";
    assert_eq!(Challenge::parse(field).and_then(|challenge| challenge.scope).as_deref(), Some("admin"));
}

#[test]
fn off_list_before_sign_in_does_not_take_the_lock_away() {
    let mut app = App::with_options(r#""lockOnAnomaly":["off-list-target"]"#);
    let _ = app.run(|session, now| session.authorize(now, 1, "https://evil.example/", None));
    let mut app = app.after_sign_in_with_alarm();
    app.pass(SECOND);
    let _ = app.run(|session, now| session.authorize(now, 2, "https://evil.example/", None));
    assert_eq!(app.session.stats(app.now).member("locked"), Some(&true.into()));
}

#[test]
fn flapping_connectivity_is_no_way_round_the_backoff() {
    let mut app = waiting(1..=1);
    let mut attempts = 0;
    for _ in 0..100 {
        if !app.refreshes.is_empty() {
            attempts += 1;
            app.refresh_with(Ok(answer(503, None, b"")));
        }
        app.run(|session, now| session.handle_connectivity(now, false));
        app.run(|session, now| session.handle_connectivity(now, true));
        app.pass(10);
    }
    assert!(attempts <= 10, "{attempts} attempts in a second");
}

#[test]
fn a_part_of_an_api_that_takes_no_token_causes_no_storm() {
    let mut app = App::signed_in();
    let mut refreshes = 0;
    for n in 0..30_u32 {
        let target = format!("https://api.example/v1/items/{n}");
        let generation = app.stat("generation") as u32;
        let first = Reply { target: target.clone(), ..reply(401, generation) };
        if app.reply(n, &first) == Ok(Verdict::Queued) {
            refreshes += 1;
            app.refresh();
            let again = Reply { target, replays: 1, ..reply(401, generation + 1) };
            assert_eq!(app.reply(n, &again), Ok(Verdict::Final));
            app.settle(1);
        }
        // The page's other call, which the API likes.
        let generation = app.stat("generation") as u32;
        assert_eq!(app.authorize(1_000 + n), Ok(Verdict::Send(generation)));
        app.answered(1_000 + n);
        app.pass(SECOND);
    }
    assert!(refreshes <= 5, "{refreshes} refreshes in half a minute");
}

#[test]
fn a_paused_request_that_outlives_an_expired_session_is_told_to_sign_in() {
    let mut app = App::signed_in();
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    let _ = app.unauthorized(9, 1);
    app.refresh_with(error(400, "invalid_grant"));
    app.seen();
    let verdict = app.reply(1, &paused(1, "1"));
    app.pass(MINUTE);
    assert_ne!(app.seen(), ["reject 1 QUEUE_TIMEOUT"], "{verdict:?}: the truth is LOGIN_REQUIRED");
}
