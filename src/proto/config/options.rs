//! Reads the options of `hold()`, each with what to write instead of a bad value.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use crate::proto::error::Error;
use crate::proto::oauth::extension::Use;
use crate::proto::oauth::metadata::AuthorizationServer;
use crate::proto::oauth::parameters::is_owned;
use crate::proto::oauth::resource::is_safe;
use crate::proto::syntax::grammar::is_scope;
use crate::proto::syntax::grammar::is_token68;
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::secret::AccessToken;
use crate::proto::syntax::url::Url;

use super::anomaly::Anomaly;
use super::choices::{AuditSink, Personal};
use super::refusal::{bad, unknown};
use super::table::{Kind, OPTIONS, kind_of};

/// Refuses options that there are none of, and bad values of those that are of a simple kind.
pub(super) fn check(options: &Object) -> Result<(), Error> {
    for (name, value) in options.members() {
        let kind = kind_of(name).ok_or_else(|| unknown(name))?;
        if !matches!(value, Value::Null) && !kind.fits(value) {
            return Err(bad(name, kind.cure()));
        }
    }
    Ok(())
}

pub(super) fn flag(options: &Object, name: &str) -> bool {
    options.member(name).is_some_and(Value::is_true)
}

/// The number that was given, or the table's; `None` if there is neither.
pub(super) fn number(options: &Object, name: &str) -> Option<u64> {
    let default = || match kind_of(name)? {
        Kind::Number { default, .. } => default.map(u64::from),
        _ => None,
    };
    options.member(name).and_then(Value::as_u64).or_else(default)
}

pub(super) fn authorization_server(
    options: &Object,
    allow_loopback: bool,
    assume_pkce: bool,
) -> Result<(String, Option<AuthorizationServer>), Error> {
    match (options.member("issuer"), options.member("server")) {
        (Some(Value::String(issuer)), None | Some(Value::Object(_))) if is_issuer(issuer, allow_loopback) => {
            Ok((issuer.clone(), None))
        }
        (Some(_), None | Some(Value::Object(_))) => Err(bad("issuer", ISSUER_CURE)),
        (None, Some(Value::Object(metadata))) => {
            let issuer = metadata.string("issuer").filter(|issuer| is_issuer(issuer, allow_loopback));
            let issuer = issuer.ok_or_else(|| bad("server.issuer", ISSUER_CURE))?;
            let server = AuthorizationServer::parse(metadata, issuer, allow_loopback, assume_pkce)
                .map_err(|_| bad("server", SERVER_CURE))?;
            Ok((issuer.to_owned(), Some(server)))
        }
        (None, Some(_)) => Err(bad("server", SERVER_CURE)),
        (None, None) => Err(bad("issuer", "missing; set the authorization server's issuer URL")),
        (Some(_), Some(_)) => Err(bad("server", ENDPOINTS_CURE)),
    }
}

/// The endpoints that go with an issuer, for a server whose metadata leaves them out or has others than are to be used.
pub(super) fn endpoints(options: &Object, allow_loopback: bool) -> Result<Object, Error> {
    let Some(Value::Object(given)) = options.member("server") else { return Ok(Object::default()) };
    for (name, value) in given.members() {
        let is_safe =
            |href| Url::parse(href).is_some_and(|url| is_safe(&url, allow_loopback) && url.fragment.is_none());
        if !ENDPOINTS.contains(&name) || !value.as_str().is_some_and(is_safe) {
            return Err(bad(&["server.", name].concat(), ENDPOINTS_CURE));
        }
    }
    Ok(given.clone())
}

/// Whether `issuer` is a safe URL without query or fragment
/// ([RFC 9207, 2](https://www.rfc-editor.org/rfc/rfc9207#section-2)).
pub(super) fn is_issuer(issuer: &str, allow_loopback: bool) -> bool {
    with_path(issuer, |url| is_safe(url, allow_loopback) && url.query.is_none() && url.fragment.is_none())
}

