//! An authorization server: grants as families of tokens, rotation, an alarm on reuse, and outages.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::http::Answer;
use tokenkeep::proto::json::Object;

use super::random::Random;
use crate::support::server::id_token;
use crate::support::{SECOND, answer, error, json};

/// Number of an access token and of the refresh token that came with it.
pub(crate) type TokenId = usize;

/// What the token endpoint does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It works.
    Up,
    /// 503.
    Unavailable,
    /// 429, to be tried again after so many seconds.
    Busy(u64),
    /// A captive portal answers 200 with a page.
    Html,
    /// The connection breaks before the server sees the request.
    Broken,
    /// No answer ever comes.
    Hanging,
    /// The server does its work and the answer is lost.
    AnswerLost,
}

/// What comes back.
pub(crate) type Reply = Option<Result<Answer, Transport>>;

#[derive(Debug)]
struct Family {
    live: bool,
    user: u64,
}

#[derive(Debug)]
struct Token {
    family: usize,
    expires_at: Option<u64>,
    refused: bool,
    renewable: bool,
    rotated_at: Option<u64>,
}

/// How this server was set up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    /// Seconds, stated in every response.
    pub(crate) lifetime: Option<u64>,
    /// Whether sign-ins bring a refresh token.
    pub(crate) renewable: bool,
    /// Whether a refresh replaces the refresh token.
    pub(crate) rotate: bool,
    /// For how long a replaced refresh token is good for another try, in milliseconds.
    pub(crate) grace: u64,
    /// Whether resource servers hear of revocation, or go by the expiry alone.
    pub(crate) introspect: bool,
}

impl Policy {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self {
            lifetime: random.pick(&[None, Some(5), Some(20), Some(60), Some(300), Some(3_600)]),
            renewable: random.chance(92),
            rotate: random.chance(80),
            grace: random.pick(&[0, 0, 10 * SECOND]),
            introspect: random.chance(70),
        }
    }
}

#[derive(Debug)]
pub(crate) struct AuthorizationServer {
    pub(crate) policy: Policy,
    pub(crate) mode: Mode,
    /// How often a replaced refresh token came in.
    pub(crate) alarms: u64,
    families: Vec<Family>,
    tokens: Vec<Token>,
}

impl AuthorizationServer {
    pub(crate) fn new(policy: Policy) -> Self {
        Self { policy, mode: Mode::Up, alarms: 0, families: Vec::new(), tokens: Vec::new() }
    }

    /// A code comes in; a new grant, with an ID token where there is a nonce.
    pub(crate) fn exchange(&mut self, at: u64, user: u64, nonce: Option<&str>) -> Reply {
        self.through_the_mode(|server| {
            server.families.push(Family { live: true, user });
            server.issue(at, server.families.len() - 1, server.policy.renewable, nonce)
        })
    }

    /// A refresh token comes in.
    pub(crate) fn refresh(&mut self, at: u64, id: TokenId) -> Reply {
        self.through_the_mode(|server| {
            assert!(server.tokens[id].renewable, "refresh-{id} was never issued");
            let family = server.tokens[id].family;
            if !server.can_refresh(at, id) {
                server.alarms += u64::from(server.families[family].live);
                server.families[family].live = false;
                return error(400, "invalid_grant");
            }
            let rotate = server.policy.rotate;
            if rotate {
                server.tokens[id].rotated_at.get_or_insert(at);
            }
            server.issue(at, family, rotate, None)
        })
    }

    fn through_the_mode(&mut self, work: impl FnOnce(&mut Self) -> Result<Answer, Transport>) -> Reply {
        match self.mode {
            Mode::Up => Some(work(self)),
            Mode::Unavailable => Some(Ok(answer(503, None, b"canary"))),
            Mode::Busy(seconds) => {
                Some(Ok(Answer { retry_after: Some(seconds.to_string()), ..answer(429, None, b"") }))
            }
            Mode::Html => Some(Ok(answer(200, Some("text/html"), b"<h1>canary</h1>"))),
            Mode::Broken => Some(Err(Transport::Network)),
            Mode::Hanging => None,
            Mode::AnswerLost => {
                let _ = work(self);
                None
            }
        }
    }

    fn issue(&mut self, at: u64, family: usize, renewable: bool, nonce: Option<&str>) -> Result<Answer, Transport> {
        let lifetime = self.policy.lifetime;
        let expires_at = lifetime.map(|seconds| at + seconds * SECOND);
        let id = self.tokens.len();
        self.tokens.push(Token { family, expires_at, refused: false, renewable, rotated_at: None });
        let refresh_token = renewable.then(|| format!("refresh-{id}"));
        let user = format!("user-{}", self.families[family].user);
        let body = Object::default()
            .with("access_token", format!("access-{id}").as_str())
            .with("token_type", "Bearer")
            .with("expires_in", lifetime)
            .with("refresh_token", refresh_token.as_deref())
            .with("id_token", nonce.map(|nonce| id_token(&user, Some(nonce))).as_deref());
        json(200, &body.to_json())
    }

    /// Whether a refresh with this token would succeed if it came in now.
    pub(crate) fn can_refresh(&self, at: u64, id: TokenId) -> bool {
        let token = &self.tokens[id];
        let replaced =
            token.rotated_at.is_some_and(|rotated| at > rotated + self.policy.grace || self.policy.grace == 0);
        self.families[token.family].live && !replaced
    }

    /// What a resource server thinks of an access token.
    pub(crate) fn accepts(&self, at: u64, id: TokenId) -> bool {
        let token = &self.tokens[id];
        let revoked = self.policy.introspect && !self.families[token.family].live;
        !revoked && !token.refused && token.expires_at.is_none_or(|expires| at < expires)
    }

    pub(crate) fn is_live(&self, id: TokenId) -> bool {
        self.families[self.tokens[id].family].live
    }

    /// The token's whole grant dies.
    pub(crate) fn revoke(&mut self, id: TokenId) {
        let family = self.tokens[id].family;
        self.families[family].live = false;
    }

    /// Every grant dies.
    pub(crate) fn revoke_all(&mut self) {
        self.families.iter_mut().for_each(|family| family.live = false);
    }

    /// Resource servers refuse every access token issued so far.
    pub(crate) fn expire_early(&mut self) {
        self.tokens.iter_mut().for_each(|token| token.refused = true);
    }
}
