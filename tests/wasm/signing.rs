//! Signing in and out, as the loading script sees it.

use wasm_bindgen_test::wasm_bindgen_test;

use tokenkeep::binding::Core;
use tokenkeep::proto::syntax::json::Object;

use crate::world::{API, REDIRECT_URI, REFUSED, World, param, tokens, with_server};

#[wasm_bindgen_test]
async fn the_url_has_everything_the_server_needs() {
    let world = World::new(&with_server("").replace("files:read", "openid files:read"));
    let url = world
        .sign_in(r#"{"prompt":"login","extraParams":{"audience":"https://api.example/ä b"}}"#)
        .await
        .expect("a URL");
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "spa"),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "openid files:read"),
        ("code_challenge_method", "S256"),
        ("prompt", "login"),
        ("audience", "https://api.example/ä b"),
    ] {
        assert_eq!(param(&url, name), value, "AUTHZ-9");
    }
    for name in ["state", "nonce", "code_challenge"] {
        assert_eq!(param(&url, name).len(), 43, "AUTHZ-10, AUTHZ-19, PKCE-2: {name}");
    }
    assert!(world.requests().is_empty(), "AUTHZ-13: the authorization endpoint is not fetched");
}

#[wasm_bindgen_test]
async fn two_sign_ins_share_nothing() {
    let world = World::new(&with_server("").replace("files:read", "openid"));
    let first = world.sign_in("{}").await.expect("a URL");
    let second = world.sign_in("{}").await.expect("a URL");
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(param(&first, name), param(&second, name), "PKCE-6, AUTHZ-10: {name}");
    }
}

#[wasm_bindgen_test]
async fn the_record_is_kept_before_the_page_may_navigate() {
    let world = World::new(&with_server(""));
    world.double.slow_store();
    let call = world.double.call("signIn", "{}");
    world.quiet().await;
    assert!(world.log()[0].starts_with("keep ") && world.log().len() == 1, "AUTHZ-14: {:?}", world.log());
    world.double.finish_storing();
    let url = wasm_bindgen_futures::JsFuture::from(call).await.expect("a URL").as_string().expect("a URL");
    assert!(url.starts_with("https://as.example/authorize?"), "{url}");
}

#[wasm_bindgen_test]
async fn without_randomness_no_sign_in_starts() {
    let world = World::new(&with_server(""));
    world.double.no_randomness();
    let error = world.sign_in("{}").await.expect_err("no randomness");
    assert_eq!(error.string("code"), Some("TOKENKEEP_INSECURE_CONTEXT"), "AUTHZ-22");
    assert_eq!(world.log(), ["settle 1"], "nothing is kept");
}

