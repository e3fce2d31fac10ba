//! Readers of what applications and authorization servers say.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::ServerError;
use tokenkeep::proto::oauth::authorization::{AuthorizationRequest, RANDOM_BYTES, SignInOptions, Transaction};
use tokenkeep::proto::oauth::callback::AuthorizationResponse;
use tokenkeep::proto::oauth::challenge::Challenge;
use tokenkeep::proto::oauth::id_token::{Claims, Expected};
use tokenkeep::proto::oauth::metadata::{AuthorizationServer, Discovery};
use tokenkeep::proto::oauth::profile::Profile;
use tokenkeep::proto::oauth::token::TokenResponse;
use tokenkeep::proto::session::Reply;
use tokenkeep::proto::syntax::form::read;
use tokenkeep::proto::syntax::grammar::is_scope;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::{Object, Value};
use tokenkeep::proto::syntax::secret::{CodeVerifier, Nonce};
use tokenkeep::proto::syntax::url::Url;

use crate::support::{CLIENT_ID, ISSUER, REDIRECT_URI, START_UNIX_MS, answer, config as configured, jwt};

const JSON: Option<&str> = Some("application/json");
const ORIGIN: &str = "https://app.example";

/// What follows the redirection URI, or a whole URL.
pub(crate) fn authorization_response(text: &str) {
    for href in [text.to_owned(), format!("{REDIRECT_URI}{text}")] {
        let Ok(Some(response)) = AuthorizationResponse::parse(&href, REDIRECT_URI) else { continue };
        let url = Url::parse(&href).expect("a URL");
        let parts = [url.query, url.fragment].map(|part| read(part.unwrap_or_default()));
        let params = || parts.iter().flatten();
        for name in ["code", "state", "iss", "error"] {
            assert!(params().filter(|(key, _)| key == name).count() <= 1, "CB-2: {href}");
        }
        assert!(params().any(|(key, value)| key == "state" && !value.is_empty()), "CB-1: {href}");
        assert!(params().all(|(key, _)| key != "access_token" && key != "id_token"), "CB-16: {href}");
        assert_eq!(response.key().len(), 43);
        if response.redeem(&kept(), START_UNIX_MS + 1).is_ok() {
            assert!(params().any(|(key, value)| key == "iss" && value == ISSUER), "CB-8: {href}");
        }
    }
}

fn kept() -> Transaction {
    Transaction {
        issuer: ISSUER.to_owned(),
        verifier: CodeVerifier::new("verifier"),
        nonce: Some(Nonce::new("nonce")),
        redirect_uri: REDIRECT_URI.to_owned(),
        scope: "openid".to_owned(),
        resources: Vec::new(),
        client_id: "spa".to_owned(),
        token_endpoint: "https://as.example/token".to_owned(),
        dpop_key: None,
        max_age: None,
        acr_values: None,
        iss_parameter: true,
        unattended: false,
        created_unix_ms: START_UNIX_MS,
        return_to: None,
        app_state: None,
    }
}

pub(crate) fn sign_in_options(text: &str) {
    let Ok(options) = SignInOptions::parse(text, REDIRECT_URI) else { return };
    let config = configured("openid", "");
    let server = config.server.as_ref().expect("metadata");
    let Ok(request) = AuthorizationRequest::new(&config.client(), server, &options, &[7; RANDOM_BYTES], None, 1) else {
        return;
    };
    let sent = read(Url::parse(&request.url).expect("a URL").query.expect("a query"));
    let once = |name: &str| sent.iter().filter(|(key, _)| key == name).count() == 1;
    assert!(sent.iter().all(|(name, value)| once(name) && !value.is_empty()), "AUTHZ-7: {}", request.url);
    assert!(sent.contains(&("code_challenge_method".into(), "S256".into())), "PKCE-2");
    assert!(sent.contains(&("redirect_uri".into(), REDIRECT_URI.into())), "AUTHZ-8");
    let target = request.transaction.return_to.as_deref().unwrap_or("/");
    assert!(target.starts_with('/') && !target.starts_with("//") && !target.contains('\\'), "AUTHZ-21: {target}");
    same_record(&request.transaction);
}

pub(crate) fn transaction(text: &str) {
    if let Some(transaction) = Transaction::parse(text) {
        same_record(&transaction);
    }
}

// A member that is null and one that is missing are the same.
fn same_record(transaction: &Transaction) {
    let plain = |record: &Transaction| {
        let app_state = Some(record.app_state.clone().unwrap_or(Value::Null));
        Transaction { app_state, ..record.clone() }
    };
    let read = Transaction::parse(&transaction.to_json()).expect("a record");
    assert_eq!(plain(&read), plain(transaction), "the record changed in the store");
}

pub(crate) fn config(text: &str) {
    for origin in [ORIGIN, "http://localhost:5173"] {
        let Ok(config) = Config::parse(text, origin) else { continue };
        let redirect = Url::parse(&config.redirect_uri);
        // With a personal access token nobody is sent anywhere.
        assert_eq!(redirect.is_none(), config.personal.is_some(), "where people come back: {text}");
        let secure = redirect.is_none_or(|url| url.secure);
        assert!(secure || config.allow_loopback, "http where it is not allowed: {text}");
        let limits = &config.limits;
        assert!(
            limits.queue_limit > 0 && limits.queue_timeout > 0 && limits.drain_concurrency > 0,
            "a limit of nothing: {text}"
        );
        assert!(config.server.is_none_or(|server| server.issuer == config.issuer), "two issuers: {text}");
    }
}

