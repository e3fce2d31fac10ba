//! Sign-ins, sign-outs and refreshes, between the session and the authorization server.

use tokenkeep::proto::error::Transport;
use tokenkeep::proto::syntax::json::Object;

use super::super::authorization_server::{Mode, Reply, TokenId};
use super::super::invariant::{breach, must};
use super::super::ledger::{Tokens, Use};
use super::super::network::Happening;
use super::super::schedule::{Fate, Key, Name};
use super::super::subject::{Answered, Subject, Why, number_of};
use super::api::BREAKS_AFTER;
use super::{Exchange, REQUEST_TIMEOUT, RefreshSent, World};

impl World {
    /// The user consented at the authorization server and is back; the code goes out.
    pub(super) fn come_back(&mut self, name: Name, user: u64) {
        let (exchange, nonce) = self.act(|subject| subject.come_back(name));
        must!(nonce.is_some() == self.setup.openid, Account, "a nonce for nobody, or none");
        self.exchanges.push(Exchange { name, user, nonce, pending: true, signed_out: false });
        let timeout = Happening::ExchangeAnswer { exchange, answer: Err(Transport::Timeout) };
        self.agenda.add(self.at + REQUEST_TIMEOUT, timeout);
        let fate = self.fates.of(Key::SignIn(name), self.healed.is_some());
        if self.ledger.offline {
            let answer = Err(Transport::Network);
            self.agenda.add(self.at + BREAKS_AFTER, Happening::ExchangeAnswer { exchange, answer });
        } else if let Some(delay) = fate.there {
            self.agenda.add(self.at + delay, Happening::Exchange { exchange, fate });
        }
    }

    pub(super) fn exchanging(&self) -> bool {
        self.exchanges.iter().any(|exchange| exchange.pending && !exchange.signed_out)
    }

    pub(super) fn exchange_request(&mut self, exchange: usize, fate: Fate) {
        let Exchange { user, nonce, .. } = &self.exchanges[exchange];
        let reply = self.server.exchange(self.at, *user, nonce.as_deref());
        if let (Some(answer), Some(delay)) = (reply, fate.back) {
            self.agenda.add(self.at + delay, Happening::ExchangeAnswer { exchange, answer });
        }
    }

    pub(super) fn exchange_answer(&mut self, exchange: usize, answer: Answered) {
        if !std::mem::replace(&mut self.exchanges[exchange].pending, false) {
            return;
        }
        let (before, tokens) = (self.ledger.generation, tokens_in(&answer));
        let grant = std::mem::replace(&mut self.grant, (self.exchanges[exchange].name, 0));
        (self.ledger.incoming, self.ledger.exchanging) = (tokens, true);
        let outcome = self.act(|subject| subject.exchange_answer(exchange, answer));
        (self.ledger.incoming, self.ledger.exchanging) = (None, false);
        let installed = self.ledger.generation != before;
        must!(outcome.is_ok() == installed, Account, "the exchange ended with {outcome:?}");
        if installed {
            self.ledger.tally.sign_ins += 1;
        } else {
            self.grant = grant;
        }
        let signed_out = self.exchanges[exchange].signed_out;
        must!(!signed_out || !installed, LateTokens, "the exchange signs in after the sign-out");
        if let (Err(why), Some(tokens)) = (outcome, tokens) {
            must!(signed_out && why == Why::LoginRequired, CurrentToken, "a good exchange fails with {why:?}");
            self.check_late(tokens);
        }
    }

    /// Tokens came that nobody wants any more.
    fn check_late(&mut self, tokens: Tokens) {
        must!(self.ledger.revoked.contains(&tokens.access), LateTokens, "late tokens {} live on", tokens.access);
        self.ledger.tally.late_tokens_revoked += 1;
    }

    pub(super) fn sign_out(&mut self) {
        self.count_sign_out();
        let expected = self.ledger.refresh.or(self.ledger.access);
        self.ledger.signing_out = true;
        let token = self.act(Subject::sign_out);
        self.ledger.signing_out = false;
        self.exchanges.iter_mut().for_each(|exchange| exchange.signed_out = true);
        must!(token == expected, LateTokens, "{token:?} is revoked instead of {expected:?}");
        must!(!self.ledger.signed_in, EndsForAReason, "the sign-out is ignored");
        must!(self.ledger.queue_length() == 0, NothingLost, "sign-out leaves requests behind");
        token.into_iter().for_each(|token| self.revoke(token));
    }

    /// Books in which phase the sign-out comes.
    fn count_sign_out(&mut self) {
        let draining = self.subject.on_the_way() > Some(0);
        let tally = &mut self.ledger.tally;
        let count = match (self.ledger.signed_in, self.ledger.in_flight, self.ledger.last_failure) {
            (true, Some(_), _) => &mut tally.sign_outs_refreshing,
            (true, None, Some(_)) => &mut tally.sign_outs_waiting,
            (true, None, None) if draining => &mut tally.sign_outs_draining,
            (true, None, None) => &mut tally.sign_outs_active,
            (false, ..) if self.exchanges.iter().any(|exchange| exchange.pending) => &mut tally.sign_outs_exchanging,
            (false, ..) => return,
        };
        *count += 1;
    }

    pub(super) fn revoke(&mut self, token: TokenId) {
        self.agenda.add(self.at + REVOKED_AFTER, Happening::Revoke { token });
    }

