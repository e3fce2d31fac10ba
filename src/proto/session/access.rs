//! One access token, and for how long it is of use.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::proto::config::Limits;
use crate::proto::oauth::dpop::access_token_hash;
use crate::proto::oauth::token::TokenResponse;
use crate::proto::syntax::secret::AccessToken;
use crate::proto::syntax::time::{Instant, Now};

use super::policy::{LEAST_USE_MS, Lifetime};

/// An access token with its times.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) token: AccessToken,
    pub(super) scope: String,
    pub(super) expires_unix_ms: Option<u64>,
    /// The token's hash, if it goes with a proof of possession.
    pub(super) ath: Option<String>,
    early_at: Option<Instant>,
    unusable_at: Option<Instant>,
    /// When half of its stated life is over.
    middle: Option<Instant>,
}

/// Whether a request may leave with the access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Yes.
    Fresh,
    /// Yes, and a refresh should start beside it.
    Early,
    /// No.
    Stale,
}

/// What an access token's times are counted from.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// When it was asked for.
    pub(super) sent: Now,
    /// When it came.
    pub(super) now: Now,
    /// Whether it can be refreshed.
    pub(super) renewable: bool,
    /// A random number that spreads the early refreshes of many.
    pub(super) jitter: u32,
    /// The configuration's numbers.
    pub(super) limits: &'a Limits,
}

impl Access {
    /// The access token of `response`; `scope` is what it has if the response doesn't say
    /// ([RFC 6749, 5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)).
    pub(super) fn new(response: &TokenResponse, scope: &str, terms: Terms<'_>) -> Self {
        let Terms { sent, now, renewable, jitter, limits } = terms;
        let lifetime = Lifetime::new(response.expires_in, renewable, jitter, limits);
        let installed = now.instant.after(LEAST_USE_MS);
        Self {
            token: response.access_token.clone(),
            scope: response.scope.as_deref().unwrap_or(scope).to_owned(),
            expires_unix_ms: response
                .expires_in
                .map(|seconds| sent.unix_ms.saturating_add(seconds.saturating_mul(1_000))),
            ath: response.dpop.then(|| access_token_hash(&response.access_token)),
            early_at: lifetime.early_ms.map(|ms| sent.instant.after(ms).max(installed)),
            unusable_at: lifetime.usable_ms.map(|ms| sent.instant.after(ms).max(installed)),
            middle: response.expires_in.map(|seconds| sent.instant.after(seconds.saturating_mul(500))),
        }
    }

    /// A token from elsewhere, which is used until it is refused.
    pub(super) fn personal(token: AccessToken) -> Self {
        let scope = String::new();
        Self { token, scope, expires_unix_ms: None, ath: None, early_at: None, unusable_at: None, middle: None }
    }

    /// The value of the `Authorization` field; `scheme` is what bearer tokens go with.
    pub(super) fn authorization(&self, scheme: &str) -> String {
        [if self.ath.is_some() { "DPoP" } else { scheme }, " ", self.token.expose()].concat()
    }

    /// Whether less than half of the token's stated life is over.
    pub(super) fn is_young(&self, now: Instant) -> bool {
        self.middle.is_some_and(|middle| now < middle)
    }

    /// When a refresh may start beside requests, if there can be one.
    pub(super) fn early_at(&self) -> Option<Instant> {
        self.early_at
    }

    /// How long it is still of use, in milliseconds.
    pub(super) fn usable_ms(&self, now: Instant) -> u64 {
        self.unusable_at.map_or(0, |at| at.since(now))
    }

    pub(super) fn freshness(&self, now: Instant, renewable: bool) -> Freshness {
        let reached = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        match (reached(self.unusable_at), reached(self.early_at)) {
            (true, _) => Freshness::Stale,
            (false, true) if renewable => Freshness::Early,
            (false, _) => Freshness::Fresh,
        }
    }
}
