//! Numbers and the audit log, for people: a status page, a support ticket, a test.

use serde::{Deserialize, Serialize};

/// How the session and its requests are doing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Stats {
    /// Where the session is.
    pub phase: Phase,
    /// Requests that wait for a token.
    pub queued: u64,
    /// Requests that waited and are on their way now.
    pub in_flight: u64,
    /// Number of the current access token, counted from 1.
    pub generation: u64,
    /// Refreshes started.
    pub refreshes: u64,
    /// Refreshes that failed.
    pub refresh_failures: u64,
    /// Requests that were sent again after a 401.
    pub replays: u64,
    /// Milliseconds until the next attempt to refresh.
    pub next_attempt_in: Option<f64>,
    /// Requests that keep a pause which their API asked for.
    pub paused: u64,
    /// Requests that wait for a sign-in with more rights.
    pub stepping_up: u64,
    /// Whether attempts to refresh are held back.
    pub circuit: Circuit,
    /// What the platform says.
    pub online: bool,
    /// Whether an anomaly has locked the session.
    pub locked: bool,
    /// How far the authorization server's clock is ahead, in milliseconds; `None` if it can't be read.
    pub clock_skew: Option<f64>,
    /// Most requests that ever waited at once.
    pub queue_peak: u64,
    /// How many requests waited for a token, and how long in all.
    pub waits: Total,
    /// How many pauses there were between attempts to refresh, and how long in all.
    pub backoffs: Total,
    /// The configured resource servers, in their order.
    pub servers: Vec<ServerStats>,
}

/// How often, and how long in all.
#[derive(Debug, Clone, Default, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Total {
    /// How often.
    pub count: u64,
    /// In milliseconds.
    pub ms: f64,
}

/// What happened with the requests to one resource server.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ServerStats {
    /// Its base URL.
    pub server: String,
    /// Requests in all.
    pub requests: u64,
    /// Sent again with another token.
    pub replays: u64,
    /// Sent again after a pause that it asked for.
    pub retries: u64,
    /// Answers with 401.
    pub unauthorized: u64,
    /// Answers with 403.
    pub forbidden: u64,
    /// Answers with 429 or 503.
    pub limited: u64,
}

/// Where the session is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Phase {
    /// There is an access token.
    Active,
    /// A code is on its way to the token endpoint.
    Exchanging,
    /// A refresh is on its way.
    Refreshing,
    /// There is no session.
    #[serde(rename = "signedout")]
    SignedOut,
    /// A refresh failed, and the next attempt is due in [`Stats::next_attempt_in`].
    Waiting,
    /// A phase that is newer than this crate.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Whether attempts to refresh are held back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Circuit {
    /// They aren't.
    Closed,
    /// They are, after a failure.
    Open,
    /// One of them tries the way.
    Probing,
    /// A state that is newer than this crate.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Something that happened. No secret and no URL of a request is in it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AuditEntry {
    /// Counted from 1: a gap means that older entries were dropped.
    pub seq: u64,
    /// Milliseconds since 1970.
    pub time: f64,
    /// What happened.
    pub kind: AuditKind,
    /// Why, in one word: a reason of a sign-out, an error code, the name of an anomaly, a kind of explanation.
    pub reason: Option<String>,
    /// How often it happened within a second, or how many requests, or how many milliseconds.
    pub count: f64,
    /// The base URL of the resource server it is about.
    pub server: Option<String>,
}

/// What the audit log knows. The guide of the npm package says when each is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AuditKind {
    /// Something is out of the ordinary: `reason` names it.
    Anomaly,
    /// An API asked for a pause.
    ApiPause,
    /// An API refused a request.
    ApiRefused,
    /// An authorization response was refused.
    CallbackRefused,
    /// The clock jumped.
    Clock,
    /// A service worker stood between the holder and the network.
    Intercepted,
    /// An anomaly has locked the session.
    Locked,
    /// The platform said that there is no network.
    Offline,
    /// The platform said that there is one again.
    Online,
    /// More requests waited than may.
    QueueFull,
    /// A request waited longer than it may.
    QueueTimeout,
    /// There is a new access token.
    Refreshed,
    /// A refresh failed.
    #[serde(rename = "refreshfailed")]
    RefreshFailed,
    /// A sign-in was finished.
    #[serde(rename = "signedin")]
    SignedIn,
    /// The session ended.
    #[serde(rename = "signedout")]
    SignedOut,
    /// The machine slept.
    Slept,
    /// An API asked for more rights.
    StepUp,
    /// It did so too often to be told.
    StepUpIgnored,
    /// A request to a target that no configured resource server covers was refused.
    TargetRefused,
    /// The session was locked and goes on.
    Unlocked,
    /// A kind that is newer than this crate.
    #[default]
    #[serde(other)]
    Unknown,
}
