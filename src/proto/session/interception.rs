//! Service workers: one whose scope covers the holder's file sees every request of it, with all that is in it
//! ([Service Workers, Handle Fetch](https://www.w3.org/TR/service-workers/#on-fetch-request-algorithm)).

use crate::proto::error::{Ending, Error};
use crate::proto::syntax::time::Now;

use super::look::Look;
use super::state::Session;

impl Session {
    /// How to look when something is sent, which has a code or a token in it if it is `secret`.
    pub fn look(&self, secret: bool) -> Look {
        if self.config.allow_service_worker {
            return Look::Never;
        }
        let server = self.discovered.server.as_ref().filter(|_| secret);
        let document = server.and_then(|server| server.found_at.as_ref().or(server.jwks_uri.as_ref()));
        document.map_or(Look::Passive, |url| Look::Active(url.clone()))
    }

    /// Takes note that a service worker stands between. Without a word in the configuration that ends the session: it has
    /// seen what was sent since it came. Nothing is revoked, since that would show it the refresh token.
    pub fn handle_interception(&mut self, now: Now) {
        if self.config.allow_service_worker || self.is_intercepted() {
            return;
        }
        self.tick(now);
        self.watch.note("intercepted", "");
        let exchanging = !self.exchanges.is_empty();
        self.exchanges.clear();
        self.abandoned.clear();
        if self.grant.take().is_some() || exchanging {
            self.end(Ending::Intercepted);
        }
        self.ending = Ending::Intercepted;
    }

    /// Whether a service worker was seen. A worker that was claimed by one stays so for as long as it lives.
    pub fn is_intercepted(&self) -> bool {
        self.ending == Ending::Intercepted
    }

    /// Refuses whatever would lead to a new session behind a service worker.
    ///
    /// # Errors
    /// [`Ending::Intercepted`].
    pub fn refuse_intercepted(&self) -> Result<(), Error> {
        if self.is_intercepted() { Err(Error::LoginRequired(self.ending)) } else { Ok(()) }
    }
}
