//! What was sent with a proof of possession.

use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::oauth::dpop::DpopKey;
use crate::proto::syntax::secret::FormBody;

/// What was sent with a proof, to be sent again if the proof was not good enough.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) url: String,
    pub(super) body: FormBody,
    pub(super) key: Box<DpopKey>,
    /// How often it went again.
    pub(super) proofs: u32,
    /// Which of the server's nonces its proof has.
    pub(super) turn: u32,
    /// The server's clock was taken over because of it.
    pub(super) clocked: bool,
}
