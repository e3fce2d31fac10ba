//! RFC 6749, 5.1 and 5.2.

use tokenkeep::proto::error::{Error, InvalidResponse, ServerError, Transport};
use tokenkeep::proto::oauth::token::{TokenFailure, TokenResponse};
use tokenkeep::proto::syntax::http::Answer;

use crate::support::{answer, error, json};

fn parse(given: Result<Answer, Transport>) -> Result<TokenResponse, TokenFailure> {
    TokenResponse::parse(given, 0)
}

/// A response with these members beside the token and its type.
fn with(more: &str) -> Result<TokenResponse, TokenFailure> {
    parse(json(200, &format!(r#"{{"access_token":"a","token_type":"Bearer"{more}}}"#)))
}

fn is_unusable(result: Result<TokenResponse, TokenFailure>) -> bool {
    matches!(result, Err(TokenFailure { error: Error::InvalidResponse(InvalidResponse::Token(_)), .. }))
}

#[test]
fn a_full_response() {
    let body = r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","token_type":"Bearer","expires_in":3600,
        "refresh_token":"tGzv3JOkF0XG5Qx2TlKWIA","example_parameter":"example_value","scope":"a b"}"#;
    let response = parse(json(200, body)).expect("a grant");
    assert_eq!(response.access_token.expose(), "2YotnFZFEjr1zCsicMWpAA", "RFC 6749, 5.1; TOK-10");
    assert_eq!(response.refresh_token.expect("a token").expose(), "tGzv3JOkF0XG5Qx2TlKWIA");
    assert_eq!((response.expires_in, response.scope.as_deref()), (Some(3_600), Some("a b")));
    assert_eq!(response.id_token, None);
}

#[test]
fn only_status_200_is_a_success() {
    let body = r#"{"access_token":"a","token_type":"Bearer"}"#;
    assert!(parse(json(200, body)).is_ok());
    for status in [201, 202, 203, 204, 205, 206, 226, 301, 302, 304, 307, 308] {
        assert!(is_unusable(parse(json(status, body))), "TOK-8: {status}");
    }
    for status in [0, 100, 199, 408, 429, 500, 502, 503, 504, 599, 600, u16::MAX] {
        let failure = parse(json(status, body)).expect_err("no grant");
        assert_eq!(failure.error, Error::Transport(Transport::Status(status)), "TOK-8: {status}");
        assert_eq!(failure.status, status);
    }
}

#[test]
fn only_json_is_a_success() {
    let body = br#"{"access_token":"a","token_type":"Bearer"}"#;
    for (content_type, accepted) in [
        (Some("application/json"), true),
        (Some("application/json;charset=UTF-8"), true),
        (Some("APPLICATION/JSON"), true),
        (Some(" application/json ; charset=\"utf-8\""), true),
        (Some("text/html"), false),
        (Some("text/json"), false),
        (Some("text/plain"), false),
        (Some("application/jwt"), false),
        (Some("application/json-seq"), false),
        (Some("application/x-www-form-urlencoded"), false),
        (Some("text/html; application/json"), false),
        (Some(""), false),
        (None, false),
    ] {
        assert_eq!(parse(Ok(answer(200, content_type, body))).is_ok(), accepted, "TOK-8: {content_type:?}");
    }
}

#[test]
fn the_body_is_one_json_object() {
    for body in [
        "",
        " ",
        "null",
        "[]",
        "\"a\"",
        "1",
        r#"[{"access_token":"a","token_type":"Bearer"}]"#,
        r#"{"access_token":"a","token_type":"Bearer"}x"#,
        r#"{"access_token":"a","token_type":"Bearer"}{}"#,
        r#"{"access_token":"a","token_type":"Bearer""#,
        r#"{"access_token":"a","token_type":"Bearer",}"#,
        r#"{"access_token":"a","token_type":"Bearer","access_token":"b"}"#,
        r#"{"access_token":"a","token_type":"Bearer","x":{"y":1,"y":2}}"#,
        r#"{"access_token":"a","token_type":"Bearer","acc\u0065ss_token":"b"}"#,
        "{'access_token':'a','token_type':'Bearer'}",
        "access_token=a&token_type=Bearer",
        "<html></html>",
    ] {
        assert!(is_unusable(parse(json(200, body))), "TOK-9: {body}");
    }
    let invalid_utf8 = b"{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"x\":\"\xc3\x28\"}";
    assert!(is_unusable(parse(Ok(answer(200, Some("application/json"), invalid_utf8)))), "TOK-9");
}

#[test]
fn access_tokens_fit_into_a_header() {
    for (token, accepted) in [
        (r#""abcXYZ019-._~+/""#, true),
        (r#""a=""#, true),
        (r#""a==""#, true),
        (r#""""#, false),
        (r#""=""#, false),
        (r#""a=b""#, false),
        (r#""a b""#, false),
        (r#"" a""#, false),
        (r#""a\r\nx-evil: 1""#, false),
        (r#""a\u0000""#, false),
        (r#""a,b""#, false),
        (r#""a\"b""#, false),
        (r#""é""#, false),
        ("1", false),
        ("null", false),
        ("true", false),
        (r#"["a"]"#, false),
        (r#"{"a":"b"}"#, false),
    ] {
        let result = parse(json(200, &format!(r#"{{"access_token":{token},"token_type":"Bearer"}}"#)));
        assert_eq!(result.is_ok(), accepted, "TOK-11: {token}");
        assert!(accepted || is_unusable(result));
    }
    assert!(is_unusable(parse(json(200, r#"{"token_type":"Bearer"}"#))), "TOK-22");
    let long = format!(r#"{{"access_token":"{}","token_type":"Bearer"}}"#, "x".repeat(100_000));
    assert!(parse(json(200, &long)).is_ok(), "RFC 6749, 5.1: no assumption about sizes");
}

#[test]
fn the_token_type_is_bearer_or_dpop_in_any_case() {
    for (token_type, accepted) in [
        (r#""bearer""#, true),
        (r#""BEARER""#, true),
        (r#""Bearer""#, true),
        (r#""bEaReR""#, true),
        (r#""mac""#, false),
        (r#""N_A""#, false),
        (r#""DPoP""#, true),
        (r#""dpop""#, true),
        (r#""DPoP ""#, false),
        (r#"" Bearer""#, false),
        (r#""Bearer ""#, false),
        (r#""""#, false),
        ("1", false),
        ("null", false),
        (r#"["Bearer"]"#, false),
    ] {
        let result = parse(json(200, &format!(r#"{{"access_token":"a","token_type":{token_type}}}"#)));
        assert_eq!(result.is_ok(), accepted, "TOK-12, TOK-13, DPOP-26: {token_type}");
        assert!(accepted || is_unusable(result));
    }
    assert!(is_unusable(parse(json(200, r#"{"access_token":"a"}"#))), "TOK-12: absent");
}

#[test]
fn lifetimes_are_read_where_they_make_sense() {
    const TEN_YEARS: u64 = 315_360_000;
    for (value, expected) in [
        ("3600", Some(3_600)),
        ("1", Some(1)),
        (r#""3600""#, Some(3_600)),
        (r#""0060""#, Some(60)),
        ("3600.0", Some(3_600)),
        ("3599.9", Some(3_599)),
        (r#""3600.5""#, Some(3_600)),
        ("5184000", Some(5_184_000)),
        ("315360001", Some(TEN_YEARS)),
        ("18446744073709551615", Some(TEN_YEARS)),
        ("18446744073709551616", Some(TEN_YEARS)),
        ("99999999999999999999999999999999999999999", Some(TEN_YEARS)),
        ("0", None),
        ("0.5", None),
        ("-1", None),
        ("-3600", None),
        (r#""-3600""#, None),
        ("1e3", None),
        ("1e400", None),
        ("1E+99999999999", None),
        (r#""1e9""#, None),
        (r#""NaN""#, None),
        (r#""Infinity""#, None),
        (r#""""#, None),
        (r#"" 60""#, None),
        (r#""60s""#, None),
        (r#""0x10""#, None),
        (r#""+60""#, None),
        (r#""٦٠""#, None),
        ("true", None),
        ("false", None),
        ("null", None),
        ("[3600]", None),
        ("{}", None),
    ] {
        let response = with(&format!(r#","expires_in":{value}"#)).expect("a grant");
        assert_eq!(response.expires_in, expected, "TOK-15, TOK-16: {value}");
    }
    assert_eq!(with("").expect("a grant").expires_in, None, "TOK-15: absent");
}

#[test]
fn refresh_tokens_are_printable() {
    for (token, accepted) in [
        (r#""8xLOxBtZp8""#, true),
        (r##""any printable: !\"#$%&()""##, true),
        ("null", true),
        (r#""""#, false),
        (r#""a\nb""#, false),
        (r#""é""#, false),
        ("1", false),
        ("false", false),
        ("{}", false),
    ] {
        let result = with(&format!(r#","refresh_token":{token}"#));
        assert_eq!(result.is_ok(), accepted, "RFC 6749, A.17: {token}");
        assert!(accepted || is_unusable(result));
    }
}

#[test]
fn id_tokens_are_tokens() {
    for (token, accepted) in [(r#""a.b.c""#, true), ("null", true), (r#""""#, false), (r#""a b""#, false), ("1", false)]
    {
        assert_eq!(with(&format!(r#","id_token":{token}"#)).is_ok(), accepted, "{token}");
    }
}

#[test]
fn scope_is_what_the_server_says() {
    let scope = |more: &str| with(more).expect("a grant").scope;
    assert_eq!(scope(r#","scope":"b a""#).as_deref(), Some("b a"), "TOK-19");
    assert_eq!(scope(""), None);
    assert_eq!(scope(r#","scope":null"#), None);
}

#[test]
fn errors_of_the_server() {
    let told = |name: &str| Error::TokenResponse(ServerError::new(name, None).into());
    for (given, expected) in [
        (error(400, "invalid_grant"), told("invalid_grant")),
        (error(401, "invalid_client"), told("invalid_client")),
        (error(403, "unauthorized_client"), told("unauthorized_client")),
        (error(418, "x"), told("x")),
        (Ok(answer(400, Some("text/plain"), br#"{"error":"invalid_grant"}"#)), told("invalid_grant")),
        (error(200, "invalid_grant"), told("invalid_grant")),
        (json(400, r#"{"error":"bad\u0000\n\"code"}"#), told("bad???code")),
        (json(400, ""), Error::Transport(Transport::Status(400))),
        (json(400, "{}"), Error::Transport(Transport::Status(400))),
        (json(400, r#"{"error":1}"#), Error::Transport(Transport::Status(400))),
        (json(400, r#"{"error":null}"#), Error::Transport(Transport::Status(400))),
        (json(400, r#"{"error":"a","error":"b"}"#), Error::Transport(Transport::Status(400))),
        (Ok(answer(401, Some("text/html"), b"<h1>401</h1>")), Error::Transport(Transport::Status(401))),
        (Ok(answer(502, Some("text/html"), b"<h1>502</h1>")), Error::Transport(Transport::Status(502))),
        (error(408, "invalid_grant"), Error::Transport(Transport::Status(408))),
        (error(429, "invalid_grant"), Error::Transport(Transport::Status(429))),
        (error(500, "invalid_grant"), Error::Transport(Transport::Status(500))),
        (Err(Transport::Network), Error::Transport(Transport::Network)),
        (Err(Transport::Timeout), Error::Transport(Transport::Timeout)),
        (Err(Transport::TooLarge), Error::Transport(Transport::TooLarge)),
    ] {
        let name = format!("{given:?}");
        assert_eq!(parse(given).expect_err("no grant").error, expected, "TOK-21, TOK-22: {name}");
    }
}

#[test]
fn a_success_with_an_error_is_none() {
    let body = r#"{"access_token":"canary","token_type":"Bearer","error":"x","error_description":"y"}"#;
    let failure = parse(json(200, body)).expect_err("no grant");
    let expected = ServerError::new("x", Some("y"));
    assert_eq!(failure.error, Error::TokenResponse(expected.into()), "TOK-22");
    assert!(!format!("{failure:?}").contains("canary"));
}

#[test]
fn pauses_the_server_asks_for() {
    for (value, expected) in [
        (Some("0"), Some(0)),
        (Some("120"), Some(120_000)),
        (Some(" 7 "), Some(7_000)),
        (Some("3601"), Some(3_600_000)),
        (Some("18446744073709551615"), Some(3_600_000)),
        (Some("-1"), None),
        (Some("1.5"), None),
        (Some("Thu, 01 Jan 1970 00:02:00 GMT"), Some(120_000)),
        (Some(""), None),
        (None, None),
    ] {
        let given = Answer { retry_after: value.map(Into::into), ..answer(503, None, b"") };
        assert_eq!(parse(Ok(given)).expect_err("no grant").retry_after_ms, expected, "RFC 9110, 10.2.3: {value:?}");
    }
}

#[test]
fn what_repeats_a_secret_that_was_sent_is_not_told() {
    let told = |error: &str, description: &str, secrets: &[&str]| {
        let body = format!(r#"{{"error":"{error}","error_description":"{description}"}}"#);
        let failure = parse(json(400, &body)).expect_err("a refusal").concealing(secrets);
        let Error::TokenResponse(told) = failure.error else { panic!("{:?}", failure.error) };
        (told.error, told.description)
    };
    let secret = "tGzv3JOkF0XG5Qx2TlKWIA";
    let plain = ("invalid_grant".into(), Some("expired".into()));
    assert_eq!(told("invalid_grant", "expired", &[secret]), plain);
    assert_eq!(told("invalid_grant", "expired", &[""]), plain, "nothing was sent");
    for repeated in [secret, "no such token: tGzv3JOkF0XG5Qx2TlKWIA", "tGzv3JOkF0XG5Q... is unknown"] {
        assert_eq!(told("invalid_client", repeated, &["code", secret]), ("invalid_client".into(), None), "LOG-1");
    }
    assert_eq!(told(secret, "x", &[secret]), (String::new(), Some("x".into())), "LOG-1");
}
