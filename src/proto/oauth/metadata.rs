//! Authorization server metadata ([RFC 8414](https://www.rfc-editor.org/rfc/rfc8414)) and where to find it.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::proto::error::{Error, InvalidResponse, Transport};
use crate::proto::oauth::parameters::is_owned;
use crate::proto::oauth::resource::is_safe;
use crate::proto::syntax::form;
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::{Object, Value, decimal};
use crate::proto::syntax::text::trim_end;
use crate::proto::syntax::url::Url;

/// An authorization server's validated metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationServer {
    /// The issuer, exactly as configured and as the document says.
    pub issuer: String,
    /// Where this metadata was found, if it was.
    pub found_at: Option<String>,
    /// Where the user is sent.
    pub authorization_endpoint: String,
    /// Where tokens come from.
    pub token_endpoint: String,
    /// Where tokens are revoked ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)).
    pub revocation_endpoint: Option<String>,
    /// Where authorization requests are pushed ([RFC 9126, 5](https://www.rfc-editor.org/rfc/rfc9126#section-5)).
    pub pushed_authorization_request_endpoint: Option<String>,
    /// Whether no other authorization request is taken.
    pub require_pushed_authorization_requests: bool,
    /// Whether proofs of possession signed with ES256 are taken
    /// ([RFC 9449, 5.1](https://www.rfc-editor.org/rfc/rfc9449#section-5.1)); `None` if nothing is said of them.
    pub dpop: Option<bool>,
    /// Where the claims about the user are.
    pub userinfo_endpoint: Option<String>,
    /// Where the user is sent to sign out.
    pub end_session_endpoint: Option<String>,
    /// Where the keys of ID tokens are.
    pub jwks_uri: Option<String>,
    /// Whether every authorization response carries `iss`
    /// ([RFC 9207, 3](https://www.rfc-editor.org/rfc/rfc9207#section-3)).
    pub iss_parameter: bool,
    /// Where clients register ([RFC 7591, 3](https://www.rfc-editor.org/rfc/rfc7591#section-3)).
    pub registration_endpoint: Option<String>,
    /// Whether the URL of a metadata document is taken for a client id.
    pub takes_metadata_documents: bool,
    /// Whether `offline_access` is among the announced scopes.
    pub offers_offline_access: bool,
    /// The resources that it issues tokens for, if it says so
    /// ([RFC 9728, 4](https://www.rfc-editor.org/rfc/rfc9728#section-4)).
    pub protected_resources: Option<Vec<String>>,
}

impl AuthorizationServer {
    /// Checks a metadata document against the issuer it was asked from.
    ///
    /// # Errors
    /// [`InvalidResponse::Metadata`] or [`InvalidResponse::PkceUnsupported`].
    pub fn parse(document: &Object, issuer: &str, allow_loopback: bool, assume_pkce: bool) -> Result<Self, Error> {
        let announced = document.string("issuer").unwrap_or_default();
        if announced != issuer {
            let announced: String = announced.chars().filter(char::is_ascii_graphic).take(200).collect();
            return Err(unusable(&[
                "it names \"",
                &announced,
                "\", configured is \"",
                issuer,
                "\"; they must be equal",
            ]));
        }
        supports(document, "response_types_supported", "code")?;
        supports(document, "grant_types_supported", "authorization_code")?;
        let pkce = document.member("code_challenge_methods_supported").is_some_and(|methods| methods.is_or_has("S256"));
        if !pkce && !assume_pkce {
            return Err(Error::InvalidResponse(InvalidResponse::PkceUnsupported));
        }
        let query = document.string("authorization_endpoint").and_then(Url::parse).and_then(|url| url.query);
        if form::read(query.unwrap_or_default()).iter().any(|(name, _)| is_owned(name)) {
            return Err(unusable(&["authorization_endpoint has parameters that a request sets"]));
        }
        // What isn't needed to sign in is left out where it can't be used.
        let spare = |name| endpoint(document, name, allow_loopback).unwrap_or_default();
        let optional = |name| endpoint(document, name, allow_loopback);
        let required = |name| endpoint(document, name, allow_loopback)?.ok_or_else(|| unusable(&[name, " is missing"]));
        Ok(Self {
            issuer: issuer.to_owned(),
            found_at: None,
            authorization_endpoint: required("authorization_endpoint")?,
            token_endpoint: required("token_endpoint")?,
            revocation_endpoint: optional("revocation_endpoint")?,
            pushed_authorization_request_endpoint: optional("pushed_authorization_request_endpoint")?,
            require_pushed_authorization_requests: document
                .member("require_pushed_authorization_requests")
                .is_some_and(Value::is_true),
            dpop: document.member("dpop_signing_alg_values_supported").map(|algorithms| algorithms.is_or_has("ES256")),
            userinfo_endpoint: spare("userinfo_endpoint"),
            end_session_endpoint: spare("end_session_endpoint"),
            jwks_uri: optional("jwks_uri")?,
            iss_parameter: document
                .member("authorization_response_iss_parameter_supported")
                .is_some_and(Value::is_true),
            registration_endpoint: spare("registration_endpoint"),
            takes_metadata_documents: document
                .member("client_id_metadata_document_supported")
                .is_some_and(Value::is_true),
            offers_offline_access: document
                .member("scopes_supported")
                .is_some_and(|scopes| scopes.is_or_has("offline_access")),
            protected_resources: document
                .member("protected_resources")
                .and_then(Value::as_strings)
                .map(|resources| resources.into_iter().map(str::to_owned).collect()),
        })
    }
}

