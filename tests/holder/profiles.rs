//! A profile from the first request to the last: odd servers behind a holder that knows them.

use crate::support::Reply;
use tokenkeep::proto::config::Config;
use tokenkeep::proto::session::Verdict;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::Object;

use crate::desk::Desk;
use crate::support::{API, HOUR, answer, config};

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

fn with(profile: &str) -> Config {
    config("files:read", &format!(r#""profile":{profile}"#))
}

/// Signed in at a server that answers `given` to the code.
fn signed_in(profile: &str, given: Answer) -> Desk {
    let mut desk = exchanging(profile);
    desk.answer(Ok(given));
    assert!(desk.seen().ends_with(&["settle 2".to_owned(), "signedin".to_owned()]), "{profile}");
    desk
}

fn exchanging(profile: &str) -> Desk {
    let mut desk = Desk::with(with(profile));
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.take();
    desk
}

fn sent(desk: &Desk) -> String {
    desk.sent.last().and_then(|(_, _, body)| body.as_ref()).expect("a request").expose().to_owned()
}

#[test]
fn a_server_that_takes_and_gives_json_in_an_envelope() {
    let profile = r#"{"request":{"json":true},"answer":{"within":"data","tokenType":"Bearer"}}"#;
    let granted = br#"{"data":{"access_token":"a1","refresh_token":"r1","expires_in":60}}"#;
    let mut desk = signed_in(profile, answer(200, Some("application/json"), granted));
    desk.pass(HOUR);
    desk.authorize(1);
    assert_eq!(sent(&desk), r#"{"grant_type":"refresh_token","refresh_token":"r1","client_id":"spa"}"#);
    desk.answer(Ok(answer(200, Some("application/json"), br#"{"data":{"access_token":"a2"}}"#)));
    desk.seen();
    assert_eq!(desk.holder.session().authorization(2).as_deref(), Some("Bearer a2"));
    desk.sign_out(3);
    assert_eq!(sent(&desk), r#"{"token":"r1","token_type_hint":"refresh_token","client_id":"spa"}"#);
}

#[test]
fn a_server_that_answers_with_forms_and_200_for_errors() {
    let profile = r#"{"answer":{"type":"form","scopeSeparator":","},"api":{"scheme":"token"}}"#;
    let granted = answer(200, FORM, b"access_token=gho_1&scope=repo%2Cgist&token_type=bearer");
    let desk = signed_in(profile, granted);
    assert_eq!(desk.holder.session().authorization(1).as_deref(), Some("token gho_1"));
    let snapshot = desk.holder.session().snapshot().expect("a session");
    assert_eq!(snapshot.string("scope"), Some("repo gist"));

    let mut desk = exchanging(profile);
    desk.answer(Ok(answer(200, FORM, b"error=bad_verification_code&error_description=Expired.")));
    assert_eq!(desk.seen().last().map(String::as_str), Some("settle 2 TOKEN_ERROR"));
}

#[test]
fn without_the_profile_a_form_is_no_answer() {
    let mut desk = exchanging("{}");
    desk.answer(Ok(answer(200, FORM, b"access_token=gho_1&token_type=bearer")));
    assert_eq!(desk.seen().last().map(String::as_str), Some("settle 2 TOKEN_RESPONSE_INVALID"));
    let mut desk = exchanging("{}");
    desk.answer(Ok(answer(200, Some("application/json"), br#"{"access_token":"a"}"#)));
    assert_eq!(desk.seen().last().map(String::as_str), Some("settle 2 TOKEN_RESPONSE_INVALID"), "TOK-12");
}

#[test]
fn a_status_that_means_revoked_ends_the_session_at_once() {
    let profile = r#"{"refresh":{"revoked":[403]}}"#;
    let granted = br#"{"access_token":"a","token_type":"Bearer","refresh_token":"r","expires_in":60}"#;
    let mut desk = signed_in(profile, answer(200, Some("application/json"), granted));
    desk.pass(HOUR);
    desk.authorize(1);
    desk.seen();
    desk.answer(Ok(answer(403, Some("text/html"), b"<h1>Forbidden</h1>")));
    assert_eq!(desk.seen(), ["signedout", "reject 1 LOGIN_REQUIRED"]);
}

fn reply(status: u16, challenge: Option<&str>) -> Reply {
    let (target, challenge) = (API.to_owned(), challenge.map(str::to_owned));
    Reply { target, method: "GET".into(), status, generation: 1, challenge, ..Reply::default() }
}

#[test]
fn an_api_that_says_403_for_an_expired_token() {
    let granted = br#"{"access_token":"a","token_type":"Bearer","refresh_token":"r","expires_in":3600}"#;
    let ask = |profile: &str, reply: Reply| {
        let mut desk = signed_in(profile, answer(200, Some("application/json"), granted));
        let now = desk.now;
        let verdict = reply.hand_to(desk.holder.session_mut(), now, 0, 7);
        let explanation = desk.holder.session_mut().take_explanation();
        (verdict, explanation.as_ref().and_then(|object: &Object| object.string("kind")).map(str::to_owned))
    };
    let profile = r#"{"api":{"expired":[403,498]}}"#;
    assert_eq!(ask(profile, reply(403, None)), (Ok(Verdict::Queued), None));
    assert_eq!(ask(profile, reply(498, None)), (Ok(Verdict::Queued), None));
    assert_eq!(ask("{}", reply(403, None)), (Ok(Verdict::Final), Some("forbidden".into())));
    assert_eq!(ask("{}", reply(498, None)).0, Ok(Verdict::Final));
    let scope = reply(403, Some("Bearer error=\"insufficient_scope\", scope=\"a\""));
    assert_eq!(ask(profile, scope), (Ok(Verdict::Final), Some("scope".into())), "WWW-8");

    let mut desk = signed_in(profile, answer(200, Some("application/json"), granted));
    desk.reply(7, &reply(403, None));
    desk.answer(Ok(answer(200, Some("application/json"), granted)));
    let again = Reply { generation: 2, replays: 1, ..reply(403, None) };
    let (session, now) = (desk.holder.session_mut(), desk.now);
    assert_eq!(again.hand_to(session, now, 0, 7), Ok(Verdict::Final), "once, no loop");
    assert_eq!(session.take_explanation().expect("an explanation").string("kind"), Some("refused"));
}
