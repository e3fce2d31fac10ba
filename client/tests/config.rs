//! The configuration as a build script writes it, without a browser.

#![cfg(not(target_arch = "wasm32"))]

use serde_json::{Value, json};
use tokenkeep_client::config::{HolderConfig, ResourceServer};

fn written(config: &HolderConfig) -> Value {
    serde_json::from_str(&config.to_json()).expect("it is JSON")
}

#[test]
fn each_kind_of_option_is_written_as_hold_takes_it() {
    let servers = [
        json!("https://api.example.com/v1/"),
        json!(ResourceServer::new("https://mail.example.com/").resource("https://mail.example.com").scope("mail")),
    ];
    let config = HolderConfig::sign_in("https://as.example.com", "spa", "/callback")
        .scope("openid")
        .extra_params([("audience", "files")])
        .trusted_audiences(["project"])
        .resource_servers(servers)
        .queue_limit(5)
        .dpop(false)
        .lock_on_anomaly(["off-list-target"])
        .profile(json!({ "request": { "json": true } }));
    let expected = json!({
        "issuer": "https://as.example.com", "clientId": "spa", "redirectUri": "/callback", "scope": "openid",
        "extraParams": { "audience": "files" }, "trustedAudiences": ["project"],
        "resourceServers": [
            "https://api.example.com/v1/",
            { "url": "https://mail.example.com/", "resource": "https://mail.example.com", "scope": "mail" },
        ],
        "queueLimit": 5, "dpop": false, "lockOnAnomaly": ["off-list-target"], "profile": { "request": { "json": true } },
    });
    assert_eq!(written(&config), expected);
}

#[test]
fn the_other_ways_to_a_session_are_there() {
    let server = json!({ "issuer": "https://as.example" });
    let by_metadata = HolderConfig::sign_in_by_metadata(&server, "spa", "/callback");
    assert_eq!(written(&by_metadata), json!({ "server": server, "clientId": "spa", "redirectUri": "/callback" }));
    let mcp = HolderConfig::mcp_server("https://mcp.example", "/callback")
        .client_metadata_url("https://app.example/client.json");
    assert_eq!(written(&mcp)["clientMetadataUrl"], "https://app.example/client.json");
    assert_eq!(written(&HolderConfig::entered_token()), json!({ "acceptToken": true }));
}

#[test]
fn the_file_is_the_configuration_with_the_packages_part_below() {
    let file = HolderConfig::entered_token().to_file("rest();\n");
    assert_eq!(file, "const configuration = {\"acceptToken\":true};\nrest();\n");
}

#[test]
fn the_file_is_written_only_if_that_changes_it() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("config");
    let file = folder.join("tokenkeep").join("holder.js");
    let _ = std::fs::remove_dir_all(&folder);
    let config = HolderConfig::entered_token();
    config.write_to(&file, "rest();").unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), config.to_file("rest();"));

    let mut closed = std::fs::metadata(&file).unwrap().permissions();
    closed.set_readonly(true);
    std::fs::set_permissions(&file, closed).unwrap();
    let before = std::fs::metadata(&file).unwrap().modified().unwrap();
    config.write_to(&file, "rest();").unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().modified().unwrap(), before);
    std::fs::remove_dir_all(&folder).unwrap();
}
