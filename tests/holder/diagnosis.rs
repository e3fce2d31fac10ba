//! What keeps people from signing in, told apart.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::Object;

use crate::desk::{Desk, discovered, metadata};
use crate::support::server::{id_token, param};
use crate::support::{START_UNIX_MS, config, config_text, json, jwt};

/// Answers of the store and of a page's popup: the record ends with the page.
const FLEETING: Option<&str> = Some("fleeting");

fn settled(desk: &mut Desk) -> String {
    desk.seen().into_iter().rfind(|line| line.starts_with("settle")).unwrap_or_default()
}

#[test]
fn a_record_that_ends_with_the_page_stops_who_is_about_to_leave_it() {
    let mut desk = Desk::new();
    desk.sign_in(1, "{}");
    desk.stored(FLEETING);
    assert_eq!(desk.seen(), ["keep", "settle 1 STORAGE_BLOCKED"]);
    desk.sign_in(2, r#"{"mode":"popup"}"#);
    desk.stored(FLEETING);
    assert_eq!(desk.seen(), ["keep", "settle 2"], "a popup doesn't leave the page");
}

#[test]
fn nothing_is_pushed_for_a_record_that_ends_with_the_page() {
    let text = config_text("files:read", r#""par":true"#).replace(
        r#""code_challenge"#,
        r#""pushed_authorization_request_endpoint":"https://as.example/par","code_challenge"#,
    );
    let mut desk = Desk::with(Config::parse(&text, "https://app.example").expect("a good configuration"));
    desk.sign_in(1, "{}");
    desk.stored(FLEETING);
    assert_eq!(desk.seen(), ["keep", "settle 1 STORAGE_BLOCKED"]);
}

#[test]
fn a_sign_in_whose_answer_goes_to_another_origin_does_not_start() {
    for (origin, expected) in [
        ("https://app.example", "keep"),
        ("", "keep"),
        ("null", "keep"),
        ("https://app.example:8443", "settle 1 REDIRECT_ELSEWHERE"),
        ("https://www.app.example", "settle 1 REDIRECT_ELSEWHERE"),
        ("http://app.example", "settle 1 REDIRECT_ELSEWHERE"),
    ] {
        let config = Config::parse(&config_text("files:read", ""), origin).expect("a good configuration");
        let mut desk = Desk::with(config);
        desk.sign_in(1, "{}");
        assert_eq!(desk.seen(), [expected], "{origin}");
    }
}

#[test]
fn a_mark_in_the_store_tells_a_replay_from_a_stranger() {
    for (found, expected) in [(Some(""), "settle 3 RESPONSE_REPLAYED"), (None, "settle 3 STATE_MISMATCH")] {
        let mut desk = Desk::new();
        let href = desk.come_back(1);
        desk.seen();
        // Another holder with the same store finished it.
        desk.reload();
        desk.finish(3, &href);
        desk.stored(found);
        assert_eq!(settled(&mut desk), expected, "CB-4: {found:?}");
        assert!(desk.sent.is_empty());
    }
}

#[test]
fn a_replay_takes_nothing_from_who_waits_for_the_first_use() {
    let mut desk = Desk::new();
    desk.sign_in(1, r#"{"mode":"popup"}"#);
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    let (key, query) = (&url[..43], url.split_once('?').expect("a query").1.to_owned());
    let (code, state) = (desk.server.consent(&query), param(&query, "state").expect("a state"));
    let href = format!("https://app.example/callback?code={code}&state={state}&iss=https%3A%2F%2Fas.example");
    desk.wait(2, key);
    desk.finish(3, &href);
    desk.finish(4, &href);
    desk.take();
    desk.stored(Some(""));
    desk.seen();
    desk.respond();
    let seen = desk.seen();
    assert!(seen.contains(&"settle 2".to_owned()), "the page that waits is signed in: {seen:?}");
}

#[test]
fn what_shows_the_way_is_looked_into_if_it_fails() {
    let mut desk = Desk::with(discovered());
    desk.sign_in(1, "{}");
    desk.answer(Err(Transport::Network));
    desk.answer(metadata());
    desk.keep();
    assert_eq!(desk.probed, ["https://as.example/.well-known/openid-configuration"], "the last place only");
    let mut desk = exchanged(None);
    assert_eq!(desk.probed, ["https://as.example/token", "https://as.example/jwks"]);
    desk.sign_out(9);
    assert_eq!(desk.probed.len(), 2);
}

#[test]
fn metadata_without_cors_and_policies_have_codes_of_their_own() {
    for (given, expected) in [
        (Transport::Unreadable, "settle 1 METADATA_BLOCKED"),
        (Transport::PolicyBlocked, "settle 1 CONNECT_BLOCKED"),
        (Transport::Network, "settle 1 NETWORK"),
    ] {
        for before in [Err(Transport::Network), Err(given)] {
            let mut desk = Desk::with(discovered());
            desk.sign_in(1, "{}");
            desk.answer(before);
            desk.answer(Err(given));
            assert_eq!(settled(&mut desk), expected);
        }
        let mut desk = Desk::with(discovered());
        desk.sign_in(1, "{}");
        desk.answer(json(200, r#"{"issuer":"https://other.example"}"#));
        desk.answer(Err(given));
        assert_eq!(settled(&mut desk), "settle 1 METADATA_INVALID", "what was readable says more");
    }
}

#[test]
fn keys_that_can_not_be_read_are_no_fault_of_the_id_token() {
    for (given, expected) in [
        (Err(Transport::Unreadable), "settle 2 KEYS_BLOCKED"),
        (Err(Transport::PolicyBlocked), "settle 2 CONNECT_BLOCKED"),
        (Err(Transport::Network), "settle 2 ID_TOKEN_INVALID"),
        (json(200, r#"{"keys":[]}"#), "settle 2 ID_TOKEN_INVALID"),
    ] {
        let mut desk = exchanged(None);
        desk.answer(given);
        let seen = desk.seen();
        assert_eq!(seen[0], expected);
        assert!(seen[1].starts_with("post /revoke"), "its tokens are not used: {seen:?}");
    }
}

/// The user is back and the server has answered the exchange; with this `Date` if any.
fn exchanged(date: Option<&str>) -> Desk {
    let mut desk = Desk::with(config("openid", ""));
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.take();
    desk.answer(granted(id_token("alice", None), date));
    desk.seen();
    desk
}

fn granted(id_token: String, date: Option<&str>) -> Result<Answer, Transport> {
    let body = Object::default().with("access_token", "a").with("token_type", "Bearer").with("id_token", &*id_token);
    let mut answer = json(200, &body.to_json())?;
    answer.date = date.map(Into::into);
    Ok(answer)
}

/// Somebody comes back on a machine whose clock is `ms` after the server's; the error's code and message.
fn comes_back_on_a_wrong_clock(ahead: i64, date: Option<&str>) -> (String, String) {
    let mut desk = Desk::with(config("openid", r#""dangerSkipIdTokenSignature":true"#));
    desk.now.unix_ms = START_UNIX_MS.wrapping_add_signed(ahead);
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.take();
    desk.answer(granted(id_token("alice", None), date));
    (settled(&mut desk), desk.told.pop().unwrap_or_default())
}

#[test]
fn a_clock_that_is_wrong_is_named_where_the_server_tells_the_time() {
    // That is when every test starts.
    let date = Some("Tue, 14 Nov 2023 22:13:20 GMT");
    let (code, message) = comes_back_on_a_wrong_clock(-7_260_000, date);
    assert_eq!(code, "settle 2 CLOCK_WRONG");
    assert!(message.contains("7260 seconds behind"), "{message}");
    let (code, message) = comes_back_on_a_wrong_clock(100_001_000_000, date);
    assert_eq!(code, "settle 2 CLOCK_WRONG");
    assert!(message.contains("seconds ahead"), "{message}");
    let (code, message) = comes_back_on_a_wrong_clock(-7_260_000, None);
    assert_eq!((code.as_str(), message.ends_with(": iat")), ("settle 2 ID_TOKEN_INVALID", true), "{message}");
}

#[test]
fn other_faults_of_an_id_token_are_not_the_clocks() {
    let (code, message) = comes_back_on_a_wrong_clock(0, Some("Tue, 14 Nov 2023 20:13:20 GMT"));
    assert_eq!((code.as_str(), message.ends_with(": nonce")), ("settle 2 ID_TOKEN_INVALID", true), "{message}");
}

#[test]
fn a_clock_that_is_behind_is_not_why_an_id_token_has_expired() {
    // Two minutes behind the server's: what has run out here ran out there as well.
    let mut desk = Desk::with(config("openid", r#""dangerSkipIdTokenSignature":true"#));
    desk.now.unix_ms = START_UNIX_MS - 120_000;
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.take();
    let now = START_UNIX_MS / 1_000;
    let claims = Object::default().with("iss", "https://as.example").with("aud", "spa").with("sub", "alice");
    let claims = claims.with("iat", now - 90_000).with("exp", now - 86_400);
    let old = jwt(r#"{"alg":"RS256"}"#, &claims.to_json());
    desk.answer(granted(old, Some("Tue, 14 Nov 2023 22:13:20 GMT")));
    assert_eq!(settled(&mut desk), "settle 2 ID_TOKEN_INVALID");
}
