//! Where the refresh stands.

use crate::proto::error::Error;
use crate::proto::syntax::time::{Instant, Now};

use super::policy::Pause;

/// Where the refresh stands. There is never more than one attempt under way.
#[derive(Clone, Debug)]
pub(super) enum Refresh {
    /// None is needed.
    Idle { failures: u32 },
    /// One is on its way, for the token of a lane.
    InFlight { attempt: u32, sent: Now, failures: u32, lane: usize },
    /// The last one failed. `standing` is an error that waiting doesn't cure.
    Waiting { pause: Pause, standing: Option<Error> },
}

impl Refresh {
    /// Whether an attempt may start.
    pub(super) fn is_ready(&self, now: Instant) -> bool {
        match self {
            Self::Idle { .. } => true,
            Self::InFlight { .. } => false,
            Self::Waiting { pause, .. } => pause.until <= now,
        }
    }

    /// Takes note that an attempt is on its way.
    pub(super) fn start(&mut self, attempt: u32, sent: Now, lane: usize) {
        *self = Self::InFlight { attempt, sent, failures: self.failures(), lane };
    }

    /// Sets the end of the pause anew, unless an error stands until then.
    pub(super) fn reschedule(&mut self, end: impl FnOnce(Pause) -> Instant) {
        if let Self::Waiting { pause, standing: None } = self {
            pause.until = end(*pause);
        }
    }

    /// The number of the attempt that is under way.
    pub(super) fn attempt(&self) -> Option<u32> {
        match self {
            Self::InFlight { attempt, .. } => Some(*attempt),
            Self::Idle { .. } | Self::Waiting { .. } => None,
        }
    }

    pub(super) fn retry_at(&self) -> Option<Instant> {
        match self {
            Self::Waiting { pause, .. } => Some(pause.until),
            Self::Idle { .. } | Self::InFlight { .. } => None,
        }
    }

    pub(super) fn standing_error(&self, now: Instant) -> Option<&Error> {
        match self {
            Self::Waiting { pause, standing } if pause.until > now => standing.as_ref(),
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
            Self::Idle { failures } | Self::InFlight { failures, .. } => *failures,
            Self::Waiting { pause, .. } => pause.failures,
        }
    }
}
