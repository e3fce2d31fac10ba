//! What was sent with a proof of possession.

use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::oauth::dpop::DpopKey;
use crate::proto::syntax::secret::FormBody;

/// What was sent with a proof, to be sent once more if the proof was not good enough.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) url: String,
    pub(super) body: FormBody,
    pub(super) key: Box<DpopKey>,
    pub(super) again: bool,
}
