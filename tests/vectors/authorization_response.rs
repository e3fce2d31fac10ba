//! RFC 6749, 4.1.2, RFC 9207 and the order in which a response is judged.

use tokenkeep::proto::error::{Error, InvalidResponse};
use tokenkeep::proto::oauth::authorization::Transaction;
use tokenkeep::proto::oauth::callback::{AuthorizationResponse, TRANSACTION_LIFETIME_MS};
use tokenkeep::proto::syntax::secret::CodeVerifier;

use crate::support::{ISSUER, REDIRECT_URI, START_UNIX_MS};

const CREATED: u64 = START_UNIX_MS;
const ISS: &str = "iss=https%3A%2F%2Fas.example";

fn transaction(iss_parameter: bool) -> Transaction {
    Transaction {
        client_id: "spa".into(),
        token_endpoint: "https://as.example/token".into(),
        issuer: ISSUER.into(),
        verifier: CodeVerifier::new("v"),
        nonce: None,
        redirect_uri: REDIRECT_URI.into(),
        scope: String::new(),
        resources: Vec::new(),
        dpop_key: None,
        max_age: None,
        acr_values: None,
        iss_parameter,
        unattended: false,
        created_unix_ms: CREATED,
        return_to: None,
        app_state: None,
    }
}

/// The code, or the error, of a response that arrives with this query.
fn judge(query: &str, transaction: &Transaction, unix_ms: u64) -> Result<String, Error> {
    let response = AuthorizationResponse::parse(&format!("{REDIRECT_URI}?{query}"), REDIRECT_URI)?;
    let code = response.expect("a response").redeem(transaction, unix_ms)?;
    Ok(code.expose().to_owned())
}

fn code_of(query: &str) -> Result<String, &'static str> {
    judge(query, &transaction(true), CREATED).map_err(|error| error.code().trim_start_matches("TOKENKEEP_"))
}

#[test]
fn responses_that_are_accepted() {
    for (query, code) in [
        (format!("code=abc&state=s&{ISS}"), "abc"),
        (format!("{ISS}&state=s&code=abc"), "abc"),
        (format!("code=a%2Bb%20c%26%25+d&state=s&{ISS}"), "a+b c&% d"),
        (format!("code=abc&state=s&{ISS}&foo=1&foo=2&scope=x"), "abc"),
        (format!("code=abc&state=s&{ISS}&error=&error_description="), "abc"),
        (format!("code=abc&state=s&{ISS}&session_state=x"), "abc"),
        (format!("code=abc&state=s#{ISS}"), "abc"),
        (format!("#code=abc&state=s&{ISS}"), "abc"),
    ] {
        assert_eq!(code_of(&query).as_deref(), Ok(code), "CB-17: {query}");
    }
}

#[test]
fn every_check_refuses_by_itself() {
    for (query, expected, id) in [
        (format!("code=a&code=b&state=s&{ISS}"), "DUPLICATE_PARAMETER", "CB-2"),
        (format!("code=a&code=a&state=s&{ISS}"), "DUPLICATE_PARAMETER", "CB-2"),
        (format!("code=a&state=s&state=s&{ISS}"), "DUPLICATE_PARAMETER", "CB-2"),
        (format!("code=a&state=s&{ISS}&{ISS}"), "DUPLICATE_PARAMETER", "CB-2"),
        ("error=a&error=b&state=s".into(), "DUPLICATE_PARAMETER", "CB-2"),
        ("error=a&error_description=b&error_description=c&state=s".into(), "DUPLICATE_PARAMETER", "CB-2"),
        ("error=a&error_uri=b&error_uri=c&state=s".into(), "DUPLICATE_PARAMETER", "CB-2"),
        (format!("code=a&state=s&{ISS}&session_state=a&session_state=b"), "DUPLICATE_PARAMETER", "CB-2"),
        (format!("code=a&state=s&{ISS}&code="), "DUPLICATE_PARAMETER", "CB-2"),
        (format!("code=a&state=s&{ISS}#code=b"), "DUPLICATE_PARAMETER", "CB-2"),
        (format!("code=a&%63ode=b&state=s&{ISS}"), "DUPLICATE_PARAMETER", "CB-2"),
        (format!("code=a&{ISS}"), "STATE_MISSING", "CB-1"),
        (format!("code=a&state=&{ISS}"), "STATE_MISSING", "CB-1"),
        ("error=access_denied".into(), "STATE_MISSING", "CB-3"),
        ("code=a&state=s".into(), "ISSUER_MISSING", "CB-6"),
        ("code=a&state=s&iss=".into(), "ISSUER_MISSING", "CB-6"),
        ("error=access_denied&state=s".into(), "AUTHORIZATION_ERROR", "CB-6: servers leave it out of errors"),
        ("code=a&state=s&iss=https%3A%2F%2Fother.example".into(), "ISSUER_MISMATCH", "CB-7"),
        (format!("code=a&error=b&state=s&{ISS}"), "RESPONSE_MALFORMED", "CB-15"),
        (format!("state=s&{ISS}"), "RESPONSE_MALFORMED", "CB-15"),
        (format!("code=&state=s&{ISS}"), "RESPONSE_MALFORMED", "CB-17"),
        (format!("error_description=x&state=s&{ISS}"), "RESPONSE_MALFORMED", "CB-15"),
        (format!("error=access_denied&state=s&{ISS}"), "AUTHORIZATION_ERROR", "CB-3"),
        (format!("code=a&state=s&{ISS}&access_token=x"), "TOKEN_IN_RESPONSE", "CB-16"),
        (format!("code=a&state=s&{ISS}#id_token=x"), "TOKEN_IN_RESPONSE", "CB-16"),
        ("#access_token=x&token_type=Bearer".into(), "TOKEN_IN_RESPONSE", "CB-16"),
        ("refresh_token=".into(), "TOKEN_IN_RESPONSE", "CB-16"),
    ] {
        assert_eq!(code_of(&query), Err(expected), "{id}: {query}");
    }
}

