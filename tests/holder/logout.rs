//! Signing out at the authorization server too (OpenID Connect RP-Initiated Logout).

use tokenkeep::proto::config::Config;
use tokenkeep::proto::syntax::json::Object;

use crate::desk::Desk;
use crate::support::server::{id_token, param};
use crate::support::{answer, config_text, json};

const BYE: &str = "https://app.example/bye";

fn desk(more: &str) -> Desk {
    let more = format!(r#""postLogoutRedirectUri":"{BYE}"{more}"#);
    let text = config_text("files:read openid", &more)
        .replace(r#""code_challenge"#, r#""end_session_endpoint":"https://as.example/end?x=1","code_challenge"#);
    let config = Config::parse(&text.replace("\"clientId\"", "\"dangerSkipIdTokenSignature\":true,\"clientId\""), BYE);
    let mut desk = Desk::with(config.expect("a good configuration"));
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.take();
    desk.respond();
    desk.seen();
    desk
}

fn result(desk: &mut Desk) -> Object {
    Object::parse(desk.results.pop().flatten().expect("a result").as_bytes()).expect("JSON")
}

/// Signed out with these options, up to where the page leaves: its URL.
fn left(desk: &mut Desk, options: &str) -> String {
    desk.sign_out_with(3, options);
    assert!(!desk.holder.session().is_signed_in(), "REV-1");
    desk.keep();
    desk.answer(Ok(answer(200, None, b"")));
    let result = result(desk);
    assert_eq!(result.string("revocation"), Some("confirmed"));
    result.string("url").expect("a URL").to_owned()
}

#[test]
fn the_user_is_sent_to_the_server_after_the_session_is_over_here() {
    let mut desk = desk("");
    desk.sign_out_with(3, r#"{"endSession":true}"#);
    assert_eq!(desk.seen(), ["keep", "signedout"], "REV-1: local first");
    desk.keep();
    assert_eq!(desk.seen(), ["post /revoke refresh-1"]);
    desk.answer(Ok(answer(200, None, b"")));
    let result = result(&mut desk);
    let url = result.string("url").expect("a URL");
    let (endpoint, query) = url.split_once("?x=1&").expect("the endpoint's own query");
    assert_eq!(endpoint, "https://as.example/end", "REV-10");
    assert_eq!(param(query, "client_id").as_deref(), Some("spa"), "REV-11");
    assert_eq!(param(query, "post_logout_redirect_uri").as_deref(), Some(BYE), "REV-13");
    assert_eq!(param(query, "state").map(|state| state.len()), Some(43), "REV-14");
    assert_eq!(param(query, "id_token_hint"), None, "REV-12");
    assert_eq!(result.string("idTokenHint"), None, "the ID token stays in the holder");
}

#[test]
fn the_id_token_leaves_the_holder_on_request_only() {
    let mut desk = desk(r#","dangerSendIdTokenHint":true"#);
    desk.sign_out_with(3, r#"{"endSession":true}"#);
    desk.keep();
    desk.answer(Ok(answer(200, None, b"")));
    let hint = result(&mut desk).string("idTokenHint").map(str::to_owned).expect("a hint");
    let nonce = desk.holder.session().snapshot();
    assert!(nonce.is_none() && hint.split('.').count() == 3 && hint.len() > id_token("alice", None).len(), "REV-11");
}

#[test]
fn coming_back_is_told_once_and_only_to_those_who_left() {
    let mut desk = desk("");
    let url = left(&mut desk, r#"{"endSession":true,"returnTo":"/welcome"}"#);
    let state = param(&url, "state").expect("a state");
    let back = format!("{BYE}?state={state}");
    desk.finish(4, &back);
    desk.take();
    let arrival = result(&mut desk);
    assert_eq!(arrival.string("returnTo"), Some("/welcome"), "REV-14");
    desk.finish(5, &back);
    desk.take();
    assert_eq!(desk.results.pop(), Some(None), "REV-14: spent");
    desk.finish(6, &format!("{BYE}?state={}", "x".repeat(43)));
    desk.take();
    assert_eq!(desk.results.pop(), Some(None), "REV-14: forged");
}

#[test]
fn coming_back_counts_where_the_host_leads_on() {
    let mut desk = desk("");
    let url = left(&mut desk, r#"{"endSession":true,"returnTo":"/welcome"}"#);
    desk.finish(4, &format!("{BYE}/?state={}", param(&url, "state").expect("a state")));
    desk.take();
    let arrival = result(&mut desk);
    assert_eq!(arrival.string("returnTo"), Some("/welcome"), "REV-14");
}

#[test]
fn what_else_arrives_there_is_none_of_it() {
    let mut desk = desk("");
    for href in [BYE.to_owned(), format!("{BYE}?tab=2"), format!("{BYE}?state=a&state=b"), format!("{BYE}/x?state=a")] {
        desk.seen();
        desk.finish(4, &href);
        assert_eq!(desk.seen(), ["settle 4"], "{href}");
        assert_eq!(desk.results.pop(), Some(None), "{href}");
    }
}

#[test]
fn an_old_return_is_not_believed() {
    let mut desk = desk("");
    let url = left(&mut desk, r#"{"endSession":true}"#);
    desk.pass(600_001);
    desk.finish(4, &format!("{BYE}?state={}", param(&url, "state").expect("a state")));
    desk.take();
    assert_eq!(desk.results.pop(), Some(None), "REV-14");
}

#[test]
fn a_bad_return_target_does_not_keep_anybody_signed_in() {
    let mut desk = desk("");
    let url = left(&mut desk, r#"{"endSession":true,"returnTo":"https://evil.example/"}"#);
    desk.finish(4, &format!("{BYE}?state={}", param(&url, "state").expect("a state")));
    desk.take();
    assert_eq!(result(&mut desk).string("returnTo"), None, "AUTHZ-21");
}

#[test]
fn a_server_without_the_endpoint_is_told_of_and_the_session_over_all_the_same() {
    let mut desk = Desk::signed_in();
    desk.sign_out_with(3, r#"{"endSession":true}"#);
    assert_eq!(desk.seen(), ["post /revoke refresh-1", "settle 3 END_SESSION_UNAVAILABLE", "signedout"]);
    desk.answer(json(200, "{}"));
    assert!(desk.seen().is_empty());
}

#[test]
fn options_that_cannot_be_read_are_told_of_and_the_session_over_all_the_same() {
    for options in ["", "[]", "true"] {
        let mut desk = Desk::signed_in();
        desk.sign_out_with(3, options);
        assert_eq!(desk.seen(), ["post /revoke refresh-1", "settle 3 PARAMETER_REFUSED", "signedout"], "{options}");
    }
}
