//! Pushed authorization requests (RFC 9126).

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Transport;

use crate::desk::Desk;
use crate::support::server::param;
use crate::support::{answer, config_text, error, json};

const GOOD: &str = r#"{"request_uri":"urn:ietf:params:oauth:request_uri:a&b","expires_in":60}"#;

pub(crate) fn desk(demand: bool, more: &str) -> Desk {
    let announced = format!(
        r#""pushed_authorization_request_endpoint":"https://as.example/par","require_pushed_authorization_requests":{demand},"code_challenge"#
    );
    let text = config_text("files:read", more).replace(r#""code_challenge"#, &announced);
    Desk::with(Config::parse(&text, "https://app.example").expect("a good configuration"))
}

fn pushed(mut desk: Desk) -> Desk {
    desk.sign_in(1, r#"{"loginHint":"ada"}"#);
    assert_eq!(desk.seen(), ["keep"], "nothing is pushed before the record is kept");
    desk.keep();
    assert_eq!(desk.seen(), ["post /par code"], "PAR-1");
    desk
}

fn url(desk: &mut Desk) -> String {
    desk.results.pop().flatten().expect("a URL")
}

#[test]
fn the_request_is_pushed_and_the_user_sent_with_its_name() {
    let mut desk = pushed(desk(false, ""));
    let body = desk.sent[0].2.clone().expect("a form");
    for name in ["client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method", "login_hint"]
    {
        assert!(param(body.expose(), name).is_some(), "PAR-2, PAR-7: {name}");
    }
    assert_eq!(param(body.expose(), "request_uri"), None, "PAR-3");
    desk.answer(json(201, GOOD));
    assert_eq!(
        url(&mut desk),
        "https://as.example/authorize?client_id=spa&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Aa%26b",
        "PAR-5, PAR-9"
    );
}

#[test]
fn each_sign_in_pushes_anew() {
    let mut desk = pushed(desk(false, ""));
    desk.answer(json(201, GOOD));
    desk.seen();
    desk.sign_in(2, "{}");
    desk.keep();
    assert_eq!(desk.seen(), ["keep", "post /par code"], "PAR-6");
}

#[test]
fn an_answer_that_is_no_success_is_refused() {
    for given in [
        json(200, GOOD),
        json(201, r#"{"expires_in":60}"#),
        json(201, r#"{"request_uri":"","expires_in":60}"#),
        json(201, r#"{"request_uri":7,"expires_in":60}"#),
        json(201, r#"{"request_uri":"urn:x"}"#),
        json(201, r#"{"request_uri":"urn:x","expires_in":0}"#),
        json(201, r#"{"request_uri":"urn:x","expires_in":-1}"#),
        json(201, "[]"),
        Ok(answer(201, Some("text/html"), GOOD.as_bytes())),
        error(400, "invalid_request"),
        Err(Transport::Network),
        Ok(answer(500, None, b"")),
    ] {
        let mut desk = pushed(desk(true, ""));
        let what = format!("{given:?}");
        desk.answer(given);
        let seen = desk.seen();
        assert!(seen.len() == 1 && seen[0].starts_with("settle 1 "), "PAR-4, PAR-8: {what}: {seen:?}");
    }
}

#[test]
fn where_nobody_demands_it_the_plain_request_serves() {
    for given in
        [Err(Transport::Network), Err(Transport::Timeout), Ok(answer(500, None, b"")), Ok(answer(404, None, b""))]
    {
        let mut desk = pushed(desk(false, ""));
        desk.answer(given);
        assert!(url(&mut desk).starts_with("https://as.example/authorize?response_type=code&"));
    }
    for given in [error(400, "invalid_request"), json(201, "{}")] {
        let mut desk = pushed(desk(false, ""));
        desk.answer(given);
        assert!(desk.results.is_empty(), "the server's word counts");
    }
}

#[test]
fn where_the_configuration_demands_it_nothing_else_serves() {
    let mut desk = pushed(desk(false, r#""par":true"#));
    desk.answer(Err(Transport::Network));
    assert_eq!(desk.seen(), ["settle 1 NETWORK"], "PAR-8");
    let mut without = Desk::with(crate::support::config("files:read", r#""par":true"#));
    without.sign_in(1, "{}");
    assert_eq!(without.seen(), ["settle 1 METADATA_INVALID"], "PAR-8");
}

#[test]
fn it_can_be_switched_off_unless_the_server_demands_it() {
    let mut off = desk(false, r#""par":false"#);
    off.sign_in(1, "{}");
    off.keep();
    assert_eq!(off.seen(), ["keep", "settle 1"]);
    let mut demanded = desk(true, r#""par":false"#);
    demanded.sign_in(1, "{}");
    demanded.keep();
    assert_eq!(demanded.seen(), ["keep", "post /par code"], "PAR-1");
}
