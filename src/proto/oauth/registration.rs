//! How a client gets its id: dynamic registration ([RFC 7591](https://www.rfc-editor.org/rfc/rfc7591)) and Client ID
//! Metadata Documents.

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::error::{Error, InvalidResponse, ServerError, Transport};
use crate::proto::oauth::resource::{climbs, is_safe};
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::{Object, Value, decimal};
use crate::proto::syntax::url::Url;

/// How the client comes by its id where the configuration has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registration {
    /// The URL of the client's metadata document, which is its id at servers that take such.
    pub metadata_url: Option<String>,
    /// The body of a registration request.
    pub document: Option<String>,
}

/// What a registration request says: what `metadata` adds, and what makes this a public client in a browser
/// ([RFC 7591, 2 and 3.1](https://www.rfc-editor.org/rfc/rfc7591#section-3.1)). `None` if `metadata` sets something that
/// is the library's own.
pub fn document(metadata: Option<&Object>, redirect_uri: &str) -> Option<String> {
    let mut document = Object::default();
    for (name, value) in metadata.into_iter().flat_map(Object::members) {
        if OWNED.contains(&name) {
            return None;
        }
        document = document.with(name, value.clone());
    }
    let url = Url::parse(redirect_uri)?;
    if document.member("client_name").is_none() {
        document = document.with("client_name", url.host);
    }
    if document.member("application_type").is_none() {
        document = document.with("application_type", if url.secure { "web" } else { "native" });
    }
    let list = |items: &[&str]| Value::Array(items.iter().map(|item| Value::from(*item)).collect());
    let document = document
        .with("redirect_uris", list(&[redirect_uri]))
        .with("grant_types", list(&["authorization_code", "refresh_token"]))
        .with("response_types", list(&["code"]))
        .with("token_endpoint_auth_method", "none");
    Some(document.to_json())
}

/// The client id that the server gave. A secret or a management token beside it is left where it is and wiped with the
/// answer ([RFC 7591, 3.2](https://www.rfc-editor.org/rfc/rfc7591#section-3.2)).
///
/// # Errors
/// [`Error::Transport`], [`Error::RegistrationResponse`] and [`InvalidResponse::Registration`]: what the server
/// registered counts, not what it was asked for.
pub fn registered(answer: Result<Answer, Transport>, redirect_uri: &str) -> Result<String, Error> {
    let answer = answer.map_err(Error::Transport)?;
    let body = Object::parse(&answer.body);
    if !matches!(answer.status, 200 | 201) {
        let error = body.as_ref().and_then(|body| Some((body.string("error")?, body.string("error_description"))));
        return Err(match error {
            Some((error, description)) => Error::RegistrationResponse(Box::new(ServerError::new(error, description))),
            None => unusable(&["the server answered ", &decimal(answer.status.into())]),
        });
    }
    let body = body.filter(|_| answer.is_json());
    let body = body.ok_or_else(|| unusable(&["the answer is not a JSON object of type application/json"]))?;
    let id = body.string("client_id").filter(|id| is_client_id(id));
    let id = id.ok_or_else(|| unusable(&["the answer has no client_id"]))?;
    let registered = |name: &str, value: &str| body.member(name).is_none_or(|member| member.is_or_has(value));
    for (name, value) in
        [("redirect_uris", redirect_uri), ("token_endpoint_auth_method", "none"), ("grant_types", "authorization_code")]
    {
        if !registered(name, value) {
            return Err(unusable(&["the server changed ", name, ", which has to have ", value]));
        }
    }
    Ok(id.to_owned())
}

/// The record of a registered client, for the store. A client id is no secret.
pub fn record(issuer: &str, client_id: &str) -> String {
    Object::default().with("issuer", issuer).with("clientId", client_id).to_json()
}

/// The client id in a record, if that is of this issuer.
pub fn recorded(record: &str, issuer: &str) -> Option<String> {
    let record = Object::parse(record.as_bytes())?;
    let ours = record.string("issuer") == Some(issuer);
    record.string("clientId").filter(|id| ours && is_client_id(id)).map(str::to_owned)
}

/// Whether `href` can be a client id: https, a path without dot segments, no fragment, no user information.
pub fn is_client_metadata_url(href: &str, allow_loopback: bool) -> bool {
    Url::parse(href).is_some_and(|url| {
        is_safe(&url, allow_loopback) && url.path != "/" && url.fragment.is_none() && !climbs(url.path)
    })
}

/// `*VSCHAR` ([RFC 6749, A.1](https://www.rfc-editor.org/rfc/rfc6749#appendix-A.1)), and not empty.
fn is_client_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= MAX_CLIENT_ID && id.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn unusable(why: &[&str]) -> Error {
    Error::InvalidResponse(InvalidResponse::Registration(why.concat().into()))
}

/// What a registration request says by itself, or must not say.
const OWNED: [&str; 9] = [
    "client_id",
    "client_secret",
    "grant_types",
    "jwks",
    "jwks_uri",
    "redirect_uris",
    "response_types",
    "software_statement",
    "token_endpoint_auth_method",
];
/// A longer id is nobody's, in bytes.
const MAX_CLIENT_ID: usize = 2_048;
