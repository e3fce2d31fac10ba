//! RFC 6749, 4.1.1 with RFC 7636 and OpenID Connect Core 3.1.2.1.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Error;
use tokenkeep::proto::oauth::authorization::{
    AuthorizationRequest, RANDOM_BYTES, SignInOptions, Transaction, transaction_key,
};
use tokenkeep::proto::oauth::pkce::code_challenge;
use tokenkeep::proto::syntax::base64url::base64url;
use tokenkeep::proto::syntax::secret::State;

use crate::support::{CLIENT_ID, ISSUER, REDIRECT_URI, START_UNIX_MS, config, config_text};

const NOW: u64 = START_UNIX_MS;

/// Bytes 0, 1, 2, ..: verifier, `state` and `nonce` are thirds of them.
fn random() -> [u8; RANDOM_BYTES] {
    std::array::from_fn(|at| at as u8)
}

fn third(number: u8) -> String {
    base64url(&std::array::from_fn::<u8, 32, _>(|at| 32 * number + at as u8))
}

fn build(config: &Config, options: &str) -> Result<AuthorizationRequest, Error> {
    let options = SignInOptions::parse(options, &config.redirect_uri)?;
    AuthorizationRequest::new(
        &config.client(),
        config.server.as_ref().expect("metadata"),
        &options,
        &random(),
        None,
        NOW,
    )
}

/// The decoded parameters in their order, and what is before the `?`.
fn take_apart(url: &str) -> (String, Vec<(String, String)>) {
    let (endpoint, query) = url.split_once('?').expect("a query");
    (endpoint.to_owned(), form_urlencoded::parse(query.as_bytes()).into_owned().collect())
}

fn names(request: &AuthorizationRequest) -> Vec<String> {
    take_apart(&request.url).1.into_iter().map(|(name, _)| name).collect()
}

