//! Proofs of possession, by the examples of RFC 9449 and RFC 7638's rules.

use tokenkeep::proto::oauth::dpop::{Dpop, DpopKey, Occasion, access_token_hash};
use tokenkeep::proto::syntax::base64url::from_base64url;
use tokenkeep::proto::syntax::json::{Object, Value};
use tokenkeep::proto::syntax::secret::AccessToken;

/// The key of RFC 9449, 4.1.
const JWK: &str = r#"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#;

fn key() -> DpopKey {
    DpopKey::parse(JWK).expect("a key")
}

fn occasion<'a>(method: &'a str, href: &'a str) -> Occasion<'a> {
    Occasion { method, href, ath: None, random: [7; 16], unix_ms: 1_562_262_616_999 }
}

fn read(input: &str) -> [Object; 2] {
    let (header, claims) = input.split_once('.').expect("two parts");
    [header, claims].map(|part| Object::parse(&from_base64url(part).expect("base64url")).expect("JSON"))
}

fn claims(dpop: &Dpop, method: &str, href: &str) -> Object {
    let [_, claims] = read(&dpop.signing_input(&key(), &occasion(method, href)).expect("a proof"));
    claims
}

#[test]
fn a_token_is_bound_to_the_thumbprint_of_the_key() {
    assert_eq!(key().thumbprint(), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", "DPOP-19: RFC 9449, 6.1");
}

#[test]
fn the_hash_of_the_access_token_is_that_of_the_standard() {
    let token = AccessToken::new("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
    assert_eq!(access_token_hash(&token), "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo", "DPOP-9: RFC 9449, 7.1");
}

#[test]
fn the_header_has_the_public_key_and_nothing_else_of_it() {
    let more = JWK.replace('{', r#"{"d":"secret","ext":true,"key_ops":["sign"],"alg":"ES256","#);
    let key = DpopKey::parse(&more).expect("a key");
    let input = Dpop::default().signing_input(&key, &occasion("GET", "https://api.example/")).expect("a proof");
    let [header, _] = read(&input);
    assert_eq!((header.string("typ"), header.string("alg")), (Some("dpop+jwt"), Some("ES256")), "DPOP-2, DPOP-3");
    let Some(Value::Object(jwk)) = header.member("jwk") else { panic!("{header:?}") };
    let names: Vec<_> = jwk.members().map(|(name, _)| name).collect();
    assert_eq!(names, ["crv", "kty", "x", "y"], "DPOP-3");
}

#[test]
fn only_keys_on_p_256_are_taken() {
    for (from, to) in [("EC", "RSA"), ("P-256", "P-384"), ("l8tF", "l8t"), ("\"y\"", "\"z\"")] {
        assert_eq!(DpopKey::parse(&JWK.replace(from, to)), None, "{from} to {to}");
    }
    assert_eq!(DpopKey::parse("{}"), None);
}

#[test]
fn the_method_is_the_one_on_the_wire() {
    for (given, sent) in
        [("get", "GET"), ("Post", "POST"), ("DELETE", "DELETE"), ("patch", "patch"), ("Query", "Query")]
    {
        assert_eq!(claims(&Dpop::default(), given, "https://api.example/").string("htm"), Some(sent), "DPOP-6");
    }
}

#[test]
fn the_target_has_neither_query_nor_fragment() {
    for (href, htu) in [
        ("https://api.example/", "https://api.example/"),
        ("https://api.example:8443/a%2Fb/%E2%82%AC?x=1#y", "https://api.example:8443/a%2Fb/%E2%82%AC"),
        ("https://api.example/a?b?c", "https://api.example/a"),
        ("http://127.0.0.1:8080/v1/files#x", "http://127.0.0.1:8080/v1/files"),
    ] {
        assert_eq!(claims(&Dpop::default(), "GET", href).string("htu"), Some(htu), "DPOP-7");
    }
    for href in
        ["https://api.example", "HTTPS://api.example/", "https://u@api.example/", "https://api.example:443/", "/x"]
    {
        assert_eq!(Dpop::default().signing_input(&key(), &occasion("GET", href)), None, "DPOP-7: {href}");
    }
}

#[test]
fn the_time_is_in_whole_seconds() {
    let claims = claims(&Dpop::default(), "GET", "https://api.example/");
    assert_eq!(claims.member("iat"), Some(&Value::Number("1562262616".into())), "DPOP-8");
    assert_eq!(claims.string("jti").map(str::len), Some(22), "DPOP-4");
}

#[test]
fn the_hash_is_there_when_a_token_is() {
    let occasion = Occasion { ath: Some("hash"), ..occasion("GET", "https://api.example/") };
    let [_, claims] = read(&Dpop::default().signing_input(&key(), &occasion).expect("a proof"));
    assert_eq!(claims.string("ath"), Some("hash"), "DPOP-9");
}

#[test]
fn the_newest_nonce_of_an_origin_goes_into_its_proofs_only() {
    let mut dpop = Dpop::default();
    let nonce = |dpop: &Dpop, href: &str| claims(dpop, "GET", href).string("nonce").map(str::to_owned);
    dpop.note_nonce("https://as.example/token", "one");
    dpop.note_nonce("https://api.example/v1/", "two");
    assert_eq!(nonce(&dpop, "https://as.example/par").as_deref(), Some("one"), "DPOP-15");
    assert_eq!(nonce(&dpop, "https://api.example/x").as_deref(), Some("two"));
    assert_eq!(nonce(&dpop, "https://api.example:8443/x"), None, "DPOP-15");
    dpop.note_nonce("https://as.example/token", "three");
    assert_eq!(nonce(&dpop, "https://as.example/").as_deref(), Some("three"), "DPOP-14");
}

#[test]
fn nonces_outside_their_grammar_are_none() {
    let long = "x".repeat(1_025);
    for bad in ["", " ", "a b", "a\"b", "a\\b", "a\u{7f}", "é", "a\r\nb", &long] {
        let mut dpop = Dpop::default();
        dpop.note_nonce("https://as.example/", "good");
        dpop.note_nonce("https://as.example/", bad);
        assert_eq!(claims(&dpop, "GET", "https://as.example/").string("nonce"), Some("good"), "DPOP-16: {bad:?}");
    }
}

#[test]
fn nonces_of_many_origins_are_bounded() {
    let mut dpop = Dpop::default();
    (0..100).for_each(|n| dpop.note_nonce(&format!("https://h{n}.example/"), "x"));
    let kept = (0..100).filter(|n| claims(&dpop, "GET", &format!("https://h{n}.example/")).string("nonce").is_some());
    assert_eq!(kept.count(), 32, "DPOP-16");
}

#[test]
fn a_server_s_clock_is_followed_only_where_it_explains_something() {
    let mut dpop = Dpop::default();
    let mut note = |ms| dpop.note_clock("https://api.example/v1/", ms);
    assert!(!note(None) && !note(Some(4_999)) && !note(Some(-4_999)));
    assert!(note(Some(-600_000)), "DPOP-18");
    assert!(!note(Some(-601_000)), "DPOP-18: tried already");
    let claims = claims(&dpop, "GET", "https://api.example/");
    assert_eq!(claims.member("iat"), Some(&Value::Number("1562262016".into())), "DPOP-18");
}
