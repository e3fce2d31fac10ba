//! What `hold()` may be called with. Every refusal names the option and a cure.

use tokenkeep::proto::config::{AuditSink, Config, Limits};
use tokenkeep::proto::error::{ApiMisuse, Error};
use tokenkeep::proto::oauth::resource::ResourceServer;

use crate::support::config_text;

const APP: &str = "https://app.example";

/// A configuration of one discovered issuer; `changes` replace members or add some.
fn text(changes: &[(&str, &str)]) -> String {
    let mut members = vec![
        ("issuer", r#""https://as.example""#),
        ("clientId", r#""spa""#),
        ("redirectUri", r#""https://app.example/callback""#),
        ("scope", r#""files:read""#),
        ("resourceServers", r#"["https://api.example/v1/"]"#),
    ];
    for (name, value) in changes {
        members.retain(|(known, _)| known != name);
        members.push((name, value));
    }
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

fn refused_option(json: &str, origin: &str) -> Option<String> {
    match Config::parse(json, origin) {
        Ok(_) => None,
        Err(Error::ApiMisuse(ApiMisuse::Config { option, cure })) => {
            assert!(cure.len() > 10, "a cure for {option}");
            Some(option.into())
        }
        Err(other) => panic!("{other:?}"),
    }
}

fn check(name: &str, bad: &[&str], good: &[&str]) {
    for value in bad {
        let refused = refused_option(&text(&[(name, value)]), APP);
        assert_eq!(refused.as_deref(), Some(name), "{name}: {value}");
    }
    for value in good {
        assert_eq!(refused_option(&text(&[(name, value)]), APP), None, "{name}: {value}");
    }
}

#[test]
fn the_least_configuration_has_defaults() {
    let config = Config::parse(&text(&[("scope", "null"), ("resourceServers", "null")]), APP).expect("a configuration");
    let limits = Limits {
        queue_limit: 10_000,
        queue_timeout: 30_000,
        drain_concurrency: 512,
        request_timeout: 10_000,
        default_lifetime: 3_600,
        early_refresh: None,
        early_refresh_jitter: None,
        stream_buffer_limit: 0,
        retry_limit: 2,
        max_retry_after: 60_000,
        step_up_timeout: 300_000,
        audit_limit: 500,
    };
    assert_eq!((config.limits, config.scope.as_str(), config.server), (limits, "", None));
    assert!(config.resource_servers.is_empty(), "USE-3: the default list is empty");
    assert!(!config.expose_access_token && !config.allow_loopback && !config.assume_pkce);
}

// DISC-1
#[test]
fn issuers() {
    // DISC-1
    check(
        "issuer",
        &[
            r#""""#,
            "1",
            "[]",
            r#""as.example""#,
            r#""http://as.example""#,
            r#""https://as.example?x""#,
            r#""https://as.example/?x""#,
            r#""https://as.example#x""#,
            r#""https://as.example/a#""#,
            r#""https://user@as.example""#,
            r#""https://AS.example""#,
            r#""https://as.example:443""#,
            r#""https://""#,
            r#""javascript:alert(1)""#,
            r#""http://127.0.0.1:9000""#,
            "null",
        ],
        &[r#""https://as.example/""#, r#""https://as.example/tenant""#, r#""https://as.example:8443/a/b/""#],
    );
}

#[test]
fn strings_that_are_needed() {
    check("clientId", &["null", r#""""#, "1", "{}"], &[r#""https://app.example/client.json""#]);
    check(
        "redirectUri",
        &[
            "null",
            r#""""#,
            "1",
            r#""http://app.example/callback""#,
            r#""http://127.0.0.1/callback""#,
            r#""https://app.example/callback#x""#,
            r#""https://app.example""#,
            r#""https://APP.example/callback""#,
            r#""com.example.app:/callback""#,
        ],
        &[r#""https://app.example/""#, r#""https://app.example/callback?x=1""#],
    );
}

#[test]
fn scopes() {
    check(
        "scope",
        &[
            "1",
            "[]",
            r#"["files:read"]"#,
            r#"" a""#,
            r#""a ""#,
            r#""a  b""#,
            r#""a\tb""#,
            r#""a\"b""#,
            r#""a\\b""#,
            r#""é""#,
        ],
        &[
            "null",
            r#""""#,
            r#""a""#,
            r#""openid files:read https://api.example/x""#,
            r#""!#$%&'()*+,-./:;<=>?@[]^_`{|}~""#,
        ],
    );
}

#[test]
fn resource_servers() {
    check(
        "resourceServers",
        &[
            r#""https://api.example/""#,
            "[1]",
            "[null]",
            r#"["*"]"#,
            r#"["api.example"]"#,
            r#"["http://api.example/"]"#,
            r#"["http://127.0.0.1:8080/"]"#,
            r#"["https://*.example/"]"#,
            r#"["https://api.example/?x"]"#,
            r#"["https://api.example/v1/#x"]"#,
            r#"["https://api.example?x"]"#,
            r#"["https://u:p@api.example/"]"#,
            r#"["https://api.example/%2e%2e/"]"#,
            r#"["https://api.example/v1/","https://API.example/"]"#,
        ],
        &["[]", r#"["https://api.example"]"#, r#"["https://api.example/v1","https://other.example:8443/"]"#],
    );
}

#[test]
fn numbers() {
    let bad = [r#""5""#, "-1", "1.5", "1e3", "true", "[]", "{}", "99999999999999999999999"];
    for (name, least, most) in [
        ("queueLimit", 1, 1_000_000),
        ("queueTimeout", 1, 86_400_000),
        ("drainConcurrency", 1, 10_000),
        ("requestTimeout", 1, 86_400_000),
        ("defaultLifetime", 1, 86_400_000),
        ("earlyRefresh", 0, 86_400_000),
        ("earlyRefreshJitter", 0, 86_400_000),
        ("retryLimit", 0, 100),
        ("maxRetryAfter", 0, 86_400_000),
        ("stepUpTimeout", 1, 86_400_000),
        ("auditLimit", 0, 10_000),
    ] {
        check(name, &bad, &["null", &least.to_string(), &most.to_string()]);
        check(name, &[&(most + 1).to_string()], &[]);
        if least > 0 {
            check(name, &[&(least - 1).to_string()], &[]);
        }
    }
}

#[test]
fn flags() {
    for name in ["exposeAccessToken", "dangerAllowLoopbackHttp", "assumePkce"] {
        check(name, &["1", r#""true""#, "{}", "[]"], &["true", "false", "null"]);
    }
}

#[test]
fn trusted_audiences() {
    let name = "trustedAudiences";
    check(name, &["1", r#""project""#, r#"[1]"#, r#"[""]"#, "{}"], &["[]", r#"["project","https://api.example"]"#]);
}

#[test]
fn extra_parameters() {
    check(
        "extraParams",
        &[r#""a=b""#, "[]", r#"{"a":1}"#, r#"{"a":null}"#, r#"{"a":["b"]}"#],
        &["null", "{}", r#"{"a":"b"}"#],
    );
}

#[test]
fn extra_parameters_of_the_library_are_refused_where_they_are_written() {
    for params in [
        r#"{"state":"x"}"#,
        r#"{"redirect_uri":"x"}"#,
        r#"{"response_mode":"form_post"}"#,
        r#"{"a":""}"#,
        r#"{"":"a"}"#,
    ] {
        check("extraParams", &[params], &[]);
    }
}

#[test]
fn a_browser_has_no_secret() {
    for name in ["clientSecret", "client_secret", "password"] {
        let Err(Error::ApiMisuse(ApiMisuse::Config { option, cure })) =
            Config::parse(&text(&[(name, r#""canary""#)]), APP)
        else {
            panic!("{name} is accepted");
        };
        assert_eq!(&*option, name, "AUTHZ-2, AUTHZ-3");
        assert!(cure.contains("secret"), "{cure}");
    }
}

#[test]
fn unknown_options_are_refused_by_name() {
    // AUTHZ-2: no name of a user and no other grant either.
    for name in ["issuerUrl", "client_id", "redirect_uri", "Scope", "storage", "responseType", "__proto__", ""]
        .into_iter()
        .chain(["username", "credentials", "grantType", "grant_type"])
    {
        check(name, &["true", "null", "{}"], &[]);
    }
}

#[test]
fn a_refusal_does_not_repeat_the_value() {
    for (name, value) in
        [("clientSecret", r#""canary""#), ("issuer", r#""http://canary""#), ("queueLimit", r#""canary""#)]
    {
        let error = Config::parse(&text(&[(name, value)]), APP).expect_err("a refusal");
        assert!(!error.to_object().to_json().contains("canary"), "LOG-2");
        assert!(error.message().contains(name));
    }
}

#[test]
fn what_is_no_plain_object_is_refused() {
    for json in ["", "null", "[]", "1", "\"x\"", "undefined", "{", r#"{"issuer":"a","issuer":"b"}"#, "{} {}"] {
        assert_eq!(refused_option(json, APP).as_deref(), Some("config"), "{json}");
    }
}

#[test]
fn a_server_by_hand_is_a_whole_set() {
    let whole = config_text("files:read", "");
    assert!(Config::parse(&whole, APP).expect("a configuration").server.is_some(), "DISC-8");
    for (from, to, option) in [
        (r#""issuer":"https://as.example","#, "", "server.issuer"),
        (r#""issuer":"https://as.example""#, r#""issuer":"http://as.example""#, "server.issuer"),
        (r#""issuer":"https://as.example""#, r#""issuer":"https://as.example?x""#, "server.issuer"),
        (r#""token_endpoint":"https://as.example/token","#, "", "server"),
        (r#""authorization_endpoint":"https://as.example/authorize","#, "", "server"),
        ("https://as.example/token", "http://as.example/token", "server"),
        (r#""S256""#, r#""plain""#, "server"),
        (r#"{"server":{"#, r#"{"issuer":"https://as.example","server":{"#, "server.issuer"),
    ] {
        assert!(whole.contains(from), "{from}");
        assert_eq!(refused_option(&whole.replacen(from, to, 1), APP).as_deref(), Some(option), "DISC-8: {to}");
    }
    assert_eq!(refused_option(&text(&[("issuer", "null"), ("server", "1")]), APP).as_deref(), Some("server"));
    assert_eq!(refused_option(&text(&[("issuer", "null")]), APP).as_deref(), Some("issuer"));
}

#[test]
fn paths_are_of_the_holder_s_own_origin() {
    let json = text(&[
        ("redirectUri", r#""/callback""#),
        ("postLogoutRedirectUri", r#""/bye""#),
        (
            "resourceServers",
            r#"["/api/",{"url":"/files","resource":"https://app.example/"},"https://api.example/v1/"]"#,
        ),
        ("auditSink", r#""/audit?x=1""#),
        ("server", r#"{"token_endpoint":"/proxy/token"}"#),
    ]);
    let config = Config::parse(&json, APP).expect("a configuration");
    assert_eq!(config.redirect_uri, "https://app.example/callback");
    assert_eq!(config.post_logout_redirect_uri.as_deref(), Some("https://app.example/bye"));
    let servers: Vec<_> = config.resource_servers.iter().map(ResourceServer::href).collect();
    assert_eq!(servers, ["https://app.example/api", "https://app.example/files", "https://api.example/v1"]);
    assert_eq!(config.audit_sink, Some(AuditSink::Url("https://app.example/audit?x=1".into())));
    assert_eq!(config.endpoints.string("token_endpoint"), Some("https://app.example/proxy/token"));
    assert!(!config.redirect_elsewhere);
    let local = Config::parse(&text(&[("redirectUri", r#""/""#)]), "http://localhost:5173").expect("a configuration");
    assert_eq!(local.redirect_uri, "http://localhost:5173/");

    for bad in [r#""//evil.example/x""#, r#""/\\evil.example""#, r##""/callback#x""##, r#""callback""#, r#""/a b""#] {
        assert_eq!(refused_option(&text(&[("redirectUri", bad)]), APP).as_deref(), Some("redirectUri"), "{bad}");
    }
    for origin in ["", "null"] {
        assert!(cure_of(&text(&[("redirectUri", r#""/callback""#)]), origin).contains("Node"), "{origin:?}");
    }
}

fn cure_of(json: &str, origin: &str) -> String {
    Config::parse(json, origin).expect_err("a refusal").message().into_owned()
}

#[test]
fn where_http_does_not_count_the_cause_is_told() {
    let local = [("issuer", r#""http://localhost:9000""#)];
    let servers = [("resourceServers", r#"[{"url":"http://127.0.0.1:7000/v1/"}]"#)];
    for changes in [local, servers] {
        let json = text(&changes);
        assert!(cure_of(&json, "").contains("dangerAllowLoopbackHttp: true"), "{changes:?}");
        assert!(cure_of(&json, "").contains("Node"), "{changes:?}");
        let lan = cure_of(&json, "http://192.168.1.5:5173");
        assert!(lan.contains("http://192.168.1.5:5173, which is neither https nor loopback"), "{lan}");
        let deployed = cure_of(&json, APP);
        assert!(deployed.contains(APP) && deployed.contains("dangerAllowLoopbackHttp"), "{deployed}");
    }
    let lan = text(&[("redirectUri", r#""/callback""#)]);
    assert!(cure_of(&lan, "http://192.168.1.5:5173").contains("secure context"));
    let other = cure_of(&text(&[("issuer", r#""ftp://x""#)]), APP);
    assert!(other.ends_with("exactly as the server names itself"), "{other}");
}

#[test]
fn endpoints_are_added_to_an_issuer() {
    let json = text(&[("server", r#"{"revocation_endpoint":"https://as.example/revoke"}"#)]);
    let config = Config::parse(&json, APP).expect("a configuration");
    assert_eq!((config.issuer.as_str(), config.server), ("https://as.example", None));
    assert_eq!(config.endpoints.string("revocation_endpoint"), Some("https://as.example/revoke"));
    for (server, option) in [
        (r#"{"revocation_endpoint":"http://as.example/revoke"}"#, "server.revocation_endpoint"),
        (r#"{"revocation_endpoint":7}"#, "server.revocation_endpoint"),
        (r#"{"revocation_endpoint":"https://as.example/revoke#x"}"#, "server.revocation_endpoint"),
        (r#"{"issuer":"https://other.example"}"#, "server.issuer"),
        (r#"{"revocationEndpoint":"https://as.example/revoke"}"#, "server.revocationEndpoint"),
        (r#"{"code_challenge_methods_supported":["S256"]}"#, "server.code_challenge_methods_supported"),
    ] {
        assert_eq!(refused_option(&text(&[("server", server)]), APP).as_deref(), Some(option), "{server}");
    }
    assert!(refused_option(&text(&[("server", "[]")]), APP).is_some_and(|option| option == "server"));
}

#[test]
fn http_on_loopback_is_for_development() {
    let local = text(&[
        ("issuer", r#""http://127.0.0.1:9000""#),
        ("redirectUri", r#""http://localhost:8080/callback""#),
        ("resourceServers", r#"["http://[::1]:7000/v1/"]"#),
    ]);
    for (origin, accepted) in [
        ("http://localhost:8080", true),
        ("http://127.0.0.1:8080", true),
        ("http://[::1]:8080", true),
        ("https://localhost", true),
        ("http://app.localhost", true),
        ("https://app.example", false),
        ("https://localhost.evil.example", false),
        ("https://127.0.0.1.evil.example", false),
        ("", false),
        ("null", false),
    ] {
        assert_eq!(Config::parse(&local, origin).is_ok(), accepted, "AUTHZ-5, USE-6: served from {origin:?}");
        let flagged = local.replacen('{', r#"{"dangerAllowLoopbackHttp":true,"#, 1);
        assert!(Config::parse(&flagged, origin).is_ok(), "the flag, served from {origin:?}");
    }
}

#[test]
fn http_off_loopback_is_never_good_enough() {
    for (name, value) in [
        ("issuer", r#""http://as.example""#),
        ("redirectUri", r#""http://app.example/callback""#),
        ("resourceServers", r#"["http://10.0.0.1/"]"#),
        ("resourceServers", r#"["http://localhost.evil.example/"]"#),
    ] {
        let json = text(&[(name, value), ("dangerAllowLoopbackHttp", "true")]);
        for origin in [APP, "http://localhost:8080"] {
            assert_eq!(refused_option(&json, origin).as_deref(), Some(name), "USE-6: {value} from {origin}");
        }
    }
}

fn with_servers(servers: &str) -> Result<Config, Error> {
    let text = config_text("files mail", "").replace(r#"["https://api.example/v1/"]"#, servers);
    Config::parse(&text, "https://app.example")
}

#[test]
fn resources_are_absolute_uris_above_their_server() {
    for (resource, expected) in [
        ("https://api.example/", true),
        ("https://api.example", true),
        ("https://api.example/v1", true),
        ("https://api.example/v1/?tenant=x", true),
        ("urn:example:api", true),
        ("api://0c1d/files", true),
        ("https://api.example/v1/files", false),
        ("https://other.example/", false),
        ("http://api.example/", false),
        ("https://api.example/#x", false),
        ("urn:example#x", false),
        ("urn:exa mple", false),
        ("files", false),
        ("/v1/", false),
        (":x", false),
        ("", false),
    ] {
        let servers = format!(r#"[{{"url":"https://api.example/v1/","resource":"{resource}"}}]"#);
        let config = with_servers(&servers);
        assert_eq!(config.is_ok(), expected, "RES-1, RES-7: {resource}");
        if let Ok(config) = config {
            assert_eq!(tokenkeep::proto::config::resources(&config.resource_servers), [resource]);
        }
    }
}

#[test]
fn a_server_s_scope_is_part_of_the_configured_one() {
    for (servers, expected) in [
        (r#"[{"url":"https://api.example/v1/","scope":"mail"}]"#, true),
        (r#"[{"url":"https://api.example/v1/","scope":"mail files"}]"#, true),
        (r#"[{"url":"https://api.example/v1/"},"https://b.example"]"#, true),
        (r#"[{"url":"https://api.example/v1/","scope":"admin"}]"#, false),
        (r#"[{"url":"https://api.example/v1/","scope":""}]"#, false),
        (r#"[{"url":"https://api.example/v1/","scopes":"mail"}]"#, false),
        (r#"[{"resource":"https://api.example/v1/"}]"#, false),
        (r#"{"url":"https://api.example/v1/"}"#, false),
        (r"[1]", false),
    ] {
        assert_eq!(with_servers(servers).is_ok(), expected, "REF-14: {servers}");
    }
}

#[test]
fn a_personal_token_has_no_resources() {
    let servers = r#"[{"url":"https://api.example/v1/","resource":"https://api.example/v1/"}]"#;
    let refused =
        Config::parse(&format!(r#"{{"token":"abc","resourceServers":{servers}}}"#), APP).expect_err("refused");
    assert_eq!(refused.to_object().string("option"), Some("resourceServers"));
}

fn cure(name: &str) -> String {
    match Config::parse(&text(&[(name, "true")]), APP) {
        Err(Error::ApiMisuse(ApiMisuse::Config { option, cure })) if &*option == name => cure.into(),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn an_unknown_option_gets_a_suggestion() {
    for (name, meant) in [
        ("metadata", "server"),
        ("metadata_url", "issuer"),
        ("extraQueryParams", "extraParams"),
        ("requestTimeoutInSeconds", "requestTimeout"),
        ("resource", "resourceServers"),
        ("useDpop", "dpop"),
        ("client_id", "clientId"),
        ("redirectURI", "redirectUri"),
        ("redirect_uri", "redirectUri"),
        ("redirectUrl", "redirectUri"),
        ("silent_redirect_uri", "redirectUri"),
        ("post_logout_redirect_uri", "postLogoutRedirectUri"),
        ("Scope", "scope"),
        ("scopes", "scope"),
        ("queueTimeOut", "queueTimeout"),
        ("resourceServer", "resourceServers"),
        ("earlyRefreshJiter", "earlyRefreshJitter"),
    ] {
        assert_eq!(cure(name), format!("unknown option; did you mean {meant}?"), "{name}");
    }
    for name in ["issuerUrl", "username", "x", "", "__proto__"] {
        assert_eq!(cure(name), "unknown option; check its spelling against the documentation", "{name}");
    }
}

#[test]
fn what_other_libraries_have_and_nobody_needs_here_gets_a_reason() {
    for (name, word) in [
        ("authority", "issuer here: the URL"),
        ("domain", "issuer here: https://"),
        ("audience", "extraParams: { audience }"),
        ("authorizationParams", "redirectUri"),
        ("authorization_params", "extraParams"),
        ("client_secret", "secret"),
        ("response_type", "code with PKCE"),
        ("login_hint", "signIn()"),
        ("acrValues", "signIn()"),
        ("loadUserInfo", "auth.userinfo()"),
        ("automaticSilentRenew", "refreshed"),
        ("useRefreshTokens", "refreshed"),
        ("cacheLocation", "memory"),
    ] {
        assert!(cure(name).contains(word) && !cure(name).contains("unknown"), "{name}: {}", cure(name));
    }
}