#[test]
fn earlier_checks_win() {
    let stale = CREATED + TRANSACTION_LIFETIME_MS + 1;
    let other_iss = "iss=https%3A%2F%2Fevil.example";
    for (query, unix_ms, expected) in [
        ("access_token=x&code=a&code=b".to_owned(), CREATED, InvalidResponse::TokenInResponse),
        ("code=a&code=b".to_owned(), CREATED, InvalidResponse::DuplicateParameter),
        (format!("error=x&{other_iss}"), CREATED, InvalidResponse::StateMissing),
        (format!("error=x&state=s&{other_iss}"), stale, InvalidResponse::TransactionExpired),
        (format!("error=x&state=s&{other_iss}"), CREATED, InvalidResponse::IssuerMismatch),
        (format!("error=x&code=a&state=s&{other_iss}"), CREATED, InvalidResponse::IssuerMismatch),
        (format!("error=x&code=a&state=s&{ISS}"), CREATED, InvalidResponse::Malformed),
    ] {
        assert_eq!(judge(&query, &transaction(true), unix_ms), Err(Error::InvalidResponse(expected)), "CB-3: {query}");
    }
}

#[test]
fn the_issuer_is_compared_as_it_is() {
    for iss in [
        "https://as.example/",
        "HTTPS://as.example",
        "https://AS.example",
        "https://as.example:443",
        "https://as.example.",
        "https://as%2Eexample",
        " https://as.example",
        "https://as.example?",
        "https://as.example#",
        "as.example",
    ] {
        let encoded: String = form_urlencoded::byte_serialize(iss.as_bytes()).collect();
        for advertised in [true, false] {
            let refused = judge(&format!("code=a&state=s&iss={encoded}"), &transaction(advertised), CREATED);
            assert_eq!(refused, Err(Error::InvalidResponse(InvalidResponse::IssuerMismatch)), "CB-8, CB-9: {iss}");
        }
    }
}

#[test]
fn an_issuer_that_was_not_announced_may_be_absent_or_right() {
    let plain = transaction(false);
    assert_eq!(judge("code=a&state=s", &plain, CREATED).as_deref(), Ok("a"));
    assert_eq!(judge(&format!("code=a&state=s&{ISS}"), &plain, CREATED).as_deref(), Ok("a"), "CB-9");
}

#[test]
fn an_error_of_another_issuer_is_not_repeated() {
    let query = "error=canary&error_description=canary&error_uri=canary&state=s&iss=https%3A%2F%2Fevil.example";
    let refused = judge(query, &transaction(true), CREATED).expect_err("another issuer");
    assert!(!format!("{refused:?} {}", refused.to_object().to_json()).contains("canary"), "CB-10");
}

#[test]
fn another_place_is_no_response() {
    for href in [
        "https://app.example/other?code=a&state=s",
        "https://app.example/?code=a&state=s",
        "https://app.example/callback/?code=a&state=s",
        "https://app.example/Callback?code=a&state=s",
        "http://app.example/callback?code=a&state=s",
        "https://app.example:8443/callback?code=a&state=s",
        "https://www.app.example/callback?code=a&state=s",
        "about:blank",
        "",
    ] {
        assert_eq!(AuthorizationResponse::parse(href, REDIRECT_URI), Ok(None), "CB-14: {href}");
    }
}

