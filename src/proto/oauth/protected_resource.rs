//! Protected resource metadata ([RFC 9728](https://www.rfc-editor.org/rfc/rfc9728)): which authorization servers a
//! resource server trusts, and where it says so.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::proto::error::{Error, InvalidResponse, Transport};
use crate::proto::oauth::resource::is_safe;
use crate::proto::syntax::grammar::is_scope;
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::{Object, Value, decimal};
use crate::proto::syntax::text::{cut, trim_end};
use crate::proto::syntax::url::Url;

/// A protected resource's validated metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectedResource {
    /// The resource identifier, as the document has it.
    pub resource: String,
    /// The issuers of the authorization servers that it names, without those that can't be used.
    pub authorization_servers: Vec<String>,
    /// The scopes that it names.
    pub scopes_supported: Vec<String>,
}

impl ProtectedResource {
    /// Reads an answer; it counts only if its `resource` is one of `identifiers`, compared code point by code point
    /// ([RFC 9728, 3.2 and 3.3](https://www.rfc-editor.org/rfc/rfc9728#section-3.3)).
    ///
    /// # Errors
    /// [`Error::Transport`] and [`InvalidResponse::Resource`].
    pub fn parse(
        answer: Result<Answer, Transport>,
        identifiers: &[String],
        allow_loopback: bool,
    ) -> Result<Self, Error> {
        let answer = answer.map_err(Error::Transport)?;
        if answer.status != 200 {
            return Err(unusable(&["the server answered ", &decimal(answer.status.into())]));
        }
        let document = Object::parse(&answer.body).filter(|_| answer.is_json());
        let document =
            document.ok_or_else(|| unusable(&["the answer is not a JSON object of type application/json"]))?;
        let resource = document.string("resource").unwrap_or_default();
        if !identifiers.iter().any(|identifier| is_same(identifier, resource)) {
            let told: String = resource.chars().filter(char::is_ascii_graphic).take(200).collect();
            let wanted = identifiers.first().map_or("", String::as_str);
            return Err(unusable(&["its resource is \"", &told, "\" and not \"", wanted, "\""]));
        }
        if let Some(methods) =
            document.member("bearer_methods_supported").filter(|methods| !methods.is_or_has("header"))
        {
            return Err(unusable(&[if methods.as_strings().is_some() {
                "the resource takes no tokens in the Authorization header"
            } else {
                "bearer_methods_supported is not an array of strings"
            }]));
        }
        let usable = |issuer: &str| is_issuer_at_wish(issuer, allow_loopback);
        Ok(Self {
            resource: resource.to_owned(),
            authorization_servers: strings(&document, "authorization_servers", &usable)?,
            scopes_supported: strings(&document, "scopes_supported", &|scope| {
                is_scope(scope) && cut(scope, b' ').1.is_none()
            })?,
        })
    }

    /// The authorization server to use: the first one, or the first of those that are `allowed` if any are listed
    /// ([RFC 9728, 7.6](https://www.rfc-editor.org/rfc/rfc9728#section-7.6)).
    ///
    /// # Errors
    /// [`InvalidResponse::Resource`] and [`InvalidResponse::AuthorizationServer`].
    pub fn choose(&self, allowed: &[String]) -> Result<&str, Error> {
        let known = |issuer: &&String| allowed.is_empty() || allowed.contains(issuer);
        match (self.authorization_servers.iter().find(known), self.authorization_servers.first()) {
            (Some(issuer), _) => Ok(issuer),
            (None, Some(issuer)) => {
                Err(Error::InvalidResponse(InvalidResponse::AuthorizationServer(issuer.as_str().into())))
            }
            (None, None) => Err(unusable(&["it names no authorization server that can be used"])),
        }
    }

    /// What an application may be told.
    pub fn describe(&self) -> Object {
        Object::default()
            .with("resource", self.resource.as_str())
            .with("authorizationServers", &self.authorization_servers[..])
            .with("scopesSupported", &self.scopes_supported[..])
    }
}

/// The search for a resource's metadata: where the resource says it is, then where it belongs, then at the origin.
#[derive(Clone, Debug)]
pub struct ResourceSearch {
    allow_loopback: bool,
    candidates: Vec<Candidate>,
    failure: Option<Error>,
}

/// A document to ask for, and the resources that it may be about.
#[derive(Clone, Debug, Default)]
struct Candidate {
    url: String,
    identifiers: Vec<String>,
}

