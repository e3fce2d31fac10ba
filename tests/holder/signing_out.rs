//! `signOut()`: here at once, then at the server.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::syntax::json::Object;

use crate::desk::{Desk, discovered};
use crate::support::{HOUR, answer, config_text, error};

fn revocation(desk: &mut Desk) -> Option<String> {
    let result = Object::parse(desk.results.pop().flatten()?.as_bytes())?;
    result.string("revocation").map(str::to_owned)
}

#[test]
fn the_outcome_of_the_revocation_is_told() {
    for (given, outcome) in [
        (Ok(answer(200, None, b"")), "confirmed"),
        (Ok(answer(503, None, b"")), "unconfirmed"),
        (Ok(answer(400, None, b"")), "unconfirmed"),
        (error(400, "unsupported_token_type"), "unsupported"),
        (error(400, "invalid_client"), "unconfirmed"),
        (Err(Transport::Network), "unconfirmed"),
        (Err(Transport::Timeout), "unconfirmed"),
    ] {
        let mut desk = Desk::signed_in();
        desk.sign_out(3);
        assert_eq!(desk.seen(), ["post /revoke refresh-1", "signedout"], "REV-2");
        assert_eq!(desk.holder.session().snapshot(), None, "REV-1: gone before the server knows");
        desk.answer(given);
        assert_eq!(desk.seen(), ["settle 3"]);
        assert_eq!(revocation(&mut desk).as_deref(), Some(outcome), "REV-5, REV-6, REV-7");
    }
}

#[test]
fn without_a_revocation_endpoint_nothing_is_sent() {
    let text = config_text("files:read", "").replace(r#""revocation_endpoint":"https://as.example/revoke","#, "");
    let config = Config::parse(&text, "https://app.example").expect("a good configuration");
    let mut desk = Desk::with(config);
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.take();
    desk.respond();
    desk.seen();
    desk.sign_out(3);
    assert_eq!(desk.seen(), ["settle 3", "signedout"]);
    assert_eq!(revocation(&mut desk).as_deref(), Some("unsupported"));
}

#[test]
fn without_a_session_there_is_nothing_to_revoke() {
    for mut desk in [Desk::with(discovered()), Desk::new()] {
        desk.sign_out(1);
        assert_eq!(desk.seen(), ["settle 1"]);
        assert_eq!(revocation(&mut desk).as_deref(), Some("none"));
    }
}

#[test]
fn signing_out_a_second_time_revokes_nothing() {
    let mut desk = Desk::signed_in();
    desk.sign_out(3);
    desk.sign_out(4);
    assert_eq!(desk.seen(), ["post /revoke refresh-1", "signedout", "settle 4"]);
    assert_eq!(revocation(&mut desk).as_deref(), Some("none"));
}

#[test]
fn tokens_of_a_late_refresh_are_revoked_and_nobody_is_told() {
    let mut desk = Desk::signed_in();
    desk.pass(HOUR);
    desk.authorize(1);
    desk.sign_out(3);
    assert_eq!(
        desk.seen(),
        ["post /token refresh-1", "post /revoke refresh-1", "signedout", "reject 1 LOGIN_REQUIRED"]
    );
    desk.respond();
    assert_eq!(desk.seen(), ["post /revoke refresh-2"], "REF-20");
    desk.answer(Ok(answer(200, None, b"")));
    assert_eq!(desk.seen(), ["settle 3"]);
    desk.answer(Ok(answer(200, None, b"")));
    assert!(desk.seen().is_empty());
}

#[test]
fn a_sign_in_that_was_overtaken_fails_and_its_tokens_are_revoked() {
    let mut desk = Desk::new();
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.take();
    desk.seen();
    desk.sign_out(3);
    desk.respond();
    let mut seen = desk.seen();
    seen.sort();
    assert_eq!(seen, ["post /revoke refresh-1", "settle 2 LOGIN_REQUIRED", "settle 3", "signedout"], "REF-20");
    assert_eq!(desk.holder.session().snapshot(), None);
}

#[test]
fn signing_out_wins_while_the_record_is_being_read() {
    let mut desk = crate::desk::Desk::new();
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.sign_out(3);
    desk.take();
    if !desk.sent.is_empty() {
        desk.respond();
    }
    let seen = desk.seen();
    assert!(!desk.holder.session().is_signed_in(), "{seen:?}");
}

#[test]
fn no_step_up_of_a_session_that_is_over() {
    let mut desk = crate::desk::Desk::signed_in();
    desk.authorize(1);
    let challenge = Some(r#"Bearer error="insufficient_scope", scope="x", resource_metadata="https://api.example/.well-known/oauth-protected-resource/v1""#.to_owned());
    let reply = crate::support::Reply {
        target: crate::support::API.into(),
        method: "GET".into(),
        status: 403,
        generation: 1,
        challenge,
        ..Default::default()
    };
    desk.reply(1, &reply);
    let (flight, ..) = desk.sent.remove(0);
    desk.sign_out(3);
    desk.seen();
    desk.answer_flight(flight, crate::support::json(404, "{}"));
    let seen = desk.seen();
    assert!(!seen.contains(&"stepup".to_owned()), "{seen:?}");
}
