//! A service worker stands between the holder and the network.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::{Ending, Error, Transport};
use tokenkeep::proto::session::Look;
use tokenkeep::proto::syntax::json::Object;

use crate::desk::{Desk, discovered, metadata};
use crate::support::{HOUR, config, config_text};

const DOCUMENT: &str = "https://as.example/.well-known/oauth-authorization-server";

fn allowing() -> Config {
    config("files:read", r#""dangerAllowServiceWorker":true"#)
}

/// Somebody is signed in where the metadata was found.
fn found() -> Desk {
    let mut desk = Desk::with(discovered());
    desk.sign_in(1, "{}");
    desk.answer(metadata());
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    let query = url.split_once('?').expect("a query").1;
    let code = desk.server.consent(query);
    let state = crate::support::server::param(query, "state").expect("a state");
    let href = format!("{}?code={code}&state={state}&iss=https%3A%2F%2Fas.example", crate::support::REDIRECT_URI);
    desk.finish(2, &href);
    desk.take();
    desk
}

#[test]
fn before_a_code_or_a_refresh_token_is_sent_a_document_is_got_to_see_what_stands_between() {
    let mut desk = found();
    assert_eq!(desk.looks, [Look::Passive, Look::Active(DOCUMENT.into())], "SW-1: the metadata, the code");
    desk.respond();
    desk.pass(HOUR);
    desk.authorize(3);
    assert_eq!(desk.looks[2..], [Look::Active(DOCUMENT.into())], "SW-1: the refresh token");
}

#[test]
fn where_the_metadata_was_written_down_the_keys_are_got_instead_or_nothing() {
    for (scope, look) in [("openid", Look::Active("https://as.example/jwks".into())), ("files:read", Look::Passive)] {
        let mut desk = Desk::with(config(scope, ""));
        let href = desk.come_back(1);
        desk.finish(2, &href);
        desk.take();
        assert_eq!(desk.looks, [look], "{scope}");
    }
}

#[test]
fn who_allows_one_is_not_looked_after() {
    let mut desk = Desk::with(allowing());
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.take();
    assert_eq!(desk.looks, [Look::Never]);
    desk.respond();
    desk.seen();
    desk.intercept();
    assert!(desk.seen().is_empty() && desk.holder.session().is_signed_in());
}

#[test]
fn a_session_that_is_seen_through_ends_and_nothing_more_is_sent() {
    let mut desk = Desk::signed_in();
    desk.pass(HOUR);
    desk.authorize(7);
    desk.seen();
    desk.answer(Err(Transport::Intercepted));
    assert_eq!(desk.seen(), ["signedout", "reject 7 INTERCEPTED"], "SW-1: no revocation either, it has a token in it");
    let detail = &desk.events.last().expect("an event").detail;
    assert_eq!(detail.string("reason"), Some("intercepted"));
    assert_eq!(desk.holder.session().snapshot(), None);
    let refused = desk.holder.session_mut().authorize(desk.now, 8, crate::support::API, None);
    assert_eq!(refused, Err(Error::LoginRequired(Ending::Intercepted)));
    let audit = desk.holder.session().audit();
    assert_eq!(audit.matches("\"intercepted\"").count(), 2, "one entry, and the reason of the ending: {audit}");
}

#[test]
fn answers_of_before_are_not_believed_afterwards() {
    let mut desk = Desk::signed_in();
    desk.pass(HOUR);
    desk.authorize(7);
    desk.intercept();
    desk.seen();
    desk.respond();
    assert!(desk.seen().is_empty(), "SW-1: the tokens are neither used nor revoked");
    assert!(!desk.holder.session().is_signed_in());
}

#[test]
fn a_sign_in_under_way_comes_to_nothing_wherever_it_is() {
    let code = "TOKENKEEP_INTERCEPTED";
    let asking = {
        let mut desk = Desk::with(discovered());
        desk.sign_in(1, "{}");
        desk
    };
    let keeping = {
        let mut desk = Desk::new();
        desk.sign_in(1, "{}");
        desk
    };
    let taking = {
        let mut desk = Desk::new();
        let href = desk.come_back(9);
        desk.finish(1, &href);
        desk
    };
    let redeeming = {
        let mut desk = Desk::new();
        let href = desk.come_back(9);
        desk.finish(1, &href);
        desk.take();
        desk
    };
    for mut desk in [asking, keeping, taking, redeeming] {
        desk.seen();
        desk.intercept();
        let seen = desk.seen();
        assert!(seen.contains(&"settle 1 INTERCEPTED".to_owned()), "{seen:?}");
        desk.told.clear();
        desk.sign_in(2, "{}");
        desk.finish(3, "https://app.example/callback?code=1&state=2");
        assert_eq!(desk.seen(), ["settle 2 INTERCEPTED", "settle 3 INTERCEPTED"]);
        for way_out in ["Clear-Site-Data", "out of its scope", "an origin of its own", "dangerAllowServiceWorker"] {
            assert!(desk.told[0].contains(way_out), "{code}: {}", desk.told[0]);
        }
    }
}

#[test]
fn whoever_waits_for_a_popup_is_told() {
    let mut desk = Desk::new();
    desk.wait(1, "a record");
    desk.intercept();
    assert_eq!(desk.seen(), ["settle 1 INTERCEPTED"]);
}

#[test]
fn a_revocation_that_may_have_been_swallowed_is_not_confirmed() {
    let mut desk = Desk::signed_in();
    desk.sign_out(3);
    desk.seen();
    desk.answer(Err(Transport::Intercepted));
    assert_eq!(desk.seen(), ["settle 3"], "SW-5");
    let result = Object::parse(desk.results.pop().flatten().expect("a result").as_bytes());
    assert_eq!(result.expect("JSON").string("revocation"), Some("unconfirmed"), "SW-5");
}

#[test]
fn a_personal_token_is_dropped_and_no_other_is_taken() {
    let text = r#"{"token":"a.personal.token","resourceServers":["https://api.example/v1/"]}"#;
    let mut desk = Desk::with(Config::parse(text, "https://app.example").expect("a good configuration"));
    assert!(desk.holder.session().is_signed_in());
    desk.intercept();
    assert!(!desk.holder.session().is_signed_in());
    let text = r#"{"acceptToken":true,"resourceServers":["https://api.example/v1/"]}"#;
    let mut desk = Desk::with(Config::parse(text, "https://app.example").expect("a good configuration"));
    desk.intercept();
    let entered = desk.holder.session_mut().enter_token(desk.now, "a.personal.token");
    assert_eq!(entered, Err(Error::LoginRequired(Ending::Intercepted)));
}

#[test]
fn the_option_is_true_or_false() {
    let text = config_text("files:read", r#""dangerAllowServiceWorker":"yes""#);
    assert!(Config::parse(&text, "https://app.example").is_err());
}
