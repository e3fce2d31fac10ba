//! What the session was told about its surroundings.

/// What the session was told about its surroundings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings {
    pub(super) online: bool,
    pub(super) locked: bool,
    /// Somebody looks at a page.
    pub(super) visible: bool,
    /// How far the authorization server's clock is ahead, in milliseconds.
    pub(super) skew_ms: Option<i64>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self { online: true, locked: false, visible: false, skew_ms: None }
    }
}
