//! `WWW-Authenticate` by its grammar (WWW-1 to WWW-5, WWW-9, WWW-10).

use tokenkeep::proto::oauth::challenge::Challenge;

fn error(field: &str) -> Option<String> {
    Challenge::parse(field).and_then(|challenge| challenge.error)
}

#[test]
fn errors_are_found_by_grammar() {
    for (field, expected) in [
        (r#"Bearer error="invalid_token""#, Some("invalid_token")),
        ("Bearer error=invalid_token", Some("invalid_token")),
        ("bearer ERROR = invalid_token", Some("invalid_token")),
        (r#"DPoP algs="ES256", error="use_dpop_nonce""#, Some("use_dpop_nonce")),
        (r#"Bearer realm="a, b", error="invalid_token""#, Some("invalid_token")),
        (r#"Bearer realm="say \"error=x\"", error="invalid_token""#, Some("invalid_token")),
        (r#"Basic realm="x", Bearer error="invalid_token""#, Some("invalid_token")),
        (r#"Negotiate abc==, Bearer error="invalid_token""#, Some("invalid_token")),
        (r#"Negotiate, Bearer error="invalid_token""#, Some("invalid_token")),
        (r#"Bearer, Bearer error="invalid_token""#, Some("invalid_token")),
        (r#"Bearer error="a", DPoP error="b""#, Some("a")),
        ("Bearer error=\"a\"\t,\t, DPoP error=\"b\"", Some("a")),
        (r#", ,Bearer error="a""#, Some("a")),
        (r#"Bearer x="\\", error="a""#, Some("a")),
        ("Bearer", None),
        ("Bearer realm=\"x\"", None),
        ("", None),
        (r#"Basic error="invalid_token""#, None),
        (r#"Bearer realm="error=invalid_token""#, None),
        (r#"Bearer realm="use_dpop_nonce""#, None),
        (r#"error="invalid_token""#, None),
    ] {
        assert_eq!(error(field).as_deref(), expected, "WWW-1, WWW-2: {field}");
    }
}

#[test]
fn broken_challenges_are_none() {
    for field in [
        r#"Bearer error="a", error="b""#,
        r#"Bearer realm="a", Realm="b", error="c""#,
        r#"Bearer scope="a", error="b", scope="a""#,
        r#"Bearer error="unterminated"#,
        r#"Bearer error="a" scope="b""#,
        "Bearer error=\"a\u{1}\"",
        "Bearer error=\"a\\\u{1}\"",
        "Bearer error=\"\u{e9}\"",
        r#"Bearer error="a", scope="a  b""#,
        r#"Bearer error="a", scope="a\"b""#,
        r#"Bearer error="a", max_age=-1"#,
        r#"Bearer error="a", max_age="1.5""#,
        r#"Bearer error="a", max_age=1e9"#,
        r#"Bearer error="a", max_age="""#,
        r#"Bearer error="a", max_age=99999999999999999999"#,
    ] {
        assert_eq!(error(field), None, "WWW-3, WWW-4, WWW-10: {field}");
    }
    assert_eq!(Challenge::parse(&format!("Bearer error=\"{}\"", "a".repeat(9_000))), None);
}

#[test]
fn what_a_resource_asks_for_is_read() {
    let challenge = Challenge::parse(
        r#"Bearer error="insufficient_user_authentication", error_description="<b>x</b>", acr_values="gold silver", max_age="5", foo=bar"#,
    );
    let expected = Challenge {
        error: Some("insufficient_user_authentication".into()),
        acr_values: Some("gold silver".into()),
        max_age: Some(5),
        ..Challenge::default()
    };
    assert!(!format!("{challenge:?}").contains("<b>"), "WWW-12: the description is not even kept");
    assert_eq!(challenge, Some(expected), "WWW-5, WWW-9");
    let challenge = Challenge::parse(r#"Bearer error="insufficient_scope", scope="files:read files:write", max_age=0"#);
    let expected = Challenge {
        error: Some("insufficient_scope".into()),
        scope: Some("files:read files:write".into()),
        max_age: Some(0),
        ..Challenge::default()
    };
    assert_eq!(challenge, Some(expected), "WWW-8, WWW-10");
}

#[test]
fn the_place_of_the_metadata_is_read() {
    let place = |field: &str| Challenge::parse(field).and_then(|challenge| challenge.resource_metadata);
    let url = "https://api.example/.well-known/oauth-protected-resource";
    let found = Some(url.to_owned());
    assert_eq!(place(&format!(r#"Bearer resource_metadata="{url}""#)), found);
    assert_eq!(place(&format!(r#"DPoP algs="ES256", Resource_Metadata="{url}", error="x""#)), found);
    assert_eq!(place(&format!(r#"Bearer resource_metadata="{url}", scope="a b""#)), found);
    assert_eq!(place(&format!(r#"Basic resource_metadata="{url}""#)), None);
    assert_eq!(place(&format!(r#"Bearer realm="resource_metadata={url}""#)), None, "WWW-2");
    assert_eq!(place(&format!(r#"Bearer resource_metadata="{url}", resource_metadata="{url}""#)), None, "WWW-3");
    assert_eq!(place("Bearer resource_metadata=\"https://\u{e9}.example/\""), None, "WWW-4");
}

#[test]
fn values_of_a_thousand_characters_are_the_longest() {
    let scope = |length: usize| format!("Bearer error=a, scope=\"{}\"", "s".repeat(length));
    assert!(Challenge::parse(&scope(1_000)).is_some_and(|challenge| challenge.scope.is_some()));
    assert_eq!(Challenge::parse(&scope(1_001)), None);
}
