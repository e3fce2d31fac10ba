//! What one token response granted, and for how long.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::proto::config::Limits;
use crate::proto::id_token::Claims;
use crate::proto::json::{Object, Value};
use crate::proto::secret::{AccessToken, RefreshToken};
use crate::proto::time::{Instant, Now};
use crate::proto::token::TokenResponse;

/// A token pair with everything that came with it, replaced as a whole.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Option<RefreshToken>,
    pub(super) scope: String,
    /// The scope that the sign-in asked for; servers may leave parts of it out of what they say they granted.
    pub(super) asked_scope: String,
    pub(super) subject: Option<String>,
    claims: Option<String>,
    expires_unix_ms: Option<u64>,
    early_at: Option<Instant>,
    unusable_at: Option<Instant>,
    /// When half of its stated life is over.
    middle: Option<Instant>,
    /// A refresh was sent and its answer never came, so that the server may have put another token in its place.
    pub(super) outcome_unknown: bool,
}

/// What a grant comes from, apart from the response.
pub(super) struct Origin<'a> {
    /// The scope asked for, or granted before.
    pub(super) scope: &'a str,
    /// The claims of the ID token that came with it.
    pub(super) claims: Option<Claims>,
    /// The grant that it replaces, at a refresh.
    pub(super) previous: Option<&'a Grant>,
    /// A random number that spreads the early refreshes of many.
    pub(super) jitter: u32,
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

impl Grant {
    /// A grant from `response` to a request sent at `sent`. What the response leaves out is as it was before or as it
    /// was asked for ([RFC 6749, 5.1 and 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
    pub(super) fn new(response: TokenResponse, origin: Origin<'_>, sent: Now, now: Now, limits: &Limits) -> Self {
        let previous = origin.previous;
        let refresh_token = response.refresh_token.or_else(|| previous.and_then(|grant| grant.refresh_token.clone()));
        let lifetime = Lifetime::new(response.expires_in, refresh_token.is_some(), limits, origin.jitter);
        let installed = now.instant.after(LEAST_USE_MS);
        let (subject, claims) = match (origin.claims, previous) {
            (Some(claims), _) => (Some(claims.subject), Some(claims.json)),
            (None, Some(previous)) => (previous.subject.clone(), previous.claims.clone()),
            (None, None) => (None, None),
        };
        Self {
            access_token: response.access_token,
            refresh_token,
            scope: response.scope.unwrap_or_else(|| origin.scope.to_owned()),
            asked_scope: previous.map_or(origin.scope, |grant| &grant.asked_scope).to_owned(),
            subject,
            claims,
            expires_unix_ms: response
                .expires_in
                .map(|seconds| sent.unix_ms.saturating_add(seconds.saturating_mul(1_000))),
            early_at: lifetime.early_ms.map(|ms| sent.instant.after(ms).max(installed)),
            unusable_at: lifetime.usable_ms.map(|ms| sent.instant.after(ms).max(installed)),
            middle: response.expires_in.map(|seconds| sent.instant.after(seconds.saturating_mul(500))),
            outcome_unknown: false,
        }
    }

    /// A token from elsewhere, which is used until it is refused.
    pub(super) fn personal(access_token: AccessToken) -> Self {
        Self {
            access_token,
            refresh_token: None,
            scope: String::new(),
            asked_scope: String::new(),
            subject: None,
            claims: None,
            expires_unix_ms: None,
            early_at: None,
            unusable_at: None,
            middle: None,
            outcome_unknown: false,
        }
    }

    /// Whether less than half of the token's stated life is over.
    pub(super) fn is_young(&self, now: Instant) -> bool {
        self.middle.is_some_and(|middle| now < middle)
    }

    /// When a refresh may start beside requests.
    pub(super) fn early_at(&self) -> Option<Instant> {
        self.early_at.filter(|_| self.refresh_token.is_some())
    }

    pub(super) fn freshness(&self, now: Instant) -> Freshness {
        let reached = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        match (reached(self.unusable_at), reached(self.early_at)) {
            (true, _) => Freshness::Stale,
            (false, true) if self.refresh_token.is_some() => Freshness::Early,
            (false, _) => Freshness::Fresh,
        }
    }

    pub(super) fn authorization(&self) -> String {
        ["Bearer ", self.access_token.expose()].concat()
    }

    pub(super) fn snapshot(&self) -> Object {
        let claims = self.claims.as_deref().and_then(|json| Object::parse(json.as_bytes()));
        Object::default()
            .with("scope", self.scope.as_str())
            .with("expiresAt", self.expires_unix_ms)
            .with("claims", claims.map_or(Value::Null, Value::Object))
    }
}

/// Milliseconds from the request to the early window and to the end of use.
struct Lifetime {
    early_ms: Option<u64>,
    usable_ms: Option<u64>,
}

impl Lifetime {
    /// An unstated lifetime is the default one, and without a refresh token it isn't counted at all: the token is
    /// used until it is refused.
    fn new(expires_in: Option<u64>, renewable: bool, limits: &Limits, jitter: u32) -> Self {
        let seconds = match expires_in {
            Some(seconds) => seconds,
            None if !renewable => return Self { early_ms: None, usable_ms: None },
            None => limits.default_lifetime,
        };
        let lifetime = seconds.saturating_mul(1_000);
        let early = limits.early_refresh.map_or(lifetime / 5, |seconds| seconds.saturating_mul(1_000));
        // More than half of its life and a token would be renewed as soon as it came.
        let window = early.min(if limits.early_refresh.is_some() { lifetime / 2 } else { EARLY_MS });
        let margin = (lifetime / 20).min(MARGIN_MS);
        let spread =
            limits.early_refresh_jitter.map_or(window / 4, |seconds| seconds.saturating_mul(1_000)).min(window);
        let shift = u128::from(spread) * u128::from(jitter) / u128::from(u32::MAX);
        Self { early_ms: Some(lifetime.saturating_sub(window) + shift as u64), usable_ms: Some(lifetime - margin) }
    }
}

/// Longest default early window.
const EARLY_MS: u64 = 60_000;
/// Longest time before expiry in which a token is no longer sent: it would expire on the way.
const MARGIN_MS: u64 = 5_000;
/// Whatever its lifetime, a new token is used for this long, so that waiting requests always get on.
const LEAST_USE_MS: u64 = 1_000;
