//! What a page's session does, whoever wrote it.

use super::server::Outcome;
use crate::support::random::Random;

/// What a session has done since somebody looked.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// The number of a refresh that it sent.
    pub(crate) refresh: Option<u32>,
    /// Calls that went out with a token.
    pub(crate) served: u64,
    /// Calls that it gave up.
    pub(crate) lost: u64,
}

/// A session in its page. Times are milliseconds.
pub(crate) trait Client {
    /// The person is back from the authorization server with a code, which goes out.
    fn exchange(&mut self, now: u64, random: &mut Random);
    /// The outcome of that.
    fn exchanged(&mut self, now: u64, outcome: Outcome);
    /// The outcome of refresh `attempt`.
    fn refreshed(&mut self, now: u64, attempt: u32, outcome: Outcome, random: &mut Random);
    /// The page makes a call.
    fn call(&mut self, now: u64);
    /// Somebody looks at the page, or nobody does.
    fn look(&mut self, now: u64, visible: bool);
    /// The timer rings.
    fn ring(&mut self, now: u64);
    /// When it should.
    fn timer(&self) -> Option<u64>;
    /// The session is gone with its worker.
    fn lose(&mut self);
    fn is_signed_in(&self) -> bool;
    fn done(&mut self) -> Done;
}

/// How long tokens live, in seconds.
pub(crate) const LIFETIME: u64 = 300;
