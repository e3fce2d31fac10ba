//! The configuration as a build script writes it, without a browser.

#![cfg(not(target_arch = "wasm32"))]

use std::{fs, io::ErrorKind, path::Path};

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
fn a_file_that_is_there_gets_the_configuration_above_the_packages_part() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("holder.js");
    let packages = "/* tokenkeep 1.2.3: all below is the package's */\nrest(\"/* tokenkeep \");\n";
    fs::write(&path, format!("// Mine.\nconst configuration = {{}};\n\n{packages}")).expect("a folder");
    let config = HolderConfig::entered_token();
    config.write_to(&path).expect("it is such a file");
    assert_eq!(fs::read_to_string(&path).expect("it is there"), config.to_file(packages));

    let written = fs::metadata(&path).and_then(|file| file.modified()).expect("a time");
    config.write_to(&path).expect("it still is");
    assert_eq!(
        fs::metadata(&path).and_then(|file| file.modified()).expect("a time"),
        written,
        "nothing is written twice"
    );

    fs::write(&path, "const configuration = {};\n").expect("a folder");
    assert_eq!(config.write_to(&path).expect_err("whose is that?").kind(), ErrorKind::InvalidData);
    assert_eq!(config.write_to(path.with_extension("no")).expect_err("it isn't there").kind(), ErrorKind::NotFound);
}
