//! USE-3 to USE-6 beyond the tables beside the code: real configurations, and URLs as browsers write them.

use tokenkeep::proto::oauth::resource::ResourceServer;
use tokenkeep::proto::syntax::url::Url;

fn covered(bases: &[&str], href: &str) -> bool {
    let servers: Vec<_> =
        bases.iter().map(|base| ResourceServer::parse(base, true).expect("a resource server")).collect();
    Url::parse(href).is_some_and(|url| servers.iter().any(|server| server.covers(&url)))
}

#[test]
fn each_listed_server_counts_by_itself() {
    let bases = ["https://api.example/v1/", "https://files.example:8443/", "http://127.0.0.1:7000/"];
    for (href, expected) in [
        ("https://api.example/v1/files?x=1#y", true),
        ("https://files.example:8443/", true),
        ("http://127.0.0.1:7000/v1/files", true),
        ("https://api.example/", false),
        ("https://files.example/", false),
        ("https://files.example:8443.evil.example/", false),
        ("https://api.example:8443/", false),
        ("https://127.0.0.1:7000/", false),
        ("http://127.0.0.1:7001/", false),
        ("http://localhost:7000/", false),
        ("http://127.0.0.2:7000/", false),
        ("http://[::1]:7000/", false),
    ] {
        assert_eq!(covered(&bases, href), expected, "USE-3: {href}");
    }
}

#[test]
fn nothing_is_covered_by_an_empty_list() {
    assert!(!covered(&[], "https://api.example/"), "USE-3");
}

#[test]
fn hosts_that_only_look_alike() {
    for href in [
        "https://api.example./",
        "https://api.example%2eevil/",
        "https://xapi.example/",
        "https://api-example/",
        "https://api.examples/",
        "https://a\u{440}i.example/",
        "https://xn--ai-8kc.example/",
        "https://api.example\u{3002}evil/",
        "https://api.example:443/",
        "https://api.example:80/",
        "https://api.example@evil.example/",
        "https://evil.example/@api.example/",
        "https://evil.example?https://api.example/",
        "https://evil.example#https://api.example/",
        "https://evil.example\\@api.example/",
        "https:\\\\api.example/",
        "https:api.example/",
        "//api.example/",
        "wss://api.example/",
        "blob:https://api.example/1",
        "data:,https://api.example/",
    ] {
        assert!(!covered(&["https://api.example/"], href), "USE-3: {href}");
    }
}

#[test]
fn paths_that_climb_out() {
    let bases = ["https://api.example/app/"];
    for (path, expected) in [
        ("/app/a/b", true),
        ("/app/.hidden", true),
        ("/app/...", true),
        ("/app/a%20b%C3%A9", true),
        ("/app/100%25", true),
        ("/app/x;y=..", true),
        ("/app?next=/../..", true),
        ("/app/#/../..", true),
        ("/app/..", false),
        ("/app/.", false),
        ("/app/a/../../x", false),
        ("/app/%2E%2E/x", false),
        ("/app/%2e./x", false),
        ("/app/.%2e/x", false),
        ("/app/%2e%2e%5cx", false),
        ("/app/%252e%252e/x", false),
        ("/app/%25%32%65%25%32%65/x", false),
        ("/app/..%00/x", true),
        ("/app/%2e%2e;x/y", false),
        ("/app%2f/x", false),
        ("/app%5c..%5cx", false),
        ("/application", false),
        ("/ap", false),
        ("//app/x", false),
        ("/x/app/y", false),
        ("/APP/x", false),
    ] {
        assert_eq!(covered(&bases, &format!("https://api.example{path}")), expected, "USE-5: {path}");
    }
}

#[test]
fn characters_a_browser_leaves_alone_in_a_query_do_not_matter() {
    for tail in ["?q=a\\b", "?q=\\", "?q=|^`{}'", "#\\", "?path=C:\\temp#a\\b"] {
        let href = format!("https://api.example/v1{tail}");
        assert!(covered(&["https://api.example/v1/"], &href), "new URL().href keeps these as they are: {href}");
    }
    assert!(!covered(&["https://api.example/"], "https://api.example/a\\b"), "in a path it would have become a slash");
}

#[test]
fn resource_servers_that_are_too_vague() {
    for base in [
        "",
        "*",
        "https://",
        "https://*/",
        "https://*.example/",
        "https://api.example/*?",
        "https://api.example/?",
        "https://api.example/#",
        "https://api.example/%2e%2e/",
        "https://api.example/a/..%2f",
        "https://u@api.example/",
        "http://api.example/",
        "http://0.0.0.0/",
        "ftp://api.example/",
        "file:///",
        "null",
    ] {
        assert_eq!(ResourceServer::parse(base, true), None, "USE-3, USE-6: {base}");
    }
}
