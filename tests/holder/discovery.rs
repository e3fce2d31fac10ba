//! How long metadata counts, and what it counts for.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Transport;

use crate::desk::Desk;
use crate::mcp::metadata;
use crate::support::server::param;
use crate::support::{API, HOUR, ISSUER, MINUTE, REDIRECT_URI, answer, json};

const OAUTH: &str = "get /.well-known/oauth-authorization-server";
const OPENID: &str = "get /.well-known/openid-configuration";

fn config() -> Config {
    let text = format!(
        r#"{{"issuer":"{ISSUER}","clientId":"spa","redirectUri":"{REDIRECT_URI}","resourceServers":["https://api.example/v1/"]}}"#
    );
    Config::parse(&text, "https://app.example").expect("a good configuration")
}

/// The issuer's document with another token endpoint.
fn moved() -> Result<tokenkeep::proto::syntax::http::Answer, Transport> {
    json(
        200,
        r#"{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",
        "token_endpoint":"https://as.example/v2/token","code_challenge_methods_supported":["S256"]}"#,
    )
}

/// A sign-in is under way: the URL the browser arrives with.
fn under_way(desk: &mut Desk) -> String {
    desk.sign_in(1, "{}");
    desk.answer(metadata(ISSUER, ""));
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    let query = url.split_once('?').expect("a query").1;
    let (code, state) = (desk.server.consent(query), param(query, "state").expect("a state"));
    desk.seen();
    format!("{REDIRECT_URI}?code={code}&state={state}")
}

fn signed_in() -> Desk {
    let mut desk = Desk::with(config());
    let href = under_way(&mut desk);
    desk.finish(2, &href);
    desk.take();
    desk.respond();
    desk.seen();
    desk
}

#[test]
fn a_sign_in_after_a_day_asks_again() {
    let mut desk = Desk::with(config());
    under_way(&mut desk);
    desk.pass(24 * HOUR - 1);
    desk.sign_in(2, "{}");
    assert_eq!(desk.seen(), ["keep"], "DISC-13");
    desk.pass(1);
    desk.sign_in(3, "{}");
    assert_eq!(desk.seen(), [OAUTH], "DISC-13");
    desk.answer(moved());
    assert_eq!(desk.seen(), ["keep"]);
    desk.sign_in(4, "{}");
    assert_eq!(desk.seen(), ["keep"], "DISC-13: once");
}

#[test]
fn metadata_that_can_not_be_renewed_is_used_on() {
    let mut desk = Desk::with(config());
    under_way(&mut desk);
    desk.pass(24 * HOUR);
    desk.sign_in(2, "{}");
    desk.answer(Err(Transport::Network));
    desk.answer(Err(Transport::Timeout));
    assert_eq!(desk.seen(), [OAUTH, OPENID, "keep"], "an outage stops nobody who could go on");
    desk.pass(1);
    desk.sign_in(3, "{}");
    desk.answer(json(200, r#"{"issuer":"https://evil.example"}"#));
    desk.answer(Ok(answer(404, None, b"")));
    assert_eq!(desk.seen(), [OAUTH, OPENID, "settle 3 METADATA_INVALID"], "DISC-2");
}

#[test]
fn a_running_sign_in_keeps_the_metadata_it_started_with() {
    let mut desk = Desk::with(config());
    desk.sign_in(9, "{}");
    desk.answer(metadata(ISSUER, ""));
    desk.pass(24 * HOUR - MINUTE);
    desk.sign_in(1, "{}");
    desk.store(1);
    let url = desk.results.pop().flatten().expect("a URL");
    let query = url.split_once('?').expect("a query").1;
    let (code, state) = (desk.server.consent(query), param(query, "state").expect("a state"));
    desk.pass(2 * MINUTE);
    desk.sign_in(2, "{}");
    desk.answer(moved());
    desk.seen();
    desk.asked.clear();
    desk.finish(3, &format!("{REDIRECT_URI}?code={code}&state={state}"));
    desk.take();
    assert_eq!(desk.seen(), ["take", "post /token code-1"], "DISC-9");
}

#[test]
fn a_code_is_not_sent_to_an_endpoint_that_came_later() {
    let mut desk = Desk::with(config());
    let href = under_way(&mut desk);
    desk.reload();
    desk.finish(2, &href);
    desk.take();
    desk.authorize(7);
    desk.answer(moved());
    let mut seen = desk.seen();
    seen.sort();
    assert_eq!(seen, [OAUTH, "reject 7 LOGIN_REQUIRED", "settle 2 METADATA_INVALID", "take"], "DISC-9, TOK-2");
    assert!(desk.sent.is_empty());
}

#[test]
fn a_token_endpoint_that_is_gone_has_the_metadata_fetched_again() {
    let mut desk = signed_in();
    desk.pass(2 * HOUR);
    desk.request(7, API);
    assert_eq!(desk.seen(), ["post /token refresh-1"]);
    desk.answer(Ok(answer(404, None, b"")));
    let seen = desk.seen();
    assert!(seen.contains(&OAUTH.to_owned()) && seen.contains(&"refreshfailed".to_owned()), "DISC-13: {seen:?}");
    desk.answer(moved());
    desk.pass(MINUTE);
    desk.timeout();
    desk.request(8, API);
    assert_eq!(desk.sent[0].1, "https://as.example/v2/token", "DISC-13");
}

#[test]
fn metadata_that_is_a_minute_old_is_not_fetched_again() {
    let mut desk = Desk::with(config());
    let href = under_way(&mut desk);
    desk.pass(MINUTE - 1);
    desk.finish(2, &href);
    desk.take();
    desk.answer(Ok(answer(404, None, b"")));
    assert!(!desk.seen().contains(&OAUTH.to_owned()), "DISC-13: a server that answers 404 to everything");
}

#[test]
fn no_page_says_who_the_issuer_is() {
    let mut desk = Desk::with(config());
    desk.sign_in(1, r#"{"issuer":"https://evil.example"}"#);
    desk.sign_in(2, r#"{"server":{"issuer":"https://evil.example"}}"#);
    assert_eq!(desk.seen(), ["settle 1 PARAMETER_REFUSED", "settle 2 PARAMETER_REFUSED"], "DISC-4");
    let href = under_way(&mut desk);
    desk.finish(3, &format!("{href}&iss=https%3A%2F%2Fevil.example&issuer=https%3A%2F%2Fevil.example"));
    desk.take();
    assert_eq!(desk.seen(), ["take", "settle 3 ISSUER_MISMATCH"], "DISC-4");
    assert!(desk.sent.is_empty(), "DISC-4");
}

#[test]
fn metadata_by_hand_is_never_fetched() {
    let mut desk = Desk::new();
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.take();
    desk.pass(5 * MINUTE);
    desk.answer(Ok(answer(404, None, b"")));
    desk.pass(48 * HOUR);
    desk.sign_in(3, "{}");
    assert_eq!(desk.seen().last().map(String::as_str), Some("keep"), "DISC-8");
    assert!(desk.sent.is_empty());
}
