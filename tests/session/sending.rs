//! Requests and the age of the token: fresh, in its early window, stale.

use tokenkeep::proto::error::{ApiMisuse, Ending, Error};
use tokenkeep::proto::session::Verdict;

use crate::support::{App, HOUR, MINUTE, SECOND, config};

/// An hour's token: renewed beside requests from here on.
const EARLY: u64 = HOUR - MINUTE;
/// And not sent any more from here on.
const STALE: u64 = HOUR - 5 * SECOND;

#[test]
fn nobody_signed_in_means_login_required() {
    let mut app = App::new();
    assert_eq!(app.authorize(1), Err(Error::LoginRequired(Ending::NeverSignedIn)));
    assert!(app.seen().is_empty());
}

#[test]
fn fresh_token_sends_at_once() {
    let mut app = App::signed_in();
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    assert_eq!(app.session.authorization(1).as_deref(), Some("Bearer access-1"));
    assert!(app.seen().is_empty());
}

#[test]
fn a_target_off_the_list_is_refused_before_anything_else() {
    let mut app = App::signed_in();
    for target in [
        "https://api.example/v2/files",
        "https://api.example.evil/v1/files",
        "https://api.example:444/v1/files",
        "http://api.example/v1/files",
        "https://api.example@evil/v1/files",
        "/v1/files",
        "",
    ] {
        let verdict = app.run(|session, now| session.authorize(now, 1, target, None));
        assert_eq!(verdict, Err(Error::ApiMisuse(ApiMisuse::TargetRefused)), "{target}");
    }
    app.pass(STALE);
    let verdict = app.run(|session, now| session.authorize(now, 1, "https://evil.example/", None));
    assert_eq!(verdict, Err(Error::ApiMisuse(ApiMisuse::TargetRefused)));
    let alarms = ["anomaly off-list-target"; 2];
    assert_eq!(app.seen(), alarms, "an off-list target starts no refresh, and is told once a minute");
}

#[test]
fn an_off_list_target_is_refused_while_signed_out_too() {
    let verdict = App::new().run(|session, now| session.authorize(now, 1, "https://evil.example/", None));
    assert_eq!(verdict, Err(Error::ApiMisuse(ApiMisuse::TargetRefused)));
}

#[test]
fn early_window_sends_and_starts_exactly_one_refresh() {
    let mut app = App::signed_in();
    app.pass(EARLY - 1);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    assert!(app.seen().is_empty());
    app.pass(1);
    for id in 2..=100 {
        assert_eq!(app.authorize(id), Ok(Verdict::Send(1)));
    }
    assert_eq!(app.seen(), ["refresh refresh-1"]);
    app.refresh();
    assert_eq!(app.seen(), ["refreshed"]);
    assert_eq!(app.authorize(101), Ok(Verdict::Send(2)));
    assert!(app.seen().is_empty());
}

#[test]
fn only_the_current_generation_has_a_header() {
    let mut app = App::signed_in();
    app.pass(EARLY);
    app.authorize(1).expect("a verdict");
    app.refresh();
    let headers = [0, 1, 2, 3].map(|generation| app.session.authorization(generation));
    assert_eq!(headers, [None, None, Some("Bearer access-2".to_owned()), None]);
}

#[test]
fn stale_token_makes_requests_wait_for_one_refresh() {
    let mut app = App::signed_in();
    app.pass(STALE - 1);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    app.refreshes.clear();
    let mut app = App::signed_in();
    app.pass(STALE);
    app.queue(1..=4);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
    app.refresh();
    assert_eq!(app.seen(), ["refreshed", "release 1 2 3 4 @2"]);
}

#[test]
fn an_idle_session_never_refreshes() {
    let mut app = App::signed_in();
    app.pass(10 * HOUR);
    assert!(app.seen().is_empty(), "REF-18: only when there is demand");
    assert_eq!(app.session.poll_timeout(), None);
}

#[test]
fn sleep_counts_as_time() {
    let mut app = App::signed_in();
    app.sleep(2 * HOUR);
    app.queue([1]);
    assert_eq!(app.seen(), ["refresh refresh-1"]);
}

