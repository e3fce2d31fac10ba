//! `hold({ mcp })`: everything follows from the server's URL.

use crate::support::Reply;
use tokenkeep::proto::config::Config;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::oauth::authorization::Transaction;
use tokenkeep::proto::session::Verdict;
use tokenkeep::proto::syntax::http::Answer;

use crate::desk::Desk;
use crate::support::server::param;
use crate::support::{REDIRECT_URI, answer, json};

pub(crate) const MCP: &str = "https://mcp.example/mcp";
const PROBE: &str = "probe https://mcp.example/mcp";
const PATH: &str = "get https://mcp.example/.well-known/oauth-protected-resource/mcp";
const ROOT: &str = "get https://mcp.example/.well-known/oauth-protected-resource";
const OAUTH: &str = "get /.well-known/oauth-authorization-server";
const OPENID: &str = "get /.well-known/openid-configuration";

pub(crate) fn config(more: &str) -> Config {
    let text = format!(r#"{{"mcp":"{MCP}","redirectUri":"{REDIRECT_URI}"{more}}}"#);
    Config::parse(&text, "https://app.example").expect("a good configuration")
}

/// A client that was registered by hand.
pub(crate) fn pinned(more: &str) -> Config {
    config(&format!(r#","clientId":"spa","authorizationServers":["https://as.example"]{more}"#))
}

pub(crate) fn challenge(field: &str) -> Result<Answer, Transport> {
    Ok(Answer { challenge: Some(field.into()), ..answer(401, None, b"") })
}

pub(crate) fn missing() -> Result<Answer, Transport> {
    Ok(answer(404, None, b""))
}

pub(crate) fn resource(issuer: &str, more: &str) -> Result<Answer, Transport> {
    json(200, &format!(r#"{{"resource":"{MCP}","authorization_servers":["{issuer}"]{more}}}"#))
}

pub(crate) fn metadata(issuer: &str, more: &str) -> Result<Answer, Transport> {
    json(
        200,
        &format!(
            r#"{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/authorize","token_endpoint":"{issuer}/token",
            "revocation_endpoint":"{issuer}/revoke","code_challenge_methods_supported":["S256"]{more}}}"#
        ),
    )
}

/// The URL that call `call` navigates to, if the MCP server and its authorization server answer like this.
fn navigate(desk: &mut Desk, call: u32, [refusal, document, server]: [Result<Answer, Transport>; 3]) -> String {
    desk.sign_in(call, "{}");
    for given in [refusal, document, server] {
        desk.answer(given);
    }
    desk.keep();
    desk.results.pop().flatten().expect("a URL")
}

fn plainly() -> [Result<Answer, Transport>; 3] {
    [challenge("Bearer"), resource("https://as.example", ""), metadata("https://as.example", "")]
}

fn query(url: &str, name: &str) -> Option<String> {
    param(url.split_once('?').expect("a query").1, name)
}

/// The user consents: the URL the browser arrives with.
fn consented(desk: &mut Desk, url: &str) -> String {
    let code = desk.server.consent(url.split_once('?').expect("a query").1);
    format!("{REDIRECT_URI}?code={code}&state={}", query(url, "state").expect("a state"))
}

fn signed_in(config: Config) -> Desk {
    let mut desk = Desk::with(config);
    let url = navigate(&mut desk, 1, plainly());
    let href = consented(&mut desk, &url);
    desk.finish(2, &href);
    desk.take();
    desk.respond();
    assert!(desk.seen().ends_with(&["settle 2".to_owned(), "signedin".to_owned()]));
    desk
}

#[test]
fn everything_is_found_in_order() {
    let mut desk = Desk::with(pinned(""));
    desk.sign_in(1, "{}");
    desk.answer(challenge(r#"Bearer resource_metadata="https://mcp.example/metadata.json""#));
    desk.answer(missing());
    desk.answer(missing());
    assert_eq!(desk.seen(), [PROBE, "get https://mcp.example/metadata.json", PATH, ROOT], "MCP-1");
    desk.answer(json(200, r#"{"resource":"https://mcp.example","authorization_servers":["https://as.example"]}"#));
    desk.answer(missing());
    assert_eq!(desk.seen(), [OAUTH, OPENID], "MCP-2");
    desk.answer(metadata("https://as.example", ""));
    assert_eq!(desk.seen(), ["keep"]);
}

#[test]
fn without_a_challenge_the_well_known_places_are_asked() {
    for given in [Err(Transport::Network), Ok(answer(401, None, b"")), Ok(answer(200, None, b"")), challenge("Basic")] {
        let mut desk = Desk::with(pinned(""));
        desk.sign_in(1, "{}");
        desk.answer(given);
        assert_eq!(desk.seen(), [PROBE, PATH], "MCP-1");
    }
}

#[test]
fn an_issuer_with_a_path_is_looked_up_in_three_places() {
    let config = config(r#","clientId":"spa","authorizationServers":["https://as.example/t"],"scope":"openid""#);
    let mut desk = Desk::with(config);
    desk.sign_in(1, "{}");
    desk.answer(challenge("Bearer"));
    desk.answer(resource("https://as.example/t", ""));
    desk.seen();
    let tenant = |path: &str| format!("get /.well-known/{path}/t");
    let mut order = vec![tenant("oauth-authorization-server")];
    for _ in 0..3 {
        desk.answer(missing());
        order.extend(desk.seen());
    }
    assert_eq!(order[1], tenant("openid-configuration"), "MCP-2: whatever the scope");
    assert_eq!(order[2], "get /t/.well-known/openid-configuration", "MCP-2");
    assert_eq!(order[3], "settle 1 DISCOVERY_FAILED");
}

#[test]
fn the_resource_is_named_in_all_three_requests() {
    let mut desk = Desk::with(pinned(r#","defaultLifetime":60"#));
    desk.server.expires_in = Some("60".into());
    let url = navigate(&mut desk, 1, plainly());
    assert_eq!(query(&url, "resource").as_deref(), Some(MCP), "MCP-3, RES-4");
    let href = consented(&mut desk, &url);
    desk.finish(2, &href);
    desk.take();
    assert_eq!(param(desk.sent[0].2.as_ref().expect("a form").expose(), "resource").as_deref(), Some(MCP), "MCP-3");
    desk.respond();
    desk.pass(61_000);
    desk.request(7, MCP);
    assert_eq!(param(desk.sent[0].2.as_ref().expect("a form").expose(), "resource").as_deref(), Some(MCP), "MCP-3");
}

#[test]
fn the_resource_has_no_needless_slash() {
    for (mcp, path, expected) in [
        ("https://mcp.example", "/", "https://mcp.example"),
        ("https://mcp.example/", "/", "https://mcp.example"),
        ("https://mcp.example/a/mcp", "/a/mcp", "https://mcp.example/a/mcp"),
        ("https://mcp.example/mcp?tenant=1", "/mcp", "https://mcp.example/mcp?tenant=1"),
    ] {
        let text = format!(r#"{{"mcp":"{mcp}","redirectUri":"{REDIRECT_URI}"}}"#);
        let config = Config::parse(&text, "https://app.example").expect("a good configuration");
        assert_eq!(tokenkeep::proto::config::resources(&config.resource_servers), [expected], "MCP-3");
        let inside = format!("https://mcp.example{path}");
        let inside = tokenkeep::proto::syntax::url::Url::parse(&inside).expect("a URL");
        assert!(config.resource_servers[0].covers(&inside));
    }
}

#[test]
fn a_new_holder_finds_the_same_again_before_the_exchange() {
    let mut desk = Desk::with(pinned(""));
    let url = navigate(&mut desk, 1, plainly());
    let href = consented(&mut desk, &url);
    desk.reload();
    desk.seen();
    desk.finish(1, &href);
    desk.take();
    assert_eq!(desk.seen(), ["take", PROBE]);
    desk.answer(challenge("Bearer"));
    desk.answer(resource("https://as.example", ""));
    desk.answer(metadata("https://as.example", ""));
    assert_eq!(desk.seen(), [PATH, OAUTH, "post /token code-1"]);
    desk.respond();
    assert_eq!(desk.seen(), ["settle 1", "signedin"]);
}

#[test]
fn the_code_goes_to_nobody_but_the_server_that_was_asked() {
    let mut desk = Desk::with(config(r#","clientMetadata":{}"#));
    let registers = r#","registration_endpoint":"https://as.example/register""#;
    desk.sign_in(1, "{}");
    for given in [challenge("Bearer"), resource("https://as.example", ""), metadata("https://as.example", registers)] {
        desk.answer(given);
    }
    desk.store(0);
    desk.answer(json(201, r#"{"client_id":"spa"}"#));
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    let href = consented(&mut desk, &url);
    desk.reload();
    desk.finish(2, &href);
    desk.take();
    desk.authorize(7);
    desk.seen();
    desk.answer(challenge("Bearer"));
    desk.answer(resource("https://evil.example", ""));
    desk.answer(metadata("https://evil.example", ""));
    let seen = desk.seen();
    assert_eq!(seen.last().map(String::as_str), Some("settle 2 ISSUER_MISMATCH"), "MCP-7, MCP-13: {seen:?}");
    assert!(desk.sent.is_empty(), "nothing is sent to the other server");
    assert_eq!(desk.holder.session().stats(desk.now).string("phase"), Some("signedout"), "and nobody waits");
}

#[test]
fn an_authorization_server_that_is_not_listed_is_named_and_not_used() {
    let mut desk = Desk::with(pinned(""));
    desk.sign_in(1, "{}");
    desk.answer(challenge("Bearer"));
    desk.answer(resource("https://evil.example", ""));
    assert_eq!(desk.seen(), [PROBE, PATH, "settle 1 AUTHORIZATION_SERVER_REFUSED"], "PRM-6, MCP-13");
    assert!(desk.sent.is_empty() && desk.records.is_empty());
}

#[test]
fn a_server_that_lists_other_resources_is_not_used() {
    for (listed, good) in [(r#"["https://other.example"]"#, false), (r#"["https://mcp.example/mcp"]"#, true)] {
        let mut desk = Desk::with(pinned(""));
        desk.sign_in(1, "{}");
        desk.answer(challenge("Bearer"));
        desk.answer(resource("https://as.example", ""));
        desk.answer(metadata("https://as.example", &format!(r#","protected_resources":{listed}"#)));
        let last = if good { "keep" } else { "settle 1 METADATA_INVALID" };
        assert_eq!(desk.seen().last().map(String::as_str), Some(last), "PRM-6: {listed}");
    }
}

#[test]
fn without_pkce_nothing_starts() {
    let mut desk = Desk::with(pinned(""));
    desk.sign_in(1, "{}");
    desk.answer(challenge("Bearer"));
    desk.answer(resource("https://as.example", ""));
    desk.answer(json(
        200,
        r#"{"issuer":"https://as.example","authorization_endpoint":"https://as.example/authorize",
        "token_endpoint":"https://as.example/token"}"#,
    ));
    desk.answer(missing());
    assert_eq!(desk.seen().last().map(String::as_str), Some("settle 1 PKCE_UNSUPPORTED"), "MCP-6, PKCE-7");
}

#[test]
fn the_scope_is_the_challenges_or_the_resources_or_none() {
    let supported = r#","scopes_supported":["a","b"]"#;
    let offline = r#","scopes_supported":["offline_access","c"]"#;
    for (option, field, document, server, expected, prompt) in [
        ("", r#"Bearer scope="c d""#, supported, "", Some("c d"), None),
        ("", "Bearer", supported, "", Some("a b"), None),
        ("", "Bearer", "", "", None, None),
        ("", r#"Bearer scope="c d""#, "", offline, Some("c d offline_access"), Some("consent")),
        ("", "Bearer", "", offline, Some("offline_access"), Some("consent")),
        ("", r#"Bearer scope="offline_access""#, "", "", Some("offline_access"), Some("consent")),
        (r#","scope":"e""#, r#"Bearer scope="c d""#, supported, offline, Some("e"), None),
        (r#","extraParams":{"prompt":"login"}"#, "Bearer", "", offline, Some("offline_access"), Some("login")),
    ] {
        let mut desk = Desk::with(pinned(option));
        let answers =
            [challenge(field), resource("https://as.example", document), metadata("https://as.example", server)];
        let url = navigate(&mut desk, 1, answers);
        assert_eq!(query(&url, "scope").as_deref(), expected, "MCP-8, MCP-14: {field} {document} {server}");
        assert_eq!(query(&url, "prompt").as_deref(), prompt, "MCP-14: {field} {server}");
    }
}

#[test]
fn more_rights_are_asked_for_on_top_of_those_before() {
    let mut desk = Desk::with(pinned(""));
    let supported = resource("https://as.example", r#","scopes_supported":["a","b"]"#);
    let url = navigate(&mut desk, 1, [challenge("Bearer"), supported, metadata("https://as.example", "")]);
    let href = consented(&mut desk, &url);
    desk.finish(2, &href);
    desk.take();
    desk.respond();
    desk.seen();
    desk.sign_in(3, r#"{"scope":"z"}"#);
    desk.answer(challenge(r#"Bearer scope="b""#));
    desk.answer(resource("https://as.example", r#","scopes_supported":["y"]"#));
    assert_eq!(desk.seen(), [PROBE, PATH, "keep"], "the server's metadata is known");
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    assert_eq!(query(&url, "scope").as_deref(), Some("b a z"), "MCP-9, MCP-10");
}

#[test]
fn a_session_of_another_authorization_server_ends() {
    let mut desk = Desk::with(config(r#","clientMetadataUrl":"https://app.example/spa""#));
    desk.sign_in(1, "{}");
    let registers = r#","registration_endpoint":"https://as.example/register""#;
    for given in [challenge("Bearer"), resource("https://as.example", ""), metadata("https://as.example", registers)] {
        desk.answer(given);
    }
    desk.store(0);
    desk.answer(json(201, r#"{"client_id":"spa"}"#));
    desk.keep();
    let url = desk.results.pop().flatten().expect("a URL");
    let href = consented(&mut desk, &url);
    desk.finish(2, &href);
    desk.take();
    desk.respond();
    desk.seen();
    desk.sign_in(3, "{}");
    desk.answer(challenge("Bearer"));
    desk.answer(resource("https://other.example", ""));
    desk.answer(metadata("https://other.example", r#","client_id_metadata_document_supported":true"#));
    let seen = desk.seen();
    assert!(seen.contains(&"signedout".to_owned()), "MCP-5, MCP-13, STORE-11, USE-12: {seen:?}");
    assert_eq!(desk.holder.session().authorization(1), None, "USE-12: the old token goes nowhere any more");
    assert!(seen.contains(&"post /revoke refresh-1".to_owned()), "at the server that gave it: {seen:?}");
    assert!(seen.contains(&"keep".to_owned()), "and the sign-in goes on: {seen:?}");
    let (_, record) = desk.records.last().expect("a record");
    let record = Transaction::parse(record).expect("a record");
    assert_eq!(
        (record.issuer.as_str(), record.client_id.as_str()),
        ("https://other.example", "https://app.example/spa")
    );
}

#[test]
fn the_token_goes_below_the_servers_url_only() {
    let mut desk = signed_in(pinned(""));
    let mut verdict = |href| desk.holder.session_mut().authorize(desk.now, 9, href, None).ok();
    assert_eq!(verdict(MCP), Some(Verdict::Send(1)), "MCP-4");
    assert_eq!(verdict("https://mcp.example/mcp/x"), Some(Verdict::Send(1)));
    for href in ["https://mcp.example/", "https://mcp.example/mcp2", "https://other.example/mcp"] {
        assert_eq!(verdict(href), None, "MCP-5, RES-7: {href}");
    }
}

#[test]
fn a_challenge_asks_for_the_metadata_again() {
    let mut desk = signed_in(pinned(""));
    let field = format!(
        r#"Bearer error="insufficient_scope", scope="z", resource_metadata="{}""#,
        "https://mcp.example/.well-known/oauth-protected-resource/mcp"
    );
    let reply = Reply {
        target: MCP.into(),
        method: "POST".into(),
        status: 403,
        generation: 1,
        challenge: Some(field),
        ..Reply::default()
    };
    desk.reply(9, &reply);
    assert_eq!(desk.seen(), [PATH], "PRM-8: and the event waits for it");
    desk.answer(resource("https://evil.example", r#","scopes_supported":["z"]"#));
    assert_eq!(desk.seen(), ["stepup"], "PRM-6: told, and nothing else");
}
