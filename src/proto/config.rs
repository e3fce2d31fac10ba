//! The configuration that `hold()` fixes for the holder's whole life.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use super::authorization::is_owned;
use super::error::{ApiMisuse, Error};
use super::json::{Object, Value};
use super::metadata::AuthorizationServer;
use super::resource::{ResourceServer, is_safe};
use super::secret::AccessToken;
use super::text::parts;
use super::token::is_token68;
use super::url::Url;
use super::watch::Anomaly;

/// A checked configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// The issuer, exactly as written.
    pub issuer: String,
    /// The metadata, when the application gave it instead of leaving it to discovery.
    pub server: Option<AuthorizationServer>,
    /// The public client's id.
    pub client_id: String,
    /// The registered redirection URI, sent byte for byte.
    pub redirect_uri: String,
    /// The scope asked for, space-separated.
    pub scope: String,
    /// Where the token may go.
    pub resource_servers: Vec<ResourceServer>,
    /// Additional parameters of every authorization request.
    pub extra_params: Vec<(String, String)>,
    /// Whether the page may read the access token.
    pub expose_access_token: bool,
    /// Whether http on loopback addresses is good enough.
    pub allow_loopback: bool,
    /// Whether S256 is taken to be supported without an announcement.
    pub assume_pkce: bool,
    /// What the access token is, if it doesn't come from an authorization server.
    pub personal: Option<Personal>,
    /// Who is given the audit log's entries.
    pub audit_sink: Option<AuditSink>,
    /// The anomalies that lock the session, by name.
    pub lock_on: Vec<&'static str>,
    /// The numbers.
    pub limits: Limits,
}

/// A personal access token: no sign-in, no refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Personal {
    /// The configuration has it.
    Given(AccessToken),
    /// The page hands it in.
    Entered,
}

/// Who is given the audit log's entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuditSink {
    /// A function beside the configuration.
    Function,
    /// A URL that they are posted to.
    Url(String),
}

/// Limits and times of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most requests that may wait for a token.
    pub queue_limit: u64,
    /// Longest wait for a token, in milliseconds.
    pub queue_timeout: u64,
    /// Most waiting requests that are on their way at once when the queue drains.
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
    /// that is served from a loopback address is being developed, and may use http to loopback addresses.
    ///
    /// # Errors
    /// [`ApiMisuse::Config`] with the option's name and the cure.
    pub fn parse(json: &str, origin: &str) -> Result<Self, Error> {
        let options =
            Object::parse(json.as_bytes()).ok_or_else(|| bad("config", "pass one plain object of options"))?;
        refuse_unknown(&options)?;
        let personal = personal(&options)?;
        let served_locally = Url::parse(&[origin, "/"].concat()).is_some_and(|url| url.is_loopback());
        let allow_loopback = served_locally || flag(&options, "dangerAllowLoopbackHttp")?;
        let assume_pkce = flag(&options, "assumePkce")?;
        let (issuer, server, client_id, redirect_uri) = match personal {
            Some(_) => Default::default(),
            None => {
                let (issuer, server) = authorization_server(&options, allow_loopback, assume_pkce)?;
                let client_id = required(&options, "clientId", "must be the client id you registered, as a string")?;
                (issuer, server, client_id, redirect_uri(&options, allow_loopback)?)
            }
        };
        Ok(Self {
            issuer,
            server,
            client_id,
            redirect_uri,
            scope: scope(&options)?,
            resource_servers: resource_servers(&options, allow_loopback)?,
            extra_params: extra_params(&options)?,
            expose_access_token: flag(&options, "exposeAccessToken")?,
            allow_loopback,
            assume_pkce,
            personal,
            audit_sink: audit_sink(&options, allow_loopback)?,
            lock_on: lock_on(&options)?,
            limits: Limits::parse(&options)?,
        })
    }

    /// Whether the sign-in asks for an ID token.
    pub fn wants_openid(scope: &str) -> bool {
        parts(scope, b' ').any(|value| value == "openid")
    }
}

impl Limits {
    fn parse(options: &Object) -> Result<Self, Error> {
        Ok(Self {
            queue_limit: number(options, "queueLimit", 1, 1_000_000)?.unwrap_or(10_000),
            queue_timeout: number(options, "queueTimeout", 1, DAY_MS)?.unwrap_or(30_000),
            drain_concurrency: number(options, "drainConcurrency", 1, 10_000)?.unwrap_or(64),
            request_timeout: number(options, "requestTimeout", 1, DAY_MS)?.unwrap_or(10_000),
            default_lifetime: number(options, "defaultLifetime", 1, DAY_MS)?.unwrap_or(3_600),
            early_refresh: number(options, "earlyRefresh", 0, DAY_MS)?,
            early_refresh_jitter: number(options, "earlyRefreshJitter", 0, DAY_MS)?,
            retry_limit: number(options, "retryLimit", 0, 100)?.unwrap_or(2),
            max_retry_after: number(options, "maxRetryAfter", 0, DAY_MS)?.unwrap_or(60_000),
            step_up_timeout: number(options, "stepUpTimeout", 1, DAY_MS)?.unwrap_or(300_000),
            audit_limit: number(options, "auditLimit", 0, 10_000)?.unwrap_or(500),
        })
    }
}

