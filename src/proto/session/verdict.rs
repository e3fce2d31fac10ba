//! What the session says of a request.

/// What a request should do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go at once with the token of this generation.
    Send(u32),
    /// Wait until it is released or rejected.
    Queued,
    /// The answer stands.
    Final,
    /// Wait for a sign-in with more rights until released or rejected; if rejected because of the time, the answer
    /// stands.
    StepUp,
}
