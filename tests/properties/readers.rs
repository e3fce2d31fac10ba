//! Readers of foreign text: they never panic, and what they accept keeps its promises.

use proptest::prelude::*;

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::ServerError;
use tokenkeep::proto::oauth::authorization::{SignInOptions, Transaction};
use tokenkeep::proto::oauth::callback::AuthorizationResponse;
use tokenkeep::proto::oauth::id_token::{Claims, Expected};
use tokenkeep::proto::oauth::metadata::{AuthorizationServer, Discovery};
use tokenkeep::proto::oauth::resource::ResourceServer;
use tokenkeep::proto::oauth::token::TokenResponse;
use tokenkeep::proto::syntax::base64url::{base64url, from_base64url};
use tokenkeep::proto::syntax::form;
use tokenkeep::proto::syntax::json::Object;
use tokenkeep::proto::syntax::url::Url;

use crate::requests::value;
use crate::support::{REDIRECT_URI, answer, jwt};

/// Text out of pieces that readers look for.
fn pieces(pieces: Vec<&'static str>) -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => prop::sample::select(pieces).prop_map(str::to_owned), 1 => ".{0,3}"];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn json_text() -> impl Strategy<Value = String> {
    pieces(vec![
        "{", "}", "[", "]", ":", ",", "\"", "\\u00", "\\", "null", "true", "1", "-", ".", "e", "\"a\":", " ", "\u{1}",
    ])
}

fn url_text() -> impl Strategy<Value = String> {
    pieces(vec![
        "https://",
        "http://",
        "a",
        "api.example",
        ":",
        "443",
        "8443",
        "/",
        "//",
        "..",
        "%2e",
        "%2f",
        "%25",
        "@",
        "?",
        "#",
        "\\",
        "[",
        "]",
        "::1",
        "127.0.0.1",
        "localhost",
        "v1",
        ";",
        "%",
    ])
}

fn response_text() -> impl Strategy<Value = String> {
    pieces(vec!["code", "state", "iss", "error", "access_token", "=", "&", "#", "?", "%3d", "+", "a", "%", "%ff"])
        .prop_map(|tail| format!("{REDIRECT_URI}?{tail}"))
}

/// An object whose members have the names a reader looks for and any values.
fn object_of(names: &'static [&'static str]) -> impl Strategy<Value = Object> {
    prop::collection::btree_map(prop::sample::select(names), value(), 0..8).prop_map(|members| {
        members.into_iter().fold(Object::default(), |object, (name, value)| object.with(name, value))
    })
}

const OPTIONS: &[&str] = &[
    "issuer",
    "server",
    "clientId",
    "redirectUri",
    "scope",
    "resourceServers",
    "extraParams",
    "queueLimit",
    "queueTimeout",
    "exposeAccessToken",
    "takeOver",
    "clientSecret",
    "earlyRefresh",
];
const TOKEN_MEMBERS: &[&str] =
    &["access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token", "error", "error_description"];
const CLAIMS: &[&str] = &["iss", "sub", "aud", "azp", "exp", "iat", "nbf", "nonce", "auth_time", "name"];
const METADATA: &[&str] = &[
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "revocation_endpoint",
    "response_types_supported",
    "grant_types_supported",
    "code_challenge_methods_supported",
    "authorization_response_iss_parameter_supported",
];
const SIGN_IN: &[&str] = &["scope", "returnTo", "appState", "extraParams", "prompt", "maxAge", "loginHint", "x"];
const RECORD: &[&str] = &[
    "issuer",
    "verifier",
    "nonce",
    "redirectUri",
    "scope",
    "maxAge",
    "issParameter",
    "created",
    "returnTo",
    "appState",
];

const EXPECTED: Expected<'static> = Expected {
    issuer: "https://as.example",
    client_id: "spa",
    audiences: &[],
    nonce: None,
    max_age: Some(1),
    anchor: None,
    access_token: Some("a"),
    strict: false,
    unix_ms: u64::MAX,
};

fn read_everything(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = (Object::parse(bytes), Url::parse(&text), Config::parse(&text, &text), Transaction::parse(&text));
    let _ = (
        SignInOptions::parse(&text, &text),
        AuthorizationResponse::parse(&text, &text),
        Claims::parse(&text, &EXPECTED),
    );
    let _ = (ResourceServer::parse(&text, true), ServerError::new(&text, Some(&text)));
    for status in [200, 400, 503] {
        let _ = TokenResponse::parse(Ok(answer(status, Some("application/json"), bytes)), 0);
    }
    let mut discovery = Discovery::new(&text, true, true, true);
    while discovery.next_url().is_some() {
        let _ = discovery.handle_answer(Ok(answer(200, Some("application/json"), bytes)));
    }
    let _ = discovery.into_error();
}

