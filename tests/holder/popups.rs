//! Sign-ins in a popup: one page waits for the outcome of another page's call.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::oauth::authorization::transaction_key;
use tokenkeep::proto::syntax::secret::State;

use crate::desk::Desk;
use crate::support::REDIRECT_URI;
use crate::support::server::param;

const POPUP: &str = r#"{"mode":"popup"}"#;

/// A sign-in in a popup: the record's name, and the URL the popup arrives with.
pub(crate) fn open(desk: &mut Desk, call: u32) -> (String, String) {
    desk.sign_in(call, POPUP);
    desk.keep();
    let answer = desk.results.pop().flatten().expect("an answer");
    let (key, url) = answer.split_at(43);
    let query = url.split_once('?').expect("a query").1;
    let (code, state) = (desk.server.consent(query), param(query, "state").expect("a state"));
    assert_eq!(key, transaction_key(&State::new(state.as_str())));
    desk.seen();
    (key.to_owned(), format!("{REDIRECT_URI}?code={code}&state={state}&iss=https%3A%2F%2Fas.example"))
}

fn refusal(href: &str) -> String {
    let state = param(href.split_once('?').expect("a query").1, "state").expect("a state");
    format!("{REDIRECT_URI}?error=access_denied&state={state}&iss=https%3A%2F%2Fas.example")
}

#[test]
fn the_state_says_that_it_is_a_popup() {
    let mut desk = Desk::new();
    let (_, href) = open(&mut desk, 1);
    let state = param(href.split_once('?').expect("a query").1, "state").expect("a state");
    assert!(state.len() == 44 && state.starts_with('p'), "{state}");
    for options in ["{}", r#"{"mode":"redirect"}"#] {
        desk.sign_in(2, options);
        desk.keep();
        let url = desk.results.pop().flatten().expect("a URL");
        assert!(url.starts_with("https://as.example/authorize?"), "{url}");
        assert_eq!(param(url.split_once('?').expect("a query").1, "state").expect("a state").len(), 43);
    }
    desk.seen();
    desk.sign_in(3, r#"{"mode":"frame"}"#);
    assert_eq!(desk.seen(), ["settle 3 PARAMETER_REFUSED"], "WIN-12");
}

#[test]
fn who_waits_hears_of_the_end_when_another_page_brings_the_response() {
    let mut desk = Desk::new();
    let (key, href) = open(&mut desk, 1);
    desk.wait(2, &key);
    assert!(desk.seen().is_empty());
    desk.finish(3, &href);
    desk.take();
    assert_eq!(desk.seen(), ["take", "post /token code-1"], "nothing is told before the tokens are there");
    desk.finish(4, &href);
    desk.take();
    assert_eq!(desk.seen(), ["take", "settle 4 RESPONSE_REPLAYED", "anomaly"], "a copy of it tells nobody anything");
    desk.respond();
    assert_eq!(desk.seen(), ["settle 2", "settle 3", "signedin"]);
}

#[test]
fn who_waits_hears_of_a_refusal_and_of_a_failure() {
    let mut desk = Desk::new();
    let (key, href) = open(&mut desk, 1);
    desk.wait(2, &key);
    desk.finish(3, &refusal(&href));
    desk.take();
    assert_eq!(desk.seen(), ["take", "settle 2 AUTHORIZATION_ERROR", "settle 3 AUTHORIZATION_ERROR"]);

    let (key, href) = open(&mut desk, 4);
    desk.wait(5, &key);
    desk.finish(6, &href);
    desk.take();
    desk.answer(Err(Transport::Network));
    assert_eq!(desk.seen(), ["take", "post /token code-2", "settle 5 NETWORK", "settle 6 NETWORK"]);
}

#[test]
fn a_response_that_fails_a_check_is_told_and_a_strangers_is_not() {
    let mut desk = Desk::new();
    let (key, href) = open(&mut desk, 1);
    desk.wait(2, &key);
    desk.finish(3, &refusal(&href).replace("state=p", "state=q"));
    desk.take();
    assert_eq!(desk.seen(), ["take", "settle 3 STATE_MISMATCH"], "WIN-4, CB-3");
    desk.finish(4, &href.replace("as.example", "evil.example"));
    desk.take();
    assert_eq!(desk.seen(), ["take", "settle 2 ISSUER_MISMATCH", "settle 4 ISSUER_MISMATCH"], "WIN-4, CB-7");
}

#[test]
fn two_popups_and_a_redirect_do_not_mix() {
    let mut desk = Desk::new();
    let (first, first_href) = open(&mut desk, 1);
    let (second, second_href) = open(&mut desk, 2);
    let redirect = desk.come_back(3);
    desk.wait(11, &first);
    desk.wait(12, &second);
    desk.seen();
    desk.finish(23, &redirect);
    desk.finish(22, &second_href);
    desk.take();
    desk.take();
    desk.respond();
    desk.respond();
    let seen = desk.seen();
    assert_eq!(seen[4..], ["settle 23", "signedin", "settle 12", "settle 22", "signedin"]);
    desk.finish(21, &first_href);
    desk.take();
    desk.respond();
    assert_eq!(desk.seen()[2..], ["settle 11", "settle 21", "signedin"]);
}

#[test]
fn who_gives_up_is_not_told_unless_the_response_is_there() {
    let mut desk = Desk::new();
    let (key, href) = open(&mut desk, 1);
    desk.wait(2, &key);
    desk.wait(3, &key);
    assert!(desk.holder.cancel(2), "WIN-14");
    assert!(!desk.holder.cancel(2));
    desk.finish(4, &href);
    desk.take();
    assert!(!desk.holder.cancel(3), "the popup closes itself while the answer is on its way");
    desk.respond();
    assert_eq!(desk.seen()[2..], ["settle 3", "settle 4", "signedin"]);
    assert!(!desk.holder.cancel(3));
}

#[test]
fn signing_out_ends_the_wait() {
    let mut desk = Desk::signed_in();
    let (first, _) = open(&mut desk, 3);
    let (second, href) = open(&mut desk, 4);
    desk.wait(13, &first);
    desk.wait(14, &second);
    desk.finish(5, &href);
    desk.take();
    desk.seen();
    desk.sign_out(6);
    assert_eq!(desk.seen(), ["settle 13 LOGIN_REQUIRED", "post /revoke refresh-1", "signedout"]);
    desk.respond();
    assert_eq!(desk.seen()[..2], ["settle 14 LOGIN_REQUIRED", "settle 5 LOGIN_REQUIRED"]);
}
