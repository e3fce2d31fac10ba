//! What is asked of the shell for a call, and what is to be done with the result.

use alloc::boxed::Box;

use crate::proto::oauth::id_token::Signed;
use crate::proto::session::LookUp;
use crate::proto::syntax::http::Answer;

use super::action::CallId;
use super::logout::Logout;
use super::stage::Stage;

/// What is to be done with the result of something that was asked for.
#[derive(Debug)]
pub(super) enum Flight {
    Exchange(CallId),
    Inquiry(Box<Stage>),
    KeepLogout { call: CallId, logout: Box<Logout> },
    Keys,
    LookUp(Box<LookUp>),
    Refresh { attempt: u32 },
    Revocation { logout: Option<(CallId, Box<Logout>)> },
    SignIn(CallId),
    TakeLogout { call: CallId },
    Verify { check: Box<Check> },
}

impl Flight {
    /// Whether a code or a token is sent.
    pub(super) fn is_secret(&self) -> bool {
        matches!(self, Self::Exchange(_) | Self::Refresh { .. } | Self::Revocation { .. })
    }

    /// Whether it is worth to find out why it failed: a refresh may fail for many reasons that pass, the first requests
    /// show whether the browser may talk to the server. Of the metadata's places only the last one is looked into: many
    /// servers have but one, and nothing readable in the others.
    pub(super) fn shows_the_way(&self) -> bool {
        match self {
            Self::Exchange(_) | Self::Keys => true,
            Self::Inquiry(stage) => matches!(&**stage, Stage::Server(search, _) if search.is_last()),
            _ => false,
        }
    }
}

/// An answer whose ID token is being checked.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) flight: Flight,
    pub(super) answer: Answer,
    pub(super) signed: Signed,
    pub(super) jitter: u32,
    /// Whether the keys were fetched because of it.
    pub(super) fetched: bool,
}
