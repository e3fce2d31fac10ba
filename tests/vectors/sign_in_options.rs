//! What `signIn()` may be called with.

use tokenkeep::proto::oauth::authorization::{AuthorizationRequest, RANDOM_BYTES, SignInOptions};

use crate::support::{REDIRECT_URI, config};

fn code(options: &str) -> Option<&'static str> {
    SignInOptions::parse(options, REDIRECT_URI).err().map(|error| error.code())
}

fn request(options: &str) -> AuthorizationRequest {
    let (config, options) = (config("files:read", ""), SignInOptions::parse(options, REDIRECT_URI).expect("options"));
    let server = config.server.as_ref().expect("metadata");
    AuthorizationRequest::new(&config.client(), server, &options, &[7; RANDOM_BYTES], None, 0).expect("a request")
}

fn return_to(target: &str) -> Option<String> {
    let options = tokenkeep::proto::syntax::json::Object::default().with("returnTo", target).to_json();
    SignInOptions::parse(&options, REDIRECT_URI).ok()?;
    request(&options).transaction.return_to
}

#[test]
fn return_targets_inside_the_application() {
    for (target, expected) in [
        ("/", "/"),
        ("/inbox", "/inbox"),
        ("/inbox?tab=2&u=https://evil.example#top", "/inbox?tab=2&u=https://evil.example#top"),
        ("https://app.example/inbox", "/inbox"),
        ("https://app.example/?x", "/?x"),
        ("/a//b", "/a//b"),
        ("/@evil.example", "/@evil.example"),
        ("/caf\u{e9}", "/caf\u{e9}"),
        ("/%2f%2fevil.example", "/%2f%2fevil.example"),
    ] {
        assert_eq!(return_to(target).as_deref(), Some(expected), "AUTHZ-21: {target}");
    }
}

#[test]
fn return_targets_that_leave_the_application() {
    let long = format!("/{}", "x".repeat(2_048));
    for target in [
        "https://evil.example/",
        "https://evil.example",
        "http://app.example/inbox",
        "https://app.example.evil.example/",
        "https://app.example@evil.example/",
        "https://app.example:8443/",
        "https://app.example",
        "https://app.example//evil.example",
        "https://app.example/\\evil.example",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "/inbox\\..\\x",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        "/a\u{0}b",
        "/a\u{7f}b",
        "/a\u{85}b",
        " /inbox",
        "inbox",
        "",
        "?x",
        "#x",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "blob:https://app.example/x",
        long.as_str(),
    ] {
        assert_eq!(return_to(target), None, "AUTHZ-21: {target:?}");
    }
    for options in [r#"{"returnTo":1}"#, r#"{"returnTo":{}}"#, r#"{"returnTo":["/"]}"#, r#"{"returnTo":true}"#] {
        assert_eq!(code(options), Some("TOKENKEEP_RETURN_TARGET_REFUSED"), "{options}");
    }
}

#[test]
fn options_of_openid_connect_go_through_under_their_wire_names() {
    let options = r#"{"prompt":"login","loginHint":"a@b.example","uiLocales":"de en","acrValues":"x y","maxAge":0,"display":"page"}"#;
    let url = request(options).url;
    for pair in
        ["prompt=login", "login_hint=a%40b.example", "ui_locales=de+en", "acr_values=x+y", "max_age=0", "display=page"]
    {
        assert!(url.contains(&format!("&{pair}")), "AUTHZ-23: {pair} in {url}");
    }
    assert_eq!(request(options).transaction.max_age, Some(0), "IDT-12");
}

#[test]
fn null_counts_as_absent() {
    let options = r#"{"scope":null,"returnTo":null,"appState":null,"prompt":null,"maxAge":null,"extraParams":null}"#;
    assert_eq!(request(options).url, request("{}").url);
}

#[test]
fn options_of_another_kind_are_refused() {
    for options in [
        "",
        "null",
        "[]",
        "1",
        "{",
        r#"{"prompt":1}"#,
        r#"{"prompt":["login"]}"#,
        r#"{"maxAge":"60"}"#,
        r#"{"maxAge":-1}"#,
        r#"{"maxAge":1.5}"#,
        r#"{"maxAge":1e3}"#,
        r#"{"maxAge":true}"#,
        r#"{"extraParams":"x=1"}"#,
        r#"{"extraParams":[]}"#,
        r#"{"extraParams":{"x":1}}"#,
        r#"{"extraParams":{"x":null}}"#,
        r#"{"extraParams":{"x":{"y":"z"}}}"#,
        r#"{"scope":["a"]}"#,
        r#"{"scope":"a  b"}"#,
        r#"{"scope":""}"#,
        r#"{"scope":"a\"b"}"#,
        r#"{"scope":"é"}"#,
        r#"{"unknown":"x"}"#,
        r#"{"login_hint":"x"}"#,
        r#"{"responseMode":"form_post"}"#,
        r#"{"state":"mine"}"#,
        r#"{"nonce":"mine"}"#,
        r#"{"redirectUri":"https://evil.example/"}"#,
        r#"{"__proto__":{"x":1}}"#,
    ] {
        assert_eq!(code(options), Some("TOKENKEEP_PARAMETER_REFUSED"), "AUTHZ-8, AUTHZ-24: {options}");
    }
}

#[test]
fn application_data_comes_back_as_it_was() {
    for data in
        [r#"{"a":[1,2.50,-3e2,true,null,"x"],"b":{"c":"\u0000\ud83d\udd11"}}"#, r#""text""#, "false", "0", r#"[[],{}]"#]
    {
        let kept = request(&format!(r#"{{"appState":{data}}}"#)).transaction;
        let record = tokenkeep::proto::oauth::authorization::Transaction::parse(&kept.to_json()).expect("a record");
        assert_eq!(record.app_state, kept.app_state, "{data}");
        assert!(record.app_state.is_some());
    }
}
