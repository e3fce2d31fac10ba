//! What `lockOnAnomaly` names.

/// Something that an honest application rarely does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anomaly {
    /// More refreshes than the tokens' lifetimes explain.
    RefreshStorm {
        /// Refreshes in the running minute.
        count: u64,
    },
    /// Far more requests than this application ever made.
    RequestSurge {
        /// Requests in the running ten seconds.
        count: u64,
        /// What is usual in ten seconds.
        baseline: u64,
    },
    /// A request to a place that isn't on the list of resource servers.
    OffListTarget,
    /// An authorization response that was used before.
    ReplayedCallback,
    /// The wall clock is far from what it was, or from the server's.
    ClockJump {
        /// By how much, in milliseconds; negative if it is behind.
        ms: i64,
    },
}

impl Anomaly {
    /// Its name in events, in the audit log and in `lockOnAnomaly`.
    pub fn name(self) -> &'static str {
        match self {
            Self::RefreshStorm { .. } => "refresh-storm",
            Self::RequestSurge { .. } => "request-surge",
            Self::OffListTarget => "off-list-target",
            Self::ReplayedCallback => "replayed-callback",
            Self::ClockJump { .. } => "clock-jump",
        }
    }

    /// The number that goes with it.
    pub fn count(self) -> u64 {
        match self {
            Self::RefreshStorm { count } | Self::RequestSurge { count, .. } => count,
            Self::ClockJump { ms } => ms.unsigned_abs(),
            Self::OffListTarget | Self::ReplayedCallback => 1,
        }
    }

    /// The names of all rules.
    pub const NAMES: [&'static str; 5] =
        ["refresh-storm", "request-surge", "off-list-target", "replayed-callback", "clock-jump"];
}
