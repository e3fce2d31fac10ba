//! An authorization server: grants as families of tokens, rotation, an alarm on reuse, and outages.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::syntax::http::Answer;
use tokenkeep::proto::syntax::json::Object;

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
    /// 200 with a body that breaks off.
    Garbled,
    /// 401 with a name of its own.
    Unauthorized,
    /// 403 with a name of its own.
    Forbidden,
    /// 400 `invalid_client`: somebody broke the client's registration.
    BadClient,
    /// The connection breaks before the server sees the request.
    Broken,
    /// No answer ever comes.
    Hanging,
    /// The server does its work and the answer is lost.
    AnswerLost,
}

/// What comes back.
pub(crate) type Reply = Option<Result<Answer, Transport>>;

#[derive(Clone, Debug)]
struct Family {
    live: bool,
    user: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// Number of the grant that it belongs to.
    pub(crate) family: usize,
    pub(crate) expires_at: Option<u64>,
    refused: bool,
    renewable: bool,
    /// When it was replaced, and by which.
    replaced: Option<(u64, TokenId)>,
}

/// Whether a refresh replaces the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// No: one refresh token for the whole grant.
    None,
    /// Yes, and a replaced one is refused.
    Refuse,
    /// Yes, and a replaced one that comes again ends the grant.
    Alarm,
}

/// How this server was set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Seconds, stated in every response.
    pub(crate) lifetime: Option<u64>,
    /// Whether sign-ins bring a refresh token.
    pub(crate) renewable: bool,
    pub(crate) rotation: Rotation,
    /// For how long a replaced refresh token is good for another try, in milliseconds.
    pub(crate) grace: u64,
    /// Whether another try brings the same tokens as the first.
    pub(crate) repeats: bool,
    /// Whether resource servers hear of revocation, or go by the expiry alone.
    pub(crate) introspect: bool,
}

impl Policy {
    pub(crate) fn new(random: &mut Random) -> Self {
        Self {
            lifetime: random.pick(&[None, Some(5), Some(20), Some(60), Some(300), Some(3_600)]),
            renewable: random.chance(92),
            rotation: random.pick(&[
                Rotation::None,
                Rotation::Refuse,
                Rotation::Alarm,
                Rotation::Alarm,
                Rotation::Alarm,
            ]),
            grace: random.pick(&[0, 0, 10 * SECOND, 60 * SECOND]),
            repeats: random.chance(40),
            introspect: random.chance(70),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct AuthorizationServer {
    pub(crate) policy: Policy,
    pub(crate) mode: Mode,
    /// How often a replaced refresh token came in and the grant died of it.
    pub(crate) alarms: u64,
    families: Vec<Family>,
    pub(crate) tokens: Vec<Token>,
}

impl AuthorizationServer {
    pub(crate) fn new(policy: Policy) -> Self {
        Self { policy, mode: Mode::Up, alarms: 0, families: Vec::new(), tokens: Vec::new() }
    }

    /// A code comes in; a new grant, with an ID token where there is a nonce.
    pub(crate) fn exchange(&mut self, at: u64, user: u64, nonce: Option<&str>) -> Reply {
        self.through_the_mode(|server| {
            server.families.push(Family { live: true, user });
            let id = server.issue(at, server.families.len() - 1, server.policy.renewable);
            server.response(at, id, server.policy.renewable, nonce)
        })
    }

    /// A refresh token comes in.
    pub(crate) fn refresh(&mut self, at: u64, id: TokenId) -> Reply {
        self.through_the_mode(|server| {
            assert!(server.tokens[id].renewable, "refresh-{id} was never issued");
            if !server.can_refresh(at, id) {
                server.refuse(id);
                return error(400, "invalid_grant");
            }
            let new = server.replacement(at, id);
            server.response(at, new, server.tokens[new].renewable, None)
        })
    }

    fn refuse(&mut self, id: TokenId) {
        let family = &mut self.families[self.tokens[id].family];
        if self.policy.rotation == Rotation::Alarm && family.live {
            (family.live, self.alarms) = (false, self.alarms + 1);
        }
    }

    /// The tokens that a refresh brings: new ones, or those that a try before brought.
    fn replacement(&mut self, at: u64, id: TokenId) -> TokenId {
        let again = self.tokens[id].replaced.map(|(_, new)| new).filter(|_| self.policy.repeats);
        if let Some(new) = again.filter(|new| self.accepts(at, *new)) {
            return new;
        }
        let rotate = self.policy.rotation != Rotation::None;
        let new = self.issue(at, self.tokens[id].family, rotate);
        if rotate {
            self.tokens[id].replaced.get_or_insert((at, new));
        }
        new
    }

    fn through_the_mode(&mut self, work: impl FnOnce(&mut Self) -> Result<Answer, Transport>) -> Reply {
        match self.mode {
            Mode::Up => Some(work(self)),
            Mode::Unavailable => Some(Ok(answer(503, None, b"canary"))),
            Mode::Busy(seconds) => {
                Some(Ok(Answer { retry_after: Some(seconds.to_string()), ..answer(429, None, b"") }))
            }
            Mode::Html => Some(Ok(answer(200, Some("text/html"), b"<h1>canary</h1>"))),
            Mode::Garbled => Some(json(200, r#"{"access_token":"canary","token_ty"#)),
            Mode::Unauthorized => Some(error(401, "canary")),
            Mode::Forbidden => Some(error(403, "canary")),
            Mode::BadClient => Some(error(400, "invalid_client")),
            Mode::Broken => Some(Err(Transport::Network)),
            Mode::Hanging => None,
            Mode::AnswerLost => {
                let _ = work(self);
                None
            }
        }
    }

    fn issue(&mut self, at: u64, family: usize, renewable: bool) -> TokenId {
        let expires_at = self.policy.lifetime.map(|seconds| at + seconds * SECOND);
        self.tokens.push(Token { family, expires_at, refused: false, renewable, replaced: None });
        self.tokens.len() - 1
    }

    fn response(&self, at: u64, id: TokenId, renewable: bool, nonce: Option<&str>) -> Result<Answer, Transport> {
        let left = self.tokens[id].expires_at.map(|expires_at| expires_at.saturating_sub(at) / SECOND);
        let user = format!("user-{}", self.families[self.tokens[id].family].user);
        let body = Object::default()
            .with("access_token", format!("access-{id}").as_str())
            .with("token_type", "Bearer")
            .with("expires_in", left)
            .with("refresh_token", renewable.then(|| format!("refresh-{id}")).as_deref())
            .with("id_token", nonce.map(|nonce| id_token(&user, Some(nonce))).as_deref());
        json(200, &body.to_json())
    }

    /// Whether a refresh with this token would succeed if it came in now.
    pub(crate) fn can_refresh(&self, at: u64, id: TokenId) -> bool {
        let token = &self.tokens[id];
        let replaced = token.replaced.is_some_and(|(when, _)| at > when + self.policy.grace || self.policy.grace == 0);
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

    /// Whose token this is.
    pub(crate) fn user_of(&self, id: TokenId) -> u64 {
        self.families[self.tokens[id].family].user
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
    pub(crate) fn refuse_tokens(&mut self) {
        self.tokens.iter_mut().for_each(|token| token.refused = true);
    }
}
