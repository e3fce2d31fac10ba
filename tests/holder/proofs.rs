//! Tokens that are bound to a key, and the nonces that servers want.

use crate::support::Reply;
use tokenkeep::proto::config::Config;
use tokenkeep::proto::session::Verdict;
use tokenkeep::proto::syntax::base64url::from_base64url;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::Object;

use crate::desk::Desk;
use crate::support::server::param;
use crate::support::{answer, config_text, json};

pub(crate) const JWK: &str = r#"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#;
const THUMBPRINT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
const HANDLE: &str = "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs";
const TOKEN: &str = r#"{"access_token":"access-1","token_type":"DPoP","expires_in":3600,"refresh_token":"refresh-1"}"#;

fn configured(algorithms: &str, more: &str) -> Config {
    let announced = format!(r#""dpop_signing_alg_values_supported":{algorithms},"code_challenge"#);
    let text = config_text("files:read", more).replace(r#""code_challenge"#, &announced);
    Config::parse(&text, "https://app.example").expect("a good configuration")
}

fn announced() -> Desk {
    Desk::with(configured(r#"["RS256","ES256"]"#, ""))
}

/// Somebody is about to come back from a sign-in whose key was made.
fn away(mut desk: Desk) -> (Desk, String) {
    desk.sign_in(1, "{}");
    assert_eq!(desk.seen(), ["key"], "DPOP-1: the key comes first");
    desk.made(Some(JWK));
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    let query = url.split_once('?').expect("a query").1;
    assert_eq!(param(query, "dpop_jkt").as_deref(), Some(THUMBPRINT), "DPOP-19");
    let (code, state) = (desk.server.consent(query), param(query, "state").expect("a state"));
    desk.seen();
    (desk, format!("https://app.example/callback?code={code}&state={state}&iss=https%3A%2F%2Fas.example"))
}

/// The same, and the code is being exchanged.
fn exchanging(desk: Desk) -> Desk {
    let (mut desk, href) = away(desk);
    desk.finish(2, &href);
    desk.take();
    assert_eq!(desk.seen(), ["take", "post /token code-1 proven"], "DPOP-10");
    desk
}

fn bound() -> Desk {
    let mut desk = exchanging(announced());
    desk.answer(json(200, TOKEN));
    assert_eq!(desk.seen(), ["settle 2", "signedin"]);
    desk
}

fn with_nonce(status: u16, body: &str, nonce: &str) -> Answer {
    let nonce = Some(nonce.to_owned());
    Answer { dpop_nonce: nonce, ..answer(status, Some("application/json"), body.as_bytes()) }
}

/// The claims of a proof for the token endpoint, if one were made now.
fn next_proof(desk: &Desk) -> Object {
    let key = tokenkeep::proto::oauth::dpop::DpopKey::parse(JWK).expect("a key");
    let proof = desk.holder.session().server_proof(desk.now, &key, "https://as.example/token", [1; 16]);
    let proof = proof.expect("a proof");
    assert_eq!(proof.handle, HANDLE);
    Object::parse(&from_base64url(proof.input.split_once('.').expect("two parts").1).expect("base64url")).expect("JSON")
}

const DEMAND: &str = r#"{"error":"use_dpop_nonce"}"#;

#[test]
fn what_the_server_announces_is_used() {
    let desk = bound();
    assert_eq!(desk.holder.session().authorization(1).as_deref(), Some("DPoP access-1"), "DPOP-11");
    let proof =
        desk.holder.session().proof(desk.now, 1, "get", "https://api.example/v1/x?y", [1; 16]).expect("a proof");
    let claims = from_base64url(proof.input.split_once('.').expect("two").1).expect("base64url");
    let claims = Object::parse(&claims).expect("JSON");
    assert_eq!((claims.string("htm"), claims.string("htu")), (Some("GET"), Some("https://api.example/v1/x")));
    assert!(claims.string("ath").is_some(), "DPOP-9");
    assert!(desk.holder.session().proof(desk.now, 2, "get", "https://api.example/v1/x", [1; 16]).is_none());
}

#[test]
fn refreshes_carry_a_proof_of_the_same_key() {
    let mut desk = bound();
    desk.pass(3_600_000);
    desk.authorize(1);
    assert_eq!(desk.seen(), ["post /token refresh-1 proven"], "DPOP-10, REF-16, DPOP-21");
    desk.answer(json(200, &TOKEN.replace("access-1", "access-2")));
    assert_eq!(desk.holder.session().authorization(2).as_deref(), Some("DPoP access-2"));
}

#[test]
fn where_it_is_not_announced_or_not_wanted_there_is_no_key() {
    let cases = [("[]", ""), (r#"["RS256"]"#, ""), (r#"["EdDSA"]"#, ""), (r#"["ES256"]"#, r#""dpop":false"#)];
    for (algorithms, more) in cases {
        let mut desk = Desk::with(configured(algorithms, more));
        desk.sign_in(1, "{}");
        assert_eq!(desk.seen(), ["keep"], "{algorithms} {more}");
    }
    let mut plain = Desk::new();
    plain.sign_in(1, "{}");
    assert_eq!(plain.seen(), ["keep"]);
}

#[test]
fn where_it_is_demanded_a_server_without_our_algorithm_is_refused() {
    let mut desk = Desk::with(configured(r#"["EdDSA"]"#, r#""dpop":true"#));
    desk.sign_in(1, "{}");
    assert_eq!(desk.seen(), ["settle 1 METADATA_INVALID"], "DPOP-2");
    let mut silent = Desk::with(crate::support::config("files:read", r#""dpop":true"#));
    silent.sign_in(1, "{}");
    assert_eq!(silent.seen(), ["key"], "a server that says nothing may know it");
}

#[test]
fn a_bearer_token_is_thrown_away_where_proofs_are_demanded() {
    let mut desk = exchanging(Desk::with(configured(r#"["ES256"]"#, r#""dpop":true"#)));
    desk.answer(json(200, &TOKEN.replace("DPoP", "Bearer")));
    assert_eq!(desk.seen(), ["settle 2 TOKEN_RESPONSE_INVALID", "post /revoke refresh-1"], "TOK-14");
    assert!(!desk.holder.session().is_signed_in());
}

#[test]
fn a_bearer_token_is_taken_where_they_are_not() {
    let mut desk = exchanging(announced());
    desk.answer(json(200, &TOKEN.replace("DPoP", "bearer")));
    assert_eq!(desk.holder.session().authorization(1).as_deref(), Some("Bearer access-1"));
    assert!(desk.holder.session().proof(desk.now, 1, "GET", "https://api.example/v1/x", [1; 16]).is_none());
}

#[test]
fn a_bound_token_that_nobody_asked_for_is_not_used() {
    let mut desk = Desk::new();
    let href = desk.come_back(1);
    desk.finish(2, &href);
    desk.take();
    desk.seen();
    desk.answer(json(200, TOKEN));
    assert_eq!(desk.seen(), ["settle 2 TOKEN_RESPONSE_INVALID", "post /revoke refresh-1"], "TOK-13");
}

#[test]
fn a_session_with_bound_tokens_does_not_go_on_with_others() {
    let mut desk = bound();
    desk.pass(3_600_000);
    desk.authorize(1);
    desk.answer(json(200, &TOKEN.replace("DPoP", "Bearer").replace("access-1", "access-2")));
    assert_eq!(desk.holder.session().authorization(2), None, "TOK-14");
}

#[test]
fn a_challenge_for_bearer_makes_no_bearer_of_a_bound_token() {
    let mut desk = bound();
    desk.authorize(1);
    let target = "https://api.example/v1/x".to_owned();
    let challenge = Some(r#"Bearer error="invalid_token""#.to_owned());
    let reply = Reply { target, method: "GET".into(), status: 401, generation: 1, challenge, ..Reply::default() };
    desk.reply(1, &reply);
    assert_eq!(desk.seen(), ["post /token refresh-1 proven"]);
    desk.answer(json(200, &TOKEN.replace("access-1", "access-2")));
    assert_eq!(desk.holder.session().authorization(2).as_deref(), Some("DPoP access-2"), "DPOP-12");
}

#[test]
fn a_demanded_nonce_is_sent_as_long_as_it_is_another() {
    let mut desk = exchanging(announced());
    for nonce in ["n-1", "n-2", "n-3", "n-4"] {
        desk.answer(Ok(with_nonce(400, DEMAND, nonce)));
        assert_eq!(desk.seen(), ["post /token code-1 proven"], "DPOP-13, DPOP-17");
        assert_eq!(next_proof(&desk).string("nonce"), Some(nonce));
    }
    desk.answer(Ok(with_nonce(400, DEMAND, "n-4")));
    assert_eq!(desk.seen(), ["settle 2 DPOP_NONCE"], "DPOP-13: never a loop");
}

#[test]
fn a_server_that_never_takes_its_own_nonces_is_left_alone() {
    let mut desk = exchanging(announced());
    let mut sent = 1;
    while desk.settled.is_empty() || !desk.settled.contains(&2) {
        desk.answer(Ok(with_nonce(400, DEMAND, &format!("n-{sent}"))));
        sent += 1;
        assert!(sent < 30, "DPOP-13: never a loop");
    }
    assert!(desk.told.last().is_some_and(|told| told.contains("longer")), "{:?}", desk.told);
}

/// A 401 with this challenge to request 1, which left with a proof; it brings this nonce.
fn refused_proof(desk: &mut Desk, error: &str, nonce: &str, proofs: u32) -> Verdict {
    let target = "https://api.example/v1/x".to_owned();
    let session = desk.holder.session_mut();
    session.handle_nonce(&target, nonce);
    let challenge = (!error.is_empty()).then(|| format!("DPoP error=\"{error}\""));
    let method = "POST".to_owned();
    let reply =
        Reply { target, method, status: 401, generation: 1, nonce: true, challenge, proofs, ..Reply::default() };
    let verdict = reply.hand_to(session, desk.now, 0, 1).expect("a verdict");
    session.handle_proven(1, &reply.target);
    verdict
}

#[test]
fn an_api_s_nonces_may_be_good_for_a_few_requests_only() {
    let mut desk = bound();
    desk.authorize(1);
    for tries in 0..16 {
        let verdict = refused_proof(&mut desk, "use_dpop_nonce", &format!("n-{tries}"), tries);
        assert_eq!(verdict, Verdict::Send(1), "DPOP-13: {tries}");
    }
    assert_eq!(refused_proof(&mut desk, "use_dpop_nonce", "n-16", 16), Verdict::Final, "DPOP-13: bounded");
    let told = desk.holder.session_mut().take_explanation().expect("an explanation");
    let told = told.string("message").expect("words").to_owned();
    assert!(told.contains("nonce") && !told.contains("expose"), "the nonce could be read: {told}");
}

#[test]
fn the_nonce_that_was_sent_is_no_news() {
    let mut desk = bound();
    desk.authorize(1);
    assert_eq!(refused_proof(&mut desk, "use_dpop_nonce", "n-1", 0), Verdict::Send(1));
    assert_eq!(refused_proof(&mut desk, "use_dpop_nonce", "n-1", 1), Verdict::Final, "DPOP-13: never a loop");
}

#[test]
fn without_a_challenge_new_nonces_are_tried_before_another_token() {
    let mut desk = bound();
    desk.authorize(1);
    desk.seen();
    for tries in 0..3 {
        assert_eq!(refused_proof(&mut desk, "", &format!("n-{tries}"), tries), Verdict::Send(1), "{tries}");
    }
    assert_eq!(refused_proof(&mut desk, "", "n-3", 3), Verdict::Queued, "USE-17: it may be the token");
}

#[test]
fn a_refresh_goes_once_more_with_the_nonce_too() {
    let mut desk = bound();
    desk.pass(3_600_000);
    desk.authorize(1);
    desk.authorize(2);
    desk.answer(Ok(with_nonce(400, DEMAND, "n-1")));
    desk.authorize(3);
    assert_eq!(
        desk.seen(),
        ["post /token refresh-1 proven", "post /token refresh-1 proven"],
        "DPOP-17: one flight through the retry"
    );
    desk.answer(Ok(with_nonce(200, &TOKEN.replace("access-1", "access-2"), "n-2")));
    assert_eq!(desk.seen(), ["refreshed", "release 1 2 3"]);
    assert_eq!(next_proof(&desk).string("nonce"), Some("n-2"), "DPOP-14: also from a 200");
}

#[test]
fn a_nonce_that_can_not_be_read_is_an_error_of_its_own() {
    let mut desk = exchanging(announced());
    desk.answer(json(400, DEMAND));
    assert_eq!(desk.seen(), ["settle 2 DPOP_NONCE"], "DPOP-13, USE-17");
}

#[test]
fn the_server_s_clock_is_tried_once() {
    let refused = |date: Option<&str>| Answer {
        date: date.map(Into::into),
        ..answer(400, Some("application/json"), br#"{"error":"invalid_dpop_proof"}"#)
    };
    let mut desk = exchanging(announced());
    // Ten minutes after the tests' time.
    desk.answer(Ok(refused(Some("Tue, 14 Nov 2023 22:23:20 GMT"))));
    assert_eq!(desk.seen(), ["post /token code-1 proven"], "DPOP-18");
    let ahead = next_proof(&desk).member("iat").and_then(|iat| iat.as_u64()).expect("iat");
    assert_eq!(ahead - desk.now.unix_ms / 1_000, 600);
    desk.answer(Ok(refused(Some("Tue, 14 Nov 2023 22:43:20 GMT"))));
    assert_eq!(desk.seen(), ["settle 2 DPOP_PROOF"], "DPOP-18: once");
    let mut blind = exchanging(announced());
    blind.answer(Ok(refused(None)));
    assert_eq!(blind.seen(), ["settle 2 DPOP_PROOF"], "DPOP-18");
}

#[test]
fn a_lost_key_ends_the_session() {
    use tokenkeep::proto::error::Transport;
    let mut desk = bound();
    desk.pass(3_600_000);
    desk.authorize(1);
    desk.seen();
    desk.answer(Err(Transport::KeyLost));
    assert_eq!(desk.seen(), ["signedout", "reject 1 LOGIN_REQUIRED"], "DPOP-21");
    let error = exchange_error(exchanging(announced()));
    assert_eq!(error, ["settle 2 DPOP_KEY_LOST"]);
}

fn exchange_error(mut desk: Desk) -> Vec<String> {
    desk.answer(Err(tokenkeep::proto::error::Transport::KeyLost));
    desk.seen()
}

#[test]
fn without_web_cryptography_there_is_no_sign_in() {
    let mut desk = announced();
    desk.sign_in(1, "{}");
    desk.made(None);
    assert_eq!(desk.seen(), ["key", "settle 1 INSECURE_CONTEXT"], "AUTHZ-22");
}

#[test]
fn a_key_is_kept_on_request_only() {
    let mut desk = Desk::with(configured(r#"["ES256"]"#, r#""persistDpopKey":true"#));
    desk.sign_in(1, "{}");
    assert_eq!(desk.seen(), ["key to keep"], "DPOP-25");
}

#[test]
fn an_api_that_knows_bearer_tokens_only_is_told_from_others() {
    use crate::support::Reply;
    use tokenkeep::proto::session::Verdict;
    let mut desk = bound();
    let reply = Reply {
        target: "https://api.example/v1/files".into(),
        method: "GET".into(),
        status: 401,
        challenge: Some("Bearer".into()),
        ..Reply::default()
    };
    desk.reply(1, &reply);
    desk.answer(json(200, &TOKEN.replace("-1", "-2")));
    let reply = Reply { generation: 2, replays: 1, ..reply };
    let now = desk.now;
    let session = desk.holder.session_mut();
    assert_eq!(reply.hand_to(session, now, 0, 1), Ok(Verdict::Final), "DPOP-12: no downgrade");
    let explanation = session.take_explanation().expect("an explanation");
    assert!(explanation.string("message").is_some_and(|message| message.contains("dpop: false")), "{explanation:?}");
}

#[test]
fn late_bound_tokens_are_revoked() {
    let mut desk = bound();
    desk.pass(3_600_000);
    desk.authorize(1);
    let (flight, ..) = desk.sent.remove(0);
    desk.sign_out(3);
    desk.seen();
    desk.answer_flight(flight, json(200, &TOKEN.replace("-1", "-2")));
    assert_eq!(desk.seen(), ["post /revoke refresh-2"], "REF-20");
}

#[test]
fn one_api_s_clock_is_not_everybody_s() {
    let mut desk = bound();
    desk.authorize(1);
    let target = "https://api.example/v1/x".to_owned();
    let challenge = Some(r#"DPoP error="invalid_dpop_proof""#.to_owned());
    let date = Some("Tue, 14 Nov 2033 22:23:20 GMT".to_owned());
    desk.reply(
        1,
        &Reply { target, method: "GET".into(), status: 401, generation: 1, challenge, date, ..Reply::default() },
    );
    let iat = next_proof(&desk).member("iat").and_then(|iat| iat.as_u64()).expect("iat");
    assert_eq!(iat, desk.now.unix_ms / 1_000);
}

#[test]
fn another_session_s_request_does_not_go_again() {
    let mut desk = bound();
    desk.authorize(1);
    desk.sign_out(3);
    desk.sent.clear();
    desk.seen();
    let (mut desk, href) = away(desk);
    desk.finish(5, &href);
    desk.take();
    desk.answer(json(200, &TOKEN.replace("-1", "-2")));
    assert!(desk.holder.session().is_signed_in());
    let target = "https://api.example/v1/x".to_owned();
    let challenge = Some(r#"DPoP error="use_dpop_nonce""#.to_owned());
    let reply =
        Reply { target, method: "POST".into(), status: 401, generation: 1, nonce: true, challenge, ..Reply::default() };
    let verdict = reply.hand_to(desk.holder.session_mut(), desk.now, 0, 1);
    assert!(verdict.is_err(), "{verdict:?}");
}

#[test]
fn a_refused_refresh_answer_ends_the_session() {
    let mut desk = bound();
    desk.pass(3_600_000);
    desk.authorize(1);
    desk.seen();
    desk.answer(json(200, &TOKEN.replace("DPoP", "Bearer").replace("-1", "-2")));
    desk.pass(5_000);
    desk.timeout();
    let seen = desk.seen();
    assert!(!seen.iter().any(|one| one.contains("token refresh-1")), "{seen:?}");
}
