//! RFC 8414 documents.

use tokenkeep::proto::error::{Error, InvalidResponse};
use tokenkeep::proto::oauth::metadata::AuthorizationServer;
use tokenkeep::proto::syntax::json::Object;

const ISSUER: &str = "https://as.example";

/// A good document with `change` made to its text.
fn document(change: impl Fn(String) -> String) -> Object {
    let text = r#"{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",
        "token_endpoint":"https://as.example/token","revocation_endpoint":"https://as.example/revoke",
        "response_types_supported":["code","code id_token"],"grant_types_supported":["authorization_code","refresh_token"],
        "code_challenge_methods_supported":["plain","S256"],"authorization_response_iss_parameter_supported":true}"#;
    Object::parse(change(text.to_owned()).as_bytes()).expect("JSON")
}

fn parse(document: &Object) -> Result<AuthorizationServer, Error> {
    AuthorizationServer::parse(document, ISSUER, false, false)
}

fn replaced(from: &str, to: &str) -> Result<AuthorizationServer, Error> {
    let changed = document(|text| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    parse(&changed)
}

fn is_unusable<T>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::InvalidResponse(InvalidResponse::Metadata(_))))
}

#[test]
fn a_good_document_gives_its_endpoints() {
    let server = parse(&document(|text| text)).expect("metadata");
    assert_eq!(
        server,
        AuthorizationServer {
            issuer: ISSUER.into(),
            found_at: None,
            authorization_endpoint: "https://as.example/authorize".into(),
            token_endpoint: "https://as.example/token".into(),
            revocation_endpoint: Some("https://as.example/revoke".into()),
            pushed_authorization_request_endpoint: None,
            require_pushed_authorization_requests: false,
            dpop: None,
            userinfo_endpoint: None,
            end_session_endpoint: None,
            jwks_uri: None,
            iss_parameter: true,
            registration_endpoint: None,
            takes_metadata_documents: false,
            offers_offline_access: false,
            protected_resources: None,
        }
    );
}