#[test]
fn the_record_s_own_redirection_uri_must_be_the_place_of_arrival() {
    let elsewhere = Transaction { redirect_uri: "https://app.example/other".into(), ..transaction(true) };
    let refused = judge(&format!("code=a&state=s&{ISS}"), &elsewhere, CREATED);
    let moved = InvalidResponse::Moved(format!("{REDIRECT_URI}, and redirectUri is https://app.example/other").into());
    assert_eq!(refused, Err(Error::InvalidResponse(moved)), "CB-13");
}

#[test]
fn a_redirection_uri_with_a_query_still_is_the_place() {
    let redirect_uri = "https://app.example/callback?app=1";
    let href = format!("https://app.example/callback?app=1&code=a&state=s&{ISS}");
    let response = AuthorizationResponse::parse(&href, redirect_uri).expect("a response").expect("a response");
    let kept = Transaction { redirect_uri: redirect_uri.into(), ..transaction(true) };
    assert_eq!(response.redeem(&kept, CREATED).expect("a code").expose(), "a");
}

#[test]
fn a_pending_sign_in_expires_after_ten_minutes() {
    for (unix_ms, fresh) in [
        (CREATED, true),
        (CREATED + 599_999, true),
        (CREATED + 600_000, true),
        (CREATED + 600_001, false),
        (u64::MAX, false),
        (CREATED - 3_600_000, false),
        (0, false),
    ] {
        let judged = judge(&format!("code=a&state=s&{ISS}"), &transaction(true), unix_ms);
        let expired = Err(Error::InvalidResponse(InvalidResponse::TransactionExpired));
        assert_eq!(judged, if fresh { Ok("a".into()) } else { expired }, "AUTHZ-16: at {unix_ms}");
    }
}

#[test]
fn long_codes_are_fine_and_absurd_ones_are_not() {
    let judged = |length: usize| code_of(&format!("code={}&state=s&{ISS}", "x".repeat(length)));
    assert_eq!(judged(4_096).map(|code| code.len()), Ok(4_096), "CB-26");
    assert_eq!(judged(1 << 16).map(|code| code.len()), Ok(1 << 16));
    assert_eq!(judged((1 << 16) + 1), Err("RESPONSE_MALFORMED"));
    assert_eq!(judged(1 << 20), Err("RESPONSE_MALFORMED"), "CB-26");
}

#[test]
fn the_server_s_text_comes_clean_and_short() {
    let long = "x".repeat(1 << 20);
    for (error, description, shown, described) in [
        ("access_denied", "No%20thanks.", "access_denied", "No thanks."),
        ("%3Cimg%20onerror%3D1%3E", "%22%5C%0A%C3%A9", "<img onerror=1>", "????"),
        ("a%00b", "%F0%9F%94%91", "a?b", "?"),
        ("e", long.as_str(), "e", &long[..300]),
        (long.as_str(), "d", &long[..64], "d"),
    ] {
        let query =
            format!("error={error}&error_description={description}&state=s&{ISS}&error_uri=javascript:alert(1)");
        let told = judge(&query, &transaction(true), CREATED).expect_err("an error");
        let object = told.to_object();
        assert_eq!(
            (object.string("error"), object.string("errorDescription")),
            (Some(shown), Some(described)),
            "CB-24"
        );
        assert!(!object.to_json().contains("javascript"), "CB-25");
    }
}

#[test]
fn errors_that_need_the_user_are_told_apart() {
    for (error, expected) in [
        ("login_required", "INTERACTION_REQUIRED"),
        ("interaction_required", "INTERACTION_REQUIRED"),
        ("consent_required", "INTERACTION_REQUIRED"),
        ("account_selection_required", "INTERACTION_REQUIRED"),
        ("access_denied", "AUTHORIZATION_ERROR"),
        ("server_error", "AUTHORIZATION_ERROR"),
        ("Login_Required", "AUTHORIZATION_ERROR"),
    ] {
        let query = format!("error={error}&state=s&{ISS}");
        let asked_for_no_page = Transaction { unattended: true, ..transaction(true) };
        let told = judge(&query, &asked_for_no_page, CREATED).expect_err("an error");
        assert_eq!(told.code(), format!("TOKENKEEP_{expected}"), "AUTHZ-23: {error}");
        assert_eq!(code_of(&query), Err("AUTHORIZATION_ERROR"), "a person was asked: {error}");
    }
}

#[test]
fn characters_a_browser_leaves_alone_do_not_hide_a_response() {
    for query in [
        format!("code=a\\b&state=s&{ISS}"),
        format!("code=a&state=s&{ISS}&x=|^`{{}}'"),
        format!("code=a&state=s&{ISS}#\\"),
    ] {
        let href = format!("{REDIRECT_URI}?{query}");
        let response = AuthorizationResponse::parse(&href, REDIRECT_URI);
        assert!(matches!(response, Ok(Some(_))), "new URL().href keeps these as they are: {href}");
    }
}