fn bad(option: &str, cure: &'static str) -> Error {
    Error::ApiMisuse(ApiMisuse::Config { option: option.into(), cure })
}

fn refuse_unknown(options: &Object) -> Result<(), Error> {
    for (name, _) in options.members() {
        if SECRETS.contains(&name) {
            return Err(bad(name, "a browser can't keep a secret; register a public client and remove this option"));
        }
        if !OPTIONS.contains(&name) {
            return Err(bad(name, "unknown option; check its spelling against the documentation"));
        }
    }
    Ok(())
}

fn authorization_server(
    options: &Object,
    allow_loopback: bool,
    assume_pkce: bool,
) -> Result<(String, Option<AuthorizationServer>), Error> {
    match (options.member("issuer"), options.member("server")) {
        (Some(Value::String(issuer)), None) if is_issuer(issuer, allow_loopback) => Ok((issuer.clone(), None)),
        (Some(_), None) => Err(bad("issuer", ISSUER_CURE)),
        (None, Some(Value::Object(metadata))) => {
            let issuer = metadata.string("issuer").filter(|issuer| is_issuer(issuer, allow_loopback));
            let issuer = issuer.ok_or_else(|| bad("server.issuer", ISSUER_CURE))?;
            let server = AuthorizationServer::parse(metadata, issuer, allow_loopback, assume_pkce)
                .map_err(|_| bad("server", SERVER_CURE))?;
            Ok((issuer.to_owned(), Some(server)))
        }
        (None, Some(_)) => Err(bad("server", SERVER_CURE)),
        (None, None) => Err(bad("issuer", "missing; set the authorization server's issuer URL")),
        (Some(_), Some(_)) => Err(bad("server", "set either issuer or server, not both; server has its own issuer")),
    }
}

/// Whether `issuer` is a safe URL without query or fragment
/// ([RFC 9207, 2](https://www.rfc-editor.org/rfc/rfc9207#section-2)).
fn is_issuer(issuer: &str, allow_loopback: bool) -> bool {
    with_path(issuer, |url| is_safe(url, allow_loopback) && url.query.is_none() && url.fragment.is_none())
}