pub(crate) fn metadata(bytes: &[u8]) {
    let Some(document) = Object::parse(bytes) else { return };
    let issuer = document.string("issuer").unwrap_or_default();
    let Ok(server) = AuthorizationServer::parse(&document, issuer, false, false) else { return };
    for endpoint in [Some(server.authorization_endpoint), Some(server.token_endpoint), server.revocation_endpoint] {
        assert!(endpoint.is_none_or(|href| Url::parse(&href).is_some_and(|url| url.secure)), "DISC-6");
    }
}

/// An issuer, a line break, and what stands at every place where its document is looked for.
pub(crate) fn discovery(bytes: &[u8]) {
    let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
    let issuer = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let body = parts.next().unwrap_or_default();
    let mut search = Discovery::new(&issuer, body.len() % 2 == 0, true, false);
    for _ in 0..4 {
        let Some(url) = search.next_url() else { break };
        assert!(url.contains("/.well-known/"), "DISC-3: {url}");
        if let Some(server) = search.handle_answer(Ok(answer(200, JSON, body))) {
            assert_eq!(server.issuer, issuer, "another issuer");
        }
    }
    assert_eq!(search.next_url(), None, "the search has no end");
    let _ = search.into_error().to_object().to_json();
}

pub(crate) fn token_response(bytes: &[u8]) {
    let odd = r#"{"answer":{"type":"form","within":"data.x","success":{"code":0},"failure":{"ok":false},"scopeSeparator":",",
        "names":{"access_token":"token.a","error":"code"},"tokenType":"user"},"refresh":{"revoked":[403,"e"]}}"#;
    let odd = Profile::parse(&Value::Object(Object::parse(odd.as_bytes()).expect("JSON"))).expect("a profile");
    for status in [200, 201, 302, 400, 401, 403, 408, 429, 503] {
        check_token_response(status, answer(status, JSON, bytes));
        for content_type in [JSON, Some("application/x-www-form-urlencoded")] {
            for is_refresh in [false, true] {
                check_token_response(status, odd.read_answer(answer(status, content_type, bytes), is_refresh));
            }
        }
    }
}

fn check_token_response(status: u16, given: Answer) {
    match TokenResponse::parse(Ok(given), 0) {
        Ok(response) => {
            let token = response.access_token.expose();
            let plain = |b: u8| b.is_ascii_graphic() && !b",;\"\\".contains(&b);
            assert!(status == 200 && !token.is_empty() && token.bytes().all(plain), "TOK-11");
            assert!(response.expires_in.is_none_or(|seconds| (1..=315_360_000).contains(&seconds)), "TOK-16");
        }
        Err(failure) => assert!(printable(&failure.error.to_object().to_json()), "CB-24"),
    }
}

pub(crate) fn server_error(text: &str) {
    let (error, description) = text.split_once('\n').unwrap_or((text, text));
    let told = ServerError::new(error, Some(description));
    let shown = told.description.unwrap_or_default();
    assert!(told.error.len() <= 64 && shown.len() <= 300 && printable(&shown) && printable(&told.error), "CB-24");
}

fn printable(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' '..=b'~'))
}

pub(crate) fn retry_after(text: &str) {
    let (field, date) = text.split_once('\n').map_or((text, None), |(field, date)| (field, Some(date.to_owned())));
    let answer = Answer { retry_after: Some(field.to_owned()), date, ..answer(503, None, b"") };
    let _ = answer.clock_skew(START_UNIX_MS, START_UNIX_MS + 1_000);
    assert!(answer.retry_after_ms(START_UNIX_MS).is_none_or(|ms| ms <= 3_600_000), "more than an hour: {text}");
}

pub(crate) fn challenge(text: &str) {
    let Some(challenge) = Challenge::parse(text) else { return };
    let printable = |value: Option<&str>| value.is_none_or(|value| value.len() <= 1_000 && printable(value));
    assert!(challenge.scope.as_deref().is_none_or(is_scope), "WWW-4");
    let texts = [challenge.error.as_deref(), challenge.scope.as_deref(), challenge.acr_values.as_deref()];
    assert!(texts.into_iter().all(printable), "WWW-4: {challenge:?}");
    assert!(challenge.max_age.is_none_or(|seconds| seconds < 1 << 53), "WWW-10");
}

pub(crate) fn reply(text: &str) {
    let _ = Reply::parse(text);
}

pub(crate) fn id_token(text: &str) {
    for nonce in [None, Some("nonce")] {
        let _ = Claims::parse(text, &expected(nonce));
    }
}

pub(crate) fn claims(text: &str) {
    let token = jwt(r#"{"alg":"RS256"}"#, text);
    for nonce in [None, Some("nonce")] {
        let Ok(claims) = Claims::parse(&token, &expected(nonce)) else { continue };
        let told = Object::parse(claims.json.as_bytes()).expect("an object");
        assert!(
            told.member("nonce").is_none() && told.string("sub") == Some(&claims.subject),
            "the protocol's claims are told"
        );
        assert!(told.string("iss") == Some(ISSUER) && claims.subject.len() <= 255, "IDT-1");
    }
}

fn expected(nonce: Option<&str>) -> Expected<'_> {
    let (anchor, access_token) = (None, Some("abc"));
    let max_age = nonce.map(|_| 60);
    Expected {
        issuer: ISSUER,
        client_id: CLIENT_ID,
        audiences: &[],
        nonce,
        max_age,
        anchor,
        access_token,
        strict: false,
        unix_ms: START_UNIX_MS,
    }
}
