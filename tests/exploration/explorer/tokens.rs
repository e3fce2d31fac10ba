//! Sign-ins, sign-outs and refreshes.

use tokenkeep::proto::error::Transport;

use super::world::World;
use crate::simulator::authorization_server::{Mode, TokenId};
use crate::simulator::invariant::{breach, must};
use crate::simulator::ledger::{Place, Use};
use crate::simulator::subject::{Answered, Subject};
use crate::simulator::world::tokens::{outcome_of, tokens_in};

impl World {
    /// When the next token that somebody goes with expires at the API.
    pub(super) fn next_expiry(&self) -> Option<u64> {
        let away = self.ledger.places().filter(|(_, place)| matches!(place, Place::Away { .. }));
        let unjudged = away.map(|(id, _)| self.request(id)).filter(|request| request.status.is_none());
        let tokens = unjudged.map(|request| request.token).chain(self.ledger.access);
        tokens.filter_map(|token| self.server.tokens[token].expires_at).filter(|at| *at > self.at).min()
    }

    pub(super) fn sign_in(&mut self) {
        self.sign_ins += 1;
        let name = self.sign_ins;
        let (exchange, _) = self.act(|subject| subject.come_back(name));
        let Some(answer) = self.server.exchange(self.at, 0, None) else { breach!(Account, "a server without answer") };
        self.token_from = self.at;
        (self.ledger.incoming, self.ledger.exchanging) = (tokens_in(&answer), true);
        let outcome = self.act(|subject| subject.exchange_answer(exchange, answer));
        (self.ledger.incoming, self.ledger.exchanging) = (None, false);
        must!(outcome.is_ok() && self.ledger.signed_in, CurrentToken, "the sign-in fails: {outcome:?}");
        self.refused_replay = None;
    }

    /// The revocation is at the server at once: what was there before it has been judged before.
    pub(super) fn sign_out(&mut self) {
        let expected = self.ledger.refresh.or(self.ledger.access);
        self.ledger.signing_out = true;
        let token = self.act(Subject::sign_out);
        self.ledger.signing_out = false;
        must!(token == expected, LateTokens, "{token:?} is revoked instead of {expected:?}");
        must!(!self.ledger.signed_in, EndsForAReason, "the sign-out is ignored");
        must!(self.ledger.queue_length() == 0, NothingLost, "sign-out leaves requests behind");
        token.into_iter().for_each(|token| self.server.revoke(token));
    }

    pub(super) fn reach_server(&mut self, attempt: u32, mode: Mode) {
        let Some(sent) = self.refreshes.iter_mut().find(|sent| sent.attempt == attempt) else { return };
        self.server.mode = mode;
        sent.answer = self.server.refresh(self.at, sent.token);
        self.server.mode = Mode::Up;
    }

    /// The answer to a refresh is here, or the news that none will come.
    pub(super) fn refreshed(&mut self, attempt: u32, lost: bool) {
        let Some(at) = self.refreshes.iter().position(|sent| sent.attempt == attempt) else { return };
        let sent = self.refreshes.remove(at);
        let answer = sent.answer.filter(|_| !lost).unwrap_or(Err(Transport::Network));
        if self.ledger.in_flight == Some(attempt) {
            let (outcome, asked) = (outcome_of(&answer), self.ledger.sent);
            self.ledger.refresh_answered(sent.token, outcome, self.at);
            self.hand_in(attempt, answer, outcome);
            self.token_from = if matches!(outcome, Use::Granted { .. }) { asked } else { self.token_from };
        } else {
            self.answer_in_vain(attempt, answer);
        }
    }

    fn hand_in(&mut self, attempt: u32, answer: Answered, outcome: Use) {
        let generation = self.ledger.generation;
        self.ledger.incoming = tokens_in(&answer);
        self.act(|subject| subject.refresh_answer(0, attempt, answer));
        self.ledger.incoming = None;
        let (installed, signed_in) = (self.ledger.generation - generation, self.ledger.signed_in);
        match outcome {
            Use::Granted { .. } => must!(installed == 1, CurrentToken, "tokens of attempt {attempt} are thrown away"),
            Use::Denied => must!(!signed_in, NoneAfterTheEnd, "the session outlives its grant"),
            Use::Transient(_) | Use::ClientRefused => must!(signed_in, EndsForAReason, "a glitch ended the session"),
            Use::Open => breach!(Account, "an answer without an outcome"),
        }
    }

    /// The answer to an attempt whose session is gone: its tokens are revoked, and nothing of it is used.
    fn answer_in_vain(&mut self, attempt: u32, answer: Answered) {
        let tokens = tokens_in(&answer);
        let state = |world: &Self| {
            let ledger = &world.ledger;
            (ledger.signed_in, ledger.generation, ledger.queue_length(), world.refreshes.len())
        };
        let before = state(self);
        self.act(|subject| subject.refresh_answer(0, attempt, answer));
        must!(before == state(self), LateTokens, "the late answer to attempt {attempt} changes something");
        let signed_out = self.ledger.signed_out_attempts.contains(&attempt);
        let revoked = |access: &TokenId| self.ledger.revoked.contains(access);
        let left = tokens.map(|tokens| tokens.access).filter(|access| signed_out && !revoked(access));
        must!(left.is_none(), LateTokens, "late tokens {left:?} live on");
    }
}
