//! An API's answer to a request, and what the session has to know of that by itself.

use tokenkeep::proto::error::Error;
use tokenkeep::proto::session::{self, Retry, Session, Verdict};
use tokenkeep::proto::syntax::time::Now;

/// The answer, and what is expected of the request that it is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) target: String,
    pub(crate) method: String,
    pub(crate) status: u16,
    pub(crate) generation: u32,
    pub(crate) replays: u32,
    pub(crate) retries: u32,
    pub(crate) proofs: u32,
    pub(crate) nonce: bool,
    pub(crate) retry: Retry,
    pub(crate) step_up: bool,
    pub(crate) streamed: bool,
    pub(crate) timeout: Option<u64>,
    pub(crate) challenge: Option<String>,
    pub(crate) retry_after: Option<String>,
    pub(crate) date: Option<String>,
}

impl Reply {
    /// A 401 without a word.
    pub(crate) fn unauthorized() -> Self {
        Self { target: super::API.into(), method: "GET".into(), status: 401, ..Self::default() }
    }

    /// Hands the answer to request `id` over; one that the session doesn't know is sent before.
    pub(crate) fn hand_to(&self, session: &mut Session, now: Now, jitter: u32, id: u32) -> Result<Verdict, Error> {
        if session.request(id).is_none() {
            let sent = session.authorize(now, id, &self.target, self.timeout);
            assert_eq!(sent, Ok(Verdict::Send(self.generation)), "request {id} is sent");
        }
        let known = session.request(id).copied().expect("it is under way");
        let expected = (self.generation, self.replays, self.retries, self.proofs);
        let counts = (u32::from(known.replays), u32::from(known.retries), u32::from(known.proofs));
        assert_eq!((known.generation, counts.0, counts.1, counts.2), expected, "request {id}");
        if session.handle_status(now, id, self.status) == Ok(true) {
            return Ok(Verdict::Final);
        }
        session.handle_reply(now, jitter, id, &self.fields())
    }

    fn fields(&self) -> session::Reply {
        let Self { target, method, status, nonce, retry, step_up, streamed, challenge, retry_after, date, .. } =
            self.clone();
        session::Reply { target, method, status, nonce, retry, step_up, streamed, challenge, retry_after, date }
    }
}