#[wasm_bindgen_test]
async fn options_that_can_not_be_are_refused() {
    let world = World::new(&with_server(""));
    for (options, code) in [
        (r#"{"returnTo":"https://evil.example/"}"#, "TOKENKEEP_RETURN_TARGET_REFUSED"),
        (r#"{"extraParams":{"state":"mine"}}"#, "TOKENKEEP_PARAMETER_REFUSED"),
        ("not json", "TOKENKEEP_PARAMETER_REFUSED"),
    ] {
        let error = world.sign_in(options).await.expect_err("a refusal");
        assert_eq!(error.string("code"), Some(code), "{options}");
    }
    assert!(world.log().iter().all(|line| line.starts_with("settle")), "{:?}", world.log());
}

#[wasm_bindgen_test]
async fn a_response_without_its_record_sends_nothing() {
    let world = World::new(&with_server(""));
    let state = "another-browsers-state-with-the-length-ours";
    let error = world.finish(&format!("{REDIRECT_URI}?code=a&state={state}")).await.expect_err("foreign");
    assert_eq!(error.string("code"), Some("TOKENKEEP_STATE_MISMATCH"), "CB-1");
    let other = world.finish(&format!("{REDIRECT_URI}?code=a&state=CA")).await;
    assert_eq!(other, Ok(None), "no request of ours had such a state");
    assert!(world.requests().is_empty());
}

#[wasm_bindgen_test]
async fn a_replayed_response_sends_nothing_more() {
    let world = World::new(&with_server(""));
    let href = world.come_back().await;
    world.double.reply(&tokens(1));
    world.finish(&href).await.expect("a session");
    let error = world.finish(&href).await.expect_err("a replay");
    assert_eq!(error.string("code"), Some("TOKENKEEP_RESPONSE_REPLAYED"), "CB-4");
    assert_eq!(world.requests().len(), 1);
}

#[wasm_bindgen_test]
async fn another_page_is_no_response() {
    let world = World::new(&with_server(""));
    assert_eq!(world.finish("https://app.example/inbox?code=a&state=b").await, Ok(None));
    assert_eq!(world.log(), ["settle 1"]);
}

#[wasm_bindgen_test]
async fn the_application_gets_back_what_it_left() {
    let world = World::new(&with_server(""));
    let options = r#"{"returnTo":"/inbox","appState":{"ü":[1,null,"😀"]}}"#;
    let url = world.sign_in(options).await.expect("a URL");
    world.double.reply(&tokens(1));
    let arrival =
        world.finish(&format!("{REDIRECT_URI}?code=c&state={}", param(&url, "state"))).await.expect("a session");
    assert_eq!(arrival.as_deref(), Some(options));
    let described = world.core.describe();
    assert!(described.contains(r#""scope":"files:read""#) && !described.contains("access-1"), "{described}");
}

#[wasm_bindgen_test]
async fn signing_out_forgets_records_first_and_tokens_at_once() {
    let world = World::signed_in("").await;
    let pending = world.come_back().await;
    world.double.reply(r#"{"kind":"network"}"#);
    assert_eq!(world.sign_out().await, "unconfirmed", "REV-6");
    let log = world.log();
    let at = |start: &str| log.iter().position(|line| line.starts_with(start)).expect("a line");
    assert!(at("forget") < at("emit signedout") && at("emit signedout") < at("settle 4"), "REV-1, AUTHZ-16: {log:?}");
    assert_eq!((world.core.authorization(1), world.core.authorize(1, API, -1.0)), (None, REFUSED));
    let error = world.finish(&pending).await.expect_err("its record is gone");
    assert_eq!(error.string("code"), Some("TOKENKEEP_STATE_MISMATCH"), "REV-9");
}

#[wasm_bindgen_test]
async fn signing_out_without_a_session_has_nothing_to_revoke() {
    let world = World::new(&with_server(""));
    assert_eq!(world.sign_out().await, "none");
    assert!(world.requests().is_empty());
}

#[wasm_bindgen_test]
fn a_bad_configuration_is_told_by_its_option() {
    let double = World::new(&with_server(""));
    for (config, option) in [
        (with_server(r#""clientSecret":"x""#), "clientSecret"),
        (with_server(r#""queueLimit":0"#), "queueLimit"),
        (with_server("").replace("https://app.example/callback", "http://app.example/callback"), "redirectUri"),
        (String::from("[]"), "config"),
    ] {
        let Err(error) = Core::new(&config, "https://app.example", double.double.host()) else { panic!("{option}") };
        let error = Object::parse(error.as_string().expect("text").as_bytes()).expect("an error");
        assert_eq!(error.string("code"), Some("TOKENKEEP_CONFIG_INVALID"));
        assert_eq!(error.string("option"), Some(option));
    }
}

#[wasm_bindgen_test]
async fn nothing_is_sent_past_a_service_worker() {
    let world = World::new(&with_server(""));
    let url = world.sign_in("{}").await.expect("a URL");
    world.double.intercept();
    let sent = world.requests().len();
    let finished = world.finish(&format!("{REDIRECT_URI}?code=c&state={}", param(&url, "state"))).await;
    let error = finished.expect_err("an error");
    assert_eq!(error.string("code"), Some("TOKENKEEP_INTERCEPTED"), "SW-1");
    assert_eq!(world.requests().len(), sent, "SW-1: no code goes out");
}
