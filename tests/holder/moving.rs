//! An MCP server that trusts another authorization server than before (MCP-5, MCP-13).

use tokenkeep::proto::calls::Signature;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::session::Verdict;
use tokenkeep::proto::syntax::base64url::base64url;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::url::Url;

use crate::desk::Desk;
use crate::mcp::{MCP, challenge, config, metadata, resource};
use crate::support::server::{id_token, param};
use crate::support::{ISSUER, REDIRECT_URI, json};

const OTHER: &str = "https://other.example";

/// Call `call` signs in where the MCP server trusts `issuer`: the URL that the browser arrives with.
fn under_way(desk: &mut Desk, call: u32, issuer: &str) -> String {
    let more = format!(
        r#","client_id_metadata_document_supported":true,"jwks_uri":"{issuer}/jwks","userinfo_endpoint":"{issuer}/me""#
    );
    desk.sign_in(call, "{}");
    let answers = [challenge("Bearer"), resource(issuer, ""), metadata(issuer, &more)];
    for given in answers {
        // The server's metadata is not asked for again while it is known.
        if !desk.sent.is_empty() {
            desk.answer(given);
        }
    }
    desk.store(desk.asked.len() - 1);
    let url = desk.results.pop().flatten().expect("a URL");
    let state = param(url.split_once('?').expect("a query").1, "state").expect("a state");
    format!("{REDIRECT_URI}?code=code&state={state}")
}

/// The browser is back, and the code is on its way.
fn exchanging(desk: &mut Desk, call: u32, issuer: &str) {
    let href = under_way(desk, call, issuer);
    desk.finish(call + 10, &href);
    desk.take();
    desk.seen();
}

