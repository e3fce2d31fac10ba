//! Pushed authorization requests ([RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)).

use alloc::borrow::ToOwned as _;
use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::error::{Error, InvalidResponse, ServerError, Transport};
use crate::proto::oauth::extension::Use;
use crate::proto::oauth::metadata::AuthorizationServer;
use crate::proto::oauth::parameters::with_query;
use crate::proto::syntax::form;
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::secret::FormBody;
use crate::proto::syntax::text::parts;

/// An authorization request on its way to the server, which will name it.
#[derive(Clone, Debug, PartialEq)]
pub struct Push {
    /// The pushed authorization request endpoint.
    pub url: String,
    /// All parameters of the request, form-encoded.
    pub body: FormBody,
    /// Whether there is no going on without it.
    pub required: bool,
    authorization_endpoint: String,
    client_id: String,
}

impl Push {
    /// The push of the request `query` of the client `client_id`, if it wants `par`; `None` where requests are not pushed.
    ///
    /// # Errors
    /// [`InvalidResponse::Metadata`] if it is required and the server has no endpoint for it.
    pub fn new(client_id: &str, par: Use, server: &AuthorizationServer, query: String) -> Result<Option<Self>, Error> {
        let required = par == Use::Required || server.require_pushed_authorization_requests;
        let wanted = par != Use::Never || required;
        match &server.pushed_authorization_request_endpoint {
            Some(url) if wanted => Ok(Some(Self {
                url: url.clone(),
                body: FormBody::new(query),
                required,
                authorization_endpoint: server.authorization_endpoint.clone(),
                client_id: client_id.to_owned(),
            })),
            _ if required => Err(Error::InvalidResponse(InvalidResponse::Metadata(MISSING.into()))),
            _ => Ok(None),
        }
    }

    /// Where to navigate to after `answer`; `None` if the plain request may be tried instead: the server gave no word on
    /// this one, and nobody demands that requests are pushed.
    ///
    /// # Errors
    /// The server's error, or what is wrong with its answer.
    pub fn handle_answer(&self, answer: Result<Answer, Transport>) -> Result<Option<String>, Error> {
        match read(answer) {
            Ok(request_uri) => {
                let query = form::write(&[("client_id", &self.client_id), ("request_uri", &request_uri)]);
                Ok(Some(with_query(&self.authorization_endpoint, &query)))
            }
            Err(error) if error.transport().is_some() && !self.required => Ok(None),
            Err(Error::AuthorizationResponse(error)) => {
                Err(error.of_request(parts(self.body.expose(), b'&').any(|pair| pair == "prompt=none")))
            }
            Err(error) => Err(error.at(&self.url)),
        }
    }
}

/// The `request_uri` of a successful answer ([RFC 9126, 2.2](https://www.rfc-editor.org/rfc/rfc9126#section-2.2)).
fn read(answer: Result<Answer, Transport>) -> Result<String, Error> {
    let answer = answer.map_err(Error::Transport)?;
    let body = Object::parse(&answer.body).filter(|_| answer.is_json());
    if answer.status != 201 {
        let error = body.as_ref().and_then(|body| Some((body.string("error")?, body.string("error_description"))));
        return Err(match error {
            Some((error, text)) => Error::AuthorizationResponse(Box::new(ServerError::new(error, text))),
            None => Error::Transport(Transport::Status(answer.status)),
        });
    }
    let body = body.ok_or_else(unusable)?;
    let positive = body.member("expires_in").and_then(Value::as_seconds).is_some_and(|seconds| seconds > 0);
    let request_uri = body.string("request_uri").filter(|uri| positive && !uri.is_empty() && uri.len() <= MAX_URI);
    request_uri.map(str::to_owned).ok_or_else(unusable)
}

fn unusable() -> Error {
    Error::InvalidResponse(InvalidResponse::PushedRequest)
}

const MISSING: &str = "requests have to be pushed and pushed_authorization_request_endpoint is missing";
/// A longer name is nobody's, in bytes.
const MAX_URI: usize = 2_048;