proptest! {
    #![proptest_config(crate::cases(512, "tests/properties/proptest-regressions/readers.txt"))]

    #[test]
    fn no_reader_panics_on_any_bytes(bytes: Vec<u8>) {
        read_everything(&bytes);
    }

    #[test]
    fn no_reader_panics_on_text_that_is_nearly_right(text in prop_oneof![json_text(), url_text(), response_text()]) {
        read_everything(text.as_bytes());
    }

    #[test]
    fn no_reader_panics_on_right_names_with_any_values(
        options in object_of(OPTIONS),
        members in object_of(TOKEN_MEMBERS),
        claims in object_of(CLAIMS),
        metadata in object_of(METADATA),
        sign_in in object_of(SIGN_IN),
        record in object_of(RECORD),
    ) {
        let _ = Config::parse(&options.to_json(), "http://localhost");
        let _ = Config::parse(&Object::default().with("server", metadata.clone()).to_json(), "");
        let _ = Claims::parse(&jwt(r#"{"alg":"RS256"}"#, &claims.to_json()), &EXPECTED);
        let _ = AuthorizationServer::parse(&metadata, metadata.string("issuer").unwrap_or_default(), true, true);
        let _ = SignInOptions::parse(&sign_in.to_json(), REDIRECT_URI);
        let _ = Transaction::parse(&record.to_json());
        read_everything(members.to_json().as_bytes());
    }

    #[test]
    fn json_is_read_as_it_was_written(value in value()) {
        let object = Object::default().with("v", value);
        let text = object.to_json();
        prop_assert_eq!(Object::parse(text.as_bytes()), Some(object));
    }

    #[test]
    fn what_is_read_as_json_is_written_as_the_same(text in json_text()) {
        if let Some(object) = Object::parse(text.as_bytes()) {
            prop_assert_eq!(Object::parse(object.to_json().as_bytes()), Some(object));
        }
    }

    #[test]
    fn base64url_is_written_and_read_in_one_way_only(bytes: Vec<u8>, text in "[A-Za-z0-9_=+/-]{0,12}") {
        let written = base64url(&bytes);
        prop_assert!(written.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
        prop_assert_eq!(from_base64url(&written), Some(bytes));
        if let Some(read) = from_base64url(&text) {
            prop_assert_eq!(base64url(&read), text);
        }
    }

    #[test]
    fn a_form_is_read_as_it_was_written(pairs in prop::collection::vec(("\\PC{0,6}", "\\PC{1,6}"), 0..6)) {
        let borrowed: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let written = form::write(&borrowed);
        let read: Vec<(String, String)> = form_urlencoded::parse(written.as_bytes()).into_owned().collect();
        prop_assert_eq!(&read, &pairs, "RFC 6749, appendix B");
        prop_assert_eq!(form::read(&written), pairs);
    }

    #[test]
    fn a_url_comes_apart_without_loss(href in url_text()) {
        if let Some(url) = Url::parse(&href) {
            let query = url.query.map(|query| format!("?{query}")).unwrap_or_default();
            let fragment = url.fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
            prop_assert_eq!(format!("{}{}{query}{fragment}", url.origin, url.path), href.clone());
            prop_assert!(url.path.starts_with('/') && !url.origin.contains('@') && url.origin.contains(url.host));
        }
    }

    #[test]
    fn what_is_covered_stays_inside(base in url_text(), href in url_text()) {
        if let (Some(server), Some(url)) = (ResourceServer::parse(&base, true), Url::parse(&href)) && server.covers(&url) {
            let inside = Url::parse(&base).expect("a URL");
            let folder = inside.path.trim_end_matches('/');
            prop_assert_eq!(inside.origin, url.origin, "USE-3");
            prop_assert!(url.path.starts_with(folder), "USE-5");
            prop_assert!(url.secure || url.is_loopback(), "USE-6");
            let mut plain = url.path[folder.len()..].to_ascii_lowercase();
            for _ in 0..6 {
                plain = plain.replace("%25", "%").replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\");
            }
            prop_assert!(!plain.split(['/', '\\']).any(|part| part == ".."), "USE-5: {}", href);
        }
    }

    #[test]
    fn an_accepted_response_has_one_state_and_no_token(href in response_text()) {
        if let Ok(Some(_)) = AuthorizationResponse::parse(&href, REDIRECT_URI) {
            let tail = href.split_once('?').expect("a query").1;
            let (query, fragment) = tail.split_once('#').unwrap_or((tail, ""));
            let params = || form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(fragment.as_bytes()));
            for name in ["code", "state", "iss", "error"] {
                prop_assert!(params().filter(|(key, _)| key == name).count() <= 1, "CB-2: {}", href);
            }
            prop_assert!(params().any(|(key, value)| key == "state" && !value.is_empty()), "CB-1: {}", href);
            prop_assert!(params().all(|(key, _)| key != "access_token"), "CB-16: {}", href);
        }
    }

    #[test]
    fn an_accepted_token_fits_into_a_header(members in object_of(TOKEN_MEMBERS), token in "[ -~]{0,6}") {
        let rest = members.members().filter(|(name, _)| !["access_token", "token_type", "error"].contains(name));
        let body = Object::default().with("access_token", token.as_str()).with("token_type", "bearer");
        let body = rest.fold(body, |body, (name, value)| body.with(name, value.clone()));
        if let Ok(response) = TokenResponse::parse(Ok(answer(200, Some("application/json"), body.to_json().as_bytes())), 0) {
            let token = response.access_token.expose();
            prop_assert!(!token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic() && b != b','), "TOK-11");
            prop_assert!(response.expires_in.is_none_or(|seconds| (1..=315_360_000).contains(&seconds)), "TOK-16");
        }
    }

    #[test]
    fn text_of_the_server_is_printable_and_short(error in ".{0,400}", description in any::<String>()) {
        let told = ServerError::new(&error, Some(&description));
        let shown = told.description.unwrap_or_default();
        prop_assert!(told.error.len() <= 64 && shown.len() <= 300, "CB-24");
        prop_assert!((told.error + &shown).bytes().all(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\'), "CB-24");
    }
}
