//! OpenID Connect Core 3.1.3.7.

use tokenkeep::proto::error::{Error, InvalidResponse};
use tokenkeep::proto::oauth::id_token::{Claims, Expected};
use tokenkeep::proto::syntax::base64url::base64url;

use crate::support::jwt;

const NOW_S: u64 = 1_700_000_000;
const LEEWAY_S: u64 = 120;
const RS256: &str = r#"{"alg":"RS256","kid":"1"}"#;
const EXPECTED: Expected<'static> = Expected {
    issuer: "https://as.example",
    client_id: "spa",
    audiences: &[],
    nonce: Some("n-0S6_WzA2Mj"),
    max_age: None,
    anchor: None,
    access_token: None,
    strict: false,
    unix_ms: NOW_S * 1_000,
};

/// Good claims, of which `changes` are replaced, added, or removed if empty.
fn claims(changes: &[(&str, &str)]) -> String {
    let (exp, iat) = ((NOW_S + 300).to_string(), NOW_S.to_string());
    let mut members = vec![
        ("iss", r#""https://as.example""#),
        ("sub", r#""248289761001""#),
        ("aud", r#""spa""#),
        ("nonce", r#""n-0S6_WzA2Mj""#),
        ("exp", exp.as_str()),
        ("iat", iat.as_str()),
    ];
    for (name, value) in changes {
        members.retain(|(known, _)| known != name);
        members.push((name, value));
    }
    let members: Vec<_> = members
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("\"{name}\":{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn parse(changes: &[(&str, &str)]) -> Result<Claims, Error> {
    Claims::parse(&jwt(RS256, &claims(changes)), &EXPECTED)
}

/// The claim a refusal names.
fn refused(result: Result<Claims, Error>) -> Option<&'static str> {
    match result {
        Ok(_) => None,
        Err(Error::InvalidResponse(InvalidResponse::IdToken(claim))) => Some(claim),
        Err(other) => panic!("{other:?}"),
    }
}

fn check(name: &'static str, bad: &[&str], good: &[&str]) {
    for value in bad {
        assert_eq!(refused(parse(&[(name, value)])), Some(name), "{name}: {value}");
    }
    for value in good {
        assert_eq!(refused(parse(&[(name, value)])), None, "{name}: {value}");
    }
}

#[test]
fn a_good_token_tells_the_user() {
    let parsed = parse(&[("name", r#""Jane""#), ("email_verified", "true")]).expect("claims");
    assert_eq!(parsed.subject, "248289761001");
    assert!(parsed.json.contains(r#""name":"Jane""#) && parsed.json.contains(r#""email_verified":true"#), "IDT-23");
}

#[test]
fn protocol_claims_are_not_shown() {
    let parsed =
        parse(&[("at_hash", r#""canary""#), ("c_hash", r#""canary""#), ("s_hash", r#""canary""#)]).expect("claims");
    assert!(!parsed.json.contains("canary") && !parsed.json.contains("n-0S6_WzA2Mj"), "{}", parsed.json);
}

// IDT-1, IDT-2, IDT-3, IDT-4, CB-12
#[test]
fn issuer_and_audience() {
    check(
        "iss",
        &["", "null", "1", r#""https://as.example/""#, r#""https://AS.example""#, r#""https://evil.example""#],
        &[],
    );
    check(
        "aud",
        &["", "null", "1", r#""""#, r#""other""#, r#""SPA""#, "[]", r#"["other"]"#, "[1]", r#"{"spa":1}"#],
        &[r#"["spa"]"#, r#"["spa","spa"]"#],
    );
    check("azp", &[r#""other""#, "1", r#"["spa"]"#, r#""""#], &[r#""spa""#, "null", ""]);
}

#[test]
fn audiences_that_are_trusted() {
    let audiences = ["project".to_owned(), "https://api.example".to_owned()];
    for (aud, azp, expected) in [
        (r#"["spa","project"]"#, r#""spa""#, None),
        (r#"["project","spa","https://api.example"]"#, "", None),
        (r#""spa""#, "", None),
        (r#"["spa"]"#, "", None),
        (r#""project""#, r#""spa""#, Some("aud")),
        (r#"["project"]"#, r#""spa""#, Some("aud")),
        (r#"["spa","project"]"#, r#""project""#, Some("azp")),
        (r#"["spa","project",1]"#, "", Some("aud")),
        (r#"["spa","Project"]"#, "", Some("aud has others")),
        (r#"["spa","other"]"#, r#""spa""#, Some("aud has others")),
        (r#"["spa",""]"#, "", Some("aud has others")),
    ] {
        let expectations = Expected { audiences: &audiences, ..EXPECTED };
        let result = refused(Claims::parse(&jwt(RS256, &claims(&[("aud", aud), ("azp", azp)])), &expectations));
        let as_expected = match (result, expected) {
            (Some(why), Some(expected)) => why.starts_with(expected),
            (why, expected) => why == expected,
        };
        assert!(as_expected, "IDT-3: {aud} {azp}: {result:?}");
    }
    let told = refused(parse(&[("aud", r#"["spa","project"]"#)])).expect("a refusal");
    assert!(told.contains("trustedAudiences"), "IDT-3: {told}");
}

// IDT-1, IDT-15
#[test]
fn subject() {
    let (longest, too_long) = (format!("\"{}\"", "x".repeat(255)), format!("\"{}\"", "x".repeat(256)));
    check("sub", &["", "null", r#""""#, "1", r#""é""#, "[]", &too_long], &[&longest, r#""a b""#]);
}

#[test]
fn times_may_have_a_fraction() {
    let at = |offset: i64| (NOW_S as i64 + offset).to_string();
    let exponent = format!("{}.{}e9", &at(0)[..1], &at(0)[1..]);
    for name in ["iat", "nbf", "auth_time"] {
        check(name, &[], &[&format!("{}.5", at(0)), &format!("{}.000", at(-1)), &exponent]);
    }
    check("exp", &[&format!("{}.9", at(-200))], &[&format!("{}.25", at(300)), &exponent.replace("1.7", "1.8")]);
    check("iat", &[&format!("{}.5", at(LEEWAY_S as i64 + 1))], &[]);
    let expected = Expected { max_age: Some(60), ..EXPECTED };
    let late = format!("{}.9", at(-60 - LEEWAY_S as i64 - 2));
    for (auth_time, refusal) in [(format!("{}.9", at(0)), None), (late, Some("auth_time"))] {
        let token = jwt(RS256, &claims(&[("auth_time", &auth_time)]));
        assert_eq!(refused(Claims::parse(&token, &expected)), refusal, "RFC 7519, 2: {auth_time}");
    }
}

// IDT-1, IDT-8, IDT-9
#[test]
fn times() {
    let at = |offset: i64| (NOW_S as i64 + offset).to_string();
    let leeway = LEEWAY_S as i64;
    let quoted = format!("\"{}\"", at(300));
    let not_numbers = ["null", "true", "[]", r#""""#, "-1", &quoted];
    check("exp", &["", &at(-leeway), &at(-leeway - 1), "0"], &[&at(-leeway + 1), &at(1), "18446744073709551615"]);
    check("iat", &["", &at(leeway + 1), "18446744073709551615"], &[&at(leeway), &at(0), "1", "0"]);
    check("nbf", &[&at(leeway + 1), "18446744073709551615"], &["", "null", &at(leeway), &at(0), "0"]);
    check("exp", &not_numbers, &[]);
    check("iat", &not_numbers, &[]);
    check("nbf", &not_numbers[1..], &[]);
}

// IDT-1, IDT-10
#[test]
fn nonce() {
    check("nonce", &["", "null", r#""""#, "1", r#""n-0S6_WzA2MJ""#, r#""n-0S6_WzA2Mj ""#], &[]);
    let without = Expected { nonce: None, ..EXPECTED };
    assert_eq!(refused(Claims::parse(&jwt(RS256, &claims(&[("nonce", "")])), &without)), None, "IDT-19: at a refresh");
}

#[test]
fn authentication_time() {
    let at = |seconds_ago: u64| (NOW_S - seconds_ago).to_string();
    let parse = |max_age: u64, auth_time: &str| {
        let expected = Expected { max_age: Some(max_age), ..EXPECTED };
        refused(Claims::parse(&jwt(RS256, &claims(&[("auth_time", auth_time)])), &expected))
    };
    for (max_age, auth_time, accepted) in [
        (60, at(0), true),
        (60, at(60 + LEEWAY_S), true),
        (60, at(60 + LEEWAY_S + 1), false),
        (0, at(LEEWAY_S), true),
        (0, at(LEEWAY_S + 1), false),
        (60, String::new(), false),
        (60, "null".into(), false),
        (60, r#""1""#.into(), false),
        (u64::MAX, at(1_000_000), true),
        (60, u64::MAX.to_string(), true),
    ] {
        let claim = (!accepted).then_some("auth_time");
        assert_eq!(parse(max_age, &auth_time), claim, "IDT-12: max_age {max_age}, auth_time {auth_time}");
    }
    assert_eq!(refused(self::parse(&[("auth_time", "1")])), None, "not asked for");
}

#[test]
fn algorithms() {
    let with = |header: &str| refused(Claims::parse(&jwt(header, &claims(&[])), &EXPECTED));
    for header in [
        "{}",
        r#"{"alg":null}"#,
        r#"{"alg":1}"#,
        r#"{"alg":""}"#,
        r#"{"alg":"none"}"#,
        r#"{"alg":"None"}"#,
        r#"{"alg":"NONE"}"#,
        r#"{"alg":"HS256"}"#,
        r#"{"alg":"HS384"}"#,
        r#"{"alg":"HS512"}"#,
        r#"{"alg":"hs256"}"#,
        r#"{"alg":"dir"}"#,
        r#"{"alg":"RSA-OAEP"}"#,
        r#"{"alg":" none"}"#,
    ] {
        assert_eq!(with(header), Some("alg"), "IDT-7, RFC 8725, 3.1: {header}");
    }
    for algorithm in
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
    {
        assert_eq!(with(&format!(r#"{{"alg":"{algorithm}"}}"#)), None, "{algorithm}");
    }
    assert_eq!(with(r#"{"alg":"RS256","crit":["b64"],"b64":false}"#), Some("crit"), "IDT-16");
    assert_eq!(with(r#"{"alg":"RS256","jwk":{"k":"x"},"jku":"https://evil.example"}"#), None, "IDT-6: ignored");
}

#[test]
fn what_is_no_compact_jwt() {
    let (header, body) = (base64url(RS256.as_bytes()), base64url(claims(&[]).as_bytes()));
    let repeated = base64url(claims(&[]).replacen('{', r#"{"iss":"https://evil.example","#, 1).as_bytes());
    for token in [
        String::new(),
        ".".into(),
        "..".into(),
        format!("{header}.{body}"),
        format!("{header}.{body}."),
        format!("{header}.{body}.c2ln.x"),
        format!("{header}..c2ln"),
        format!(".{body}.c2ln"),
        format!("{header}=.{body}.c2ln"),
        format!("{header}.{body}==.c2ln"),
        format!("{header}.{body}+.c2ln"),
        format!(" {header}.{body}.c2ln"),
        format!("{header}.{}.c2ln", base64url(b"[]")),
        format!("{header}.{}.c2ln", base64url(b"\"x\"")),
        format!("{header}.{}.c2ln", base64url(b"{\"sub\":\"\xff\"}")),
        format!("{header}.{repeated}.c2ln"),
        format!("{}.{body}.c2ln", base64url(br#"{"alg":"none","alg":"RS256"}"#)),
        format!("{header}.{body}.c2ln="),
        format!("{header}.{body}.c2 n"),
        format!("{header}.{body}.+/+/"),
    ] {
        assert!(Claims::parse(&token, &EXPECTED).is_err(), "IDT-16: {token}");
    }
}

/// The example of OpenID Connect Core, A.3: the hash of an access token under SHA-256.
const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
const AT_HASH: &str = r#""77QmUPtjPfzWtF2AnpK9RQ""#;

#[test]
fn a_hash_of_the_access_token_has_to_be_right() {
    let with = |algorithm: &str, hash: &str| {
        let token = jwt(&format!(r#"{{"alg":"{algorithm}"}}"#), &claims(&[("at_hash", hash)]));
        refused(Claims::parse(&token, &Expected { access_token: Some(ACCESS_TOKEN), ..EXPECTED }))
    };
    for algorithm in ["RS256", "PS256", "ES256"] {
        assert_eq!(with(algorithm, AT_HASH), None, "IDT-14: {algorithm}");
        for hash in [r#""77QmUPtjPfzWtF2AnpK9RR""#, r#""""#, "7"] {
            assert_eq!(with(algorithm, hash), Some("at_hash"), "IDT-14: {hash}");
        }
    }
    assert_eq!(with("EdDSA", r#""x""#), None, "IDT-14: another hash than ours is left alone");
}

#[test]
fn the_strict_preset_takes_the_best_signatures_only() {
    for (algorithm, accepted) in
        [("PS256", true), ("ES256", true), ("EdDSA", true), ("Ed25519", true), ("RS256", false), ("ES384", false)]
    {
        let token = jwt(&format!(r#"{{"alg":"{algorithm}"}}"#), &claims(&[]));
        let result = refused(Claims::parse(&token, &Expected { strict: true, ..EXPECTED }));
        assert_eq!(result.is_none(), accepted, "FAPI-2: {algorithm}");
    }
}

#[test]
fn a_later_id_token_is_compared_with_the_first() {
    let first = parse(&[("auth_time", "1699999000")]).expect("good").anchor;
    let later = |changes: &[(&str, &str)]| {
        let expected = Expected { nonce: None, anchor: Some(&first), ..EXPECTED };
        refused(Claims::parse(&jwt(RS256, &claims(changes)), &expected))
    };
    assert_eq!(later(&[("auth_time", "1699999000")]), None, "IDT-18");
    assert_eq!(later(&[("auth_time", ""), ("nonce", "")]), None, "IDT-19: neither is demanded");
    assert_eq!(later(&[("auth_time", "1699999001")]), Some("auth_time"), "IDT-18");
    assert_eq!(later(&[("nonce", r#""other""#)]), Some("nonce"), "IDT-19");
    let old = (NOW_S - LEEWAY_S - 1).to_string();
    assert_eq!(later(&[("auth_time", ""), ("iat", &old)]), Some("iat"), "IDT-18: a new iat");
}
