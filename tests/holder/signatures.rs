//! Signatures of ID tokens (IDT-5, IDT-6, IDT-17).

use tokenkeep::proto::calls::Signature;
use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::syntax::base64url::base64url;
use tokenkeep::proto::syntax::http::Answer;

use crate::desk::Desk;
use crate::support::server::id_token;
use crate::support::{HOUR, REDIRECT_URI, SECOND, START_UNIX_MS, answer, json, jwt};

const KEYS: &str = "get /jwks";

fn openid(more: &str) -> Config {
    let text = format!(
        r#"{{"server":{{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",
        "token_endpoint":"https://as.example/token","revocation_endpoint":"https://as.example/revoke",
        "code_challenge_methods_supported":["S256"],"jwks_uri":"https://as.example/jwks"}},
        "clientId":"spa","redirectUri":"{REDIRECT_URI}","scope":"openid","resourceServers":["https://api.example/v1/"]{more}}}"#
    );
    Config::parse(&text, "https://app.example").expect("a good configuration")
}

fn rsa(kid: &str) -> String {
    format!(r#"{{"kty":"RSA","kid":"{kid}","n":"{}","e":"AQAB"}}"#, base64url(&[0xff; 256]))
}

fn keys(keys: &[String]) -> Result<Answer, Transport> {
    json(200, &format!(r#"{{"keys":[{}]}}"#, keys.join(",")))
}

/// The user is back and the server has answered the exchange.
fn exchanged(config: Config) -> Desk {
    let mut desk = Desk::with(config);
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.take();
    desk.respond();
    desk.seen();
    desk
}

/// Somebody is signed in, and the keys are known.
fn signed_in() -> Desk {
    let mut desk = exchanged(openid(""));
    desk.answer(keys(&[rsa("1")]));
    desk.verified(Signature::Good);
    assert_eq!(desk.seen(), ["verify RS256", "settle 2", "signedin"]);
    desk
}

/// The token has run out, a request waits, and the refresh is answered with an ID token for `subject`.
fn refreshed(desk: &mut Desk, subject: &str) {
    refreshed_with(desk, &id_token(subject, None));
}

/// The same with this ID token.
fn refreshed_with(desk: &mut Desk, id_token: &str) {
    desk.pass(HOUR);
    desk.authorize(5);
    desk.seen();
    desk.answer(json(
        200,
        &format!(
            r#"{{"access_token":"new","token_type":"Bearer","expires_in":60,"refresh_token":"next","id_token":"{id_token}"}}"#
        ),
    ));
}

#[test]
fn nobody_is_signed_in_before_the_signature_is_good() {
    let mut desk = exchanged(openid(""));
    assert!(!desk.holder.session().is_signed_in());
    assert_eq!(desk.sent[0].1, "https://as.example/jwks");
    desk.answer(keys(&[rsa("1")]));
    assert_eq!(desk.seen(), ["verify RS256"]);
    assert!(!desk.holder.session().is_signed_in());
    let (_, key, signed) = desk.checked[0].clone();
    assert!(key.contains("\"RSA\"") && !key.contains("kid"), "the key alone: {key}");
    assert_eq!(signed.input.split('.').count(), 2);
    desk.verified(Signature::Good);
    assert_eq!(desk.seen(), ["settle 2", "signedin"]);
}

#[test]
fn a_signature_that_is_not_the_issuers_ends_the_sign_in_and_revokes() {
    for outcome in [Signature::Forged, Signature::Unknown] {
        let mut desk = exchanged(openid(""));
        desk.answer(keys(&[rsa("1")]));
        desk.verified(outcome);
        let seen = desk.seen();
        assert_eq!(seen[1], "settle 2 ID_TOKEN_INVALID", "IDT-5: {outcome:?}");
        assert!(seen[2].starts_with("post /revoke"), "{seen:?}");
        assert!(!desk.holder.session().is_signed_in());
    }
}

#[test]
fn a_key_that_can_not_be_had_ends_the_sign_in() {
    let other = r#"{"kty":"EC","crv":"P-256","kid":"1","x":"eA","y":"eQ"}"#.to_owned();
    for given in [
        Err(Transport::Network),
        Ok(answer(503, None, b"")),
        json(200, "{}"),
        json(200, "<html>"),
        keys(&[]),
        keys(&[other]),
        keys(&[rsa("1"), rsa("2")]),
    ] {
        let mut desk = exchanged(openid(""));
        desk.answer(given.clone());
        assert_eq!(desk.seen()[0], "settle 2 ID_TOKEN_INVALID", "IDT-17: {given:?}");
    }
}

#[test]
fn several_sign_ins_fetch_the_keys_once() {
    let mut desk = Desk::with(openid(""));
    for call in [1, 3] {
        let href = desk.come_back(call);
        desk.finish(call + 1, &href);
        desk.take();
    }
    desk.respond();
    desk.respond();
    assert_eq!(desk.seen().iter().filter(|line| *line == KEYS).count(), 1);
}

#[test]
fn a_refresh_waits_for_the_signature_and_needs_no_second_fetch() {
    let mut desk = signed_in();
    refreshed(&mut desk, "alice");
    assert_eq!(desk.seen(), ["verify RS256"]);
    desk.verified(Signature::Good);
    assert_eq!(desk.seen(), ["refreshed", "release 5"]);
}

#[test]
fn a_forged_id_token_at_a_refresh_ends_the_session() {
    let mut desk = signed_in();
    refreshed(&mut desk, "alice");
    desk.seen();
    desk.verified(Signature::Forged);
    assert_eq!(desk.seen(), [KEYS], "a key may have been replaced by another of no name");
    desk.answer(keys(&[rsa("1")]));
    desk.seen();
    desk.verified(Signature::Forged);
    let seen = desk.seen();
    assert_eq!(seen[..2], ["signedout", "reject 5 LOGIN_REQUIRED"], "{seen:?}");
    assert!(seen[2].starts_with("post /revoke next"), "{seen:?}");
}

#[test]
fn a_signature_by_a_key_that_took_another_s_place_is_good() {
    let mut desk = signed_in();
    refreshed(&mut desk, "alice");
    desk.verified(Signature::Forged);
    desk.answer(keys(&[rsa("1")]));
    desk.verified(Signature::Good);
    assert_eq!(desk.seen(), ["verify RS256", KEYS, "verify RS256", "refreshed", "release 5"], "DISC-13");
}

#[test]
fn a_refresh_goes_on_without_an_id_token_that_nobody_can_check() {
    let mut desk = signed_in();
    let now = START_UNIX_MS / 1_000;
    let other = format!(
        r#"{{"iss":"https://as.example","aud":"spa","sub":"alice","iat":{now},"exp":{},"email":"eve@evil.example"}}"#,
        now + 100_000_000
    );
    refreshed_with(&mut desk, &jwt(r#"{"alg":"RS256"}"#, &other));
    desk.seen();
    desk.verified(Signature::Unknown);
    assert_eq!(desk.seen(), ["refreshed", "release 5"], "the rotated tokens are not thrown away");
    let session = desk.holder.session().snapshot().expect("a session").to_json();
    assert!(session.contains("alice") && !session.contains("eve@"), "the claims are as they were: {session}");
}

#[test]
fn changed_keys_are_fetched_again_but_not_all_the_time() {
    let mut desk = exchanged(openid(""));
    desk.answer(keys(&[]));
    desk.seen();
    desk.sent.clear();
    let again = |desk: &mut Desk, call: u32| {
        let href = desk.come_back(call);
        desk.finish(call + 1, &href);
        desk.take();
        desk.respond();
        desk.seen()
    };
    assert!(!again(&mut desk, 10).contains(&KEYS.to_owned()), "anybody can make up names of keys");
    desk.sent.clear();
    desk.pass(5 * SECOND);
    assert!(again(&mut desk, 20).contains(&KEYS.to_owned()));
}

#[test]
fn an_answer_that_sign_out_overtook_stays_out() {
    let mut desk = exchanged(openid(""));
    desk.answer(keys(&[rsa("1")]));
    desk.sign_out(9);
    desk.seen();
    desk.verified(Signature::Good);
    let seen = desk.seen();
    assert!(!desk.holder.session().is_signed_in(), "REF-20");
    assert!(seen.iter().any(|line| line.starts_with("post /revoke")), "{seen:?}");
}

#[test]
fn skipping_has_danger_in_its_name() {
    let mut desk = exchanged(openid(r#","dangerSkipIdTokenSignature":true"#));
    assert!(desk.holder.session().is_signed_in());
    assert!(desk.checked.is_empty() && desk.sent.is_empty());
    desk.seen();
}

#[test]
fn another_subject_whose_signature_nobody_can_check() {
    let mut desk = signed_in();
    refreshed(&mut desk, "mallory");
    desk.seen();
    desk.verified(Signature::Unknown);
    let seen = desk.seen();
    assert!(!seen.contains(&"release 5".to_owned()), "IDT-18 {seen:?}");
}
