//! As whom to sign in: by hand, by a metadata document, or by registration.

use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::oauth::authorization::Transaction;

use crate::desk::Desk;
use crate::mcp::{self, challenge, metadata, missing};
use crate::support::server::param;
use crate::support::{ISSUER, REDIRECT_URI, answer, error, json};

const REGISTER: &str = "register /register";
const REGISTERS: &str = r#","registration_endpoint":"https://as.example/register""#;
const TAKES_DOCUMENTS: &str = r#","client_id_metadata_document_supported":true"#;

/// An issuer, and this.
fn config(more: &str) -> Config {
    let text = format!(r#"{{"issuer":"{ISSUER}","redirectUri":"{REDIRECT_URI}",{more}}}"#);
    Config::parse(&text, "https://app.example").expect("a good configuration")
}

/// What comes after the metadata.
fn after_metadata(config: Config, document: &str) -> Desk {
    let mut desk = Desk::with(config);
    sign_in(&mut desk, 1, document);
    desk
}

fn sign_in(desk: &mut Desk, call: u32, document: &str) {
    desk.sign_in(call, "{}");
    desk.seen();
    desk.answer(metadata(ISSUER, document));
}

fn client_id(desk: &Desk) -> String {
    let (_, record) = desk.records.iter().rfind(|(key, _)| !key.starts_with('~')).expect("a record");
    Transaction::parse(record).expect("a record").client_id
}

/// Somebody whose client was registered as `spa`.
fn registered() -> Desk {
    let mut desk = after_metadata(config(r#""clientMetadata":{"client_name":"Files"}"#), REGISTERS);
    desk.store(0);
    assert_eq!(desk.seen(), ["recall", REGISTER]);
    desk.answer(json(201, r#"{"client_id":"spa","client_secret":"canary","registration_access_token":"canary"}"#));
    assert_eq!(desk.seen(), ["remember", "keep"]);
    desk
}

#[test]
fn an_id_by_hand_comes_first_then_the_document_then_a_registration() {
    let both = [REGISTERS, TAKES_DOCUMENTS].concat();
    let url = r#""clientMetadataUrl":"https://app.example/client.json""#;
    let open = format!(r#"{url},"clientMetadata":{{}}"#);
    for (options, document, expected) in [
        (format!(r#"{open},"clientId":"spa""#), both.as_str(), "keep"),
        (open.clone(), &both, "keep"),
        (open.clone(), TAKES_DOCUMENTS, "keep"),
        (open.clone(), REGISTERS, "recall"),
        (open.clone(), "", "settle 1 REGISTRATION_NEEDED"),
        (url.to_owned(), REGISTERS, "settle 1 REGISTRATION_NEEDED"),
        (r#""clientMetadata":{}"#.to_owned(), TAKES_DOCUMENTS, "settle 1 REGISTRATION_NEEDED"),
        (open, r#","client_id_metadata_document_supported":"true""#, "settle 1 REGISTRATION_NEEDED"),
    ] {
        let mut desk = after_metadata(config(&options), document);
        assert_eq!(desk.seen(), [expected], "MCP-11, CIMD-4: {options} {document}");
        if expected == "keep" {
            let by_hand = options.contains("clientId");
            assert_eq!(client_id(&desk), if by_hand { "spa" } else { "https://app.example/client.json" }, "MCP-11");
        }
    }
}

#[test]
fn nothing_secret_of_a_registration_is_kept() {
    let desk = registered();
    assert_eq!(client_id(&desk), "spa");
    assert!(!format!("{:?}", desk.records).contains("canary"), "REG-3, REG-4");
    assert!(desk.documents[0].contains(r#""client_name":"Files""#), "REG-1");
    assert!(desk.documents[0].contains(r#""application_type":"web""#), "MCP-12");
}

#[test]
fn a_client_is_registered_once_and_not_for_each_page() {
    let mut desk = registered();
    desk.sign_in(2, "{}");
    assert_eq!(desk.seen(), ["keep"], "REG-7");
    desk.reload();
    sign_in(&mut desk, 3, REGISTERS);
    desk.store(0);
    assert_eq!(desk.seen(), ["recall", "keep"], "REG-7");
    assert_eq!((client_id(&desk).as_str(), desk.documents.len()), ("spa", 1));
}

#[test]
fn a_code_is_exchanged_by_the_client_that_asked_for_it() {
    let mut desk = registered();
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    let state = param(url.split_once('?').expect("a query").1, "state").expect("a state");
    desk.reload();
    desk.finish(2, &format!("{REDIRECT_URI}?code=x&state={state}"));
    desk.take();
    desk.answer(metadata(ISSUER, REGISTERS));
    let body = desk.sent[0].2.as_ref().expect("a form").expose().to_owned();
    assert_eq!(param(&body, "client_id").as_deref(), Some("spa"), "REG-5");
    assert_eq!(desk.documents.len(), 1, "REG-7: nothing is registered for that");
}

#[test]
fn what_an_mcp_server_decides_is_not_configured() {
    for (option, value) in [
        ("issuer", r#""https://as.example""#),
        ("server", r#"{"issuer":"https://as.example"}"#),
        ("assumePkce", "true"),
        ("authorizationServers", "[]"),
        ("authorizationServers", r#"["http://as.example"]"#),
        ("authorizationServers", r#""https://as.example""#),
        ("clientMetadataUrl", r#""https://app.example/""#),
        ("clientMetadata", r#"{"client_secret":"x"}"#),
        ("clientMetadata", r#""Files""#),
    ] {
        let text = format!(r#"{{"mcp":"https://mcp.example","redirectUri":"{REDIRECT_URI}","{option}":{value}}}"#);
        assert_eq!(refused(&text).as_deref(), Some(option), "MCP-6: {value}");
    }
    for mcp in ["http://mcp.example", "https://mcp.example/#x", "https://user@mcp.example/", "mcp.example", ""] {
        let text = format!(r#"{{"mcp":"{mcp}","redirectUri":"{REDIRECT_URI}"}}"#);
        assert_eq!(refused(&text).as_deref(), Some("mcp"), "MCP-3: {mcp}");
    }
    let alone = format!(
        r#"{{"issuer":"{ISSUER}","clientId":"c","redirectUri":"{REDIRECT_URI}","authorizationServers":["{ISSUER}"]}}"#
    );
    assert_eq!(refused(&alone).as_deref(), Some("authorizationServers"));
    assert_eq!(refused(r#"{"token":"x","mcp":"https://mcp.example"}"#).as_deref(), Some("mcp"));
}

fn refused(text: &str) -> Option<String> {
    let error = Config::parse(text, "https://app.example").err()?;
    error.to_object().string("option").map(str::to_owned)
}

#[test]
fn sign_ins_at_once_share_one_registration() {
    let mut desk = Desk::with(config(r#""clientMetadata":{}"#));
    (1..=3).for_each(|call| desk.sign_in(call, "{}"));
    desk.answer(metadata(ISSUER, REGISTERS));
    desk.store(0);
    desk.sign_in(4, "{}");
    desk.answer(json(201, r#"{"client_id":"spa"}"#));
    assert_eq!(desk.documents.len(), 1, "REG-7");
    assert_eq!(desk.seen().iter().filter(|seen| *seen == "keep").count(), 4);
}

#[test]
fn another_issuer_or_another_client_is_another_registration() {
    let names = |config: Config, issuer: &str| {
        let mut desk = Desk::with(config);
        desk.sign_in(1, "{}");
        desk.answer(metadata(issuer, REGISTERS));
        desk.asked.remove(0).1
    };
    let of = |issuer: &str, redirect_uri: &str, more: &str| {
        let text = format!(r#"{{"issuer":"{issuer}","redirectUri":"{redirect_uri}","clientMetadata":{{{more}}}}}"#);
        names(Config::parse(&text, "https://app.example").expect("a configuration"), issuer)
    };
    let all = [
        of(ISSUER, REDIRECT_URI, ""),
        of("https://other.example", REDIRECT_URI, ""),
        of(ISSUER, "https://app.example/other", ""),
        of(ISSUER, REDIRECT_URI, r#""client_name":"Files""#),
    ];
    let different: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(different.len(), all.len(), "REG-5");
    assert_eq!(of(ISSUER, REDIRECT_URI, ""), all[0]);
}

#[test]
fn a_record_of_another_issuer_is_not_used() {
    let mut desk = after_metadata(config(r#""clientMetadata":{}"#), REGISTERS);
    let name = desk.asked[0].1.clone();
    desk.records.push((name, r#"{"issuer":"https://other.example","clientId":"theirs"}"#.into()));
    desk.store(0);
    assert_eq!(desk.seen(), ["recall", REGISTER], "REG-5, MCP-13");
}

#[test]
fn a_refused_registration_is_told_and_not_repeated() {
    for (given, code) in [
        (error(400, "invalid_redirect_uri"), "REGISTRATION_REFUSED"),
        (error(400, "invalid_client_metadata"), "REGISTRATION_REFUSED"),
        (Ok(answer(403, None, b"")), "REGISTRATION_FAILED"),
        (json(201, r#"{"client_id":"x","redirect_uris":["https://evil.example"]}"#), "REGISTRATION_FAILED"),
        (Err(Transport::Network), "NETWORK"),
    ] {
        let mut desk = after_metadata(config(r#""clientMetadata":{}"#), REGISTERS);
        desk.store(0);
        desk.seen();
        desk.answer(given);
        assert_eq!(desk.seen(), [format!("settle 1 {code}")], "REG-2, REG-6");
        assert!(desk.sent.is_empty() && desk.records.is_empty());
        desk.sign_in(2, "{}");
        assert_eq!(desk.seen(), ["recall"], "a person may try again");
    }
}

#[test]
fn a_client_that_the_server_forgot_is_registered_again() {
    let mut desk = registered();
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    let state = param(url.split_once('?').expect("a query").1, "state").expect("a state");
    desk.finish(2, &format!("{REDIRECT_URI}?code=x&state={state}"));
    desk.take();
    desk.answer(error(401, "invalid_client"));
    desk.seen();
    desk.sign_in(3, "{}");
    assert_eq!(desk.seen(), [REGISTER]);
    desk.answer(json(201, r#"{"client_id":"spa-2"}"#));
    assert_eq!(desk.seen(), ["remember", "keep"]);
    assert_eq!(client_id(&desk), "spa-2");
    let kept: Vec<_> = desk.records.iter().filter(|(key, _)| key.starts_with('~')).collect();
    assert!(kept.len() == 1 && kept[0].1.contains("spa-2"), "in place of the other");
}

#[test]
fn an_mcp_server_needs_no_word_about_the_client() {
    let mut desk = Desk::with(mcp::config(""));
    desk.sign_in(1, "{}");
    desk.answer(challenge("Bearer"));
    desk.answer(missing());
    desk.answer(json(200, r#"{"resource":"https://mcp.example","authorization_servers":["https://as.example"]}"#));
    desk.answer(metadata(ISSUER, REGISTERS));
    desk.store(0);
    desk.answer(json(201, r#"{"client_id":"spa"}"#));
    assert_eq!(desk.seen().last().map(String::as_str), Some("keep"), "MCP-11");
    assert_eq!(client_id(&desk), "spa");
}

#[test]
fn an_id_by_hand_is_for_one_authorization_server() {
    for (servers, expected) in [
        (r#""#, Some("clientId")),
        (r#","authorizationServers":["https://a.example","https://b.example"]"#, Some("clientId")),
        (r#","authorizationServers":["https://a.example"]"#, None),
    ] {
        let text =
            format!(r#"{{"mcp":"https://mcp.example","redirectUri":"{REDIRECT_URI}","clientId":"spa"{servers}}}"#);
        assert_eq!(refused(&text).as_deref(), expected, "MCP-13: {servers}");
    }
}
