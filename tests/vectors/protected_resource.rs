//! RFC 9728: where a resource's metadata is, and when it counts.

use tokenkeep::proto::error::{Error, InvalidResponse, Transport};
use tokenkeep::proto::oauth::protected_resource::{ProtectedResource, ResourceSearch, well_known};
use tokenkeep::proto::syntax::http::Answer;

use crate::support::{answer, json};

const MCP: &str = "https://mcp.example/mcp";
const PATH: &str = "https://mcp.example/.well-known/oauth-protected-resource/mcp";
const ROOT: &str = "https://mcp.example/.well-known/oauth-protected-resource";

fn document(resource: &str) -> Result<Answer, Transport> {
    json(200, &format!(r#"{{"resource":"{resource}","authorization_servers":["https://as.example"]}}"#))
}

fn parse(body: &str) -> Result<ProtectedResource, Error> {
    ProtectedResource::parse(json(200, body), &[MCP.to_owned()], false)
}

fn is_unusable<T>(result: Result<T, Error>) -> bool {
    matches!(result, Err(Error::InvalidResponse(InvalidResponse::Resource(_))))
}

fn order(url: &str, announced: Option<&str>) -> Vec<String> {
    let mut search = ResourceSearch::new(url, announced, false);
    std::iter::from_fn(|| {
        let url = search.next_url()?;
        assert_eq!(search.handle_answer(Err(Transport::Network)), None);
        Some(url)
    })
    .collect()
}

/// What the document at `announced` comes to, if it has this `resource`.
fn at(announced: &str, resource: &str) -> bool {
    let mut search = ResourceSearch::new(MCP, Some(announced), false);
    assert_eq!(search.next_url().as_deref(), Some(announced));
    search.handle_answer(document(resource)).is_some()
}

#[test]
fn the_well_known_string_goes_between_host_and_path() {
    for (resource, expected) in [
        ("https://api.example/", "https://api.example/.well-known/oauth-protected-resource"),
        ("https://api.example/v1", "https://api.example/.well-known/oauth-protected-resource/v1"),
        ("https://api.example/v1/", "https://api.example/.well-known/oauth-protected-resource/v1/"),
        ("https://api.example:8443/a/b", "https://api.example:8443/.well-known/oauth-protected-resource/a/b"),
        ("https://api.example/?tenant=1", "https://api.example/.well-known/oauth-protected-resource?tenant=1"),
        ("https://api.example/v1?tenant=1", "https://api.example/.well-known/oauth-protected-resource/v1?tenant=1"),
    ] {
        assert_eq!(well_known(resource), expected, "PRM-4");
    }
}

#[test]
fn the_challenge_comes_first_then_the_path_then_the_origin() {
    let elsewhere = "https://mcp.example/metadata.json";
    assert_eq!(order(MCP, None), [PATH, ROOT], "MCP-1");
    assert_eq!(order(MCP, Some(elsewhere)), [elsewhere, PATH, ROOT], "MCP-1");
    assert_eq!(order(MCP, Some(PATH)), [PATH, ROOT]);
    assert_eq!(order(MCP, Some(ROOT)), [ROOT, PATH]);
    assert_eq!(order("https://mcp.example/", None), [ROOT]);
}

#[test]
fn the_resource_must_be_the_one_that_was_asked_about() {
    for (place, resource, expected) in [
        (PATH, MCP, true),
        (PATH, "https://mcp.example/mcp/", false),
        (PATH, "https://mcp.example/MCP", false),
        (PATH, "https://mcp.example", false),
        (PATH, "https://other.example/mcp", false),
        (PATH, "https://mcp.example/mcp?x=1", false),
        (PATH, "https://mcp.example/%6dcp", false),
        (PATH, "", false),
        (ROOT, "https://mcp.example", true),
        (ROOT, "https://mcp.example/", true),
        (ROOT, MCP, true),
        (ROOT, "https://mcp.example/other", false),
        (ROOT, "https://mcp.example//", false),
    ] {
        let name = format!("PRM-2, PRM-10: {resource} at {place}");
        assert_eq!(at(place, resource), expected, "{name}");
    }
    let elsewhere = "https://elsewhere.example/metadata";
    assert!(at(elsewhere, MCP), "PRM-3");
    for resource in ["https://mcp.example", "https://elsewhere.example/metadata", "https://mcp.example/mcp/x"] {
        assert!(!at(elsewhere, resource), "PRM-3: {resource}");
    }
}

#[test]
fn composed_and_decomposed_forms_differ() {
    let identifiers = ["https://mcp.example/caf\u{e9}".to_owned()];
    let parse = |resource| ProtectedResource::parse(document(resource), &identifiers, false);
    assert!(parse("https://mcp.example/caf\u{e9}").is_ok());
    assert!(is_unusable(parse("https://mcp.example/cafe\u{301}")), "PRM-10, DISC-10");
}

#[test]
fn a_document_counts_only_as_json_with_status_200() {
    let body = document(MCP).expect("an answer").body;
    let parse = |given| ProtectedResource::parse(given, &[MCP.to_owned()], false);
    for (status, content_type) in [
        (201, Some("application/json")),
        (302, Some("application/json")),
        (404, Some("application/json")),
        (500, Some("application/json")),
        (200, Some("text/html")),
        (200, Some("application/jwt")),
        (200, None),
    ] {
        let refused = parse(Ok(answer(status, content_type, &body)));
        assert!(is_unusable(refused), "PRM-5: {status} {content_type:?}");
    }
    assert!(parse(Ok(answer(200, Some("Application/JSON; charset=UTF-8"), &body))).is_ok());
    assert_eq!(parse(Err(Transport::Network)), Err(Error::Transport(Transport::Network)), "a redirect is a failure");
}

#[test]
fn members_are_checked_for_their_type_and_unknown_ones_are_ignored() {
    let found = parse(
        r#"{"resource":"https://mcp.example/mcp","authorization_servers":["https://as.example/t","https://b.example"],
        "scopes_supported":["files:read","b\"d","two words","files:write"],"bearer_methods_supported":["header","body"],
        "resource_name":"x","jwks_uri":5,"signed_metadata":"e30.e30.e30","x":{"y":[1]}}"#,
    );
    let found = found.expect("metadata");
    assert_eq!(found.authorization_servers, ["https://as.example/t", "https://b.example"], "PRM-5");
    assert_eq!(found.scopes_supported, ["files:read", "files:write"]);
    for member in [
        r#""authorization_servers":"https://as.example""#,
        r#""authorization_servers":[1]"#,
        r#""authorization_servers":{}"#,
        r#""scopes_supported":"files:read""#,
        r#""scopes_supported":[["files:read"]]"#,
        r#""bearer_methods_supported":5"#,
        r#""bearer_methods_supported":["query"]"#,
        r#""resource":"https://mcp.example/mcp""#,
    ] {
        let body = format!(r#"{{"resource":"https://mcp.example/mcp",{member}}}"#);
        assert!(is_unusable(parse(&body)), "PRM-5: {member}");
    }
    for body in ["[]", "{}", "", r#"{"resource":["https://mcp.example/mcp"]}"#] {
        assert!(is_unusable(parse(body)), "PRM-5: {body}");
    }
}

#[test]
fn only_what_is_safe_is_fetched_at_a_resources_wish() {
    for announced in [
        "http://mcp.example/metadata",
        "http://127.0.0.1/metadata",
        "http://localhost:3000/metadata",
        "https://mcp.example/metadata#x",
        "https://user@mcp.example/metadata",
        "javascript:alert(1)",
        "/metadata",
        "",
    ] {
        assert_eq!(order(MCP, Some(announced)), [PATH, ROOT], "PRM-1: {announced}");
        assert_eq!(ResourceSearch::only(announced, Vec::new(), false).next_url(), None, "PRM-1: {announced}");
    }
    let loopback = "http://127.0.0.1:3000/metadata";
    assert_eq!(ResourceSearch::new(MCP, Some(loopback), true).next_url().as_deref(), Some(loopback), "PRM-1");
}

#[test]
fn private_addresses_are_not_fetched_outside_development() {
    for host in [
        "10.0.0.1",
        "127.0.0.1",
        "0.0.0.0",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "[::1]",
        "[::]",
        "[::ffff:a00:1]",
        "[fd00::1]",
        "[fc00::1]",
        "[fe80::1]",
        "localhost",
        "a.localhost",
        "localhost.",
        "printer.local",
        "metadata.google.internal",
        "167772161",
        "10.1",
        "0x0a000001",
        "010.0.0.1",
        "10.0.0.1.",
        "1.2.3.4.5",
    ] {
        let announced = format!("https://{host}/metadata");
        assert_eq!(order(MCP, Some(&announced)), [PATH, ROOT], "PRM-9: {host}");
        let issuer = format!(r#"{{"resource":"{MCP}","authorization_servers":["https://{host}"]}}"#);
        assert!(is_unusable(parse(&issuer).and_then(|found| found.choose(&[]).map(str::to_owned))), "PRM-9: {host}");
    }
    for host in [
        "8.8.8.8",
        "172.15.0.1",
        "172.32.0.1",
        "100.128.0.1",
        "192.169.0.1",
        "[2606:4700::1]",
        "10.example",
        "a-1.b2.example",
    ] {
        let announced = format!("https://{host}/metadata");
        assert_eq!(order(MCP, Some(&announced))[0], announced, "{host}");
    }
    let issuer = r#"{"resource":"https://mcp.example/mcp","authorization_servers":["http://127.0.0.1:9000"]}"#;
    let found = ProtectedResource::parse(json(200, issuer), &[MCP.to_owned()], true).expect("metadata");
    assert_eq!(found.choose(&[]), Ok("http://127.0.0.1:9000"), "PRM-9: in development");
}

#[test]
fn only_allowed_authorization_servers_are_used() {
    let found = parse(
        r#"{"resource":"https://mcp.example/mcp","authorization_servers":["http://a.example","https://b.example?x",
        "https://c.example","https://d.example/"]}"#,
    );
    let found = found.expect("metadata");
    let choose = |allowed: &[&str]| {
        let allowed: Vec<_> = allowed.iter().map(|&issuer| issuer.to_owned()).collect();
        found.choose(&allowed).map(str::to_owned)
    };
    assert_eq!(choose(&[]), Ok("https://c.example".to_owned()), "the first that can be used");
    assert_eq!(choose(&["https://x.example", "https://d.example/"]), Ok("https://d.example/".to_owned()), "PRM-6");
    for issuer in ["https://d.example", "https://C.example", "http://a.example"] {
        let error = choose(&[issuer]).expect_err("refused");
        assert_eq!(error.code(), "TOKENKEEP_AUTHORIZATION_SERVER_REFUSED", "PRM-6: {issuer}");
        assert_eq!(error.to_object().string("issuer"), Some("https://c.example"));
    }
    assert!(is_unusable(
        parse(r#"{"resource":"https://mcp.example/mcp"}"#).and_then(|found| { found.choose(&[]).map(str::to_owned) })
    ));
}

#[test]
fn the_error_that_says_most_is_told() {
    let told = |answers: Vec<Result<Answer, Transport>>| {
        let mut search = ResourceSearch::new(MCP, None, false);
        answers.into_iter().for_each(|given| assert_eq!(search.handle_answer(given), None));
        assert_eq!(search.next_url(), None);
        search.into_error().message().into_owned()
    };
    let missing = || Ok(answer(404, None, b""));
    assert!(told(vec![missing(), missing()]).contains("answered 404"));
    assert!(told(vec![document("https://evil.example"), missing()]).contains("\"https://evil.example\""));
    assert!(told(vec![missing(), document("https://evil.example")]).contains("and not \"https://mcp.example\""));
    assert!(told(vec![missing(), Err(Transport::Network)]).contains("can't be reached"));
}
