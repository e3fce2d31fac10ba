//! RFC 7591 and Client ID Metadata Documents: what is asked for, and what of the answer is taken.

use tokenkeep::proto::error::{Error, InvalidResponse, Transport};
use tokenkeep::proto::oauth::registration::{document, is_client_metadata_url, record, recorded, registered};
use tokenkeep::proto::syntax::json::Object;

use crate::support::{REDIRECT_URI, answer, error, json};

fn metadata(text: &str) -> Object {
    Object::parse(text.as_bytes()).expect("an object")
}

fn taken(body: &str) -> Result<String, Error> {
    registered(json(201, body), REDIRECT_URI)
}

fn is_unusable(result: Result<String, Error>) -> bool {
    matches!(result, Err(Error::InvalidResponse(InvalidResponse::Registration(_))))
}

#[test]
fn a_registration_is_that_of_a_public_client() {
    assert_eq!(
        document(None, REDIRECT_URI).as_deref(),
        Some(
            r#"{"client_name":"app.example","application_type":"web","redirect_uris":["https://app.example/callback"],"grant_types":["authorization_code","refresh_token"],"response_types":["code"],"token_endpoint_auth_method":"none"}"#
        ),
        "REG-1, MCP-12, MCP-15"
    );
    let development = document(None, "http://127.0.0.1:3000/callback").expect("a document");
    assert_eq!(metadata(&development).string("application_type"), Some("native"), "MCP-12: http is refused for web");
}

#[test]
fn the_application_adds_to_it_and_changes_nothing_of_it() {
    let given =
        metadata(r#"{"client_name":"Files","logo_uri":"https://app.example/logo.png","application_type":"native"}"#);
    let document = |given: &Object| document(Some(given), REDIRECT_URI);
    let whole = metadata(&document(&given).expect("a document"));
    assert_eq!(whole.string("client_name"), Some("Files"));
    assert_eq!(whole.string("logo_uri"), Some("https://app.example/logo.png"));
    assert_eq!(whole.string("application_type"), Some("native"));
    for name in [
        "client_id",
        "client_secret",
        "grant_types",
        "jwks",
        "jwks_uri",
        "redirect_uris",
        "response_types",
        "software_statement",
        "token_endpoint_auth_method",
    ] {
        assert_eq!(document(&Object::default().with(name, "x")), None, "REG-1: {name}");
    }
}

#[test]
fn of_the_answer_only_the_client_id_is_taken() {
    let body = r#"{"client_id":"id-1","client_secret":"canary","registration_access_token":"canary",
        "registration_client_uri":"https://as.example/register/id-1","redirect_uris":["https://app.example/callback"],
        "token_endpoint_auth_method":"none","grant_types":["authorization_code"]}"#;
    assert_eq!(taken(body), Ok("id-1".to_owned()), "REG-2");
    assert_eq!(registered(json(200, r#"{"client_id":"id-1"}"#), REDIRECT_URI), Ok("id-1".to_owned()));
    let kept = record("https://as.example", &taken(body).expect("a client id"));
    assert_eq!(kept, r#"{"issuer":"https://as.example","clientId":"id-1"}"#, "REG-3, REG-4");
}

#[test]
fn what_the_server_changed_is_noticed() {
    for body in [
        r#"{"client_id":"id-1","redirect_uris":["https://app.example/other"]}"#,
        r#"{"client_id":"id-1","redirect_uris":["https://app.example/callback/"]}"#,
        r#"{"client_id":"id-1","redirect_uris":[]}"#,
        r#"{"client_id":"id-1","token_endpoint_auth_method":"client_secret_basic","client_secret":"canary"}"#,
        r#"{"client_id":"id-1","grant_types":["client_credentials"]}"#,
        r#"{"client_id":1}"#,
        r#"{"client_id":""}"#,
        "{\"client_id\":\"a\\u0000b\"}",
        r#"{"client_name":"x"}"#,
        "[]",
        "",
    ] {
        let refused = taken(body);
        assert!(!format!("{refused:?}").contains("canary"), "REG-3");
        assert!(is_unusable(refused), "REG-2: {body}");
    }
    let html = Ok(answer(201, Some("text/html"), br#"{"client_id":"id-1"}"#));
    assert!(is_unusable(registered(html, REDIRECT_URI)), "REG-2");
}

#[test]
fn a_refusal_is_told_with_the_servers_own_word() {
    for word in ["invalid_redirect_uri", "invalid_client_metadata", "invalid_software_statement", "unapproved"] {
        let refused = registered(error(400, word), REDIRECT_URI).expect_err("refused");
        assert_eq!(refused.code(), "TOKENKEEP_REGISTRATION_REFUSED", "REG-6");
        assert_eq!(refused.to_object().string("error"), Some(word), "REG-6");
    }
    for status in [401, 403, 404, 500] {
        assert!(is_unusable(registered(Ok(answer(status, None, b"")), REDIRECT_URI)), "REG-6: {status}");
    }
    let lost = registered(Err(Transport::Network), REDIRECT_URI);
    assert_eq!(lost, Err(Error::Transport(Transport::Network)));
}

#[test]
fn a_record_counts_for_its_own_issuer() {
    let kept = record("https://as.example", "id-1");
    assert_eq!(recorded(&kept, "https://as.example"), Some("id-1".to_owned()));
    assert_eq!(recorded(&kept, "https://as.example/"), None, "REG-5");
    assert_eq!(recorded(&kept, "https://evil.example"), None, "REG-5");
    for broken in ["", "{}", r#"{"issuer":"https://as.example"}"#, r#"{"issuer":"https://as.example","clientId":5}"#] {
        assert_eq!(recorded(broken, "https://as.example"), None, "{broken}");
    }
}

#[test]
fn a_client_id_that_is_a_url_has_a_plain_path() {
    for (href, expected) in [
        ("https://app.example/client.json", true),
        ("https://app.example/oauth/client", true),
        ("https://app.example/client?v=1", true),
        ("https://app.example:8443/client", true),
        ("http://app.example/client.json", false),
        ("http://127.0.0.1:3000/client.json", false),
        ("https://app.example/", false),
        ("https://app.example", false),
        ("https://app.example/client.json#x", false),
        ("https://user@app.example/client.json", false),
        ("https://user:pass@app.example/client.json", false),
        ("https://app.example/a/../client.json", false),
        ("https://app.example/./client.json", false),
        ("https://app.example/%2e%2e/client.json", false),
        ("HTTPS://app.example/client.json", false),
        ("client.json", false),
    ] {
        assert_eq!(is_client_metadata_url(href, false), expected, "CIMD-1: {href}");
    }
    assert!(is_client_metadata_url("http://127.0.0.1:3000/client.json", true), "in development");
}
