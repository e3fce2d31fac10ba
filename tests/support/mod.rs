//! What the native tests share: a session with virtual time and a fake authorization server.

#![allow(dead_code, unused_imports, reason = "each test crate uses its own part")]

pub(crate) mod answers;
pub(crate) mod app;
pub(crate) mod random;
pub(crate) mod reply;
pub(crate) mod server;

pub(crate) use answers::{answer, error, granted, json, jwt};
pub(crate) use app::{App, config, config_text};
pub(crate) use reply::Reply;

/// Wall-clock milliseconds at which every test starts.
pub(crate) const START_UNIX_MS: u64 = 1_700_000_000_000;
pub(crate) const SECOND: u64 = 1_000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;
pub(crate) const ISSUER: &str = "https://as.example";
pub(crate) const CLIENT_ID: &str = "spa";
pub(crate) const REDIRECT_URI: &str = "https://app.example/callback";
pub(crate) const API: &str = "https://api.example/v1/files";
