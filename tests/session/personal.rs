//! Personal access tokens: no sign-in, no refresh, and a 401 ends it.

use crate::support::Reply;
use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::{ApiMisuse, Ending, Error};
use tokenkeep::proto::session::Verdict;

use crate::support::{App, HOUR};

fn app(member: &str) -> App {
    let text = format!(r#"{{{member},"resourceServers":["https://api.example/v1/"]}}"#);
    App::with(Config::parse(&text, "https://app.example").expect("a configuration"))
}

fn refused() -> Reply {
    Reply { method: "GET".into(), challenge: Some("Bearer error=invalid_token".into()), ..Reply::default() }
}

#[test]
fn a_given_token_is_used_at_once_and_for_good() {
    let mut app = app(r#""token":"pat-1""#);
    assert_eq!(
        app.session.snapshot().map(|session| session.to_json()).as_deref(),
        Some(r#"{"scope":"","expiresAt":null,"claims":null}"#)
    );
    assert_eq!(app.authorize(1), Ok(Verdict::Send(1)));
    assert_eq!(app.session.authorization(1).as_deref(), Some("Bearer pat-1"));
    app.pass(1_000 * HOUR);
    assert_eq!(app.authorize(2), Ok(Verdict::Send(1)));
    let elsewhere = app.run(|session, now| session.authorize(now, 3, "https://evil.example/", None));
    assert_eq!(elsewhere, Err(Error::ApiMisuse(ApiMisuse::TargetRefused)), "the same list holds");
}

#[test]
fn a_refusal_ends_it() {
    let mut app = app(r#""token":"pat-1""#);
    assert_eq!(app.replied(1, 401, refused()), Ok(Verdict::Final));
    assert_eq!(app.seen(), ["signedout refused"]);
    assert_eq!(app.explained(), "expired");
    assert_eq!(app.authorize(2), Err(Error::LoginRequired(Ending::Refused)));
    assert_eq!(app.session.snapshot(), None);
}

#[test]
fn a_request_at_fault_or_short_of_rights_does_not_end_it() {
    for (status, challenge) in [(401, "Bearer error=invalid_request"), (403, "Bearer error=insufficient_scope")] {
        let mut app = app(r#""token":"pat-1""#);
        let reply = Reply { challenge: Some(challenge.into()), ..refused() };
        assert_eq!(app.replied(1, status, reply), Ok(Verdict::Final));
        assert!(app.session.is_signed_in());
    }
}

#[test]
fn a_token_is_entered_and_replaced_at_run_time() {
    let mut app = app(r#""acceptToken":true"#);
    assert_eq!(app.authorize(1), Err(Error::LoginRequired(Ending::NeverSignedIn)));
    let enter = |app: &mut App, token: &str| app.run(|session, now| session.enter_token(now, token));
    for bad in ["", "two words", "caf\u{e9}", "a\nb", "Bearer x"] {
        assert_eq!(enter(&mut app, bad), Err(Error::ApiMisuse(ApiMisuse::TokenMalformed)), "{bad}");
    }
    assert!(app.seen().is_empty());
    assert_eq!(enter(&mut app, "pat-1"), Ok(()));
    assert_eq!(app.seen(), ["signedin"]);
    assert_eq!(app.authorize(2), Ok(Verdict::Send(1)));
    assert_eq!(enter(&mut app, "pat-2"), Ok(()));
    let late = Reply { target: crate::support::API.into(), status: 401, generation: 1, ..refused() };
    assert_eq!(app.reply(2, &late), Ok(Verdict::Send(2)), "a 401 to the old one says nothing about the new one");
    assert_eq!(app.session.authorization(2).as_deref(), Some("Bearer pat-2"));
    assert_eq!(app.sign_out(), None, "nobody to tell");
    assert_eq!(app.authorize(3), Err(Error::LoginRequired(Ending::SignOut)));
}

#[test]
fn entering_needs_the_configurations_word() {
    for mut app in [app(r#""token":"pat-1""#), App::new()] {
        let entered = app.run(|session, now| session.enter_token(now, "pat-2"));
        assert_eq!(entered, Err(Error::ApiMisuse(ApiMisuse::TokenNotAccepted)));
    }
}

#[test]
fn configurations_that_make_no_sense_name_the_option() {
    for (members, option) in [
        (r#""token":"a b""#, "token"),
        (r#""token":"""#, "token"),
        (r#""token":1"#, "token"),
        (r#""token":"a","acceptToken":true"#, "acceptToken"),
        (r#""acceptToken":1"#, "acceptToken"),
        (r#""token":"a","issuer":"https://as.example""#, "issuer"),
        (r#""token":"a","clientId":"spa""#, "clientId"),
        (r#""acceptToken":true,"scope":"a""#, "scope"),
    ] {
        match Config::parse(&format!("{{{members}}}"), "") {
            Err(Error::ApiMisuse(ApiMisuse::Config { option: named, .. })) => assert_eq!(&*named, option, "{members}"),
            other => panic!("{members}: {other:?}"),
        }
    }
}
