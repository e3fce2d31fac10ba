//! Who the session is with, and as whom: what the configuration says, until more is found out.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::config::{Config, resources};
use crate::proto::error::{Error, InvalidResponse};
use crate::proto::oauth::authorization::{Client, Transaction};
use crate::proto::oauth::metadata::AuthorizationServer;
use crate::proto::oauth::resource::ResourceServer;

use super::exchange::no_metadata;

/// What may be found later than the configuration is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovered {
    /// The issuer; empty until an MCP server has named it.
    pub issuer: String,
    /// Its metadata, once known.
    pub server: Option<AuthorizationServer>,
    /// The same issuer's metadata before it was fetched again: a sign-in may have started with it.
    former: Option<AuthorizationServer>,
    /// The client's id there; empty until the client has one.
    pub client_id: String,
    /// The scope asked for, space-separated.
    pub scope: String,
    /// Where the token may go.
    pub resource_servers: Vec<ResourceServer>,
}

impl Discovered {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            issuer: config.issuer.clone(),
            server: config.server.clone(),
            former: None,
            client_id: config.client_id.clone(),
            scope: config.scope.clone(),
            resource_servers: config.resource_servers.clone(),
        }
    }

    /// This client as authorization requests name it.
    pub(super) fn client<'a>(&'a self, config: &'a Config) -> Client<'a> {
        let resources = resources(&self.resource_servers);
        Client { client_id: &self.client_id, scope: &self.scope, resources, ..config.client() }
    }

    /// The first resource server at the origin of number `server`: what one of them can take, they take together.
    pub(super) fn first_beside(&self, server: usize) -> usize {
        let all = &self.resource_servers;
        let own = all.get(server);
        own.and_then(|own| all.iter().position(|one| one.is_beside(own))).unwrap_or(server)
    }

    /// Whether `server` is another issuer's than the one that is known.
    pub(super) fn moves_to(&self, server: &AuthorizationServer) -> bool {
        self.server.as_ref().is_some_and(|known| known.issuer != server.issuer)
    }

    pub(super) fn set_server(&mut self, server: AuthorizationServer) {
        let moved = self.moves_to(&server);
        self.former = self.server.take().filter(|_| !moved);
        self.issuer.clone_from(&server.issuer);
        self.server = Some(server);
    }

    /// Takes what the resource that all follows from calls itself; what it was called before.
    pub(super) fn set_resource(&mut self, resource: &str) -> Option<String> {
        let former = self.resource_servers.first().and_then(|server| server.resource.clone());
        for server in self.resource_servers.iter_mut().filter(|server| server.resource == former) {
            server.resource = Some(resource.to_owned());
        }
        former
    }

    /// The token endpoint that a sign-in started with; nothing that changed meanwhile has its code.
    pub(super) fn exchange_endpoint(&self, transaction: &Transaction) -> Result<String, Error> {
        let server = self.server.as_ref().ok_or_else(no_metadata)?;
        if server.issuer != transaction.issuer {
            return Err(Error::InvalidResponse(InvalidResponse::IssuerMismatch));
        }
        let endpoint = &transaction.token_endpoint;
        let trusted = [Some(server), self.former.as_ref()].into_iter().flatten();
        match trusted.map(|server| &server.token_endpoint).find(|known| *known == endpoint) {
            Some(endpoint) => Ok(endpoint.clone()),
            None => Err(Error::InvalidResponse(InvalidResponse::Metadata(
                "its token_endpoint changed since the sign-in started; call signIn() again".into(),
            ))),
        }
    }
}
