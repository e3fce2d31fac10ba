//! The configuration that `hold()` fixes for the holder's whole life.

use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::error::Error;
use crate::proto::oauth::authorization::Client;
use crate::proto::oauth::extension::Use;
use crate::proto::oauth::metadata::AuthorizationServer;
use crate::proto::oauth::profile::Profile;
use crate::proto::oauth::registration::Registration;
use crate::proto::oauth::resource::ResourceServer;
use crate::proto::syntax::grammar::includes;
use crate::proto::syntax::json::Object;
use crate::proto::syntax::url::Url;

use super::choices::{AuditSink, Mcp, Personal};
use super::home;
use super::options::{
    audit_sink, check, extra_params, flag, lock_on, number, personal, post_logout_redirect_uri, scope,
    trusted_audiences, usage,
};
use super::origin::Origin;
use super::refusal::bad;
use super::servers::resource_servers;

/// A checked configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The issuer, exactly as written; empty where an MCP server will name it.
    pub issuer: String,
    /// The metadata, when the application gave it instead of leaving it to discovery.
    pub server: Option<AuthorizationServer>,
    /// Endpoints that the application adds to the metadata, by their names there.
    pub endpoints: Object,
    /// The public client's id; empty where it comes by one later.
    pub client_id: String,
    /// How the client comes by its id, if the configuration has none.
    pub registration: Registration,
    /// The MCP server that everything else follows from.
    pub mcp: Option<Mcp>,
    /// The authorization servers that a resource may name; any if there are none.
    pub authorization_servers: Vec<String>,
    /// The registered redirection URI, sent byte for byte.
    pub redirect_uri: String,
    /// The scope asked for, space-separated.
    pub scope: String,
    /// Where the token may go.
    pub resource_servers: Vec<ResourceServer>,
    /// Additional parameters of every authorization request.
    pub extra_params: Vec<(String, String)>,
    /// Whether a holder ends for another one that a newer file makes.
    pub take_over: bool,
    /// Who may be meant by an ID token besides this client
    /// ([OpenID Connect Core 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), point 3).
    pub trusted_audiences: Vec<String>,
    /// Whether the page may read the access token.
    pub expose_access_token: bool,
    /// Whether http on loopback addresses is good enough.
    pub allow_loopback: bool,
    /// Whether a service worker may stand between the holder and the network.
    pub allow_service_worker: bool,
    /// Whether S256 is taken to be supported without an announcement.
    pub assume_pkce: bool,
    /// How the servers differ from the RFCs: see [`profile`](Self::profile).
    profile: Option<Profile>,
    /// Whether the redirection URI is on another origin than the holder.
    pub redirect_elsewhere: bool,
    /// What the access token is, if it doesn't come from an authorization server.
    pub personal: Option<Personal>,
    /// Who is given the audit log's entries.
    pub audit_sink: Option<AuditSink>,
    /// The anomalies that lock the session, by name.
    pub lock_on: Vec<&'static str>,
    /// Whether ID tokens are believed without a look at their signature.
    pub skip_signature: bool,
    /// Whether tokens are bound to a key ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
    pub dpop: Use,
    /// Whether that key is kept until sign-out, so that the next sign-in has the same.
    pub persist_dpop_key: bool,
    /// Whether authorization requests are pushed ([RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)).
    pub par: Use,
    /// Whether nothing less than the strictest is good enough.
    pub strict: bool,
    /// Where the user comes back to from signing out at the authorization server.
    pub post_logout_redirect_uri: Option<String>,
    /// Whether the page is handed the ID token, to show it to the authorization server when signing out there.
    pub send_id_token_hint: bool,
    /// The numbers.
    pub limits: Limits,
}

/// Limits and times of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most requests that may wait for a token.
    pub queue_limit: u64,
    /// Longest wait for a token, in milliseconds.
    pub queue_timeout: u64,
    /// Most waiting requests that are on their way at once when the queue drains; how many are, follows what the API takes.
    pub drain_concurrency: u64,
    /// Longest time for one call to the authorization server, in milliseconds.
    pub request_timeout: u64,
    /// Lifetime of an access token that comes without `expires_in`, in seconds.
    pub default_lifetime: u64,
    /// How long before its end a token is renewed beside requests, in seconds; a fifth of the lifetime and at most
    /// a minute if absent.
    pub early_refresh: Option<u64>,
    /// Over how much of that time early refreshes are spread, in seconds; a quarter of it if absent.
    pub early_refresh_jitter: Option<u64>,
    /// How much of an uploaded stream is kept so that it can be sent again, in bytes; nothing if this is 0.
    pub stream_buffer_limit: u64,
    /// How often a request is sent again because an API asks for a pause.
    pub retry_limit: u64,
    /// Longest pause that an API may ask for, in milliseconds.
    pub max_retry_after: u64,
    /// How long a request that asked to may wait for a sign-in with more rights, in milliseconds.
    pub step_up_timeout: u64,
    /// Most entries of the audit log.
    pub audit_limit: u64,
}