#[test]
fn the_issuer_is_equal_or_the_document_is_not_used() {
    for (announced, configured) in [
        ("https://as.example/", "https://as.example"),
        ("https://as.example", "https://as.example/"),
        ("https://AS.example", "https://as.example"),
        ("https://as.example:443", "https://as.example"),
        ("https://evil.example", "https://as.example"),
        ("https://as.example/tenant", "https://as.example"),
        ("http://as.example", "https://as.example"),
        ("https://as.example/caf\u{e9}", "https://as.example/cafe\u{301}"),
    ] {
        let document = document(|text| text.replace(r#""https://as.example""#, &format!("\"{announced}\"")));
        let refused = AuthorizationServer::parse(&document, configured, false, false);
        assert!(is_unusable(refused), "DISC-2, DISC-10: {announced} for {configured}");
    }
    for issuer in ["null", "1", "[\"https://as.example\"]", "\"\""] {
        assert!(is_unusable(replaced(r#""https://as.example""#, issuer)), "DISC-2: {issuer}");
    }
}

#[test]
fn an_issuer_mismatch_is_told_without_repeating_nonsense() {
    let document =
        document(|text| text.replace(r#""https://as.example""#, &format!("\"<\\u0000\\n{}\"", "x".repeat(9_999))));
    let message = parse(&document).expect_err("a mismatch").message().into_owned();
    assert!(message.len() < 500 && !message.contains('\n') && !message.contains('\0'), "{message}");
    assert!(message.contains(ISSUER));
}

#[test]
fn endpoints_are_absolute_https_urls_without_fragment() {
    for name in ["authorize", "token", "revoke"] {
        let endpoint = format!("https://as.example/{name}");
        for bad in [
            format!("http://as.example/{name}"),
            format!("https://as.example/{name}#x"),
            format!("//as.example/{name}"),
            format!("/{name}"),
            format!("javascript:alert('{name}')"),
            format!("https://user@as.example/{name}"),
            format!("http://127.0.0.1/{name}"),
            String::new(),
        ] {
            assert!(is_unusable(replaced(&endpoint, &bad)), "AUTHZ-6, DISC-6, REV-8: {bad}");
        }
        for bad in ["1", "true", "{}", "[]"] {
            assert!(is_unusable(replaced(&format!("\"{endpoint}\""), bad)), "DISC-6: {bad}");
        }
    }
}

#[test]
fn endpoints_of_extensions_are_https_or_not_used() {
    let with = |name: &str, url: &str| {
        let text = document(|text| text.replacen('{', &format!(r#"{{"{name}":"{url}","#), 1));
        parse(&text).map(|server| match name {
            "pushed_authorization_request_endpoint" => server.pushed_authorization_request_endpoint,
            "jwks_uri" => server.jwks_uri,
            "userinfo_endpoint" => server.userinfo_endpoint,
            "end_session_endpoint" => server.end_session_endpoint,
            _ => server.registration_endpoint,
        })
    };
    let (needed, spare) =
        (["pushed_authorization_request_endpoint", "jwks_uri"], ["userinfo_endpoint", "end_session_endpoint"]);
    for name in needed.iter().chain(&spare).chain(&["registration_endpoint"]) {
        let good = with(name, "https://as.example/x");
        assert_eq!(good, Ok(Some("https://as.example/x".into())), "{name}");
        for bad in ["http://as.example/x", "https://as.example/x#y", "/x", "javascript:x", "https://u@as.example/x"] {
            let found = with(name, bad);
            let refused = if needed.contains(name) { is_unusable(found.clone()) } else { found == Ok(None) };
            assert!(refused, "DISC-6, PAR-2: {name} {bad}: {found:?}");
        }
    }
}

#[test]
fn http_endpoints_are_for_loopback_in_development() {
    let document = document(|text| text.replace("https://as.example/", "http://127.0.0.1:9000/"));
    assert!(is_unusable(AuthorizationServer::parse(&document, ISSUER, false, false)));
    assert!(AuthorizationServer::parse(&document, ISSUER, true, false).is_ok());
    let document = self::document(|text| text.replace("https://as.example/", "http://as.example/"));
    assert!(is_unusable(AuthorizationServer::parse(&document, ISSUER, true, false)));
}

#[test]
fn endpoints_that_are_needed_may_not_be_missing() {
    for (member, needed) in [("authorization_endpoint", true), ("token_endpoint", true), ("revocation_endpoint", false)]
    {
        assert_eq!(is_unusable(replaced(&format!("\"{member}\""), "\"x\"")), needed, "{member}");
        let with_null = document(|text| {
            let start = text.find(&format!("\"{member}\":")).expect("a member") + member.len() + 3;
            let end = start + text[start..].find(',').expect("an end");
            format!("{}null{}", &text[..start], &text[end..])
        });
        assert_eq!(is_unusable(parse(&with_null)), needed, "{member}: null");
    }
}

#[test]
fn lists_must_have_what_is_used() {
    for (from, to, usable) in [
        (r#"["code","code id_token"]"#, r#"["token"]"#, false),
        (r#"["code","code id_token"]"#, r#"["code id_token"]"#, false),
        (r#"["code","code id_token"]"#, "[]", false),
        (r#"["code","code id_token"]"#, "{}", false),
        (r#"["code","code id_token"]"#, "null", true),
        (r#""response_types_supported""#, r#""x""#, true),
        (r#"["authorization_code","refresh_token"]"#, r#"["implicit"]"#, false),
        (r#"["authorization_code","refresh_token"]"#, "[]", false),
        (r#"["authorization_code","refresh_token"]"#, r#"["authorization_code"]"#, true),
        (r#""grant_types_supported""#, r#""x""#, true),
    ] {
        assert_eq!(replaced(from, to).is_ok(), usable, "DISC-11: {to}");
    }
}

#[test]
fn pkce_is_announced_or_assumed_by_configuration() {
    for (from, to) in [
        (r#"["plain","S256"]"#, r#"["plain"]"#),
        (r#"["plain","S256"]"#, "[]"),
        (r#"["plain","S256"]"#, r#"["s256"]"#),
        (r#"["plain","S256"]"#, "null"),
        (r#"["plain","S256"]"#, "true"),
        (r#""code_challenge_methods_supported""#, r#""x""#),
    ] {
        let changed = document(|text| text.replace(from, to));
        let refused = Err(Error::InvalidResponse(InvalidResponse::PkceUnsupported));
        assert_eq!(parse(&changed), refused, "PKCE-7: {to}");
        assert!(AuthorizationServer::parse(&changed, ISSUER, false, true).is_ok(), "PKCE-7: assumePkce");
    }
}

#[test]
fn only_true_announces_the_iss_parameter() {
    let member = r#""authorization_response_iss_parameter_supported":true"#;
    for (value, expected) in [("true", true), ("false", false), ("null", false), ("\"true\"", false), ("1", false)] {
        let server = replaced(member, &member.replace("true", value)).expect("metadata");
        assert_eq!(server.iss_parameter, expected, "DISC-12: {value}");
    }
    assert!(!replaced(member, r#""x":1"#).expect("metadata").iss_parameter);
}

#[test]
fn signed_metadata_and_strangers_have_no_effect() {
    let changed = document(|text| {
        let more = r#"{"signed_metadata":"eyJhbGciOiJub25lIn0.eyJ0b2tlbl9lbmRwb2ludCI6Imh0dHBzOi8vZXZpbCJ9.","x":[1],"#;
        text.replacen('{', more, 1)
    });
    assert_eq!(parse(&changed), parse(&document(|text| text)), "DISC-14");
}