fn unusable(why: &[&str]) -> Error {
    Error::InvalidResponse(InvalidResponse::Metadata(why.concat().into()))
}

fn supports(document: &Object, list: &str, value: &str) -> Result<(), Error> {
    match document.member(list) {
        Some(values) if !values.is_or_has(value) => Err(unusable(&[list, " lacks ", value])),
        _ => Ok(()),
    }
}

fn endpoint(document: &Object, name: &str, allow_loopback: bool) -> Result<Option<String>, Error> {
    let Some(value) = document.member(name) else { return Ok(None) };
    let safe =
        |href: &&str| Url::parse(href).is_some_and(|url| is_safe(&url, allow_loopback) && url.fragment.is_none());
    match value.as_str().filter(safe) {
        Some(href) => Ok(Some(href.to_owned())),
        None => Err(unusable(&[name, " is not an absolute https URL without fragment"])),
    }
}

/// The search for an issuer's metadata: which documents to ask for, in which order, and what to make of the answers.
#[derive(Clone, Debug)]
pub struct Discovery {
    issuer: String,
    allow_loopback: bool,
    assume_pkce: bool,
    /// What counts before the document's own.
    given: Object,
    candidates: Vec<String>,
    /// What was asked for last.
    asked: Option<String>,
    failure: Option<Error>,
}

impl Discovery {
    /// Starts a search. With `openid` the OpenID Connect location comes first.
    pub fn new(issuer: &str, openid: bool, allow_loopback: bool, assume_pkce: bool) -> Self {
        let mut candidates = well_known(issuer);
        if openid {
            candidates.rotate_right(1);
        }
        let (issuer, given) = (issuer.to_owned(), Object::default());
        Self { issuer, allow_loopback, assume_pkce, given, candidates, asked: None, failure: None }
    }

    /// The same search where these members count, whatever the document says.
    pub fn with(self, given: Object) -> Self {
        Self { given, ..self }
    }

    /// The issuer whose metadata is looked for.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The next document to ask for.
    pub fn next_url(&mut self) -> Option<String> {
        self.asked = (!self.candidates.is_empty()).then(|| self.candidates.remove(0));
        self.asked.clone()
    }

    /// Whether there is no further document to ask for.
    pub fn is_last(&self) -> bool {
        self.candidates.is_empty()
    }

    /// Takes the answer to the last request; the metadata if it was the right document.
    pub fn handle_answer(&mut self, answer: Result<Answer, Transport>) -> Option<AuthorizationServer> {
        match self.read(answer) {
            Ok(server) => Some(AuthorizationServer { found_at: self.asked.take(), ..server }),
            Err(error) => {
                let error = error.at(self.asked.as_deref().unwrap_or_default());
                let told_more = matches!(
                    error,
                    Error::InvalidResponse(InvalidResponse::Metadata(_) | InvalidResponse::PkceUnsupported)
                );
                let blocked =
                    matches!(error.transport(), Some(Transport::MetadataUnreadable | Transport::PolicyBlocked))
                        && self.failure.as_ref().is_some_and(|failure| failure.transport().is_some());
                if self.failure.is_none() || told_more || blocked {
                    self.failure = Some(error);
                }
                None
            }
        }
    }

    /// Why the search failed, once [`next_url`](Self::next_url) has nothing more.
    pub fn into_error(self) -> Error {
        self.failure.unwrap_or_else(|| missing(&["there is no place to look"]))
    }

    fn read(&self, answer: Result<Answer, Transport>) -> Result<AuthorizationServer, Error> {
        let answer = answer.map_err(|failure| match failure {
            Transport::Unreadable => Error::Transport(Transport::MetadataUnreadable),
            failure => Error::Transport(failure),
        })?;
        if answer.status != 200 {
            return Err(missing(&[
                &self.issuer,
                " answered ",
                &decimal(answer.status.into()),
                "; check the issuer's spelling, or write the metadata into hold({ server }) if this server publishes none",
            ]));
        }
        let document = Object::parse(&answer.body).filter(|_| answer.is_json());
        let mut document =
            document.ok_or_else(|| missing(&["the answer is not a JSON object of type application/json"]))?;
        for (name, value) in self.given.members() {
            document.remove(&[name]);
            document.push(name.to_owned(), value.clone());
        }
        AuthorizationServer::parse(&document, &self.issuer, self.allow_loopback, self.assume_pkce)
    }
}

fn missing(why: &[&str]) -> Error {
    Error::InvalidResponse(InvalidResponse::Discovery(why.concat().into()))
}

/// Where the metadata may be: RFC 8414, 3.1 inserts its path after the host; OpenID Connect Discovery 4 appends its own.
fn well_known(issuer: &str) -> Vec<String> {
    let issuer = trim_end(issuer, b'/');
    let with_slash = [issuer, "/"].concat();
    let origin = Url::parse(&with_slash).map_or("", |url| url.origin);
    let path = issuer.get(origin.len()..).unwrap_or_default();
    let mut urls = vec![[origin, WELL_KNOWN, OAUTH, path].concat()];
    if !path.is_empty() {
        urls.push([origin, WELL_KNOWN, OPENID, path].concat());
    }
    urls.push([issuer, WELL_KNOWN, OPENID].concat());
    urls
}

const WELL_KNOWN: &str = "/.well-known/";
const OAUTH: &str = "oauth-authorization-server";
const OPENID: &str = "openid-configuration";