impl ResourceSearch {
    /// The search for the metadata of the resource at `url`, whose challenge `announced` a place.
    pub fn new(url: &str, announced: Option<&str>, allow_loopback: bool) -> Self {
        let origin = Url::parse(url).map_or("", |url| url.origin);
        let mut candidates = vec![Candidate { url: well_known(url), identifiers: vec![url.to_owned()] }];
        let root = well_known(&[origin, "/"].concat());
        if root != candidates[0].url {
            candidates.push(Candidate { url: root, identifiers: vec![origin.to_owned(), url.to_owned()] });
        }
        let mut search = Self { allow_loopback, candidates, failure: None };
        if let Some(announced) = announced {
            search.put_first(announced, url);
        }
        search
    }

    /// The search at the one place that a challenge announced, for one of these resources.
    pub fn only(announced: &str, identifiers: Vec<String>, allow_loopback: bool) -> Self {
        let mut search = Self { allow_loopback, candidates: Vec::new(), failure: None };
        if is_fetched(announced, allow_loopback) {
            search.candidates.push(Candidate { url: announced.to_owned(), identifiers });
        }
        search
    }

    fn put_first(&mut self, announced: &str, url: &str) {
        if !is_fetched(announced, self.allow_loopback) {
            let why = "the challenge's resource_metadata is not an https URL that may be fetched";
            self.failure = Some(unusable(&[why]));
            return;
        }
        let candidate = match self.candidates.iter().position(|known| known.url == announced) {
            Some(at) => self.candidates.remove(at),
            None => Candidate { url: announced.to_owned(), identifiers: vec![url.to_owned()] },
        };
        self.candidates.insert(0, candidate);
    }

    /// The next document to ask for.
    pub fn next_url(&self) -> Option<String> {
        self.candidates.first().map(|candidate| candidate.url.clone())
    }

    /// Takes the answer to the last request; the metadata if it was the right document.
    pub fn handle_answer(&mut self, answer: Result<Answer, Transport>) -> Option<ProtectedResource> {
        let candidate = if self.candidates.is_empty() { Candidate::default() } else { self.candidates.remove(0) };
        let missing = answer.as_ref().is_ok_and(|answer| answer.status == 404);
        match ProtectedResource::parse(answer, &candidate.identifiers, self.allow_loopback) {
            Ok(metadata) => Some(metadata),
            Err(error) => {
                if self.failure.is_none() || !missing {
                    self.failure = Some(error.at(&candidate.url));
                }
                None
            }
        }
    }

    /// Why the search failed, once [`next_url`](Self::next_url) has nothing more.
    pub fn into_error(self) -> Error {
        self.failure.unwrap_or_else(|| unusable(&["there is no place to look"]))
    }
}

/// Where the metadata of `resource` is: the well-known string goes between host and path, and the slash after the host
/// goes first ([RFC 9728, 3.1](https://www.rfc-editor.org/rfc/rfc9728#section-3.1)).
pub fn well_known(resource: &str) -> String {
    let Some(url) = Url::parse(resource) else { return String::new() };
    let path = if url.path == "/" { "" } else { url.path };
    let (mark, query) = url.query.map_or(("", ""), |query| ("?", query));
    [url.origin, WELL_KNOWN, path, mark, query].concat()
}

/// Whether the two are one identifier; a host with and without the slash after it is one URL.
fn is_same(one: &str, other: &str) -> bool {
    let bare = |text| Url::parse(text).filter(|url| url.path == "/").map_or(text, |_| trim_end(text, b'/'));
    one == other || (bare(one) == bare(other) && !other.ends_with("//"))
}

/// Whether a resource may have this URL fetched: over TLS, and not from private addresses
/// ([RFC 9728, 7.7](https://www.rfc-editor.org/rfc/rfc9728#section-7.7)).
fn is_fetched(href: &str, allow_loopback: bool) -> bool {
    Url::parse(href).is_some_and(|url| {
        is_safe(&url, allow_loopback) && url.fragment.is_none() && (allow_loopback || !url.is_private())
    })
}

fn is_issuer_at_wish(issuer: &str, allow_loopback: bool) -> bool {
    let with_slash = [issuer, "/"].concat();
    let plain =
        |href: &str| Url::parse(href).is_some_and(|url| url.query.is_none()) && is_fetched(href, allow_loopback);
    plain(issuer) || plain(&with_slash)
}

fn strings(document: &Object, name: &str, usable: &dyn Fn(&str) -> bool) -> Result<Vec<String>, Error> {
    let Some(member) = document.member(name) else { return Ok(Vec::new()) };
    let texts = Value::as_strings(member).ok_or_else(|| unusable(&[name, " is not an array of strings"]))?;
    Ok(texts.into_iter().filter(|text| usable(text)).map(str::to_owned).collect())
}

fn unusable(why: &[&str]) -> Error {
    Error::InvalidResponse(InvalidResponse::Resource(why.concat().into()))
}

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";
