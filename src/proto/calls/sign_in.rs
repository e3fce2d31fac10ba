//! A sign-in under way, from the application's call to its settlement. Nothing of it is kept anywhere else.

use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::error::Error;
use crate::proto::oauth::authorization::{RANDOM_BYTES, SignInOptions};
use crate::proto::oauth::callback::AuthorizationResponse;
use crate::proto::oauth::dpop::DpopKey;
use crate::proto::oauth::par::Push;
use crate::proto::session::PendingExchange;

use super::action::CallId;

/// A sign-in under way: one that leads to the authorization server, or one that finishes what came back from there.
#[derive(Debug)]
pub(super) struct SignIn {
    /// The application's call, settled when this is gone.
    pub(super) call: CallId,
    pub(super) progress: Progress,
}

/// What a sign-in waits for, and what it has by then.
///
/// | waits for | then |
/// |---|---|
/// | `Place` | `Key` where proofs of possession are wanted, else `Kept` |
/// | `Key` | `Kept`, or `Place` once more if that became a question meanwhile |
/// | `Kept` | `Pushed` where the server wants that, else settled: the page may navigate |
/// | `Pushed` | settled: the page may navigate |
/// | `Expected` | settled: it is wrong, or nothing of ours |
/// | `Record` | `Endpoint` if the response is good, else settled, or `Expected` if nobody knows it |
/// | `Endpoint` | `Tokens` |
/// | `Tokens` | settled: signed in, or not |
#[derive(Debug)]
pub(super) enum Progress {
    /// Where and as whom to sign in.
    Place { asked: Box<Asked>, key: Option<Box<DpopKey>> },
    /// Its key pair.
    Key { asked: Box<Asked> },
    /// Its record to be kept.
    Kept { to: Box<AuthorizationUrl> },
    /// The server to take its parameters ([RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)).
    Pushed { to: Box<AuthorizationUrl> },
    /// The word whether anybody is about to come back, since what came is wrong as a response.
    Expected { error: Error },
    /// The record of the response.
    Record { response: Box<AuthorizationResponse> },
    /// The token endpoint's URL.
    Endpoint { pending: Box<PendingExchange> },
    /// The answer to the exchange, and the word on its ID token's signature.
    Tokens { pending: Box<PendingExchange> },
}

/// What the application asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) options: SignInOptions,
    pub(super) random: [u8; RANDOM_BYTES],
}

/// Where the page is to navigate.
#[derive(Debug)]
pub(super) struct AuthorizationUrl {
    /// The record's name, for a popup.
    pub(super) name: String,
    /// The authorization request.
    pub(super) url: String,
    pub(super) push: Option<Push>,
}

impl SignIn {
    /// Whether it leads to the authorization server, so that it may be given up: nothing has happened yet.
    pub(super) fn is_leaving(&self) -> bool {
        use Progress::{Kept, Key, Place, Pushed};
        matches!(self.progress, Place { .. } | Key { .. } | Kept { .. } | Pushed { .. })
    }

    /// Whether it needs to know who it is at the authorization server.
    pub(super) fn wants_client(&self) -> bool {
        matches!(self.progress, Progress::Place { .. })
    }

    /// Whether it waits for the metadata.
    pub(super) fn wants_metadata(&self) -> bool {
        matches!(self.progress, Progress::Place { .. } | Progress::Endpoint { .. })
    }

    /// Whether the record of its response is being read.
    pub(super) fn wants_record(&self) -> bool {
        matches!(self.progress, Progress::Record { .. } | Progress::Expected { .. })
    }

    pub(super) fn pending(&self) -> Option<&PendingExchange> {
        match &self.progress {
            Progress::Endpoint { pending } | Progress::Tokens { pending } => Some(pending),
            _ => None,
        }
    }
}
