//! Refuses an option, by its name and with what to write instead.

use crate::proto::error::{ApiMisuse, Error};

pub(super) fn bad(option: &str, cure: &'static str) -> Error {
    Error::ApiMisuse(ApiMisuse::Config { option: option.into(), cure })
}

/// An option that there is none of.
pub(super) fn unknown(name: &str) -> Error {
    if SECRETS.contains(&name) {
        return bad(name, "a browser can't keep a secret; register a public client and remove this option");
    }
    bad(name, "unknown option; check its spelling against the documentation")
}

const SECRETS: [&str; 4] = ["clientSecret", "client_secret", "password", "apiKey"];
