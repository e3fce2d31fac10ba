//! `resume()` at the redirection URI: record, exchange, arrival.

use tokenkeep::proto::error::Transport;

use crate::desk::{Desk, discovered, metadata};
use crate::support::{REDIRECT_URI, answer, error};

#[test]
fn a_response_is_redeemed_by_its_own_record() {
    let mut desk = Desk::new();
    desk.sign_in(1, r#"{"returnTo":"/inbox","appState":{"n":1}}"#);
    desk.keep();
    let href = {
        desk.results.clear();
        desk.come_back(2)
    };
    desk.seen();
    desk.finish(3, &href);
    assert_eq!(desk.seen(), ["take"]);
    desk.take();
    assert_eq!(desk.seen(), ["post /token code-1"]);
    assert_eq!(desk.records.len(), 1, "CB-4: the record is gone before the code is sent");
    desk.respond();
    assert_eq!(desk.seen(), ["settle 3", "signedin"]);
    assert_eq!(desk.results, [Some(r#"{"returnTo":null,"appState":null}"#.to_owned())]);
}

#[test]
fn the_application_gets_back_what_it_left() {
    let mut desk = Desk::new();
    desk.sign_in(1, r#"{"returnTo":"/inbox?x#y","appState":{"n":[1,"é"]}}"#);
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    let query = url.split_once('?').expect("a query").1.to_owned();
    let code = desk.server.consent(&query);
    let state = crate::support::server::param(&query, "state").expect("a state");
    desk.finish(2, &format!("{REDIRECT_URI}?code={code}&state={state}&iss=https%3A%2F%2Fas.example"));
    desk.take();
    desk.respond();
    assert_eq!(desk.results, [Some(r#"{"returnTo":"/inbox?x#y","appState":{"n":[1,"é"]}}"#.to_owned())]);
}

#[test]
fn another_page_of_the_application_is_no_response() {
    let mut desk = Desk::new();
    desk.finish(1, "https://app.example/inbox?code=a&state=s");
    assert_eq!((desk.seen(), desk.results), (vec!["settle 1".to_owned()], vec![None]), "CB-14");
}

#[test]
fn a_response_of_the_wrong_shape_touches_no_record() {
    let state = "s".repeat(43);
    for (query, code) in [
        (format!("?code=a&code=b&state={state}"), "DUPLICATE_PARAMETER"),
        (format!("?code=a&state={state}&state={state}"), "DUPLICATE_PARAMETER"),
        ("?code=a&code=b&iss=https%3A%2F%2Fas.example".to_owned(), "DUPLICATE_PARAMETER"),
        ("?code=a&iss=https%3A%2F%2Fas.example".to_owned(), "STATE_MISSING"),
        ("?error=access_denied&iss=https%3A%2F%2Fas.example".to_owned(), "STATE_MISSING"),
        ("#access_token=x&state=s".to_owned(), "TOKEN_IN_RESPONSE"),
    ] {
        let mut desk = Desk::new();
        desk.finish(1, &format!("{REDIRECT_URI}{query}"));
        assert_eq!(desk.seen(), [format!("settle 1 {code}")], "{query}");
    }
}

#[test]
fn what_answers_nothing_that_was_sent_is_the_application_s_own() {
    for query in [
        "?code=SPRING25",
        "?error=out-of-stock",
        "?error=login_required",
        "?code=SPRING25&state=CA",
        "?error=1&state=open",
        "?code=a&code=b",
        "?state=&code=x",
        "#code=main",
        "?error_description=x&error=y",
    ] {
        let mut desk = Desk::new();
        desk.finish(1, &format!("{REDIRECT_URI}{query}"));
        while !desk.asked.is_empty() {
            desk.take();
        }
        assert!(desk.seen().ends_with(&["settle 1".to_owned()]), "{query}");
        assert_eq!(desk.results, [None], "{query}: left to the application");

        let mut desk = Desk::new();
        desk.come_back(1);
        desk.seen();
        desk.finish(2, &format!("{REDIRECT_URI}{query}"));
        while !desk.asked.is_empty() {
            desk.take();
        }
        let seen = desk.seen();
        let last = seen.last().expect("a word");
        assert!(last.starts_with("settle 2 "), "{query}: a server that lost the state: {seen:?}");
        assert!(desk.sent.is_empty() && desk.records.len() == 1, "CB-1: {query}");
    }
}

#[test]
fn a_response_that_the_host_led_elsewhere_says_where() {
    for place in ["callback/", "callback.html", "", "auth/callback"] {
        let mut desk = Desk::new();
        let query = desk.come_back(1).split_once('?').expect("a query").1.to_owned();
        desk.seen();
        let arrived = format!("https://app.example/{place}");
        for (call, mark) in [(2, '?'), (3, '#')] {
            desk.finish(call, &format!("{arrived}{mark}{query}"));
            desk.take();
        }
        let seen = desk.seen();
        assert!(seen.contains(&"settle 2 REDIRECT_URI_MOVED".to_owned()), "CB-14: {place}: {seen:?}");
        let moved = &desk.told[0];
        assert!(moved.contains(&format!(" {arrived},")) && moved.contains(REDIRECT_URI), "{moved}");
        assert!(!moved.contains("code-1") && desk.sent.is_empty(), "{moved}");
        assert_eq!(desk.records.len(), 0, "CB-4: the record is spent");
    }
}

#[test]
fn a_state_that_nobody_knows_is_nothing_on_other_pages() {
    for state in ["s".repeat(43), format!("p{}", "-".repeat(43)), "s".into(), "s".repeat(44)] {
        let mut desk = Desk::signed_in();
        desk.results.clear();
        desk.finish(3, &format!("https://app.example/shop?code=SPRING25&state={state}"));
        while !desk.asked.is_empty() {
            desk.take();
        }
        assert!(desk.seen().ends_with(&["settle 3".to_owned()]), "{state}");
        assert_eq!(desk.results, [None], "CB-14: {state}");
    }
}

#[test]
fn a_response_nobody_asked_for_sends_nothing() {
    let mut desk = Desk::signed_in();
    desk.finish(3, &format!("{REDIRECT_URI}?code=evil&state=foreign&iss=https%3A%2F%2Fas.example"));
    desk.take();
    assert_eq!(desk.seen(), ["take", "settle 3 STATE_MISMATCH"], "CB-1");
    assert!(desk.holder.session().snapshot().is_some(), "the session is as before");
}

#[test]
fn a_replayed_response_sends_nothing() {
    let mut desk = Desk::new();
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.finish(3, &href);
    desk.take();
    desk.take();
    desk.seen();
    assert_eq!(desk.sent.len(), 1, "CB-23: one token request for both");
    desk.respond();
    desk.finish(4, &href);
    desk.take();
    let seen = desk.seen();
    assert!(seen.ends_with(&["take", "settle 4 RESPONSE_REPLAYED", "anomaly"].map(str::to_owned)), "CB-4: {seen:?}");
    assert!(desk.sent.is_empty());
}

#[test]
fn an_error_of_the_server_ends_the_call() {
    let mut desk = Desk::new();
    let href = desk.come_back(1).replace("code=code-1", "error=login_required");
    desk.finish(2, &href);
    desk.take();
    desk.seen();
    desk.finish(3, &href);
    desk.take();
    assert_eq!(desk.seen(), ["take", "settle 3 RESPONSE_REPLAYED", "anomaly"], "the record was spent on the error");
    assert!(desk.sent.is_empty());
}

#[test]
fn a_server_that_refuses_the_challenge_is_not_asked_again() {
    let mut desk = Desk::new();
    let refusal = "error=invalid_request&error_description=Transform+algorithm+not+supported";
    let href = desk.come_back(1).replace("code=code-1", refusal);
    desk.seen();
    desk.finish(2, &href);
    desk.take();
    assert_eq!(
        desk.seen(),
        ["take", "settle 2 AUTHORIZATION_ERROR"],
        "PKCE-3: no second request, with plain or without"
    );
    assert!(desk.sent.is_empty() && desk.records.is_empty());
}

#[test]
fn a_failed_exchange_ends_the_call_and_is_not_repeated() {
    for (given, code) in [
        (error(400, "invalid_grant"), "TOKEN_ERROR"),
        (Err(Transport::Network), "NETWORK"),
        (Err(Transport::Timeout), "TIMEOUT"),
        (Ok(answer(500, None, b"")), "SERVER_UNAVAILABLE"),
    ] {
        let mut desk = Desk::new();
        let href = desk.come_back(1);
        desk.finish(2, &href);
        desk.take();
        desk.authorize(1);
        desk.seen();
        desk.answer(given);
        let mut seen = desk.seen();
        seen.sort();
        assert_eq!(seen, ["reject 1 LOGIN_REQUIRED".to_owned(), format!("settle 2 {code}")], "TOK-24");
        assert!(desk.sent.is_empty());
    }
}

#[test]
fn a_new_holder_looks_for_the_metadata_before_the_exchange() {
    let mut desk = Desk::with(discovered());
    desk.sign_in(1, "{}");
    desk.answer(metadata());
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    let query = url.split_once('?').expect("a query").1.to_owned();
    let code = desk.server.consent(&query);
    let state = crate::support::server::param(&query, "state").expect("a state");
    let href = format!("{REDIRECT_URI}?code={code}&state={state}");
    let mut next = Desk { records: desk.records, server: desk.server, ..Desk::with(discovered()) };
    next.finish(1, &href);
    next.take();
    next.authorize(7);
    assert_eq!(next.seen(), ["take", "get /.well-known/oauth-authorization-server"]);
    next.answer(metadata());
    assert_eq!(next.seen(), ["post /token code-1"]);
    next.respond();
    assert_eq!(next.seen(), ["settle 1", "signedin", "release 7"], "who asked meanwhile gets the token");
}

#[test]
fn without_metadata_nobody_waits_for_the_exchange() {
    let mut desk = Desk::with(discovered());
    desk.sign_in(1, "{}");
    desk.answer(metadata());
    let state = "state";
    let record = desk.records[0].1.clone();
    let key =
        tokenkeep::proto::oauth::authorization::transaction_key(&tokenkeep::proto::syntax::secret::State::new(state));
    let mut next = Desk { records: vec![(key, record)], ..Desk::with(discovered()) };
    next.finish(1, &format!("{REDIRECT_URI}?code=c&state={state}"));
    next.take();
    next.authorize(7);
    next.seen();
    next.answer(Err(Transport::Timeout));
    next.answer(Err(Transport::Timeout));
    let mut seen = next.seen();
    seen.sort();
    assert_eq!(seen, ["get /.well-known/openid-configuration", "reject 7 LOGIN_REQUIRED", "settle 1 TIMEOUT"]);
}
