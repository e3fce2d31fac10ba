//! The keys that ID tokens are checked with.

use alloc::vec::Vec;

use crate::proto::error::Transport;
use crate::proto::oauth::jwk::KeySet;
use crate::proto::syntax::time::Instant;

use super::flight::Check;

/// The issuer's keys, as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Keys {
    pub(super) set: Option<KeySet>,
    pub(super) asked: Option<Instant>,
    /// Why they could not be had, if that can be told.
    pub(super) blocked: Option<Transport>,
    /// Answers that wait for the keys, which are being fetched while there are any.
    pub(super) waiting: Vec<Check>,
}

/// What the shell found out about a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// It is the key's.
    Good,
    /// It isn't.
    Forged,
    /// The platform doesn't know the algorithm.
    Unknown,
}