fn granted(n: u32, id_token: &str) -> Result<Answer, Transport> {
    let id_token = if id_token.is_empty() { String::new() } else { format!(r#","id_token":"{id_token}""#) };
    json(
        200,
        &format!(
            r#"{{"access_token":"access-{n}","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-{n}"{id_token}}}"#
        ),
    )
}

fn keys() -> Result<Answer, Transport> {
    let key = format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"}}"#, base64url(&[0xff; 256]));
    json(200, &format!(r#"{{"keys":[{key}]}}"#))
}

fn desk(scope: &str) -> Desk {
    Desk::with(config(&format!(r#","clientMetadataUrl":"https://app.example/spa","scope":"{scope}""#)))
}

#[test]
fn tokens_that_come_too_late_are_not_shown_to_the_other_server() {
    let mut desk = desk("a");
    exchanging(&mut desk, 1, ISSUER);
    let (flight, ..) = desk.sent.remove(0);
    under_way(&mut desk, 2, OTHER);
    desk.seen();
    desk.answer_flight(flight, granted(1, ""));
    assert_eq!(desk.seen(), ["settle 11 LOGIN_REQUIRED"], "MCP-5: nothing is revoked where it is unknown");
    assert!(desk.sent.is_empty(), "MCP-13");
}

#[test]
fn keys_of_the_one_say_nothing_about_tokens_of_the_other() {
    let mut desk = desk("openid");
    exchanging(&mut desk, 1, ISSUER);
    desk.answer(granted(1, &id_token("alice", None)));
    assert_eq!(desk.seen(), ["get /jwks"]);
    desk.answer(keys());
    assert_eq!(desk.seen(), ["verify RS256"]);
    desk.verified(Signature::Forged);
    desk.sent.clear();
    exchanging(&mut desk, 2, OTHER);
    desk.answer(granted(2, &id_token("alice", None)));
    assert_eq!(desk.seen(), ["get https://other.example/jwks"], "MCP-13, IDT-6");
}

#[test]
fn a_key_set_that_was_on_its_way_is_dropped() {
    let mut desk = desk("openid");
    exchanging(&mut desk, 1, ISSUER);
    desk.answer(granted(1, &id_token("alice", None)));
    let (flight, ..) = desk.sent.remove(0);
    desk.seen();
    let href = under_way(&mut desk, 2, OTHER);
    let seen = desk.seen();
    assert!(seen.contains(&"settle 11 ID_TOKEN_INVALID".to_owned()), "whoever waited is told: {seen:?}");
    assert!(!seen.iter().any(|one| one.contains("other.example/revoke")), "MCP-5: {seen:?}");
    desk.answer_flight(flight, keys());
    desk.sent.clear();
    desk.finish(12, &href);
    desk.take();
    desk.answer(granted(2, &id_token("alice", None)));
    assert_eq!(desk.seen().last().map(String::as_str), Some("get https://other.example/jwks"), "MCP-13, IDT-6");
}

#[test]
fn no_token_goes_to_what_belonged_to_the_former_server() {
    let mut desk = desk("a");
    exchanging(&mut desk, 1, ISSUER);
    desk.answer(granted(1, ""));
    let endpoint = |desk: &Desk| desk.holder.session().server().and_then(|server| server.userinfo_endpoint.clone());
    assert_eq!(endpoint(&desk).as_deref(), Some("https://as.example/me"));
    exchanging(&mut desk, 2, OTHER);
    desk.answer(granted(2, ""));
    assert_eq!(endpoint(&desk).as_deref(), Some("https://other.example/me"), "MCP-5, MCP-13");
    for href in ["https://as.example/me", "https://other.example/me"] {
        let url = Url::parse(href).expect("a URL");
        let listed = &desk.holder.session().discovered().resource_servers;
        assert!(!listed.iter().any(|server| server.covers(&url)), "USE-3: {href}");
    }
}

#[test]
fn what_the_metadata_calls_the_server_is_what_tokens_are_asked_for() {
    let mut desk = desk("a");
    desk.server.expires_in = Some("60".into());
    desk.sign_in(1, "{}");
    desk.answer(challenge("Bearer"));
    desk.answer(json(404, ""));
    desk.answer(json(200, r#"{"resource":"https://mcp.example","authorization_servers":["https://as.example"]}"#));
    desk.answer(metadata(ISSUER, r#","client_id_metadata_document_supported":true"#));
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    let asked = |name| param(url.split_once('?').expect("a query").1, name);
    assert_eq!(asked("resource").as_deref(), Some("https://mcp.example"), "MCP-3");
    let state = asked("state").expect("a state");
    desk.finish(2, &format!("{REDIRECT_URI}?code=code&state={state}"));
    desk.take();
    desk.answer(granted(1, ""));
    assert_eq!(desk.holder.session_mut().authorize(desk.now, 9, MCP, None), Ok(Verdict::Send(1)));
    desk.pass(3_600_000);
    desk.request(9, MCP);
    let body = desk.sent[0].2.as_ref().expect("a form").expose().to_owned();
    assert_eq!(param(&body, "resource").as_deref(), Some("https://mcp.example"), "MCP-3");
}

#[test]
fn a_late_exchange_s_tokens_do_not_go_to_another_issuer() {
    let mut desk = desk("openid");
    exchanging(&mut desk, 1, ISSUER);
    let (flight, ..) = desk.sent.remove(0);
    under_way(&mut desk, 2, OTHER);
    desk.sent.clear();
    desk.seen();
    desk.answer_flight(flight, granted(1, &id_token("alice", None)));
    desk.answer(json(200, r#"{"keys":[]}"#));
    let seen = desk.seen();
    assert!(!seen.iter().any(|one| one.contains("other.example/revoke")), "{seen:?}");
}

#[test]
fn a_late_refresh_s_tokens_do_not_go_to_another_issuer() {
    let mut desk = desk("a");
    exchanging(&mut desk, 1, ISSUER);
    desk.answer(granted(1, ""));
    desk.pass(3_600_000);
    desk.request(9, MCP);
    let (flight, ..) = desk.sent.remove(0);
    under_way(&mut desk, 2, OTHER);
    desk.sent.clear();
    desk.seen();
    desk.answer_flight(flight, granted(2, &id_token("alice", None)));
    desk.answer(keys());
    desk.verified(Signature::Forged);
    let seen = desk.seen();
    assert!(!seen.iter().any(|one| one.contains("other.example/revoke")), "{seen:?}");
}

#[test]
fn a_key_that_comes_after_a_move_waits_for_the_new_client() {
    const JWK: &str = r#"{"kty":"EC","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA","crv":"P-256"}"#;
    let more = |issuer: &str| {
        format!(r#","registration_endpoint":"{issuer}/register","dpop_signing_alg_values_supported":["ES256"]"#)
    };
    let mut desk = Desk::with(config(""));
    desk.sign_in(1, "{}");
    desk.answer(challenge("Bearer"));
    desk.answer(resource(ISSUER, ""));
    desk.answer(metadata(ISSUER, &more(ISSUER)));
    desk.store(0);
    desk.answer(json(201, r#"{"client_id":"one"}"#));
    assert_eq!(desk.keys.len(), 1);
    desk.sign_in(2, "{}");
    desk.answer(challenge("Bearer"));
    desk.answer(resource(OTHER, ""));
    desk.answer(metadata(OTHER, &more(OTHER)));
    desk.made(Some(JWK));
    let record = desk.records.iter().find(|(name, _)| !name.starts_with('~')).cloned();
    let seen = desk.seen();
    if let Some((_, record)) = record {
        let kept = tokenkeep::proto::oauth::authorization::Transaction::parse(&record).expect("a record");
        assert_ne!(kept.client_id, "", "{} {seen:?}", kept.issuer);
    }
}

#[test]
fn a_stale_response_does_not_change_the_running_client() {
    use crate::support::Reply;
    let more = r#","registration_endpoint":"https://as.example/register""#;
    let back = |desk: &mut Desk| {
        let url = desk.results.pop().flatten().expect("a URL");
        let query = url.split_once('?').expect("a query").1.to_owned();
        (
            format!("{REDIRECT_URI}?code=code&state={}", param(&query, "state").expect("a state")),
            param(&query, "client_id"),
        )
    };
    let refuse = |desk: &mut Desk, generation: u32| {
        let reply = Reply { target: MCP.into(), method: "GET".into(), status: 401, generation, ..Reply::default() };
        desk.reply(generation, &reply);
    };
    let mut desk = Desk::with(config(""));
    desk.sign_in(1, "{}");
    desk.answer(challenge("Bearer"));
    desk.answer(resource(ISSUER, ""));
    desk.answer(metadata(ISSUER, more));
    desk.store(0);
    desk.answer(json(201, r#"{"client_id":"one"}"#));
    desk.keep();
    let (first, _) = back(&mut desk);
    desk.finish(2, &first);
    desk.take();
    desk.answer(granted(1, ""));
    desk.results.clear();
    desk.sign_in(3, "{}");
    desk.answer(challenge("Bearer"));
    desk.answer(resource(ISSUER, ""));
    desk.keep();
    let (stale, client) = back(&mut desk);
    assert_eq!(client.as_deref(), Some("one"));
    refuse(&mut desk, 1);
    desk.answer(json(401, r#"{"error":"invalid_client"}"#));
    desk.sign_in(5, "{}");
    desk.answer(challenge("Bearer"));
    desk.answer(resource(ISSUER, ""));
    desk.answer(json(201, r#"{"client_id":"two"}"#));
    desk.keep();
    let (second, client) = back(&mut desk);
    assert_eq!(client.as_deref(), Some("two"));
    desk.finish(6, &second);
    desk.take();
    desk.answer(granted(2, ""));
    desk.finish(7, &stale);
    desk.take();
    desk.answer(json(401, r#"{"error":"invalid_client"}"#));
    desk.sent.clear();
    refuse(&mut desk, 2);
    let body = desk.sent[0].2.as_ref().expect("a form").expose().to_owned();
    assert_eq!(param(&body, "client_id").as_deref(), Some("two"), "{body}");
}
