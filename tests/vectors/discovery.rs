//! Where metadata is looked for, and what is made of the answers.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::oauth::metadata::Discovery;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::Object;

use crate::support::{answer, json};

type Given = Result<Answer, Transport>;

fn order(issuer: &str, openid: bool) -> Vec<String> {
    let mut discovery = Discovery::new(issuer, openid, false, false);
    std::iter::from_fn(|| discovery.next_url()).collect()
}

fn document(issuer: &str, pkce: &str) -> Given {
    json(
        200,
        &format!(
            r#"{{"issuer":"{issuer}","authorization_endpoint":"https://as.example/authorize",
            "token_endpoint":"https://as.example/token","code_challenge_methods_supported":["{pkce}"]}}"#
        ),
    )
}

fn status(status: u16) -> Given {
    Ok(answer(status, Some("text/html"), b"<h1>nothing here</h1>"))
}

/// The issuer that was found, or the error's code; and how many documents were asked for.
fn search(answers: Vec<Given>) -> (Result<String, String>, usize) {
    let mut discovery = Discovery::new("https://as.example", false, false, false);
    let mut asked = 0;
    for given in answers {
        assert!(discovery.next_url().is_some());
        asked += 1;
        if let Some(server) = discovery.handle_answer(given) {
            return (Ok(server.issuer), asked);
        }
    }
    assert_eq!(discovery.next_url(), None);
    let error = discovery.into_error();
    (Err(error.code().trim_start_matches("TOKENKEEP_").to_owned()), asked)
}

#[test]
fn given_endpoints_count_before_the_document_s() {
    let given = r#"{"revocation_endpoint":"https://as.example/revoke","token_endpoint":"https://app.example/token"}"#;
    let given = Object::parse(given.as_bytes()).expect("an object");
    let mut discovery = Discovery::new("https://as.example", false, false, false).with(given);
    discovery.next_url();
    let server = discovery.handle_answer(document("https://as.example", "S256")).expect("metadata");
    assert_eq!(server.revocation_endpoint.as_deref(), Some("https://as.example/revoke"));
    assert_eq!(server.token_endpoint, "https://app.example/token");
    assert_eq!(server.authorization_endpoint, "https://as.example/authorize");
}

fn failure(first: Given, second: Given) -> String {
    search(vec![first, second]).0.expect_err("nothing is found")
}

#[test]
fn well_known_places_in_order() {
    let oauth = ".well-known/oauth-authorization-server";
    let openid = ".well-known/openid-configuration";
    for (issuer, wants_openid, expected) in [
        (
            "https://as.example",
            false,
            vec![format!("https://as.example/{oauth}"), format!("https://as.example/{openid}")],
        ),
        (
            "https://as.example",
            true,
            vec![format!("https://as.example/{openid}"), format!("https://as.example/{oauth}")],
        ),
        (
            "https://as.example/",
            false,
            vec![format!("https://as.example/{oauth}"), format!("https://as.example/{openid}")],
        ),
        (
            "https://as.example/a/b",
            false,
            vec![
                format!("https://as.example/{oauth}/a/b"),
                format!("https://as.example/{openid}/a/b"),
                format!("https://as.example/a/b/{openid}"),
            ],
        ),
        (
            "https://as.example:8443/a/",
            true,
            vec![
                format!("https://as.example:8443/a/{openid}"),
                format!("https://as.example:8443/{oauth}/a"),
                format!("https://as.example:8443/{openid}/a"),
            ],
        ),
    ] {
        assert_eq!(order(issuer, wants_openid), expected, "DISC-3, RFC 8414, 3.1: {issuer}");
    }
}

#[test]
fn the_first_right_document_ends_the_search() {
    let good = || document("https://as.example", "S256");
    assert_eq!(search(vec![good()]), (Ok("https://as.example".into()), 1));
    for first in [
        status(404),
        status(500),
        Err(Transport::Network),
        Err(Transport::Timeout),
        Err(Transport::TooLarge),
        document("https://other.example", "S256"),
        document("https://as.example", "plain"),
        Ok(answer(200, Some("text/html"), b"<!doctype html><title>my app</title>")),
        Ok(answer(200, None, br#"{"issuer":"https://as.example"}"#)),
        json(200, "[]"),
        json(200, ""),
        json(204, ""),
    ] {
        let name = format!("{first:?}");
        assert_eq!(search(vec![first, good()]), (Ok("https://as.example".into()), 2), "DISC-7: {name}");
    }
}

#[test]
fn a_document_counts_only_as_json_with_status_200() {
    let body = document("https://as.example", "S256").expect("an answer").body;
    for (code, content_type) in [
        (201, Some("application/json")),
        (206, Some("application/json")),
        (302, Some("application/json")),
        (200, Some("text/html")),
        (200, Some("text/plain")),
        (200, Some("application/jwt")),
        (200, None),
    ] {
        let told = failure(Ok(answer(code, content_type, &body)), status(404));
        assert_eq!(told, "DISCOVERY_FAILED", "DISC-5: {code} {content_type:?}");
    }
    for content_type in ["application/json", "Application/JSON; charset=UTF-8"] {
        assert!(search(vec![Ok(answer(200, Some(content_type), &body))]).0.is_ok(), "{content_type}");
    }
}

#[test]
fn the_error_that_says_most_is_told() {
    let mismatch = || document("https://as.example/", "S256");
    let no_pkce = || document("https://as.example", "plain");
    for (first, second, expected) in [
        (status(404), status(404), "DISCOVERY_FAILED"),
        (Err(Transport::Network), Err(Transport::Network), "NETWORK"),
        (Err(Transport::Timeout), status(404), "TIMEOUT"),
        (mismatch(), status(404), "METADATA_INVALID"),
        (status(404), mismatch(), "METADATA_INVALID"),
        (mismatch(), Err(Transport::Network), "METADATA_INVALID"),
        (no_pkce(), status(404), "PKCE_UNSUPPORTED"),
        (Err(Transport::Network), no_pkce(), "PKCE_UNSUPPORTED"),
    ] {
        let name = format!("{first:?} {second:?}");
        assert_eq!(failure(first, second), expected, "{name}");
    }
}

#[test]
fn a_failed_search_tells_what_to_check() {
    let mut discovery = Discovery::new("https://as.example", false, false, false);
    while discovery.next_url().is_some() {
        assert_eq!(discovery.handle_answer(status(404)), None);
    }
    let message = discovery.into_error().message().into_owned();
    assert!(message.contains("404") && message.contains("https://as.example"), "{message}");
}
