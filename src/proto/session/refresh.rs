//! Where the refresh stands, and what its failures mean.

use crate::proto::error::{Error, Transport};
use crate::proto::oauth::token::TokenFailure;
use crate::proto::syntax::time::{Instant, Now};

/// Where the refresh stands.
#[derive(Clone, Debug)]
pub(super) enum Refresh {
    /// None is needed.
    Idle { failures: u32 },
    /// One is on its way, for the token of a lane.
    InFlight { attempt: u32, sent: Now, failures: u32, lane: usize },
    /// The last one failed; the next may start at `until`, or at `urgent` if somebody waits. `standing` is an error that
    /// waiting doesn't cure; `asked` says that the server named the time; `silent_since` is when it said nothing at all.
    Waiting {
        until: Instant,
        urgent: Instant,
        failures: u32,
        standing: Option<Error>,
        asked: bool,
        silent_since: Option<Instant>,
    },
}

impl Refresh {
    pub(super) fn retry_at(&self) -> Option<Instant> {
        match self {
            Self::Waiting { until, .. } => Some(*until),
            Self::Idle { .. } | Self::InFlight { .. } => None,
        }
    }

    pub(super) fn standing_error(&self, now: Instant) -> Option<&Error> {
        match self {
            Self::Waiting { until, standing, .. } if *until > now => standing.as_ref(),
            _ => None,
        }
    }

    /// Whether attempts go through, are held back, or one of them tries the way after failures.
    pub(super) fn circuit(&self) -> &'static str {
        match self {
            Self::InFlight { failures: 1.., .. } => "probing",
            Self::Waiting { .. } => "open",
            Self::Idle { .. } | Self::InFlight { .. } => "closed",
        }
    }

    pub(super) fn failures(&self) -> u32 {
        match self {
            Self::Idle { failures } | Self::InFlight { failures, .. } | Self::Waiting { failures, .. } => *failures,
        }
    }
}

/// What a failed refresh says about the session.
pub(super) enum Judgement {
    /// The grant is dead.
    Over,
    /// This client is refused; the application's developer has to act.
    Misconfigured,
    /// Refused, but maybe by something in front of the server, or for a reason that passes: one more try will tell.
    Doubtful,
    /// Nothing: try again later.
    Transient,
}

pub(super) fn judge(failure: &TokenFailure) -> Judgement {
    match &failure.error {
        Error::TokenResponse(error) if error.error == "invalid_grant" => Judgement::Over,
        Error::Transport(Transport::KeyLost) => Judgement::Over,
        Error::TokenResponse(error) if ["invalid_request", "unauthorized_client"].contains(&error.error.as_str()) => {
            Judgement::Doubtful
        }
        Error::TokenResponse(error) if ["use_dpop_nonce", "invalid_dpop_proof"].contains(&error.error.as_str()) => {
            Judgement::Misconfigured
        }
        Error::TokenResponse(error) if error.blames_the_client() => Judgement::Misconfigured,
        Error::TokenResponse(_) if failure.status == 401 || failure.status == 403 => Judgement::Over,
        Error::TokenResponse(_) => Judgement::Doubtful,
        Error::Transport(Transport::Status(400..=407 | 409..=428 | 430..=499)) => Judgement::Doubtful,
        _ => Judgement::Transient,
    }
}
