//! Sign-ins, sign-outs and refreshes, between the session and the authorization server.

use tokenkeep::proto::authorization::{RANDOM_BYTES, SignInOptions};
use tokenkeep::proto::callback::AuthorizationResponse;
use tokenkeep::proto::error::Transport;
use tokenkeep::proto::json::Object;
use tokenkeep::proto::secret::Nonce;
use tokenkeep::proto::session::TokenRequest;

use super::super::authorization_server::{Mode, Reply, TokenId};
use super::super::ledger::{Tokens, Use, number_of, token_of};
use super::super::network::{Client, Server};
use super::{Answered, Exchange, REQUEST_TIMEOUT, RefreshSent, World};
use crate::support::REDIRECT_URI;
use crate::support::server::param;

impl World {
    /// The user consented at the authorization server and is back; the code goes out.
    pub(super) fn come_back(&mut self) {
        self.sign_ins += 1;
        let random: [u8; RANDOM_BYTES] = std::array::from_fn(|_| self.random.next() as u8);
        let request = self.session.begin_sign_in(self.now, &SignInOptions::default(), &random).expect("a request");
        let state = param(request.url.split_once('?').expect("a query").1, "state").expect("a state");
        let href = format!("{REDIRECT_URI}?code=canary-{}&state={state}&iss=https%3A%2F%2Fas.example", self.sign_ins);
        let response = AuthorizationResponse::parse(&href, REDIRECT_URI).expect("a response").expect("a response");
        let record = request.transaction.to_json();
        let accepted = self.act(|session, now| session.accept_response(now, response, Some(&record)));
        let mut pending = accepted.expect("an accepted response");
        let sent = self.session.exchange_request(self.now, &mut pending).expect("a request");
        assert_eq!(sent.url, "https://as.example/token");
        self.exchanges.push(Exchange { pending: Some(pending), signed_out: false });
        let exchange = self.exchanges.len() - 1;
        let nonce = request.transaction.nonce.as_ref().map(|nonce| Nonce::expose(nonce).to_owned());
        let timeout = Client::ExchangeAnswer { exchange, answer: Err(Transport::Timeout) };
        self.agenda.client(self.at + REQUEST_TIMEOUT, timeout);
        if !self.random.chance(self.lines.loss) {
            let at = self.at + self.lines.delay(&mut self.random);
            self.agenda.server(at, Server::Exchange { exchange, nonce });
        }
    }

    pub(super) fn exchanging(&self) -> bool {
        self.exchanges.iter().any(|exchange| exchange.pending.is_some() && !exchange.signed_out)
    }

    pub(super) fn exchange_request(&mut self, exchange: usize, nonce: Option<&str>) {
        assert_eq!(nonce.is_some(), self.openid);
        let user = self.random.within(0..2);
        if let Some(answer) = self.server.exchange(self.at, user, nonce) {
            let at = self.at + self.lines.delay(&mut self.random);
            self.agenda.client(at, Client::ExchangeAnswer { exchange, answer });
        }
    }

    pub(super) fn exchange_answer(&mut self, exchange: usize, answer: Answered) {
        let Some(pending) = self.exchanges[exchange].pending.take() else { return };
        let (before, tokens) = (self.ledger.generation, tokens_in(&answer));
        (self.ledger.incoming, self.ledger.exchanging) = (tokens, true);
        let outcome = self.act(|session, now| session.handle_exchange_response(now, pending, answer));
        (self.ledger.incoming, self.ledger.exchanging) = (None, false);
        let installed = self.ledger.generation != before;
        assert_eq!(outcome.is_ok(), installed, "{outcome:?}");
        self.ledger.tally.sign_ins += u64::from(installed);
        if let (Err(error), Some(tokens)) = (&outcome, tokens) {
            assert_eq!(error.code(), "TOKENKEEP_LOGIN_REQUIRED", "a good exchange fails");
            assert!(self.ledger.revoked.contains(&tokens.access), "late tokens live on");
            self.ledger.tally.late_tokens_revoked += 1;
        }
    }

    pub(super) fn sign_out(&mut self) {
        let expected = self.ledger.refresh.or(self.ledger.access);
        self.ledger.signing_out = true;
        let revocation = self.act(|session, _| session.sign_out());
        self.ledger.signing_out = false;
        self.exchanges.iter_mut().for_each(|exchange| exchange.signed_out = true);
        let token = revocation.map(|request| token_of(request.body.expose(), "token"));
        assert_eq!(token, expected, "not the token that was in use is revoked");
        assert!(!self.ledger.signed_in && self.ledger.queued().next().is_none(), "sign-out leaves something behind");
        if let Some(token) = token {
            let at = self.at + self.lines.delay(&mut self.random);
            self.agenda.server(at, Server::Revoke { token });
        }
    }

