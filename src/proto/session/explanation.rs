//! What an API's answer means, in words for developers.

use alloc::string::String;

use crate::proto::oauth::challenge::{Challenge, Kind};
use crate::proto::syntax::http::retry_after_ms;
use crate::proto::syntax::json::{Object, decimal};
use crate::proto::syntax::time::Now;

use super::reply::Reply;

/// What is known of the token that the request went with.
#[derive(Clone, Copy)]
pub(super) struct Token {
    /// Whether another can be had without the user.
    pub(super) renewable: bool,
    /// Whether the status says that it has run out.
    pub(super) expired: bool,
    /// Whether it goes with a proof of possession.
    pub(super) bound: bool,
}

/// The kind of the answer in one word, and the whole explanation.
pub(super) fn explain(
    reply: &Reply,
    replays: u32,
    challenge: Option<&Challenge>,
    Token { renewable, expired, bound }: Token,
    now: Now,
) -> (&'static str, Object) {
    let kind = kind(reply.status, challenge, replays > 0 || renewable, expired);
    let pause =
        reply.retry_after.as_deref().and_then(|field| retry_after_ms(field, reply.date.as_deref(), now.unix_ms));
    let nonced = reply.nonce && challenge.is_some_and(|challenge| challenge.kind() == Kind::Nonce);
    let message = message(kind, challenge, pause, nonced);
    let unreadable = matches!(reply.status, 401 | 403) && reply.challenge.is_none();
    let hint = if unreadable { UNREADABLE } else { "" };
    let scheme = if bound && matches!(kind, "refused" | "expired" | "malformed") { BOUND } else { "" };
    let message = [message.as_str(), scheme, hint].concat();
    let mut object = Object::default().with("kind", kind).with("message", message.as_str());
    if let Some(challenge) = challenge {
        object = object
            .with("error", challenge.error.as_deref())
            .with("scope", challenge.scope.as_deref())
            .with("acrValues", challenge.acr_values.as_deref())
            .with("maxAge", challenge.max_age);
    }
    (kind, object.with("retryAfter", pause))
}

fn kind(status: u16, challenge: Option<&Challenge>, renewed: bool, expired: bool) -> &'static str {
    let kind =
        challenge.map(Challenge::kind).filter(|kind| status == 401 || (status == 403 && !is_about_a_proof(*kind)));
    match (status, kind.and_then(Kind::word)) {
        (_, Some(word)) => word,
        (status, _) if (status == 401 || expired) && renewed => "refused",
        (status, _) if status == 401 || expired => "expired",
        (403, _) => "forbidden",
        (429, _) => "limited",
        _ => "unavailable",
    }
}

fn is_about_a_proof(kind: Kind) -> bool {
    matches!(kind, Kind::Nonce | Kind::Proof)
}

fn message(kind: &str, challenge: Option<&Challenge>, pause: Option<u64>, nonced: bool) -> String {
    let scope = challenge.and_then(|challenge| challenge.scope.as_deref()).unwrap_or("that the API wants");
    let seconds = pause.map_or_else(|| "some".into(), |ms| decimal(ms.div_ceil(1_000)));
    let parts: &[&str] = match kind {
        "scope" => &["the token lacks the scope ", scope, "; call signIn({ scope }) for more"],
        "authentication" => {
            &["the API wants a stronger or newer sign-in; call signIn({ acrValues, maxAge }) with what it names"]
        }
        "malformed" => &["the API takes the request for malformed; another token would not help"],
        "proof" if nonced => {
            &["the API refused the newest nonces that it gave; let it take one for longer, or from several requests"]
        }
        "proof" => &[
            "the API refused the DPoP proof; let it expose DPoP-Nonce and Date (Access-Control-Expose-Headers), and check \
             this machine's clock",
        ],
        "refused" => {
            &["the API refused a fresh token too; check the token's audience and scope, and the API's clock and issuer"]
        }
        "expired" => &[
            "the API refused the token, and nothing can renew it now, since no refresh token came (it often takes the scope \
             offline_access, or prompt=consent); sign in again, or enter another",
        ],
        "forbidden" => {
            &["the API forbids this to the user or the token; if it means that the token has run out, say so by \
             profile.api.expired: [403]"]
        }
        "limited" => &["the API asks for a pause of ", &seconds, " s; send fewer, or allow retries"],
        _ => &["the API is not available; try again in ", &seconds, " s"],
    };
    parts.concat()
}

const BOUND: &str = "; it is bound to a key (DPoP): an API that knows bearer tokens only needs dpop: false";
const UNREADABLE: &str = "; the reason can't be read: let the API expose WWW-Authenticate \
                          (Access-Control-Expose-Headers)";
