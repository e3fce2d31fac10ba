//! Verdicts as plain numbers, which cost nothing to pass.

use crate::proto::session::Verdict;

/// Wait until released or rejected.
const QUEUED: i32 = -1;
/// The answer stands.
const FINAL: i32 = -2;
/// Wait for a sign-in with more rights; if that doesn't come in time, the answer stands.
const STEP_UP: i32 = -4;
/// Go again at once with another proof of possession.
const AGAIN: i32 = -5;
/// Refused: the error is to be had from `Core.takeReason()`.
pub(super) const REFUSED: i32 = -3;

/// A generation to send with, or one of the negative constants.
pub(super) fn to_number(verdict: Verdict) -> i32 {
    match verdict {
        Verdict::Send(generation) => i32::try_from(generation).unwrap_or(i32::MAX),
        Verdict::Queued => QUEUED,
        Verdict::Final => FINAL,
        Verdict::StepUp => STEP_UP,
        Verdict::Again => AGAIN,
    }
}
