//! RFC 6749, 4.1.3 and 6, and RFC 7009, 2.1: what is in the bodies, and what isn't.

use tokenkeep::proto::oauth::authorization::Transaction;
use tokenkeep::proto::oauth::token::{code_request, refresh_request, revocation_request};
use tokenkeep::proto::syntax::secret::{AccessToken, AuthorizationCode, CodeVerifier, FormBody, Nonce, RefreshToken};

const ODD: &str = "a b+c%d&e=f/\u{1f511}";

fn pairs(body: &FormBody) -> Vec<(String, String)> {
    assert!(body.expose().bytes().all(|b| b.is_ascii_graphic()), "TOK-1: {}", body.expose());
    form_urlencoded::parse(body.expose().as_bytes()).into_owned().collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn transaction() -> Transaction {
    Transaction {
        issuer: "https://as.example".into(),
        client_id: "spa".into(),
        token_endpoint: "https://as.example/token".into(),
        verifier: CodeVerifier::new("verifier"),
        nonce: Some(Nonce::new("nonce")),
        redirect_uri: "https://app.example/callback?x=%C3%A9".into(),
        scope: "files:read".into(),
        resources: Vec::new(),
        dpop_key: None,
        max_age: None,
        acr_values: None,
        iss_parameter: true,
        unattended: false,
        created_unix_ms: 0,
        return_to: None,
        app_state: None,
    }
}

// TOK-1
#[test]
fn the_code_is_exchanged_with_verifier_and_redirection_uri() {
    let body = code_request("spa", &AuthorizationCode::new(ODD), &transaction());
    let expected = owned(&[
        ("grant_type", "authorization_code"),
        ("code", ODD),
        ("redirect_uri", "https://app.example/callback?x=%C3%A9"),
        ("client_id", "spa"),
        ("code_verifier", "verifier"),
    ]);
    assert_eq!(pairs(&body), expected, "TOK-3, TOK-4, TOK-5, PKCE-8");
}

#[test]
fn a_refresh_asks_for_what_was_granted() {
    let body = refresh_request("spa", &RefreshToken::new(ODD), None, None);
    let expected = owned(&[("grant_type", "refresh_token"), ("refresh_token", ODD), ("client_id", "spa")]);
    assert_eq!(pairs(&body), expected, "REF-14, REF-15");
}

#[test]
fn the_refresh_token_is_revoked_or_else_the_access_token() {
    let (access, refresh) = (AccessToken::new("access"), RefreshToken::new(ODD));
    let with_refresh = owned(&[("token", ODD), ("token_type_hint", "refresh_token"), ("client_id", "spa")]);
    let without = owned(&[("token", "access"), ("token_type_hint", "access_token"), ("client_id", "spa")]);
    assert_eq!(pairs(&revocation_request("spa", &access, Some(&refresh))), with_refresh, "REV-2, REV-3, REV-4");
    assert_eq!(pairs(&revocation_request("spa", &access, None)), without, "REV-2");
}

#[test]
fn an_odd_client_id_survives_too() {
    let body = refresh_request("https://app.example/client?a=b&c", &RefreshToken::new("r"), None, None);
    assert_eq!(pairs(&body)[2].1, "https://app.example/client?a=b&c");
}

#[test]
fn no_grant_hands_over_credentials_of_the_user() {
    let bodies = [
        code_request("spa", &AuthorizationCode::new("c"), &transaction()),
        refresh_request("spa", &RefreshToken::new("r"), Some("files:read"), Some("https://api.example")),
    ];
    let grants: Vec<_> = bodies.iter().map(|body| pairs(body)[0].clone()).collect();
    let expected = owned(&[("grant_type", "authorization_code"), ("grant_type", "refresh_token")]);
    assert_eq!(grants, expected, "AUTHZ-2: there is no third");
    for body in &bodies {
        let names: Vec<_> = pairs(body).into_iter().map(|(name, _)| name).collect();
        assert!(!names.iter().any(|name| name == "username" || name == "password"), "AUTHZ-2: {names:?}");
    }
}

#[test]
fn bodies_show_nothing_of_themselves() {
    let bodies = [
        code_request("spa", &AuthorizationCode::new("canary"), &transaction()),
        refresh_request("spa", &RefreshToken::new("canary"), None, None),
    ];
    assert_eq!(format!("{bodies:?}"), "[FormBody([redacted]), FormBody([redacted])]", "LOG-4");
}
