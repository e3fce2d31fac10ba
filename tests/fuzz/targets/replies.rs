//! What an authorization server may answer, out of bytes. Every secret in an answer has `canary` in it.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::{Object, Value};

use crate::support::server::id_token;
use crate::support::{answer, error, json};

use super::bytes::Bytes;

const STATUSES: [u16; 12] = [200, 201, 204, 302, 400, 401, 403, 408, 418, 429, 500, 503];
const ERRORS: [&str; 6] =
    ["invalid_grant", "invalid_client", "invalid_scope", "temporarily_unavailable", "slow_down", "\u{7}\"é"];
const TRANSPORTS: [Transport; 5] =
    [Transport::Network, Transport::Timeout, Transport::TooLarge, Transport::NoRandomness, Transport::Status(599)];
const LIFETIMES: [&str; 8] = ["3600", "1", "60", "5", "0", "-1", "1e9", "99999999999999999999"];
const PAUSES: [&str; 6] = ["0", "1", "7", "3600", "18446744073709551616", "Wed, 21 Oct 2026 07:28:00 GMT"];

/// The answer number `n` to a token request, in which tokens are new each time.
pub(crate) fn reply(bytes: &mut Bytes<'_>, n: u32, nonce: Option<&str>) -> Result<Answer, Transport> {
    let status = |bytes: &mut Bytes<'_>| bytes.pick(&STATUSES).unwrap_or(200);
    match bytes.byte() % 12 {
        0..=4 => tokens(bytes, n, nonce),
        5 => error(400, "invalid_grant"),
        6 => error(status(bytes), bytes.pick(&ERRORS).unwrap_or_default()),
        7 => Err(bytes.pick(&TRANSPORTS).unwrap_or(Transport::Network)),
        8 => Ok(answer(status(bytes), Some("text/html"), b"<h1>canary</h1>")),
        9 => {
            let retry_after = bytes.pick(&PAUSES).map(str::to_owned);
            Ok(Answer { retry_after, ..answer(status(bytes), None, b"canary") })
        }
        10 => Ok(answer(status(bytes), Some("application/json"), bytes.foreign().as_bytes())),
        _ => Ok(Answer {
            retry_after: Some(bytes.foreign()),
            ..answer(status(bytes), Some("application/json"), b"{\"error\":")
        }),
    }
}

fn tokens(bytes: &mut Bytes<'_>, n: u32, nonce: Option<&str>) -> Result<Answer, Transport> {
    let (shape, lifetime) = (bytes.byte(), bytes.pick(&LIFETIMES).unwrap_or("3600"));
    let user = (shape & 2 == 0).then(|| format!("user-{}", shape >> 6));
    let mut body = Object::default()
        .with("access_token", format!("canary-access-{n}").as_str())
        .with("token_type", if shape & 32 == 0 { "Bearer" } else { "mac" })
        .with("refresh_token", (shape & 1 == 0).then(|| format!("canary-refresh-{n}")).as_deref())
        .with("id_token", user.map(|user| id_token(&user, nonce)).as_deref());
    if shape & 4 == 0 {
        body = body.with("expires_in", Value::Number(lifetime.to_owned()));
    }
    if shape & 8 != 0 {
        body = body.with("scope", "files:read files:write");
    }
    json(200, &body.to_json())
}