fn value(request: &AuthorizationRequest, name: &str) -> Option<String> {
    take_apart(&request.url).1.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

#[test]
fn exactly_these_parameters_once_each() {
    let request = build(&config("files:read", ""), "{}").expect("a request");
    let (endpoint, params) = take_apart(&request.url);
    let challenge = code_challenge(&request.transaction.verifier);
    let expected = [
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", REDIRECT_URI),
        ("scope", "files:read"),
        ("state", &third(1)),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    assert_eq!(endpoint, "https://as.example/authorize");
    assert_eq!(params, expected.map(|(name, value)| (name.to_owned(), value.to_owned())), "AUTHZ-1, PKCE-1, PKCE-2");
}

#[test]
fn random_bytes_become_verifier_state_and_nonce_in_that_order() {
    let request = build(&config("openid", ""), "{}").expect("a request");
    assert_eq!(request.transaction.verifier.expose(), third(0));
    assert_eq!(value(&request, "state"), Some(third(1)));
    assert_eq!(value(&request, "nonce"), Some(third(2)));
    assert!(!request.url.contains(&third(0)), "PKCE-8: the verifier stays here");
    assert!(third(2).len() <= 64, "AUTHZ-19");
}

#[test]
fn a_nonce_is_sent_with_openid_only() {
    for (scope, expected) in [
        ("openid", true),
        ("files:read openid", true),
        ("openid profile", true),
        ("files:read", false),
        ("openidx", false),
        ("OpenID", false),
        ("urn:openid", false),
    ] {
        let request = build(&config(scope, ""), "{}").expect("a request");
        assert_eq!(value(&request, "nonce").is_some(), expected, "AUTHZ-19, TOK-20: {scope}");
        assert_eq!(request.transaction.nonce.is_some(), expected);
    }
    let request = build(&config("files:read", ""), r#"{"scope":"openid"}"#).expect("a request");
    assert!(value(&request, "nonce").is_some(), "the scope of this sign-in decides");
}

#[test]
fn scope_is_what_was_configured_or_asked_for() {
    let configured = config("files:read files:write", "");
    let request = build(&configured, "{}").expect("a request");
    assert_eq!(value(&request, "scope").as_deref(), Some("files:read files:write"), "AUTHZ-18");
    let request = build(&configured, r#"{"scope":"other"}"#).expect("a request");
    assert_eq!(value(&request, "scope").as_deref(), Some("other"));
    assert_eq!(request.transaction.scope, "other");
}

#[test]
fn a_parameter_without_value_is_not_sent() {
    let text = config_text("x", "").replace(r#""scope":"x","#, "");
    let config = Config::parse(&text, "https://app.example").expect("a good configuration");
    assert_eq!(value(&build(&config, "{}").expect("a request"), "scope"), None, "AUTHZ-7");
}

#[test]
fn the_query_of_the_endpoint_is_kept() {
    for (endpoint, start) in [
        ("https://as.example/a?tenant=x", "https://as.example/a?tenant=x&response_type=code&"),
        ("https://as.example/a?tenant=x&b=%26", "https://as.example/a?tenant=x&b=%26&response_type=code&"),
        ("https://as.example/a", "https://as.example/a?response_type=code&"),
    ] {
        let text = config_text("files:read", "").replace("https://as.example/authorize", endpoint);
        let config = Config::parse(&text, "https://app.example").expect("a good configuration");
        let request = build(&config, "{}").expect("a request");
        assert!(request.url.starts_with(start), "AUTHZ-6, RFC 6749, 3.1: {}", request.url);
    }
}

#[test]
fn a_parameter_of_the_endpoint_is_not_sent_a_second_time() {
    let with_endpoint = |endpoint: &str, more: &str| {
        let text = config_text("files:read", more).replace("https://as.example/authorize", endpoint);
        Config::parse(&text, "https://app.example").and_then(|config| build(&config, "{}"))
    };
    for (endpoint, more, name) in [
        ("https://as.example/a?tenant=x", r#""extraParams":{"tenant":"y"}"#, "tenant"),
        ("https://as.example/a?state=fixed", "", "state"),
        ("https://as.example/a?client_id=other", "", "client_id"),
    ] {
        if let Ok(request) = with_endpoint(endpoint, more) {
            let count = names(&request).iter().filter(|one| *one == name).count();
            assert_eq!(count, 1, "AUTHZ-7, RFC 6749, 3.1: {}", request.url);
        }
    }
}

#[test]
fn extra_parameters_come_after_the_library_s_own() {
    let config = config("files:read", r#""extraParams":{"audience":"https://api.example","tenant":"x"}"#);
    let request = build(&config, r#"{"extraParams":{"ui":"dark"}}"#).expect("a request");
    assert_eq!(names(&request)[7..], ["audience", "tenant", "ui"]);
}

#[test]
fn extra_parameters_can_not_be_the_library_s_own() {
    for name in [
        "client_id",
        "client_secret",
        "code_challenge",
        "code_challenge_method",
        "code_verifier",
        "dpop_jkt",
        "resource",
        "grant_type",
        "nonce",
        "redirect_uri",
        "request",
        "request_uri",
        "response_mode",
        "response_type",
        "scope",
        "state",
    ] {
        let params = format!(r#"{{"extraParams":{{"{name}":"x"}}}}"#);
        let refused = build(&config("files:read", ""), &params).expect_err(name);
        assert_eq!(refused.code(), "TOKENKEEP_PARAMETER_REFUSED", "AUTHZ-8: {name}");
        assert_eq!(refused.to_object().string("option"), Some(name));
        let more = format!(r#""extraParams":{{"{name}":"x"}}"#);
        let configured = Config::parse(&config_text("files:read", &more), "https://app.example");
        assert!(configured.and_then(|config| build(&config, "{}")).is_err(), "AUTHZ-8: {name} in the configuration");
    }
}

#[test]
fn what_one_sign_in_says_of_itself_counts_for_it() {
    let every =
        r#""extraParams":{"prompt":"consent","ui_locales":"de","acr_values":"mfa","max_age":"60","tenant":"x"}"#;
    for (options, said, transaction) in [
        (r#"{"prompt":"none"}"#, "ui_locales=de&acr_values=mfa&max_age=60&tenant=x&prompt=none", true),
        (r#"{"uiLocales":"en"}"#, "prompt=consent&acr_values=mfa&max_age=60&tenant=x&ui_locales=en", false),
        (r#"{"acrValues":"phr","maxAge":0}"#, "prompt=consent&ui_locales=de&tenant=x&acr_values=phr&max_age=0", false),
    ] {
        let request = build(&config("files:read", every), options).expect("a request");
        assert!(request.url.ends_with(&format!("&{said}")), "AUTHZ-23: {}", request.url);
        assert_eq!(request.transaction.unattended, transaction, "{options}");
        let kept = Transaction::parse(&request.transaction.to_json()).expect("a record");
        assert_eq!(kept, request.transaction, "{options}");
    }
}

#[test]
fn extra_parameters_have_a_name_and_a_value_and_come_once() {
    let configured = config("files:read", r#""extraParams":{"audience":"a"}"#);
    for options in [
        r#"{"extraParams":{"audience":"b"}}"#,
        r#"{"extraParams":{"x":""}}"#,
        r#"{"extraParams":{"":"x"}}"#,
        r#"{"prompt":"login","extraParams":{"prompt":"none"}}"#,
    ] {
        assert_eq!(build(&configured, options).expect_err(options).code(), "TOKENKEEP_PARAMETER_REFUSED", "AUTHZ-7");
    }
}

#[test]
fn names_and_values_survive_the_encoding() {
    for text in [
        "a b",
        "a+b",
        "100%",
        "%20",
        "a&b=c",
        "a;b",
        "#x",
        "?",
        "é",
        "\u{1f511} key",
        "\u{10ffff}",
        "'\"<>",
        "a/b:c@d",
        "\u{7f}\n\t",
    ] {
        let member = tokenkeep::proto::syntax::json::Object::default().with(text, text).to_json();
        let request = build(&config("files:read", ""), &format!(r#"{{"extraParams":{member}}}"#)).expect("a request");
        assert_eq!(value(&request, text).as_deref(), Some(text), "AUTHZ-9, RFC 6749, appendix B: {text:?}");
        assert!(request.url.bytes().all(|b| b.is_ascii_graphic()), "{}", request.url);
        assert!(!request.url.contains('#') && request.url.matches('?').count() == 1, "{}", request.url);
    }
}

#[test]
fn the_redirection_uri_is_sent_byte_for_byte() {
    for redirect_uri in
        ["https://app.example/cb?x=1&y=%C3%A9", "https://app.example/%7Euser/cb", "https://app.example/"]
    {
        let text = config_text("files:read", "").replace(REDIRECT_URI, redirect_uri);
        let config = Config::parse(&text, "https://app.example").expect("a good configuration");
        let request = build(&config, "{}").expect("a request");
        assert_eq!(value(&request, "redirect_uri").as_deref(), Some(redirect_uri), "AUTHZ-4");
        assert_eq!(request.transaction.redirect_uri, redirect_uri);
    }
}

#[test]
fn what_the_application_keeps_does_not_travel() {
    let options = r#"{"appState":{"email":"canary@example.com"},"returnTo":"/canary"}"#;
    let request = build(&config("files:read", ""), options).expect("a request");
    assert!(!request.url.contains("canary"), "AUTHZ-11");
    assert_eq!(value(&request, "state"), Some(third(1)), "AUTHZ-12: random and nothing else");
    assert!(request.transaction.to_json().contains("canary@example.com"));
}

#[test]
fn the_record_names_everything_the_request_was_for() {
    let request = build(&config("openid", ""), r#"{"maxAge":60,"returnTo":"/inbox"}"#).expect("a request");
    let record = Transaction::parse(&request.transaction.to_json()).expect("a record");
    assert_eq!(record, request.transaction, "AUTHZ-14");
    assert_eq!(
        (record.issuer.as_str(), record.redirect_uri.as_str(), record.scope.as_str()),
        (ISSUER, REDIRECT_URI, "openid")
    );
    assert_eq!((record.max_age, record.iss_parameter, record.created_unix_ms), (Some(60), true, NOW));
    assert_eq!(record.return_to.as_deref(), Some("/inbox"));
}

#[test]
fn the_record_is_kept_under_a_hash_of_state() {
    let request = build(&config("files:read", ""), "{}").expect("a request");
    assert_eq!(request.key, transaction_key(&State::new(third(1))));
    let record = request.transaction.to_json();
    assert!(!record.contains(&third(1)) && !request.key.contains(&third(1)));
    assert_eq!(request.key.len(), 43);
}

#[test]
fn a_foreign_return_target_in_a_record_is_dropped() {
    let request = build(&config("files:read", ""), r#"{"returnTo":"/inbox"}"#).expect("a request");
    let record = request.transaction.to_json().replace("\"/inbox\"", "\"//evil.example\"");
    assert_eq!(Transaction::parse(&record).expect("a record").return_to, None, "AUTHZ-21: checked on the way out too");
}
