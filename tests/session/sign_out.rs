//! Signing out wins over everything that is under way (REF-20, REV-1).

use tokenkeep::proto::error::{Ending, Error, Transport};
use tokenkeep::proto::session::Verdict;

use crate::support::{App, HOUR, MINUTE, config_text, error, granted};

#[test]
fn tokens_are_gone_before_anything_else() {
    let mut app = App::signed_in();
    assert_eq!(app.sign_out().as_deref(), Some("refresh-1"), "REV-2");
    assert_eq!(app.seen(), ["signedout signout"]);
    assert_eq!((app.session.authorization(1), app.session.snapshot()), (None, None));
    assert_eq!(app.authorize(1), Err(Error::LoginRequired(Ending::SignOut)));
}

#[test]
fn waiting_requests_are_rejected() {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue(1..=3);
    app.sign_out();
    assert_eq!(app.seen(), ["refresh refresh-1", "signedout signout", "reject 1 2 3 LOGIN_REQUIRED"], "REV-9");
}

#[test]
fn tokens_of_a_refresh_that_comes_too_late_are_revoked() {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue([1]);
    assert_eq!(app.sign_out().as_deref(), Some("refresh-1"));
    app.seen();
    app.refresh();
    assert_eq!(app.seen(), ["revoke refresh-2"]);
    assert_eq!(app.session.authorization(2), None);
    assert_eq!(app.authorize(2), Err(Error::LoginRequired(Ending::SignOut)));
}

#[test]
fn tokens_that_come_twice_are_revoked_once() {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue([1]);
    app.sign_out();
    app.seen();
    let attempt = app.refreshes.remove(0).attempt;
    app.refreshed(attempt, granted(2));
    app.refreshed(attempt, granted(2));
    assert_eq!(app.seen(), ["revoke refresh-2"]);
}

#[test]
fn a_refresh_that_fails_after_sign_out_is_no_news() {
    for given in [error(400, "invalid_grant"), error(401, "invalid_client"), Err(Transport::Network)] {
        let mut app = App::signed_in();
        app.pass(HOUR);
        app.queue([1]);
        app.sign_out();
        app.seen();
        app.refresh_with(given);
        app.pass(HOUR);
        assert!(app.seen().is_empty());
        assert_eq!(app.authorize(2), Err(Error::LoginRequired(Ending::SignOut)));
    }
}

#[test]
fn tokens_of_an_exchange_that_comes_too_late_are_revoked() {
    let mut app = App::new();
    let pending = app.come_back();
    app.queue([1, 2]);
    assert_eq!(app.sign_out(), None, "there is nothing to revoke yet");
    assert_eq!(app.seen(), ["signedout signout", "reject 1 2 LOGIN_REQUIRED"]);
    assert_eq!(app.exchange(pending), Err(Error::LoginRequired(Ending::SignOut)));
    assert_eq!(app.seen(), ["revoke refresh-1"]);
    assert_eq!(app.session.snapshot(), None);
}

#[test]
fn an_exchange_that_fails_after_sign_out_is_no_news() {
    let mut app = App::new();
    let pending = app.come_back();
    app.sign_out();
    app.seen();
    assert_eq!(app.exchanged(pending, Err(Transport::Timeout)), Err(Error::LoginRequired(Ending::SignOut)));
    assert!(app.seen().is_empty());
}

#[test]
fn signing_out_twice_is_told_once() {
    let mut app = App::signed_in();
    app.sign_out();
    app.seen();
    assert_eq!(app.sign_out(), None);
    assert!(app.seen().is_empty());
}

#[test]
fn signing_out_without_a_session_is_no_news() {
    let mut app = App::new();
    assert_eq!(app.sign_out(), None);
    assert!(app.seen().is_empty());
    assert_eq!(app.authorize(1), Err(Error::LoginRequired(Ending::NeverSignedIn)));
}

#[test]
fn without_a_refresh_token_the_access_token_is_revoked() {
    let mut app = App::new();
    app.server.rotate = false;
    let mut app = app.after_sign_in();
    assert_eq!(app.sign_out().as_deref(), Some("access-1"), "REV-2");
}

#[test]
fn without_a_revocation_endpoint_there_is_nothing_to_send() {
    let text = config_text("files:read", "").replace(r#""revocation_endpoint":"https://as.example/revoke","#, "");
    let config = tokenkeep::proto::config::Config::parse(&text, "https://app.example").expect("a good configuration");
    let mut app = App::with(config).after_sign_in();
    app.pass(HOUR);
    app.queue([1]);
    assert_eq!(app.sign_out(), None);
    app.seen();
    app.refresh();
    assert!(app.seen().is_empty());
    assert_eq!(app.session.snapshot(), None, "gone all the same");
}

#[test]
fn the_next_session_is_not_disturbed_by_the_last_one() {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue([1]);
    app.sign_out();
    app.sign_in();
    app.seen();
    let attempt = app.refreshes.remove(0).attempt;
    app.refreshed(attempt, granted(9));
    assert_eq!(app.seen(), ["revoke refresh-9"]);
    assert_eq!(app.authorize(2), Ok(Verdict::Send(2)));
    assert_eq!(app.session.authorization(2).as_deref(), Some("Bearer access-2"));
    app.pass(HOUR - MINUTE);
    app.authorize(3).expect("a verdict");
    assert_eq!(app.seen(), ["refresh refresh-2"]);
}

#[test]
fn signing_out_while_waiting_for_the_next_attempt_ends_the_attempts() {
    let mut app = App::signed_in();
    app.pass(HOUR);
    app.queue([1]);
    app.refresh_with(Err(Transport::Network));
    app.sign_out();
    app.seen();
    app.pass(HOUR);
    assert!(app.seen().is_empty());
    assert_eq!(app.session.poll_timeout(), None);
}
