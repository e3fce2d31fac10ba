//! One row for each option of `hold()`. One that is of a simple kind needs nothing else but its use.

use crate::proto::syntax::json::Value;

/// What an option may be.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// `true` or `false`, which it is when it is left out.
    Flag,
    /// A whole number.
    Number { least: u32, most: u32, default: Option<u32> },
    /// `true`, `false`, or left out: see [`Use`](crate::proto::oauth::extension::Use).
    Usage,
    /// Says how to sign in, so that it has no place beside a personal access token. Whoever reads it checks it.
    SignIn,
    /// Whoever reads it checks it.
    Other,
}

use Kind::{Flag, Number, Other, SignIn, Usage};

impl Kind {
    pub(super) fn fits(self, value: &Value) -> bool {
        match self {
            Flag | Usage => matches!(value, Value::Bool(_)),
            Number { least, most, .. } => {
                value.as_u64().is_some_and(|number| (least.into()..=most.into()).contains(&number))
            }
            SignIn | Other => true,
        }
    }

    /// What to write instead.
    pub(super) fn cure(self) -> &'static str {
        match self {
            Usage => "must be true or false; leave it out to use it where the server announces it",
            Number { .. } => "must be a whole number in the documented range",
            _ => "must be true or false",
        }
    }
}

pub(super) fn kind_of(name: &str) -> Option<Kind> {
    OPTIONS.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

const DAY_MS: u32 = 86_400_000;

pub(super) const OPTIONS: &[(&str, Kind)] = &[
    ("issuer", SignIn),
    ("server", SignIn),
    ("clientId", SignIn),
    ("redirectUri", SignIn),
    ("scope", SignIn),
    ("extraParams", SignIn),
    ("trustedAudiences", SignIn),
    ("mcp", SignIn),
    ("authorizationServers", SignIn),
    ("clientMetadata", SignIn),
    ("clientMetadataUrl", SignIn),
    ("resourceServers", Other),
    ("exposeAccessToken", Flag),
    ("dpop", Usage),
    ("persistDpopKey", Flag),
    ("par", Usage),
    ("strict", Flag),
    ("postLogoutRedirectUri", Other),
    ("assumePkce", Flag),
    ("takeOver", Flag),
    ("queueLimit", Number { least: 1, most: 1_000_000, default: Some(10_000) }),
    ("queueTimeout", Number { least: 1, most: DAY_MS, default: Some(30_000) }),
    ("drainConcurrency", Number { least: 1, most: 10_000, default: Some(512) }),
    ("requestTimeout", Number { least: 1, most: DAY_MS, default: Some(10_000) }),
    ("defaultLifetime", Number { least: 1, most: DAY_MS, default: Some(3_600) }),
    ("profile", Other),
    ("earlyRefresh", Number { least: 0, most: DAY_MS, default: None }),
    ("earlyRefreshJitter", Number { least: 0, most: DAY_MS, default: None }),
    ("streamBufferLimit", Number { least: 0, most: 1 << 30, default: Some(0) }),
    ("retryLimit", Number { least: 0, most: 100, default: Some(2) }),
    ("maxRetryAfter", Number { least: 0, most: DAY_MS, default: Some(60_000) }),
    ("stepUpTimeout", Number { least: 1, most: DAY_MS, default: Some(300_000) }),
    ("auditLimit", Number { least: 0, most: 10_000, default: Some(500) }),
    ("auditSink", Other),
    ("lockOnAnomaly", Other),
    ("token", Other),
    ("acceptToken", Flag),
    ("dangerSendIdTokenHint", Flag),
    ("dangerSkipIdTokenSignature", Flag),
    ("dangerAllowServiceWorker", Flag),
    ("dangerAllowLoopbackHttp", Flag),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::config::Config;

    #[test]
    fn what_is_of_a_simple_kind_is_used() {
        let read = |more: &str| {
            let text =
                r#"{"issuer":"https://as.example","clientId":"spa","redirectUri":"https://app.example/callback""#;
            Config::parse(&[text, more, "}"].concat(), "https://app.example")
        };
        for (name, kind) in OPTIONS {
            let value = match kind {
                Flag => "true".into(),
                Usage => "false".into(),
                Number { least, default, .. } if *default == Some(*least) => (least + 1).to_string(),
                Number { least, .. } => least.to_string(),
                SignIn | Other => continue,
            };
            assert_ne!(read(&[",\"", name, "\":", &value].concat()), read(""), "{name}");
        }
    }
}