    pub(super) fn send_refresh(&mut self, request: &TokenRequest) {
        let (attempt, token) = (request.attempt, token_of(request.body.expose(), "refresh_token"));
        assert!(self.refreshes.iter().all(|sent| sent.attempt != attempt), "attempt {attempt} comes twice");
        assert_eq!(request.url, "https://as.example/token");
        self.refreshes.push(RefreshSent { attempt, token, open: true });
        let timeout = Client::RefreshAnswer { attempt, answer: Err(Transport::Timeout) };
        self.agenda.client(self.at + REQUEST_TIMEOUT, timeout);
        if !self.random.chance(self.lines.loss) {
            let at = self.at + self.lines.delay(&mut self.random);
            self.agenda.server(at, Server::Refresh { attempt, token });
        }
    }

    pub(super) fn refresh_request(&mut self, attempt: u32, token: TokenId) {
        let reply = self.server.refresh(self.at, token);
        self.send_back(attempt, reply);
        // A browser may repeat a request whose connection broke.
        let repeated = self.random.chance(self.lines.duplicates) && self.random.chance(10);
        if repeated && self.server.mode == Mode::Up {
            let reply = self.server.refresh(self.at, token);
            self.send_back(attempt, reply);
        }
    }

    fn send_back(&mut self, attempt: u32, reply: Reply) {
        let Some(answer) = reply.filter(|_| !self.random.chance(self.lines.loss)) else { return };
        let answer = Client::RefreshAnswer { attempt, answer };
        if self.random.chance(self.lines.duplicates) {
            let at = self.at + self.lines.delay(&mut self.random);
            self.agenda.client(at, answer.clone());
        }
        let at = self.at + self.lines.delay(&mut self.random);
        self.agenda.client(at, answer);
    }

    pub(super) fn refresh_answer(&mut self, attempt: u32, answer: Answered) {
        let at = self.refreshes.iter().position(|sent| sent.attempt == attempt).expect("an attempt of this session");
        let outcome = outcome_of(&answer);
        let token = self.refreshes[at].token;
        let is_first = std::mem::replace(&mut self.refreshes[at].open, false);
        if is_first && self.ledger.in_flight == Some(attempt) {
            self.ledger.refresh_answered(token, outcome, self.now.instant);
            self.hand_in(attempt, answer);
        } else if is_first || self.random.chance(50) {
            self.answer_in_vain(attempt, is_first, answer);
        }
    }

    fn hand_in(&mut self, attempt: u32, answer: Answered) {
        let (generation, outcome) = (self.ledger.generation, outcome_of(&answer));
        self.ledger.incoming = tokens_in(&answer);
        let jitter = self.random.next() as u32;
        self.act(|session, now| session.handle_refresh_response(now, jitter, attempt, answer));
        self.ledger.incoming = None;
        match outcome {
            Use::Granted { .. } => assert_eq!(self.ledger.generation, generation + 1, "tokens are thrown away"),
            Use::Denied => assert!(!self.ledger.signed_in, "the session outlives its grant"),
            Use::Open | Use::Transient(_) => assert!(self.ledger.signed_in, "a glitch ended the session"),
        }
    }

    /// The answer to an attempt that is settled, or whose session is gone: nothing of it may be used.
    fn answer_in_vain(&mut self, attempt: u32, is_first: bool, answer: Answered) {
        let tokens = tokens_in(&answer);
        let before = (self.ledger.signed_in, self.ledger.generation, self.ledger.queued().count());
        let jitter = self.random.next() as u32;
        self.act(|session, now| session.handle_refresh_response(now, jitter, attempt, answer));
        let after = (self.ledger.signed_in, self.ledger.generation, self.ledger.queued().count());
        assert_eq!(before, after, "an answer that came too late changes something");
        self.ledger.tally.answers_in_vain += 1;
        if let Some(tokens) = tokens.filter(|_| is_first && self.ledger.signed_out_attempts.contains(&attempt)) {
            assert!(self.ledger.revoked.contains(&tokens.access), "late tokens live on");
            self.ledger.tally.late_tokens_revoked += 1;
        }
    }
}

/// What an answer of the token endpoint says about the refresh token that was sent.
fn outcome_of(answer: &Answered) -> Use {
    match answer {
        Ok(answer) if answer.status == 200 && answer.is_json() => {
            Use::Granted { replaced: body_of(&answer.body).string("refresh_token").is_some() }
        }
        Ok(answer) if answer.status == 400 => Use::Denied,
        Ok(answer) => Use::Transient(
            answer.retry_after.as_ref().map_or(0, |seconds| seconds.parse::<u64>().expect("seconds") * 1_000),
        ),
        Err(_) => Use::Transient(0),
    }
}

fn tokens_in(answer: &Answered) -> Option<Tokens> {
    let answer = answer.as_ref().ok().filter(|answer| answer.status == 200 && answer.is_json())?;
    let body = body_of(&answer.body);
    let access = number_of(body.string("access_token").expect("an access token"));
    Some(Tokens { access, renewable: body.string("refresh_token").is_some() })
}

fn body_of(body: &[u8]) -> Object {
    Object::parse(body).expect("JSON")
}
