//! Which key an ID token is checked with (IDT-7, IDT-17).

use tokenkeep::proto::oauth::jwk::{KeySet, NoKey};
use tokenkeep::proto::syntax::base64url::base64url;
use tokenkeep::proto::syntax::json::Object;

fn rsa(more: &str) -> String {
    format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"{more}}}"#, base64url(&[0xff; 256]))
}

fn ec(more: &str) -> String {
    format!(r#"{{"kty":"EC","crv":"P-256","x":"eA","y":"eQ"{more}}}"#)
}

fn okp(more: &str) -> String {
    format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"eA"{more}}}"#)
}

fn set(keys: &[String]) -> KeySet {
    let text = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
    KeySet::parse(&Object::parse(text.as_bytes()).expect("JSON")).expect("a key set")
}

fn kid(name: &str) -> String {
    format!(r#","kid":"{name}""#)
}

#[test]
fn the_key_has_the_name_and_the_kind() {
    let keys = set(&[rsa(&kid("1")), ec(&kid("1")), okp(&kid("2")), rsa(&kid("3"))]);
    for (algorithm, name, expected) in [
        ("RS256", Some("1"), Ok("RSA")),
        ("PS256", Some("3"), Ok("RSA")),
        ("ES256", Some("1"), Ok("EC")),
        ("EdDSA", Some("2"), Ok("OKP")),
        ("Ed25519", Some("2"), Ok("OKP")),
        ("ES256", Some("2"), Err(NoKey::Missing)),
        ("ES384", Some("1"), Err(NoKey::Missing)),
        ("RS256", Some("4"), Err(NoKey::Missing)),
        ("RS256", None, Err(NoKey::Ambiguous)),
        ("ES256", None, Ok("EC")),
        ("HS256", Some("1"), Err(NoKey::Missing)),
        ("none", Some("1"), Err(NoKey::Missing)),
        ("", None, Err(NoKey::Missing)),
    ] {
        let chosen = keys.choose(algorithm, name);
        let kty = chosen.map(|jwk| Object::parse(jwk.as_bytes()).and_then(|jwk| jwk.string("kty").map(str::to_owned)));
        assert_eq!(kty, expected.map(|kty| Some(kty.to_owned())), "IDT-17: {algorithm} {name:?}");
    }
}

#[test]
fn two_keys_of_one_name_are_ambiguous() {
    let keys = set(&[rsa(&kid("1")), rsa(&kid("1"))]);
    assert_eq!(keys.choose("RS256", Some("1")), Err(NoKey::Ambiguous), "IDT-17");
    let apart = set(&[rsa(&format!(r#"{},"alg":"PS256""#, kid("1"))), rsa(&format!(r#"{},"alg":"RS256""#, kid("1")))]);
    assert!(apart.choose("RS256", Some("1")).is_ok(), "their algorithms tell them apart");
}

#[test]
fn sets_without_names_are_usable_while_one_key_fits() {
    let keys = set(&[rsa(""), ec("")]);
    assert!(keys.choose("RS256", Some("any")).is_ok());
    assert!(keys.choose("ES256", None).is_ok());
    let mixed = set(&[rsa(""), rsa(&kid("1"))]);
    assert_eq!(mixed.choose("RS256", Some("2")), Err(NoKey::Missing), "another name is another key");
    assert_eq!(set(&[rsa(""), rsa("")]).choose("RS256", Some("1")), Err(NoKey::Ambiguous));
}

#[test]
fn keys_for_other_purposes_are_left_alone() {
    for more in [r#","use":"enc""#, r#","key_ops":["sign"]"#, r#","alg":"RSA-OAEP""#, r#","alg":"PS256""#] {
        assert_eq!(set(&[rsa(more)]).choose("RS256", None), Err(NoKey::Missing), "{more}");
    }
    for more in [r#","use":"sig""#, r#","key_ops":["verify"]"#, r#","alg":"RS256""#, r#","x5c":["a"],"foo":1"#] {
        assert!(set(&[rsa(more)]).choose("RS256", None).is_ok(), "{more}");
    }
    let weak = format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"}}"#, base64url(&[0xff; 128]));
    assert_eq!(set(&[weak]).choose("RS256", None), Err(NoKey::Missing), "FAPI-2: 1,024 bits");
}

#[test]
fn only_public_members_come_out() {
    let jwk = set(&[ec(r#","d":"canary","kid":"1","k":"canary","use":"sig""#)]).choose("ES256", Some("1"));
    assert_eq!(jwk.as_deref(), Ok(r#"{"kty":"EC","crv":"P-256","x":"eA","y":"eQ"}"#));
}

#[test]
fn what_is_no_key_set_is_refused() {
    for text in ["{}", r#"{"keys":{}}"#, r#"{"keys":"x"}"#] {
        assert_eq!(KeySet::parse(&Object::parse(text.as_bytes()).expect("JSON")), None, "{text}");
    }
    assert_eq!(set(&["1".into(), "null".into(), r#"{"kty":"new"}"#.into()]).choose("RS256", None), Err(NoKey::Missing));
}