/// Reads a URL that may lack the slash after its host.
pub(super) fn with_path(href: &str, check: impl Fn(&Url<'_>) -> bool) -> bool {
    Url::parse(href).is_some_and(|url| check(&url)) || Url::parse(&[href, "/"].concat()).is_some_and(|url| check(&url))
}

pub(super) fn redirect_uri(options: &Object, allow_loopback: bool) -> Result<String, Error> {
    let missing = || bad("redirectUri", "must be the redirection URI you registered, as a string");
    let value = options.member("redirectUri").ok_or_else(missing)?;
    redirection(value, allow_loopback).ok_or_else(|| bad("redirectUri", REDIRECTION_CURE))
}

pub(super) fn post_logout_redirect_uri(options: &Object, allow_loopback: bool) -> Result<Option<String>, Error> {
    let name = "postLogoutRedirectUri";
    match options.member(name) {
        None => Ok(None),
        Some(value) => redirection(value, allow_loopback).map(Some).ok_or_else(|| bad(name, REDIRECTION_CURE)),
    }
}

fn redirection(value: &Value, allow_loopback: bool) -> Option<String> {
    let href = value.as_str()?;
    let usable = Url::parse(href).is_some_and(|url| is_safe(&url, allow_loopback) && url.fragment.is_none());
    usable.then(|| href.to_owned())
}

/// What `true` and `false` say of an extension that is used where it is announced. The strict preset asks for all of them.
pub(super) fn usage(options: &Object, name: &str) -> Result<Use, Error> {
    let strict = flag(options, "strict");
    match options.member(name).map(Value::is_true) {
        None if strict => Ok(Use::Required),
        None => Ok(Use::Announced),
        Some(true) => Ok(Use::Required),
        Some(false) if strict => Err(bad(name, "strict asks for it; remove one of the two")),
        Some(false) => Ok(Use::Never),
    }
}

pub(super) fn scope(options: &Object) -> Result<String, Error> {
    let scope = match options.member("scope") {
        None => return Ok(String::new()),
        Some(value) if value.as_str() == Some("") => return Ok(String::new()),
        Some(value) => value.as_str().ok_or_else(|| bad("scope", SCOPE_CURE))?,
    };
    is_scope(scope).then(|| scope.to_owned()).ok_or_else(|| bad("scope", SCOPE_CURE))
}

pub(super) fn extra_params(options: &Object) -> Result<Vec<(String, String)>, Error> {
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

pub(super) fn trusted_audiences(options: &Object) -> Result<Vec<String>, Error> {
    let Some(member) = options.member("trustedAudiences") else { return Ok(Vec::new()) };
    let audiences = member.as_strings().filter(|audiences| audiences.iter().all(|audience| !audience.is_empty()));
    let audiences = audiences.ok_or_else(|| bad("trustedAudiences", "must be an array of audiences, as strings"))?;
    Ok(audiences.into_iter().map(str::to_owned).collect())
}

/// A token instead of an authorization server. What belongs to one is refused, since nothing would come of it.
pub(super) fn personal(options: &Object) -> Result<Option<Personal>, Error> {
    let entered = flag(options, "acceptToken");
    let personal = match options.member("token") {
        None if !entered => return Ok(None),
        None => Personal::Entered,
        Some(_) if entered => return Err(bad("acceptToken", "set either token or acceptToken, not both")),
        Some(value) => match value.as_str().filter(|token| is_token68(token)) {
            Some(token) => Personal::Given(AccessToken::new(token)),
            None => return Err(bad("token", "must be the token as the service showed it, without spaces or prefix")),
        },
    };
    let needless = OPTIONS.iter().find(|(name, kind)| matches!(kind, Kind::SignIn) && options.member(name).is_some());
    match needless {
        Some((name, _)) => Err(bad(name, "a personal access token needs no authorization server; remove this option")),
        None => Ok(Some(personal)),
    }
}

pub(super) fn audit_sink(options: &Object, allow_loopback: bool) -> Result<Option<AuditSink>, Error> {
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
pub(super) fn lock_on(options: &Object) -> Result<Vec<&'static str>, Error> {
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

pub(super) fn required(options: &Object, name: &str, cure: &'static str) -> Result<String, Error> {
    options.string(name).filter(|text| !text.is_empty()).map(str::to_owned).ok_or_else(|| bad(name, cure))
}

const EXTRA_CURE: &str = "must be an object of non-empty strings, without parameters that are the library's own";
pub(super) const ISSUER_CURE: &str =
    "must be an https URL without query or fragment (http only on loopback), exactly as the server names itself";
const SERVER_CURE: &str = "must be a whole set of RFC 8414 metadata: issuer, authorization_endpoint and token_endpoint over \
                           https, and code_challenge_methods_supported with S256";
const ENDPOINTS_CURE: &str = "beside issuer, server is for endpoints such as { revocation_endpoint }: https URLs without fragment (http only on \
                              loopback); whole metadata has its own issuer";
const ENDPOINTS: [&str; 8] = [
    "authorization_endpoint",
    "end_session_endpoint",
    "jwks_uri",
    "pushed_authorization_request_endpoint",
    "registration_endpoint",
    "revocation_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
];
const SCOPE_CURE: &str = "must be a string of scopes with single spaces between them";
const REDIRECTION_CURE: &str = "must be a path of this app such as /callback, or an absolute https URL without fragment, in the form new \
     URL(...).href writes (http only on loopback)";