#[test]
fn lifetime_counts_from_when_the_request_was_sent() {
    let mut app = App::new();
    let mut pending = app.come_back();
    let request = app.session.exchange_request(app.now, &mut pending).expect("a request");
    app.pass(5 * SECOND);
    let answer = app.server.respond(&request);
    app.exchanged(pending, answer).expect("the exchange succeeds");
    app.pass(STALE - 5 * SECOND - 1);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)), "TOK-18");
    app.refreshes.clear();
    app.pass(1);
    assert_eq!(app.authorize(2), Ok(Verdict::Queued));
}

#[test]
fn without_a_refresh_token_the_session_works_until_expiry() {
    let mut app = App::new();
    app.server.rotate = false;
    let mut app = app.after_sign_in();
    app.pass(STALE - 1);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)), "TOK-26");
    assert!(app.seen().is_empty());
    app.pass(1);
    assert_eq!(app.authorize(2), Err(Error::LoginRequired(Ending::Expired)));
    assert_eq!(app.seen(), ["signedout expired"]);
    assert_eq!(app.authorize(3), Err(Error::LoginRequired(Ending::Expired)));
    assert!(app.seen().is_empty(), "the end is told once");
}

#[test]
fn a_token_of_unknown_life_and_without_refresh_token_is_used_until_refused() {
    let mut app = App::new();
    (app.server.rotate, app.server.expires_in) = (false, None);
    let mut app = app.after_sign_in();
    app.pass(1_000 * HOUR);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)), "TOK-15: unknown is neither zero nor an hour");
    assert_eq!(app.unauthorized(1, 1), Ok(Verdict::Final));
}

#[test]
fn a_token_of_unknown_life_is_renewed_after_the_default_lifetime() {
    for (options, early) in [("", EARLY), (r#""defaultLifetime":600"#, 9 * MINUTE)] {
        let mut app = App::with_options(options);
        app.server.expires_in = None;
        let mut app = app.after_sign_in();
        app.pass(early - 1);
        app.authorize(1).expect("a verdict");
        assert!(app.seen().is_empty());
        app.pass(1);
        assert_eq!(app.authorize(2), Ok(Verdict::Send(1)));
        assert_eq!(app.seen(), ["refresh refresh-1"], "{options}");
    }
}

#[test]
fn a_token_of_sixty_days_is_left_alone() {
    let mut app = App::new();
    app.server.expires_in = Some("5184000".into());
    let mut app = app.after_sign_in();
    app.pass(1);
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    app.pass(59 * 24 * HOUR);
    assert_eq!(app.authorize(2), Ok(Verdict::Send(1)));
    assert!(app.seen().is_empty(), "TOK-16");
}

#[test]
fn the_early_window_can_be_configured() {
    let mut app = App::with_options(r#""earlyRefresh":600"#).after_sign_in();
    app.pass(50 * MINUTE - 1);
    app.authorize(1).expect("a verdict");
    assert!(app.seen().is_empty());
    app.pass(1);
    assert_eq!(app.authorize(2), Ok(Verdict::Send(1)));
    assert_eq!(app.seen(), ["refresh refresh-1"]);
}

#[test]
fn the_token_itself_is_only_for_those_who_configured_it() {
    let mut app = App::signed_in();
    let verdict = app.run(|session, now| session.authorize_exposure(now, 1));
    assert_eq!(verdict, Err(Error::ApiMisuse(ApiMisuse::TokenNotExposed)));
    let mut app = App::with(config("files:read", r#""exposeAccessToken":true"#)).after_sign_in();
    assert_eq!(app.run(|session, now| session.authorize_exposure(now, 1)), Ok(Verdict::Send(1)));
    app.pass(STALE);
    assert_eq!(app.run(|session, now| session.authorize_exposure(now, 2)), Ok(Verdict::Queued));
    app.refresh();
    assert_eq!(app.seen(), ["refresh refresh-1", "refreshed", "release 2 @2"]);
}
