//! What is asked of the shell for a call, and what is to be done with the result.

use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::oauth::authorization::{RANDOM_BYTES, SignInOptions};
use crate::proto::oauth::callback::AuthorizationResponse;
use crate::proto::oauth::dpop::DpopKey;
use crate::proto::oauth::id_token::Signed;
use crate::proto::oauth::par::Push;
use crate::proto::session::{LookUp, PendingExchange};
use crate::proto::syntax::http::Answer;

use super::action::CallId;
use super::logout::Logout;
use super::stage::Stage;

/// What is to be done with the result of something that was asked for.
#[derive(Debug)]
pub(super) enum Flight {
    Exchange { call: CallId, pending: Box<PendingExchange> },
    Inquiry(Box<Stage>),
    Keep { call: CallId, name: String, url: String, push: Option<Box<Push>> },
    KeepLogout { call: CallId, logout: Box<Logout> },
    Key { step: Box<Step> },
    Keys,
    LookUp(Box<LookUp>),
    Push { call: CallId, name: String, url: String, push: Box<Push> },
    Refresh { attempt: u32 },
    Revocation { logout: Option<(CallId, Box<Logout>)> },
    Take { call: CallId, response: Box<AuthorizationResponse> },
    TakeLogout { call: CallId },
    Verify { check: Box<Check> },
}

impl Flight {
    /// Whether a code or a token is sent.
    pub(super) fn is_secret(&self) -> bool {
        matches!(self, Self::Exchange { .. } | Self::Refresh { .. } | Self::Revocation { .. })
    }

    /// Whether it is worth to find out why it failed: a refresh may fail for many reasons that pass, the first requests
    /// show whether the browser may talk to the server. Of the metadata's places only the last one is looked into: many
    /// servers have but one, and nothing readable in the others.
    pub(super) fn shows_the_way(&self) -> bool {
        match self {
            Self::Exchange { .. } | Self::Keys => true,
            Self::Inquiry(stage) => matches!(&**stage, Stage::Server(search, _) if search.is_last()),
            _ => false,
        }
    }

    pub(super) fn signs_in(&self, call: CallId) -> bool {
        match self {
            Self::Key { step } => step.signs_in(call),
            Self::Keep { call: other, .. } | Self::Push { call: other, .. } => *other == call,
            _ => false,
        }
    }
}

/// A step that needs the authorization server's metadata.
#[derive(Debug)]
pub(super) enum Step {
    Exchange { call: CallId, pending: Box<PendingExchange> },
    SignIn { call: CallId, options: Box<SignInOptions>, random: Box<[u8; RANDOM_BYTES]>, key: Option<Box<DpopKey>> },
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

impl Check {
    pub(super) fn into_flight(self) -> Flight {
        self.flight
    }
}

impl Step {
    pub(super) fn call(&self) -> CallId {
        match self {
            Self::Exchange { call, .. } | Self::SignIn { call, .. } => *call,
        }
    }

    pub(super) fn signs_in(&self, call: CallId) -> bool {
        matches!(self, Self::SignIn { call: other, .. } if *other == call)
    }
}
