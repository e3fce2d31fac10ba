//! Answers of an authorization server.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::syntax::base64url::base64url;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::Object;

/// Any answer.
pub(crate) fn answer(status: u16, content_type: Option<&str>, body: &[u8]) -> Answer {
    Answer {
        status,
        content_type: content_type.map(Into::into),
        date: None,
        retry_after: None,
        challenge: None,
        dpop_nonce: None,
        body: body.to_vec().into(),
    }
}

/// An answer of type `application/json`.
pub(crate) fn json(status: u16, body: &str) -> Result<Answer, Transport> {
    Ok(answer(status, Some("application/json"), body.as_bytes()))
}

/// An error answer of RFC 6749, 5.2.
pub(crate) fn error(status: u16, error: &str) -> Result<Answer, Transport> {
    json(status, &Object::default().with("error", error).to_json())
}

/// A token response with tokens number `n` and an hour of life.
pub(crate) fn granted(n: u32) -> Result<Answer, Transport> {
    json(
        200,
        &format!(
            r#"{{"access_token":"access-{n}","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-{n}"}}"#
        ),
    )
}

/// A compact JWT with this header and these claims, and a signature nobody checks.
pub(crate) fn jwt(header: &str, claims: &str) -> String {
    format!("{}.{}.{}", base64url(header.as_bytes()), base64url(claims.as_bytes()), base64url(b"signature"))
}
