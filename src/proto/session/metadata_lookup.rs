//! Protected resource metadata that challenges point at ([RFC 9728, 5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1)).

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::proto::error::Transport;
use crate::proto::oauth::challenge::Challenge;
use crate::proto::oauth::protected_resource::ResourceSearch;
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::Object;
use crate::proto::syntax::text::cut;
use crate::proto::syntax::time::Now;

use super::command::Command;
use super::resource_metadata::{LookUp, ResourceMetadata};
use super::state::Session;

impl Session {
    /// Asks for the metadata that `challenge` points at; gives `detail` back if that is not going to happen. However
    /// often an API says so, it is asked for once in a while.
    pub(super) fn look_up(
        &mut self,
        now: Now,
        target: &str,
        server: usize,
        challenge: &Challenge,
        detail: Option<Object>,
    ) -> Result<(), Option<Object>> {
        let Some(url) = challenge.resource_metadata.as_ref() else { return Err(detail) };
        let known = self.resources.iter().position(|known| known.server == server);
        if known.is_some_and(|at| now.instant.since(self.resources[at].asked) < PAUSE_MS) {
            return Err(detail);
        }
        let previous = known.map(|at| self.resources.swap_remove(at));
        let metadata = previous.and_then(|known| known.metadata);
        self.resources.push(ResourceMetadata { server, asked: now.instant, metadata });
        let identifiers = self.identifiers(target, server);
        let first_generation = self.first_generation;
        self.commands.push(Command::LookUp(LookUp { url: url.clone(), server, identifiers, detail, first_generation }));
        Ok(())
    }

    /// What the metadata's `resource` may be: the URL that was requested
    /// ([RFC 9728, 3.3](https://www.rfc-editor.org/rfc/rfc9728#section-3.3)), or what the configuration calls the
    /// resource server that the request went to.
    fn identifiers(&self, target: &str, server: usize) -> Vec<String> {
        let target = cut(target, b'#').0;
        let mut identifiers = vec![target.to_owned(), cut(target, b'?').0.to_owned()];
        if let Some(server) = self.discovered.resource_servers.get(server) {
            let href = server.href();
            identifiers.push([&href, "/"].concat());
            identifiers.push(href);
            identifiers.extend(server.resource.clone());
        }
        identifiers
    }

    /// Takes the answer to what [`Command::LookUp`] asked for, and tells who waited for it.
    pub fn handle_looked_up(&mut self, look_up: LookUp, answer: Result<Answer, Transport>) {
        let LookUp { url, server, identifiers, detail, first_generation } = look_up;
        let mut search = ResourceSearch::only(&url, identifiers, self.config.allow_loopback);
        let found = search.next_url().and_then(|_| search.handle_answer(answer));
        if let Some(known) = self.resources.iter_mut().find(|known| known.server == server) {
            known.metadata = found;
        }
        if let Some(detail) = detail.filter(|_| self.grant.is_some() && first_generation == self.first_generation) {
            self.tell_with_metadata(server, detail);
        }
    }

    pub(super) fn tell_with_metadata(&mut self, server: usize, detail: Object) {
        let detail = self.with_metadata(server, detail);
        self.emit("stepup", detail);
    }

    /// Adds what the resource server's own metadata says, if that is known.
    pub(super) fn with_metadata(&self, server: usize, object: Object) -> Object {
        let known = self.resources.iter().find(|known| known.server == server);
        match known.and_then(|known| known.metadata.as_ref()) {
            Some(metadata) => object.with("resourceMetadata", metadata.describe()),
            None => object,
        }
    }
}

/// A resource server's metadata is not fetched again sooner, in milliseconds.
const PAUSE_MS: u64 = 10_000;
