//! The options that say where tokens come from, and as whom: an issuer or an MCP server, and the client.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::error::Error;
use crate::proto::oauth::metadata::AuthorizationServer;
use crate::proto::oauth::registration::{self, Registration, is_client_metadata_url};
use crate::proto::oauth::resource::{ResourceServer, is_safe};
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::text::trim_end;
use crate::proto::syntax::url::Url;

use super::choices::Mcp;
use super::options::{ISSUER_CURE, authorization_server, endpoints, is_issuer, redirect_uri, required};
use super::refusal::bad;

#[derive(Default)]
pub(super) struct Origin {
    pub(super) issuer: String,
    pub(super) server: Option<AuthorizationServer>,
    pub(super) endpoints: Object,
    pub(super) client_id: String,
    pub(super) registration: Registration,
    pub(super) mcp: Option<Mcp>,
    pub(super) authorization_servers: Vec<String>,
    pub(super) redirect_uri: String,
    /// The MCP server, as something that tokens may go to.
    pub(super) resource_server: Option<ResourceServer>,
}

impl Origin {
    pub(super) fn parse(options: &Object, allow_loopback: bool, assume_pkce: bool) -> Result<Self, Error> {
        let mut origin = if options.member("mcp").is_some() {
            Self::of_mcp(options, allow_loopback, assume_pkce)?
        } else if options.member("authorizationServers").is_some() {
            return Err(bad("authorizationServers", "goes with mcp; with issuer there is nothing to choose from"));
        } else {
            let (issuer, server) = authorization_server(options, allow_loopback, assume_pkce)?;
            let endpoints = if server.is_none() { endpoints(options, allow_loopback)? } else { Object::default() };
            Self { issuer, server, endpoints, ..Self::default() }
        };
        origin.redirect_uri = redirect_uri(options, allow_loopback)?;
        origin.set_client(options, allow_loopback)?;
        Ok(origin)
    }

    fn of_mcp(options: &Object, allow_loopback: bool, assume_pkce: bool) -> Result<Self, Error> {
        if let Some(name) = ["issuer", "server"].into_iter().find(|name| options.member(name).is_some()) {
            return Err(bad(
                name,
                "the MCP server names it; remove this option, or use authorizationServers to pin it",
            ));
        }
        if assume_pkce {
            return Err(bad("assumePkce", "MCP wants PKCE to be announced; remove this option"));
        }
        let href = options.string("mcp").unwrap_or_default();
        let (url, resource_server) = mcp_server(href, allow_loopback).ok_or_else(|| bad("mcp", MCP_CURE))?;
        Ok(Self {
            mcp: Some(Mcp { url, chooses_scope: options.member("scope").is_none() }),
            authorization_servers: authorization_servers(options, allow_loopback)?,
            resource_server: Some(resource_server),
            ..Self::default()
        })
    }

    /// Who the client is: what was registered by hand counts first.
    fn set_client(&mut self, options: &Object, allow_loopback: bool) -> Result<(), Error> {
        let url = match options.member("clientMetadataUrl") {
            None => None,
            Some(value) => match value.as_str().filter(|href| is_client_metadata_url(href, allow_loopback)) {
                Some(href) => Some(href.to_owned()),
                None => return Err(bad("clientMetadataUrl", METADATA_URL_CURE)),
            },
        };
        let metadata = match options.member("clientMetadata") {
            None => None,
            Some(Value::Object(metadata)) => Some(metadata),
            Some(_) => return Err(bad("clientMetadata", METADATA_CURE)),
        };
        let document = registration::document(metadata, &self.redirect_uri);
        let document = document.ok_or_else(|| bad("clientMetadata", METADATA_CURE))?;
        let open = self.mcp.is_some() || url.is_some() || metadata.is_some();
        if options.member("clientId").is_some() || !open {
            self.client_id = required(options, "clientId", ID_CURE)?;
            if self.mcp.is_some() && self.authorization_servers.len() != 1 {
                return Err(bad(
                    "clientId",
                    "a client id belongs to one server; name its issuer in authorizationServers",
                ));
            }
            return Ok(());
        }
        let registers = self.mcp.is_some() || metadata.is_some();
        self.registration = Registration { metadata_url: url, document: registers.then_some(document) };
        Ok(())
    }
}

/// The URL with its path, and what of it is covered. The resource identifier has no slash after a bare host.
fn mcp_server(href: &str, allow_loopback: bool) -> Option<(String, ResourceServer)> {
    let with_slash = [href, "/"].concat();
    let (href, url) = match Url::parse(href) {
        Some(url) => (href, url),
        None => (with_slash.as_str(), Url::parse(&with_slash)?),
    };
    if !is_safe(&url, allow_loopback) || url.fragment.is_some() {
        return None;
    }
    let mut server = ResourceServer::parse(&[url.origin, url.path].concat(), allow_loopback)?;
    server.resource = Some(if href.len() == url.origin.len() + 1 { trim_end(href, b'/') } else { href }.to_owned());
    Some((href.to_owned(), server))
}

fn authorization_servers(options: &Object, allow_loopback: bool) -> Result<Vec<String>, Error> {
    let Some(member) = options.member("authorizationServers") else { return Ok(Vec::new()) };
    let issuers = member.as_strings().filter(|issuers| !issuers.is_empty());
    let issuers = issuers.ok_or_else(|| bad("authorizationServers", "must be an array of issuer URLs, as strings"))?;
    if !issuers.iter().all(|issuer| is_issuer(issuer, allow_loopback)) {
        return Err(bad("authorizationServers", ISSUER_CURE));
    }
    Ok(issuers.into_iter().map(str::to_owned).collect())
}

const MCP_CURE: &str =
    "must be the MCP server's https URL without fragment, in the form new URL(...).href writes (http only on loopback)";
const ID_CURE: &str = "must be the client id you registered, as a string";
const METADATA_URL_CURE: &str = "must be the https URL of this client's metadata document, with a path and without \
                                 fragment, in the form new URL(...).href writes";
const METADATA_CURE: &str = "must be an object of RFC 7591 client metadata, such as { client_name }; redirect_uris, \
                             grant_types, response_types and token_endpoint_auth_method are set by the library, keys and \
                             secrets have no place in it";
