//! `signIn()`: discovery, the record, the URL.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::oauth::authorization::{Transaction, transaction_key};
use tokenkeep::proto::syntax::secret::State;

use crate::desk::{Desk, discovered, metadata};
use crate::support::server::param;
use crate::support::{answer, json};

const OAUTH: &str = "get /.well-known/oauth-authorization-server";
const OPENID: &str = "get /.well-known/openid-configuration";

#[test]
fn the_record_is_kept_before_the_page_may_navigate() {
    let mut desk = Desk::new();
    desk.sign_in(1, r#"{"returnTo":"/inbox"}"#);
    assert_eq!(desk.seen(), ["keep"], "AUTHZ-14");
    desk.keep();
    assert_eq!(desk.seen(), ["settle 1"]);
    let url = desk.results.pop().flatten().expect("a URL");
    let state = param(url.split_once('?').expect("a query").1, "state").expect("a state");
    let (key, record) = desk.records.remove(0);
    assert_eq!(key, transaction_key(&State::new(state)));
    assert_eq!(Transaction::parse(&record).expect("a record").return_to.as_deref(), Some("/inbox"));
}

#[test]
fn options_that_can_not_be_are_refused_before_anything_is_asked_for() {
    for (options, code) in [
        (r#"{"returnTo":"//evil.example"}"#, "RETURN_TARGET_REFUSED"),
        (r#"{"unknown":"x"}"#, "PARAMETER_REFUSED"),
        ("", "PARAMETER_REFUSED"),
    ] {
        for mut desk in [Desk::new(), Desk::with(discovered())] {
            desk.sign_in(1, options);
            assert_eq!(desk.seen(), [format!("settle 1 {code}")], "{options}");
        }
    }
    let mut desk = Desk::new();
    desk.sign_in(1, r#"{"extraParams":{"state":"x"}}"#);
    assert_eq!(desk.seen(), ["settle 1 PARAMETER_REFUSED"], "AUTHZ-8");
}

#[test]
fn the_metadata_is_looked_for_first() {
    let mut desk = Desk::with(discovered());
    desk.sign_in(1, "{}");
    assert_eq!(desk.seen(), [OAUTH]);
    desk.answer(Ok(answer(404, None, b"")));
    assert_eq!(desk.seen(), [OPENID]);
    desk.answer(metadata());
    assert_eq!(desk.seen(), ["keep"]);
    desk.keep();
    desk.seen();
    desk.sign_in(2, "{}");
    assert_eq!(desk.seen(), ["keep"], "and only once");
}

#[test]
fn sign_ins_at_once_share_one_search() {
    let mut desk = Desk::with(discovered());
    (1..=3).for_each(|call| desk.sign_in(call, "{}"));
    assert_eq!(desk.seen(), [OAUTH]);
    desk.answer(metadata());
    assert_eq!(desk.seen(), ["keep", "keep", "keep"]);
    (0..3).for_each(|_| desk.keep());
    assert_eq!(desk.seen(), ["settle 1", "settle 2", "settle 3"]);
    let keys: std::collections::BTreeSet<_> = desk.records.iter().map(|(key, _)| key).collect();
    assert_eq!(keys.len(), 3, "AUTHZ-17");
}

#[test]
fn a_search_in_vain_is_told_to_all_and_tried_again_next_time() {
    let mut desk = Desk::with(discovered());
    desk.sign_in(1, "{}");
    desk.sign_in(2, "{}");
    desk.answer(Err(Transport::Network));
    desk.answer(Err(Transport::Network));
    assert_eq!(desk.seen(), [OAUTH, OPENID, "settle 1 NETWORK", "settle 2 NETWORK"]);
    assert!(desk.records.is_empty());
    desk.sign_in(3, "{}");
    assert_eq!(desk.seen(), [OAUTH]);
    desk.answer(metadata());
    assert_eq!(desk.seen(), ["keep"]);
}

#[test]
fn a_document_of_another_issuer_is_not_used() {
    let mut desk = Desk::with(discovered());
    desk.sign_in(1, "{}");
    desk.answer(json(200, r#"{"issuer":"https://evil.example"}"#));
    desk.answer(Ok(answer(404, None, b"")));
    assert_eq!(desk.seen(), [OAUTH, OPENID, "settle 1 METADATA_INVALID"], "DISC-2");
}

#[test]
fn what_was_answered_once_is_not_answered_again() {
    let mut desk = Desk::with(discovered());
    desk.sign_in(1, "{}");
    let flight = desk.sent[0].0;
    desk.answer(metadata());
    desk.seen();
    desk.answer_flight(flight, metadata());
    desk.answer_flight(flight + 100, Err(Transport::Network));
    assert!(desk.seen().is_empty());
    desk.keep();
    assert_eq!(desk.seen(), ["settle 1"]);
}

#[test]
fn what_the_shell_is_asked_shows_no_secret() {
    let mut desk = Desk::new();
    let random: [u8; tokenkeep::proto::oauth::authorization::RANDOM_BYTES] = std::array::from_fn(|at| at as u8);
    desk.holder.sign_in(desk.now, 1, "{}", random);
    let action = desk.holder.poll_action().expect("an action");
    let verifier = tokenkeep::proto::syntax::base64url::base64url(&random[..32]);
    assert!(!format!("{action:?}").contains(&verifier), "LOG-4: {action:?}");
}
