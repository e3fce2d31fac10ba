//! The authorization server that the session is with, and the client that it knows.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::proto::error::Ending;
use crate::proto::oauth::metadata::AuthorizationServer;
use crate::proto::oauth::registration::Registration;

use super::command::Command;
use super::discovered::Discovered;
use super::state::Session;

impl Session {
    /// What is found out later than the configuration is read.
    pub fn discovered(&self) -> &Discovered {
        &self.discovered
    }

    /// Takes the metadata that discovery found. A session of another issuer ends: its tokens are nothing to this one.
    pub fn set_server(&mut self, server: AuthorizationServer) {
        if self.discovered.moves_to(&server) {
            self.leave_issuer();
        }
        self.discovered.set_server(server);
    }

    /// Revokes what there is where it came from, and lets nothing that is still under way come to anything.
    fn leave_issuer(&mut self) {
        let revocation = self.leave(Ending::IssuerChanged);
        self.commands.extend(revocation.map(Command::Revoke));
        self.abandoned.clear();
        if self.config.registration != Registration::default() {
            self.discovered.client_id.clear();
        }
    }

    /// Takes the id that the client has at the present issuer.
    pub fn set_client(&mut self, client_id: &str) {
        if self.config.registration != Registration::default() {
            client_id.clone_into(&mut self.discovered.client_id);
        }
    }

    /// The client that the session's grant is for; without a session the present one.
    pub(super) fn client(&self) -> &str {
        let granted = self.grant.as_ref().map(|grant| &grant.client_id).filter(|client_id| !client_id.is_empty());
        granted.unwrap_or(&self.discovered.client_id)
    }

    /// Takes what the MCP server's metadata calls it, and the scope that it wants.
    pub fn set_resource(&mut self, resource: &str, scope: Option<String>) {
        let former = self.discovered.set_resource(resource);
        self.lanes.rename(&former, resource);
        if let Some(scope) = scope {
            self.discovered.scope = scope;
        }
    }
}