/// Reads a URL that may lack the slash after its host.
fn with_path(href: &str, check: impl Fn(&Url<'_>) -> bool) -> bool {
    Url::parse(href).is_some_and(|url| check(&url)) || Url::parse(&[href, "/"].concat()).is_some_and(|url| check(&url))
}

fn redirect_uri(options: &Object, allow_loopback: bool) -> Result<String, Error> {
    let redirect_uri = required(options, "redirectUri", "must be the redirection URI you registered, as a string")?;
    let usable = Url::parse(&redirect_uri).is_some_and(|url| is_safe(&url, allow_loopback) && url.fragment.is_none());
    usable.then_some(redirect_uri).ok_or_else(|| {
        bad("redirectUri", "must be an absolute https URL without fragment, in the form new URL(...).href writes (http only on loopback)")
    })
}

fn scope(options: &Object) -> Result<String, Error> {
    let scope = match options.member("scope") {
        None => return Ok(String::new()),
        Some(value) => value.as_str().ok_or_else(|| bad("scope", SCOPE_CURE))?,
    };
    is_scope(scope).then(|| scope.to_owned()).ok_or_else(|| bad("scope", SCOPE_CURE))
}

/// Whether `scope` follows the grammar of
/// [RFC 6749, 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3).
pub fn is_scope(scope: &str) -> bool {
    let token = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
    parts(scope, b' ').all(token)
}

fn resource_servers(options: &Object, allow_loopback: bool) -> Result<Vec<ResourceServer>, Error> {
    let member = options.member("resourceServers");
    let hrefs = member.map_or(Some(Vec::new()), Value::as_strings);
    let hrefs = hrefs.ok_or_else(|| bad("resourceServers", "must be an array of base URLs, as strings"))?;
    let parse = |href: &&str| {
        ResourceServer::parse(href, allow_loopback)
            .or_else(|| ResourceServer::parse(&[href, "/"].concat(), allow_loopback))
    };
    let servers: Option<Vec<_>> = hrefs.iter().map(parse).collect();
    servers.ok_or_else(|| {
        bad(
            "resourceServers",
            "each must be an https base URL without query, such as https://api.example.com/v1/ (http only on loopback)",
        )
    })
}

fn extra_params(options: &Object) -> Result<Vec<(String, String)>, Error> {
    let Some(value) = options.member("extraParams") else { return Ok(Vec::new()) };
    let Value::Object(params) = value else { return Err(bad("extraParams", EXTRA_CURE)) };
    params
        .members()
        .map(|(name, value)| {
            let value = value.as_str().filter(|value| !value.is_empty() && !name.is_empty() && !is_owned(name));
            let value = value.ok_or_else(|| bad("extraParams", EXTRA_CURE))?;
            Ok((name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// A token instead of an authorization server. What belongs to one is refused, since nothing would come of it.
fn personal(options: &Object) -> Result<Option<Personal>, Error> {
    let entered = flag(options, "acceptToken")?;
    let personal = match options.member("token") {
        None if !entered => return Ok(None),
        None => Personal::Entered,
        Some(_) if entered => return Err(bad("acceptToken", "set either token or acceptToken, not both")),
        Some(value) => match value.as_str().filter(|token| is_token68(token)) {
            Some(token) => Personal::Given(AccessToken::new(token)),
            None => return Err(bad("token", "must be the token as the service showed it, without spaces or prefix")),
        },
    };
    match OAUTH.iter().find(|name| options.member(name).is_some()) {
        Some(name) => Err(bad(name, "a personal access token needs no authorization server; remove this option")),
        None => Ok(Some(personal)),
    }
}

fn audit_sink(options: &Object, allow_loopback: bool) -> Result<Option<AuditSink>, Error> {
    match options.member("auditSink") {
        None => Ok(None),
        Some(Value::Bool(true)) => Ok(Some(AuditSink::Function)),
        Some(Value::String(href)) if Url::parse(href).is_some_and(|url| is_safe(&url, allow_loopback)) => {
            Ok(Some(AuditSink::Url(href.clone())))
        }
        Some(_) => Err(bad("auditSink", "must be a function, or an absolute https URL (http only on loopback)")),
    }
}

/// The names of anomalies that lock, as the rules spell them.
fn lock_on(options: &Object) -> Result<Vec<&'static str>, Error> {
    let known = |name: &&str| Anomaly::NAMES.iter().find(|known| *known == name).copied();
    match options.member("lockOnAnomaly") {
        None | Some(Value::Bool(false)) => Ok(Vec::new()),
        Some(Value::Bool(true)) => Ok(Anomaly::NAMES.into()),
        Some(value) => value
            .as_strings()
            .and_then(|names| names.iter().map(known).collect())
            .ok_or_else(|| bad("lockOnAnomaly", "must be true, false or an array of names of anomalies")),
    }
}

fn required(options: &Object, name: &str, cure: &'static str) -> Result<String, Error> {
    options.string(name).filter(|text| !text.is_empty()).map(str::to_owned).ok_or_else(|| bad(name, cure))
}

fn flag(options: &Object, name: &str) -> Result<bool, Error> {
    match options.member(name) {
        None => Ok(false),
        Some(Value::Bool(value)) => Ok(*value),
        Some(_) => Err(bad(name, "must be true or false")),
    }
}

fn number(options: &Object, name: &str, least: u64, most: u64) -> Result<Option<u64>, Error> {
    match options.member(name) {
        None => Ok(None),
        Some(value) => match value.as_u64().filter(|number| (least..=most).contains(number)) {
            Some(number) => Ok(Some(number)),
            None => Err(bad(name, "must be a whole number in the documented range")),
        },
    }
}

const EXTRA_CURE: &str = "must be an object of non-empty strings, without parameters that are the library's own";
const DAY_MS: u64 = 86_400_000;
const ISSUER_CURE: &str =
    "must be an https URL without query or fragment (http only on loopback), exactly as the server names itself";
const SERVER_CURE: &str = "must be a whole set of RFC 8414 metadata: issuer, authorization_endpoint and token_endpoint over \
                           https, and code_challenge_methods_supported with S256";
const SCOPE_CURE: &str = "must be a string of scopes with single spaces between them";
const SECRETS: [&str; 4] = ["clientSecret", "client_secret", "password", "apiKey"];
/// What says how to sign in.
const OAUTH: [&str; 6] = ["issuer", "server", "clientId", "redirectUri", "scope", "extraParams"];
const OPTIONS: [&str; 25] = [
    "acceptToken",
    "assumePkce",
    "auditLimit",
    "auditSink",
    "clientId",
    "dangerAllowLoopbackHttp",
    "defaultLifetime",
    "drainConcurrency",
    "earlyRefresh",
    "earlyRefreshJitter",
    "exposeAccessToken",
    "extraParams",
    "issuer",
    "lockOnAnomaly",
    "maxRetryAfter",
    "queueLimit",
    "queueTimeout",
    "redirectUri",
    "requestTimeout",
    "resourceServers",
    "retryLimit",
    "scope",
    "server",
    "stepUpTimeout",
    "token",
];
