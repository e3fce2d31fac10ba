//! Calls to the authorization server, well answered and badly.

use wasm_bindgen_test::wasm_bindgen_test;

use tokenkeep::proto::syntax::http::MAX_BODY;
use tokenkeep::proto::syntax::json::{Object, Value};

use crate::world::{API, QUEUED, REDIRECT_URI, World, options, param, reply_with, tokens, with_server};

/// What every request to the authorization server has in common (TOK-6).
fn assert_bare(request: &Object) {
    for (name, value) in [
        ("redirect", "error"),
        ("credentials", "omit"),
        ("cache", "no-store"),
        ("referrerPolicy", "no-referrer"),
        ("mode", "cors"),
    ] {
        assert_eq!(request.string(name), Some(value), "TOK-6: {name}");
    }
}

fn headers(request: &Object) -> Object {
    let Some(Value::Object(headers)) = request.member("headers").cloned() else { panic!("no headers") };
    headers
}

/// A form and nothing else that would need a preflight.
fn assert_form(request: &Object, url: &str, names: &[&str]) {
    assert_bare(request);
    assert_eq!((request.string("method"), request.string("url")), (Some("POST"), Some(url)), "TOK-1");
    let form = "application/x-www-form-urlencoded;charset=utf-8";
    let headers = headers(request);
    let plain: Vec<_> = headers.members().map(|(name, _)| name).filter(|name| *name != "accept").collect();
    assert_eq!(plain, ["content-type"], "TOK-3, TOK-7: no Authorization, nothing that needs a preflight");
    assert!(headers.string("content-type").expect("a type").eq_ignore_ascii_case(form));
    let body = request.string("body").expect("a body");
    let sent: Vec<_> = form_urlencoded::parse(body.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    assert_eq!(sent, names, "TOK-5");
}

// TOK-1, TOK-3, TOK-5, TOK-6, TOK-7
#[wasm_bindgen_test]
async fn a_token_request_is_a_bare_form() {
    let world = World::signed_in("").await;
    let requests = world.requests();
    assert_eq!(requests.len(), 1);
    let names = ["grant_type", "code", "redirect_uri", "client_id", "code_verifier"];
    assert_form(&requests[0], "https://as.example/token", &names);
    let body = requests[0].string("body").expect("a body");
    assert_eq!((param(body, "code").as_str(), param(body, "redirect_uri").as_str()), ("the-code", REDIRECT_URI));
    assert_eq!(param(body, "code_verifier").len(), 43);
}

// TOK-1, TOK-6, REF-15, REV-3
#[wasm_bindgen_test]
async fn refresh_and_revocation_are_bare_forms_too() {
    let world = World::signed_in("").await;
    assert_eq!(world.core.unauthorized(1, -1.0), QUEUED);
    world.double.reply(&tokens(2));
    world.see("release 1 @2").await;
    world.double.reply(r#"{"body":""}"#);
    assert_eq!(world.sign_out().await, "confirmed");
    let requests = world.requests();
    assert_form(&requests[1], "https://as.example/token", &["grant_type", "refresh_token", "client_id"]);
    assert_form(&requests[2], "https://as.example/revoke", &["token", "token_type_hint", "client_id"]);
    assert_eq!(param(requests[2].string("body").expect("a body"), "token"), "refresh-2");
}

// TOK-6
#[wasm_bindgen_test]
async fn metadata_is_asked_for_in_order_and_without_a_body() {
    let world = World::new(&format!(r#"{{"issuer":"https://as.example/tenant",{}}}"#, options("")));
    world.double.reply(r#"{"status":404,"type":"text/html","body":"<h1>404</h1>"}"#);
    world.double.reply(r#"{"kind":"network"}"#);
    let document = r#"{"issuer":"https://as.example/tenant","authorization_endpoint":"https://as.example/authorize",
        "token_endpoint":"https://as.example/token","code_challenge_methods_supported":["S256"]}"#;
    world.double.reply(&reply_with(document));
    let url = world.sign_in("{}").await.expect("a URL");
    assert!(url.starts_with("https://as.example/authorize?response_type=code&"), "{url}");
    let requests = world.requests();
    let urls: Vec<_> = requests.iter().filter_map(|request| request.string("url")).collect();
    assert_eq!(
        urls,
        [
            "https://as.example/.well-known/oauth-authorization-server/tenant",
            "https://as.example/.well-known/openid-configuration/tenant",
            "https://as.example/tenant/.well-known/openid-configuration",
        ],
        "DISC-3"
    );
    for request in &requests {
        assert_bare(request);
        assert_eq!((request.string("method"), request.string("body")), (Some("GET"), Some("")), "DISC-5");
        assert!(headers(request).members().all(|(name, _)| name == "accept"), "DISC-5");
    }
}

#[wasm_bindgen_test]
async fn a_metadata_search_in_vain_ends_in_an_error() {
    for (reply, code, requests) in [
        (r#"{"status":404}"#, "TOKENKEEP_DISCOVERY_FAILED", 2),
        (r#"{"kind":"network"}"#, "TOKENKEEP_NETWORK", 4),
        (r#"{"body":"{\"issuer\":\"https://evil.example\"}"}"#, "TOKENKEEP_METADATA_INVALID", 2),
    ] {
        let world = World::new(&format!(r#"{{"issuer":"https://as.example",{}}}"#, options("")));
        world.double.reply(reply);
        world.double.reply(reply);
        // The last failure is looked into.
        world.double.reply(r#"{"kind":"network"}"#);
        world.double.reply(r#"{"kind":"network"}"#);
        let error = world.sign_in("{}").await.expect_err("no metadata");
        assert_eq!(error.string("code"), Some(code));
        assert_eq!(world.requests().len(), requests);
    }
}

#[wasm_bindgen_test]
async fn an_answer_may_have_one_mebibyte_and_no_more() {
    let reply = |size: usize| {
        let body = r#"{"access_token":"a","token_type":"Bearer"}"#;
        Object::default().with("body", body).with("size", size as u64).to_json()
    };
    let (world, code) = World::exchange_with(&with_server(""), &reply(MAX_BODY)).await;
    assert_eq!((code.as_str(), world.double.bodies_cancelled()), ("", 0), "TOK-23");
    let (_world, code) = World::exchange_with(&with_server(""), &reply(MAX_BODY + 1)).await;
    assert_eq!(code, "TOKENKEEP_TOKEN_RESPONSE_INVALID", "TOK-23");
    let (world, code) = World::exchange_with(&with_server(""), &reply(8 * MAX_BODY)).await;
    assert_eq!(code, "TOKENKEEP_TOKEN_RESPONSE_INVALID", "TOK-23");
    assert_eq!(world.double.bodies_cancelled(), 1, "the rest is not read");
}

#[wasm_bindgen_test]
async fn a_body_in_many_pieces_is_put_together_in_order() {
    let body = r#"{"access_token":"abcdefghijklmnopqrstuvwxyz","x":"é€😀","token_type":"Bearer"}"#;
    for step in [1, 3, 7] {
        let reply = Object::default().with("body", body).with("step", step as u64).to_json();
        let (world, code) = World::exchange_with(&with_server(""), &reply).await;
        assert_eq!(code, "");
        assert_eq!(world.core.authorization(1).as_deref(), Some("Bearer abcdefghijklmnopqrstuvwxyz"));
    }
}

#[wasm_bindgen_test]
async fn a_server_that_hangs_ends_in_a_timeout() {
    for reply in [r#"{"kind":"hang"}"#, r#"{"kind":"endless","body":"{"}"#] {
        let (_world, code) = World::exchange_with(&with_server(r#""requestTimeout":50"#), reply).await;
        assert_eq!(code, "TOKENKEEP_TIMEOUT", "TOK-23: {reply}");
    }
}

#[wasm_bindgen_test]
async fn a_fetch_that_fails_in_any_way_is_a_network_error() {
    for reply in [
        r#"{"kind":"network"}"#,
        r#"{"kind":"value","value":"reason"}"#,
        r#"{"kind":"value","value":null}"#,
        r#"{"kind":"value","value":42}"#,
        r#"{"kind":"value","value":{"name":"TimeoutError"}}"#,
        r#"{"kind":"nothing"}"#,
        r#"{"kind":"cut","body":"{\"access_token\":"}"#,
        r#"{"kind":"cut","body":""}"#,
    ] {
        let (world, code) = World::exchange_with(&with_server(""), reply).await;
        assert_eq!(code, "TOKENKEEP_NETWORK", "{reply}");
        assert_eq!(world.core.authorize(1, API, -1.0), crate::world::REFUSED, "and the core still works");
        assert_eq!(world.refusal(), "TOKENKEEP_LOGIN_REQUIRED");
    }
}

#[wasm_bindgen_test]
async fn answers_that_are_no_grant() {
    for (reply, code) in [
        (r#"{"kind":"empty"}"#, "TOKENKEEP_TOKEN_RESPONSE_INVALID"),
        (r#"{"kind":"empty","status":204}"#, "TOKENKEEP_TOKEN_RESPONSE_INVALID"),
        (r#"{"status":503,"retryAfter":"5"}"#, "TOKENKEEP_SERVER_UNAVAILABLE"),
        (r#"{"status":400,"body":"{\"error\":\"invalid_grant\"}"}"#, "TOKENKEEP_TOKEN_ERROR"),
        (r#"{"status":401,"body":"{\"error\":\"invalid_client\"}"}"#, "TOKENKEEP_CLIENT_REFUSED"),
        (
            r#"{"type":"","body":"{\"access_token\":\"a\",\"token_type\":\"Bearer\"}"}"#,
            "TOKENKEEP_TOKEN_RESPONSE_INVALID",
        ),
    ] {
        assert_eq!(World::exchange_with(&with_server(""), reply).await.1, code, "{reply}");
    }
}

#[wasm_bindgen_test]
async fn the_pause_a_server_asks_for_is_read() {
    let world = World::signed_in("").await;
    world.double.reply(r#"{"status":503,"retryAfter":"1000"}"#);
    assert_eq!(world.core.unauthorized(1, -1.0), QUEUED);
    world.see("emit refreshfailed").await;
    assert!((900_000..=1_100_000).contains(&world.stat("nextAttemptIn")), "REF-9");
}
