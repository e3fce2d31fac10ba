//! An API whose challenge names its metadata (RFC 9728, 5.1): it is fetched, checked and told, and nothing else happens.

use crate::support::Reply;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::{Object, Value};

use crate::desk::Desk;
use crate::support::{API, MINUTE, SECOND, json};

const PLACE: &str = "https://api.example/.well-known/oauth-protected-resource/v1";
const MORE: &str = r#"Bearer error="insufficient_scope", scope="files:write""#;

fn asks(status: u16, field: &str, place: &str) -> Reply {
    Reply {
        target: API.into(),
        method: "POST".into(),
        status,
        challenge: Some(format!(r#"{field}, resource_metadata="{place}""#)),
        ..Reply::default()
    }
}

/// A session whose fresh token was refused a moment ago, so that a 401 is the answer.
fn refused() -> Desk {
    let mut desk = Desk::signed_in();
    desk.reply(8, &Reply::unauthorized());
    desk.answer(json(
        200,
        r#"{"access_token":"access-2","token_type":"Bearer","refresh_token":"r","expires_in":3600}"#,
    ));
    desk.reply(8, &Reply { replays: 1, ..Reply::unauthorized() });
    desk.seen();
    desk
}

fn document(resource: &str) -> Result<Answer, Transport> {
    json(
        200,
        &format!(
            r#"{{"resource":"{resource}","authorization_servers":["https://as.example","https://other.example"],
            "scopes_supported":["files:read","files:write"]}}"#
        ),
    )
}

/// What the last `stepup` event says of the resource's metadata, as JSON text.
fn told(desk: &mut Desk) -> Option<String> {
    let event = desk.events.pop().filter(|event| event.name == "stepup").expect("a stepup event");
    event.detail.member("resourceMetadata").map(|value| {
        let mut text = String::new();
        value.write(&mut text);
        text
    })
}

fn explained(desk: &mut Desk, reply: &Reply) -> Object {
    desk.reply(9, reply);
    desk.holder.session_mut().take_explanation().expect("an explanation")
}

#[test]
fn the_event_waits_for_the_metadata_and_has_it() {
    let mut desk = Desk::signed_in();
    desk.reply(9, &asks(403, MORE, PLACE));
    assert_eq!(desk.seen(), [format!("get {PLACE}")], "PRM-8");
    desk.answer(document("https://api.example/v1"));
    assert_eq!(desk.seen(), ["stepup"], "PRM-6, WWW-11: told, and nobody navigates");
    assert_eq!(
        told(&mut desk).as_deref(),
        Some(
            r#"{"resource":"https://api.example/v1","authorizationServers":["https://as.example","https://other.example"],"scopesSupported":["files:read","files:write"]}"#
        ),
        "PRM-6"
    );
    assert!(desk.sent.is_empty() && desk.asked.is_empty());
}

#[test]
fn the_scopes_of_the_metadata_are_not_what_is_asked_for() {
    let mut desk = Desk::signed_in();
    desk.reply(9, &asks(403, MORE, PLACE));
    desk.answer(document("https://api.example/v1"));
    let Some(Value::Object(options)) = desk.events[desk.events.len() - 1].detail.member("signIn").cloned() else {
        panic!()
    };
    assert_eq!(options.string("scope"), Some("files:write"), "PRM-7");
    desk.sign_in(3, &options.to_json());
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    assert!(url.contains("scope=files%3Aread+files%3Awrite&"), "PRM-7: {url}");
}

#[test]
fn only_metadata_of_this_resource_is_told() {
    for (resource, good) in [
        (API, true),
        ("https://api.example/v1", true),
        ("https://api.example/v1/", true),
        ("https://api.example", false),
        ("https://api.example/v1/files/x", false),
        ("https://evil.example/v1", false),
    ] {
        let mut desk = Desk::signed_in();
        desk.reply(9, &asks(403, MORE, PLACE));
        desk.answer(document(resource));
        assert_eq!(told(&mut desk).is_some(), good, "PRM-2, PRM-3: {resource}");
    }
    let mut desk = Desk::signed_in();
    desk.reply(9, &asks(403, MORE, PLACE));
    desk.answer(Err(Transport::Network));
    assert_eq!(told(&mut desk), None, "the event comes all the same");
}

#[test]
fn what_may_not_be_fetched_is_not() {
    for place in ["http://api.example/metadata", "https://10.0.0.1/metadata", "https://localhost/metadata", "x"] {
        let mut desk = Desk::signed_in();
        desk.reply(9, &asks(403, MORE, place));
        assert_eq!(desk.seen(), ["stepup"], "PRM-1, PRM-9: {place}");
        assert!(desk.sent.is_empty(), "PRM-1, PRM-9: {place}");
    }
}

#[test]
fn explanations_have_what_is_known_by_then() {
    let mut desk = refused();
    let refused = asks(401, r#"Bearer error="invalid_token""#, PLACE);
    assert!(explained(&mut desk, &refused).member("resourceMetadata").is_none());
    assert_eq!(desk.sent[0].1, PLACE, "PRM-8");
    desk.answer(document("https://api.example/v1"));
    let explanation = explained(&mut desk, &refused);
    let Some(Value::Object(metadata)) = explanation.member("resourceMetadata") else { panic!() };
    let servers = metadata.member("authorizationServers").and_then(Value::as_strings);
    assert_eq!(servers, Some(vec!["https://as.example", "https://other.example"]), "PRM-6");
}

#[test]
fn metadata_is_asked_for_once_in_a_while_whatever_the_api_says() {
    let mut desk = refused();
    let mut fetched = 0;
    for n in 0..20 {
        desk.reply(9, &asks(401, "Bearer", &format!("https://api.example/metadata/{n}")));
        fetched += desk.sent.len();
        desk.sent.clear();
        desk.pass(SECOND);
    }
    assert_eq!(fetched, 2, "PRM-9");
    desk.pass(MINUTE);
    desk.reply(9, &asks(403, MORE, PLACE));
    assert_eq!(desk.sent.len(), 1, "PRM-8: a new challenge, a fresh fetch");
}

#[test]
fn an_answer_that_is_no_refusal_points_nowhere() {
    let mut desk = refused();
    desk.reply(9, &asks(503, "Bearer", PLACE));
    desk.reply(9, &Reply { challenge: Some(format!(r#"Basic resource_metadata="{PLACE}""#)), ..asks(401, "", PLACE) });
    assert!(desk.sent.iter().all(|(_, url, _)| url != PLACE));
}
