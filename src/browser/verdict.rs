//! What becomes of a request as a plain number, which costs nothing to pass. The kernel has the same ones.

use crate::proto::session::Verdict;

/// Wait until released or rejected.
pub const QUEUED: i32 = -1;
/// The answer stands.
pub const FINAL: i32 = -2;
/// Refused: the error is to be had from `Core.takeReason()`.
pub const REFUSED: i32 = -3;
/// Wait for a sign-in with more rights; if that doesn't come in time, the answer stands.
pub const STEP_UP: i32 = -4;
/// The answer may not be the last word: say what it is by `Core.replied()`.
pub const TELL: i32 = -5;

/// A generation to send with, or one of the negative constants.
pub fn to_number(verdict: Verdict) -> i32 {
    match verdict {
        Verdict::Send(generation) => i32::try_from(generation).unwrap_or(i32::MAX),
        Verdict::Queued => QUEUED,
        Verdict::Final => FINAL,
        Verdict::StepUp => STEP_UP,
    }
}
