//! Refreshes that succeed: what the answer replaces and what it leaves.

use tokenkeep::proto::session::{Command, Output, Verdict};
use tokenkeep::proto::syntax::json::Object;

use crate::support::server::id_token;
use crate::support::{App, HOUR, START_UNIX_MS, config, error, json};

/// Signed in with an ID token, and request 1 waits for the refresh.
fn waiting_with_id_token() -> App {
    let mut app = App::with(config("openid files:read", "")).after_sign_in();
    app.pass(HOUR);
    app.queue([1]);
    app.seen();
    app
}

fn response(more: &str) -> String {
    format!(r#"{{"access_token":"access-9","token_type":"Bearer"{more}}}"#)
}

/// The details of the events a refresh brings, and the commands in order.
fn refresh_and_look(app: &mut App, body: &str) -> (Vec<&'static str>, Option<Object>) {
    let attempt = app.refreshes.remove(0).attempt;
    app.session.handle_refresh_response(app.now, 0, attempt, json(200, body));
    let (mut names, mut detail) = (Vec::new(), None);
    while let Some(command) = app.session.poll_command() {
        names.push(match command {
            Command::Output(Output::Emit(event)) => {
                detail = Some(event.detail);
                event.name
            }
            Command::Output(Output::Release { .. }) => "release",
            other => panic!("{other:?}"),
        });
    }
    (names, detail)
}

#[test]
fn each_refresh_token_is_sent_once_over_fifty_rotations() {
    let mut app = App::signed_in();
    for round in 1..=50u32 {
        app.pass(HOUR);
        app.queue([round]);
        app.refresh();
        app.settle(1);
        assert_eq!(app.authorize(1_000 + round), Ok(Verdict::Send(round + 1)));
    }
    let expected: Vec<String> = (1..=50).map(|n| format!("refresh-{n}")).collect();
    assert_eq!((app.server.refreshes.clone(), app.server.alarms), (expected, 0), "REF-3");
}

#[test]
fn a_response_without_refresh_token_keeps_the_old_one() {
    let mut app = App::signed_in();
    for round in 1..=3 {
        app.pass(HOUR);
        app.queue([round]);
        app.refresh_with(json(200, &response(r#","expires_in":3600"#)));
        app.settle(1);
    }
    let refreshes = app.seen().into_iter().filter(|line| line.starts_with("refresh "));
    assert!(refreshes.eq(["refresh refresh-1"; 3]), "REF-4");
}

#[test]
fn the_pair_is_installed_before_anybody_resumes() {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue([1]);
    let request = app.refreshes.remove(0);
    let answer = app.server.respond(&request);
    app.session.handle_refresh_response(app.now, 0, request.attempt, answer);
    assert_eq!(app.session.authorization(2).as_deref(), Some("Bearer access-2"), "REF-5");
    assert_eq!(app.session.authorization(1), None);
    assert!(matches!(app.session.poll_command(), Some(Command::Output(Output::Emit(_)))));
    let release = Command::Output(Output::Release { ids: vec![1], generation: 2 });
    assert_eq!(app.session.poll_command(), Some(release));
}

#[test]
fn a_narrowed_scope_is_told_before_requests_run() {
    let mut app = App::with(config("files:read files:write", "")).after_sign_in();
    app.pass(HOUR);
    app.queue([1]);
    let body = response(r#","expires_in":60,"scope":"files:read""#);
    let (names, detail) = refresh_and_look(&mut app, &body);
    assert_eq!(names, ["refreshed", "release"], "TOK-19");
    let detail = detail.expect("an event");
    assert_eq!(detail.string("scope"), Some("files:read"));
    assert_eq!(detail.member("generation").and_then(|value| value.as_u64()), Some(2));
    let expires_at = START_UNIX_MS + HOUR + 60_000;
    assert_eq!(detail.member("expiresAt").and_then(|value| value.as_u64()), Some(expires_at));
    assert_eq!(app.session.snapshot().expect("a session").string("scope"), Some("files:read"));
}

#[test]
fn a_response_without_scope_keeps_what_was_granted() {
    let mut app = App::with(config("files:read files:write", ""));
    app.server.scope = Some("files:read".into());
    let mut app = app.after_sign_in();
    app.server.scope = None;
    app.pass(HOUR);
    app.queue([1]);
    app.refresh();
    assert_eq!(app.session.snapshot().expect("a session").string("scope"), Some("files:read"));
}

#[test]
fn the_end_of_a_rotated_grant_is_the_end_of_the_session() {
    let mut app = App::signed_in();
    for id in 1..=5 {
        app.pass(HOUR);
        app.queue([id]);
        app.refresh();
        app.settle(1);
    }
    app.pass(HOUR);
    app.queue([6]);
    app.seen();
    app.refresh_with(error(400, "invalid_grant"));
    assert_eq!(app.seen(), ["signedout revoked", "reject 6 LOGIN_REQUIRED"], "REF-19");
    app.pass(24 * HOUR);
    assert!(app.seen().is_empty() && app.session.snapshot().is_none(), "REF-19: nothing goes on");
}

#[test]
fn a_response_without_expires_in_lives_for_the_default_time() {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue([1]);
    let body = response("");
    let (_, detail) = refresh_and_look(&mut app, &body);
    assert_eq!(detail.expect("an event").member("expiresAt"), None, "unknown is not made up");
    app.answered(1);
    assert_eq!(app.authorize(2), Ok(Verdict::Send(2)));
    app.pass(HOUR);
    assert_eq!(app.authorize(3), Ok(Verdict::Queued), "TOK-15");
}

#[test]
fn an_id_token_for_the_same_user_brings_new_claims() {
    let mut app = waiting_with_id_token();
    let body = response(&format!(r#","id_token":"{}""#, id_token("alice", None)));
    app.refresh_with(json(200, &body));
    assert_eq!(app.seen(), ["refreshed", "release 1 @2"], "IDT-19: no nonce is demanded");
}

#[test]
fn a_refresh_without_id_token_keeps_the_claims() {
    let mut app = waiting_with_id_token();
    let before = app.session.snapshot().expect("a session").member("claims").cloned();
    app.refresh();
    assert!(before.is_some());
    assert_eq!(app.session.snapshot().expect("a session").member("claims").cloned(), before);
}

#[test]
fn another_user_at_refresh_ends_the_session() {
    let mut app = waiting_with_id_token();
    let body = response(&format!(r#","refresh_token":"refresh-9","id_token":"{}""#, id_token("bob", None)));
    app.refresh_with(json(200, &body));
    let seen = app.seen();
    assert!(seen.contains(&"signedout subject-changed".to_owned()), "REF-22: {seen:?}");
    assert!(seen.contains(&"reject 1 LOGIN_REQUIRED".to_owned()), "{seen:?}");
    assert!(!seen.iter().any(|line| line.starts_with("release") || line.starts_with("refreshed")));
    assert_eq!(app.session.authorization(2), None);
}

#[test]
fn tokens_for_another_user_are_revoked() {
    let mut app = waiting_with_id_token();
    let body = response(&format!(r#","refresh_token":"refresh-9","id_token":"{}""#, id_token("bob", None)));
    app.refresh_with(json(200, &body));
    assert!(app.seen().contains(&"revoke refresh-9".to_owned()), "TOK-25: they live on at the server otherwise");
}

#[test]
fn a_broken_id_token_at_refresh_lets_no_token_through() {
    for id_token in ["a.b.c".to_owned(), id_token("", None)] {
        let mut app = waiting_with_id_token();
        app.refresh_with(json(200, &response(&format!(r#","id_token":"{id_token}""#))));
        assert_eq!((app.session.authorization(1), app.session.authorization(2)), (None, None), "TOK-25");
        assert!(!app.seen().iter().any(|line| line.starts_with("release")));
    }
}

#[test]
fn another_id_token_than_this_session_s_ends_it() {
    for (id_token, reason) in [
        (id_token("mallory", None), "signedout subject-changed"),
        (id_token("alice", Some("other")), "signedout id-token-refused"),
    ] {
        let mut app = waiting_with_id_token();
        app.refresh_with(json(200, &response(&format!(r#","id_token":"{id_token}""#))));
        let seen = app.seen();
        assert!(seen.contains(&reason.to_owned()), "IDT-18, IDT-19, REF-22: {seen:?}");
        assert!(app.session.snapshot().is_none(), "IDT-18");
    }
}