impl Config {
    /// Reads the JSON form of what the application passed to `hold()`. `origin` is the holder's own: an application
    /// that is served from a loopback address is being developed, and may use http to loopback addresses; paths are its.
    ///
    /// # Errors
    /// [`ApiMisuse::Config`](crate::proto::error::ApiMisuse::Config) with the option's name and the cure.
    pub fn parse(json: &str, origin: &str) -> Result<Self, Error> {
        let options = Object::parse(json.as_bytes());
        let mut options = options.ok_or_else(|| bad("config", "pass one plain object of options"))?;
        home::complete(&mut options, origin);
        Self::read(&options, origin).map_err(|error| home::explain(&error, &options, origin).unwrap_or(error))
    }

    fn read(options: &Object, origin: &str) -> Result<Self, Error> {
        check(options)?;
        let personal = personal(options)?;
        let own = [origin, "/"].concat();
        let own = Url::parse(&own);
        let served_locally = own.is_some_and(|url| url.is_loopback());
        let allow_loopback = served_locally || flag(options, "dangerAllowLoopbackHttp");
        let assume_pkce = flag(options, "assumePkce");
        let origin = match personal {
            Some(_) => Origin::default(),
            None => Origin::parse(options, allow_loopback, assume_pkce)?,
        };
        let skip_signature = flag(options, "dangerSkipIdTokenSignature");
        let scope = scope(options)?;
        let keyless = origin.server.as_ref().is_some_and(|server| server.jwks_uri.is_none());
        if keyless && !skip_signature && includes(&scope, "openid") {
            return Err(bad("server.jwks_uri", "missing; without the issuer's keys no ID token can be checked"));
        }
        let target = Url::parse(&origin.redirect_uri);
        let redirect_elsewhere = own.zip(target).is_some_and(|(own, target)| own.origin != target.origin);
        let mut resource_servers = resource_servers(options, allow_loopback)?;
        resource_servers.splice(..0, origin.resource_server);
        Ok(Self {
            issuer: origin.issuer,
            server: origin.server,
            endpoints: origin.endpoints,
            client_id: origin.client_id,
            registration: origin.registration,
            mcp: origin.mcp,
            authorization_servers: origin.authorization_servers,
            redirect_uri: origin.redirect_uri,
            redirect_elsewhere,
            scope,
            resource_servers,
            extra_params: extra_params(options)?,
            take_over: flag(options, "takeOver"),
            trusted_audiences: trusted_audiences(options)?,
            expose_access_token: flag(options, "exposeAccessToken"),
            allow_loopback,
            allow_service_worker: flag(options, "dangerAllowServiceWorker"),
            assume_pkce,
            profile: options.member("profile").map(Profile::parse).transpose()?,
            personal,
            audit_sink: audit_sink(options, allow_loopback)?,
            lock_on: lock_on(options)?,
            skip_signature,
            dpop: usage(options, "dpop")?,
            persist_dpop_key: flag(options, "persistDpopKey"),
            par: usage(options, "par")?,
            strict: flag(options, "strict"),
            post_logout_redirect_uri: post_logout_redirect_uri(options, allow_loopback)?,
            send_id_token_hint: flag(options, "dangerSendIdTokenHint"),
            limits: Limits::parse(options),
        })
    }

    /// How the servers differ from the standards, where they do.
    pub fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }

    /// The MCP server that everything else follows from.
    pub fn mcp(&self) -> Option<&Mcp> {
        self.mcp.as_ref()
    }

    /// This client as authorization requests name it.
    pub fn client(&self) -> Client<'_> {
        Client {
            client_id: &self.client_id,
            redirect_uri: &self.redirect_uri,
            scope: &self.scope,
            resources: resources(&self.resource_servers),
            extra_params: &self.extra_params,
            par: self.par,
        }
    }
}

impl Limits {
    fn parse(options: &Object) -> Self {
        let limit = |name| number(options, name).unwrap_or_default();
        Self {
            queue_limit: limit("queueLimit"),
            queue_timeout: limit("queueTimeout"),
            drain_concurrency: limit("drainConcurrency"),
            request_timeout: limit("requestTimeout"),
            default_lifetime: limit("defaultLifetime"),
            early_refresh: number(options, "earlyRefresh"),
            early_refresh_jitter: number(options, "earlyRefreshJitter"),
            stream_buffer_limit: limit("streamBufferLimit"),
            retry_limit: limit("retryLimit"),
            max_retry_after: limit("maxRetryAfter"),
            step_up_timeout: limit("stepUpTimeout"),
            audit_limit: limit("auditLimit"),
        }
    }
}

/// The resources that tokens are asked for, each once.
pub fn resources(servers: &[ResourceServer]) -> Vec<String> {
    let mut resources = Vec::new();
    for resource in servers.iter().filter_map(|server| server.resource.as_ref()) {
        if !resources.contains(resource) {
            resources.push(resource.clone());
        }
    }
    resources
}