    pub(super) fn send_refresh(&mut self, attempt: u32, token: TokenId) {
        must!(self.refreshes.iter().all(|sent| sent.attempt != attempt), Account, "attempt {attempt} comes twice");
        self.refreshes.push(RefreshSent { attempt, token, open: true });
        self.grant.1 += 1;
        let (sign_in, number) = self.grant;
        let fate = self.fates.of(Key::Refresh(sign_in, number), self.healed.is_some());
        let timeout = Happening::RefreshAnswer { attempt, answer: Err(Transport::Timeout), jitter: fate.jitter };
        self.agenda.add(self.at + REQUEST_TIMEOUT, timeout);
        if self.ledger.offline {
            let answer = Err(Transport::Network);
            let answer = Happening::RefreshAnswer { attempt, answer, jitter: fate.jitter };
            self.agenda.add(self.at + BREAKS_AFTER, answer);
        } else if let Some(delay) = fate.there {
            self.agenda.add(self.at + delay, Happening::Refresh { attempt, token, fate });
        }
    }

    pub(super) fn refresh_request(&mut self, attempt: u32, token: TokenId, fate: Fate) {
        let reply = self.server.refresh(self.at, token);
        self.send_back(attempt, reply, fate);
        if fate.twice && self.server.mode == Mode::Up {
            let reply = self.server.refresh(self.at, token);
            self.send_back(attempt, reply, fate);
        }
    }

    fn send_back(&mut self, attempt: u32, reply: Reply, fate: Fate) {
        let (Some(answer), Some(delay)) = (reply, fate.back) else { return };
        let answer = Happening::RefreshAnswer { attempt, answer, jitter: fate.jitter };
        if let Some(again) = fate.again {
            self.agenda.add(self.at + again, answer.clone());
        }
        self.agenda.add(self.at + delay, answer);
    }

    pub(super) fn refresh_answer(&mut self, attempt: u32, answer: Answered, jitter: u8) {
        let Some(at) = self.refreshes.iter().position(|sent| sent.attempt == attempt) else { return };
        let is_first = std::mem::replace(&mut self.refreshes[at].open, false);
        if is_first && self.ledger.in_flight == Some(attempt) {
            let token = self.refreshes[at].token;
            self.ledger.refresh_answered(token, outcome_of(&answer), self.subject.now());
            self.hand_in(attempt, answer, jitter);
        } else {
            self.answer_in_vain(attempt, is_first, answer, jitter);
        }
    }

    fn hand_in(&mut self, attempt: u32, answer: Answered, jitter: u8) {
        let (generation, outcome) = (self.ledger.generation, outcome_of(&answer));
        self.ledger.incoming = tokens_in(&answer);
        self.act(|subject| subject.refresh_answer(jitter, attempt, answer));
        self.ledger.incoming = None;
        let (installed, signed_in) = (self.ledger.generation - generation, self.ledger.signed_in);
        match outcome {
            Use::Granted { .. } => must!(installed == 1, CurrentToken, "tokens of attempt {attempt} are thrown away"),
            Use::Denied => must!(!signed_in, NoneAfterTheEnd, "the session outlives its grant"),
            Use::Transient(_) | Use::ClientRefused => must!(signed_in, EndsForAReason, "a glitch ended the session"),
            Use::Open => breach!(Account, "an answer without an outcome"),
        }
    }

    /// The answer to an attempt that is settled, or whose session is gone: nothing of it may be used.
    fn answer_in_vain(&mut self, attempt: u32, is_first: bool, answer: Answered, jitter: u8) {
        let tokens = tokens_in(&answer);
        let state = |world: &Self| {
            let ledger = &world.ledger;
            (ledger.signed_in, ledger.generation, ledger.queue_length(), world.refreshes.len())
        };
        let before = state(self);
        self.act(|subject| subject.refresh_answer(jitter, attempt, answer));
        must!(before == state(self), LateTokens, "the late answer to attempt {attempt} changes something");
        self.ledger.tally.answers_in_vain += 1;
        let signed_out = is_first && self.ledger.signed_out_attempts.contains(&attempt);
        if let Some(tokens) = tokens.filter(|_| signed_out) {
            self.check_late(tokens);
        }
    }
}

/// What an answer of the token endpoint says about the refresh token that was sent.
pub(crate) fn outcome_of(answer: &Answered) -> Use {
    let Ok(answer) = answer else { return Use::Transient(0) };
    let body = Object::parse(&answer.body).filter(|_| answer.is_json());
    match (answer.status, body) {
        (200, Some(body)) => Use::Granted { replaced: body.string("refresh_token").is_some() },
        (400, Some(body)) if body.string("error") == Some("invalid_client") => Use::ClientRefused,
        (400 | 401 | 403, _) => Use::Denied,
        _ => Use::Transient(
            answer.retry_after.as_ref().map_or(0, |seconds| seconds.parse::<u64>().expect("seconds") * 1_000),
        ),
    }
}

/// The tokens that an answer brings.
pub(crate) fn tokens_in(answer: &Answered) -> Option<Tokens> {
    let answer = answer.as_ref().ok().filter(|answer| answer.status == 200 && answer.is_json())?;
    let body = Object::parse(&answer.body)?;
    let access = number_of(body.string("access_token")?);
    Some(Tokens { access, renewable: body.string("refresh_token").is_some() })
}

/// How long a revocation travels, in milliseconds.
const REVOKED_AFTER: u64 = 20;
