//! What can happen to a session.

use proptest::prelude::*;

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::Object;

use crate::support::server::id_token;
use crate::support::{answer, error, json};

/// One step. `pick` chooses among whatever there is to choose from at that moment.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// A new request, with a time limit of its own or not, now and then to a URL off the list.
    Authorize { timeout: Option<u64>, off_list: bool },
    /// A request on its way is answered 401.
    Unauthorized { pick: usize },
    /// A request on its way is answered otherwise.
    Settle { pick: usize },
    /// A waiting request is given up.
    Cancel { pick: usize },
    /// A refresh request is answered: one under way, or `again` one that was answered before.
    Refreshed { pick: usize, again: bool, reply: Reply },
    /// The user consented and is back.
    ComeBack,
    /// An exchange is answered.
    Exchanged { pick: usize, reply: Reply },
    /// An exchange is given up.
    Abandon { pick: usize },
    /// The application signs out.
    SignOut,
    /// Time passes and timers fire on time.
    Pass(u64),
    /// Time passes and timers fire late, once.
    Sleep(u64),
}

/// What a token endpoint answers.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// Tokens; with a new refresh token or not, for a user or without an ID token.
    Granted { rotate: bool, expires_in: Option<u32>, user: Option<u8> },
    /// The grant is dead.
    Over(u16),
    /// The client is refused.
    ClientRefused,
    /// Something that says nothing about the grant.
    Transient(u8),
}

impl Reply {
    /// Whether a refresh answered like this may be tried again with the same refresh token.
    pub(crate) fn leaves_the_token(&self) -> bool {
        match self {
            Self::Granted { rotate, .. } => !rotate,
            Self::Over(_) => false,
            Self::ClientRefused | Self::Transient(_) => true,
        }
    }

    /// Milliseconds for which no other attempt may follow.
    pub(crate) fn least_pause(&self) -> Option<u64> {
        match self {
            Self::Granted { .. } | Self::Over(_) => None,
            Self::ClientRefused => Some(60_000),
            Self::Transient(6) => Some(7_000),
            Self::Transient(_) => Some(100),
        }
    }

    /// The answer with tokens number `n`, and the refresh token in it.
    pub(crate) fn render(&self, n: u32, nonce: Option<&str>) -> (Result<Answer, Transport>, Option<String>) {
        let failure = match self {
            Self::Granted { rotate, expires_in, user } => return tokens(n, nonce, *rotate, *expires_in, *user),
            Self::Over(400) => error(400, "invalid_grant"),
            Self::Over(status) => error(*status, "access_denied"),
            Self::ClientRefused => error(401, "invalid_client"),
            Self::Transient(0) => Err(Transport::Network),
            Self::Transient(1) => Err(Transport::Timeout),
            Self::Transient(2) => Err(Transport::TooLarge),
            Self::Transient(3) => Ok(answer(200, Some("text/html"), b"<h1>Wi-Fi</h1>")),
            Self::Transient(4) => json(200, r#"{"access_token":"canary-broken","token_type":"mac"}"#),
            Self::Transient(5) => error(429, "slow_down"),
            Self::Transient(6) => Ok(Answer { retry_after: Some("7".into()), ..answer(503, None, b"") }),
            Self::Transient(_) => Ok(answer(502, None, b"canary")),
        };
        (failure, None)
    }
}

fn tokens(
    n: u32,
    nonce: Option<&str>,
    rotate: bool,
    expires_in: Option<u32>,
    user: Option<u8>,
) -> (Result<Answer, Transport>, Option<String>) {
    let refresh_token = rotate.then(|| format!("canary-refresh-{n}"));
    let body = Object::default()
        .with("access_token", format!("canary-access-{n}").as_str())
        .with("token_type", "Bearer")
        .with("expires_in", expires_in.map(u64::from))
        .with("refresh_token", refresh_token.as_deref())
        .with("id_token", user.map(|user| id_token(&format!("user-{user}"), nonce)).as_deref());
    (json(200, &body.to_json()), refresh_token)
}

pub(crate) fn operations() -> impl Strategy<Value = Vec<Operation>> {
    prop::collection::vec(operation(), 1..80)
}

fn operation() -> impl Strategy<Value = Operation> {
    let pick = 0..1_000usize;
    prop_oneof![
        12 => (prop::option::weighted(0.3, prop_oneof![Just(0), 1..90_000u64]), prop::bool::weighted(0.05))
            .prop_map(|(timeout, off_list)| Operation::Authorize { timeout, off_list }),
        6 => pick.clone().prop_map(|pick| Operation::Unauthorized { pick }),
        6 => pick.clone().prop_map(|pick| Operation::Settle { pick }),
        2 => pick.clone().prop_map(|pick| Operation::Cancel { pick }),
        8 => (pick.clone(), prop::bool::weighted(0.15), reply())
            .prop_map(|(pick, again, reply)| Operation::Refreshed { pick, again, reply }),
        3 => Just(Operation::ComeBack),
        4 => (pick.clone(), reply()).prop_map(|(pick, reply)| Operation::Exchanged { pick, reply }),
        1 => pick.prop_map(|pick| Operation::Abandon { pick }),
        1 => Just(Operation::SignOut),
        6 => time().prop_map(Operation::Pass),
        2 => time().prop_map(Operation::Sleep),
    ]
}

fn time() -> impl Strategy<Value = u64> {
    prop_oneof![0..3_000u64, 3_000..70_000u64, 3_500_000..3_700_000u64]
}

fn reply() -> impl Strategy<Value = Reply> {
    prop_oneof![
        8 => granted(),
        1 => prop_oneof![Just(400), Just(401), Just(403)].prop_map(Reply::Over),
        1 => Just(Reply::ClientRefused),
        4 => (0..8u8).prop_map(Reply::Transient),
    ]
}

pub(crate) fn granted() -> impl Strategy<Value = Reply> {
    let expires_in = prop_oneof![Just(None), Just(Some(1)), Just(Some(5)), Just(Some(60)), Just(Some(3_600))];
    (prop::bool::weighted(0.8), expires_in, prop::option::weighted(0.5, 0..2u8))
        .prop_map(|(rotate, expires_in, user)| Reply::Granted { rotate, expires_in, user })
}
