//! Signing in and out.

use alloc::boxed::Box;
use alloc::string::String;

use crate::proto::config::{Anomaly, Personal};
use crate::proto::error::{ApiMisuse, Ending, Error, InvalidResponse, Transport};
use crate::proto::oauth::authorization::{AuthorizationRequest, RANDOM_BYTES, SignInOptions, Transaction};
use crate::proto::oauth::callback::AuthorizationResponse;
use crate::proto::oauth::dpop::DpopKey;
use crate::proto::oauth::id_token::{Claims, Expected};
use crate::proto::oauth::token::{TokenResponse, code_request};
use crate::proto::syntax::grammar::is_token68;
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::secret::{AccessToken, Nonce, RefreshToken};
use crate::proto::syntax::text::parts;
use crate::proto::syntax::time::Now;

use super::access::{Access, Terms};
use super::command::{Command, TokenRequest};
use super::exchange::{PendingExchange, Revocation, no_metadata};
use super::grant::Grant;
use super::refreshing::skew_of;
use super::state::Session;
use super::trials::Trials;

impl Session {
    /// Builds an authorization request; the shell keeps its record and navigates. A scope in the options is asked for
    /// in addition to the configured one and to what the running session asked for and has.
    ///
    /// # Errors
    /// [`Error::ApiMisuse`] for options that can't be; [`InvalidResponse::Discovery`] before the metadata is known.
    pub fn begin_sign_in(
        &self,
        now: Now,
        options: &SignInOptions,
        random: &[u8; RANDOM_BYTES],
        key: Option<DpopKey>,
    ) -> Result<AuthorizationRequest, Error> {
        let server = self.discovered.server.as_ref().ok_or_else(no_metadata)?;
        if self.config.strict && !server.iss_parameter {
            return Err(Error::InvalidResponse(InvalidResponse::Metadata(NO_ISS.into())));
        }
        let granted = self.lanes.scope();
        let asked = self.grant.as_ref().map_or("", |grant| &grant.asked_scope);
        let options = options.on_top_of(&self.discovered.scope, [asked, &granted]);
        AuthorizationRequest::new(&self.discovered.client(&self.config), server, &options, random, key, now.unix_ms)
    }

    /// Accepts or refuses an authorization response. `record` is what the store held for it, already removed there.
    /// From here on requests wait for the exchange.
    ///
    /// # Errors
    /// [`InvalidResponse`] and [`Error::AuthorizationResponse`]; the session is as before.
    pub fn accept_response(
        &mut self,
        now: Now,
        response: AuthorizationResponse,
        record: Option<&str>,
    ) -> Result<PendingExchange, Error> {
        self.tick(now);
        let accepted = self.judge_response(now, response, record);
        if let Err(error) = &accepted {
            self.watch.note("callback-refused", error.code());
            match error {
                Error::InvalidResponse(InvalidResponse::Replayed) => self.alarm(Some(Anomaly::ReplayedCallback)),
                Error::AuthorizationResponse(_) => self.give_up_step_ups(),
                _ => {}
            }
        }
        accepted
    }

    /// Whether the response whose record has this name was used before, as far as is remembered.
    pub fn was_spent(&self, key: &str) -> bool {
        self.spent.iter().any(|spent| spent == key)
    }

    fn judge_response(
        &mut self,
        now: Now,
        response: AuthorizationResponse,
        record: Option<&str>,
    ) -> Result<PendingExchange, Error> {
        let key = response.key();
        let Some(transaction) = record.and_then(Transaction::parse) else {
            let replayed = record == Some("") || self.was_spent(&key);
            let why = if replayed { InvalidResponse::Replayed } else { InvalidResponse::StateMismatch };
            return Err(Error::InvalidResponse(why));
        };
        if self.spent.len() == MAX_SPENT {
            self.spent.remove(0);
        }
        self.spent.push(key);
        // An MCP server that was not asked yet will say who the issuer is, before the code goes anywhere.
        if transaction.issuer != self.discovered.issuer && !self.discovered.issuer.is_empty() {
            return Err(Error::InvalidResponse(InvalidResponse::IssuerMismatch));
        }
        let code = response.redeem(&transaction, now.unix_ms)?;
        let attempt = self.next_attempt();
        self.exchanges.push(attempt);
        Ok(PendingExchange { attempt, code, transaction: Box::new(transaction), sent: now })
    }

    /// The token request of an accepted response.
    ///
    /// # Errors
    /// [`InvalidResponse::Discovery`] before the metadata is known.
    pub fn exchange_request(&self, now: Now, pending: &mut PendingExchange) -> Result<TokenRequest, Error> {
        pending.sent = now;
        Ok(TokenRequest {
            attempt: pending.attempt,
            url: self.discovered.exchange_endpoint(&pending.transaction)?,
            body: code_request(&pending.transaction.client_id, &pending.code, &pending.transaction),
            key: pending.transaction.dpop_key.clone(),
        })
    }

    /// Takes the answer to the exchange and installs the grant.
    ///
    /// # Errors
    /// What went wrong; no token of the answer is kept, and a grant from before stays.
    pub fn handle_exchange_response(
        &mut self,
        now: Now,
        pending: PendingExchange,
        answer: Result<Answer, Transport>,
    ) -> Result<(), Error> {
        self.tick(now);
        let skew = skew_of(&answer, pending.sent, now);
        let parsed = TokenResponse::parse(answer, now.unix_ms);
        let Some(at) = self.exchanges.iter().position(|attempt| *attempt == pending.attempt) else {
            self.handle_late_tokens(pending.attempt, parsed);
            return Err(Error::LoginRequired(self.ending));
        };
        self.exchanges.swap_remove(at);
        let sent = [pending.code.expose(), pending.transaction.verifier.expose()];
        let installed = parsed.map_err(|failure| failure.concealing(&sent).error).and_then(|response| {
            let key = pending.transaction.dpop_key.as_ref();
            let typed = self.check_type(&response, key, false);
            let claims = typed.and_then(|()| self.first_claims(now, &pending.transaction, &response));
            let claims = claims.map_err(|error| blame_the_clock(error, skew));
            if claims.is_err() {
                self.revoke_tokens(&response);
            }
            let (claims, scope) = (claims?, &pending.transaction.scope);
            self.note_skew(skew);
            let renewable = response.refresh_token.is_some();
            let terms = Terms { sent: pending.sent, now, renewable, jitter: 0, limits: &self.config.limits };
            let access = Access::new(&response, scope, terms);
            let acr = claims.as_ref().and_then(|claims| claims.acr.clone());
            let mut grant = Grant::new(response.refresh_token, scope, claims);
            let is_met = |asked: &String| parts(asked, b' ').any(|one| Some(one) == acr.as_deref());
            grant.acr_met = pending.transaction.acr_values.as_ref().map(is_met);
            grant.key = key.cloned();
            grant.client_id.clone_from(&pending.transaction.client_id);
            grant.id_token = response.id_token.filter(|_| self.config.send_id_token_hint);
            self.install_signed_in(now, grant, access);
            Ok(())
        });
        self.settle_exchange(now);
        installed
    }

    /// Takes an answer to the exchange whose ID token was refused before anything else was looked at: revokes its tokens
    /// and ends the attempt. A grant from before stays.
    pub fn handle_exchange_refused(&mut self, now: Now, pending: &PendingExchange, answer: Answer) {
        self.tick(now);
        let parsed = TokenResponse::parse(Ok(answer), now.unix_ms);
        let known = self.exchanges.contains(&pending.attempt) || self.abandoned.contains(&pending.attempt);
        if known && let Ok(response) = &parsed {
            self.revoke_tokens(response);
        }
        self.abandoned.retain(|attempt| *attempt != pending.attempt);
        self.abandon_exchange(now, pending);
    }

    /// Gives up an accepted response, because the metadata can't be had.
    pub fn abandon_exchange(&mut self, now: Now, pending: &PendingExchange) {
        self.exchanges.retain(|attempt| *attempt != pending.attempt);
        self.settle_exchange(now);
    }

    /// Takes a personal access token from the application.
    ///
    /// # Errors
    /// [`ApiMisuse::TokenNotAccepted`] and [`ApiMisuse::TokenMalformed`].
    pub fn enter_token(&mut self, now: Now, token: &str) -> Result<(), Error> {
        self.tick(now);
        if self.config.personal != Some(Personal::Entered) {
            return Err(Error::ApiMisuse(ApiMisuse::TokenNotAccepted));
        }
        self.refuse_intercepted()?;
        if !is_token68(token) {
            return Err(Error::ApiMisuse(ApiMisuse::TokenMalformed));
        }
        self.install_signed_in(now, Grant::default(), Access::personal(AccessToken::new(token)));
        Ok(())
    }

    /// Ends the session on the application's word: local first. The returned request tells the server.
    pub fn sign_out(&mut self) -> Option<Revocation> {
        self.leave(Ending::SignOut)
    }

    pub(super) fn leave(&mut self, ending: Ending) -> Option<Revocation> {
        let revocation = self.own_revocation();
        let signed_in = self.grant.take().is_some();
        self.abandoned.extend(self.refresh.attempt());
        let exchanging = !self.exchanges.is_empty();
        self.abandoned.append(&mut self.exchanges);
        if signed_in || exchanging {
            self.end(ending);
        }
        revocation
    }

    /// Replaces the grant by that of a new sign-in. Another user's requests don't go on as this one's.
    fn install_signed_in(&mut self, now: Now, grant: Grant, access: Access) {
        let subject = self.grant.as_ref().and_then(|previous| previous.subject.as_ref());
        if subject.is_some() && subject != grant.subject.as_ref() {
            self.revoke_all();
            self.end(Ending::SubjectChanged);
        }
        self.grant = Some(grant);
        self.lanes.clear();
        self.install(0, access);
        self.signed_in_generation = self.generation;
        self.trials = Trials::default();
        self.watch.note("signedin", "");
        self.release_step_ups(now);
        let detail = self.snapshot().unwrap_or_default();
        let acr_met = self.grant.as_ref().and_then(|grant| grant.acr_met);
        self.emit("signedin", if acr_met.is_some() { detail.with("acrMet", acr_met) } else { detail });
        self.pump(now);
    }

    /// Revokes what another user leaves behind, and what is still under way for them. The same user's older tokens are left
    /// alone: servers that see one grant in both would end the new session too.
    fn revoke_all(&mut self) {
        self.abandoned.extend(self.refresh.attempt());
        let revocation = self.own_revocation();
        self.commands.extend(revocation.map(Command::Revoke));
    }

    /// The request that revokes what the session has: the refresh token, with which servers end the whole grant, or the
    /// access token where there is none.
    fn own_revocation(&self) -> Option<Revocation> {
        let refresh_token = self.grant.as_ref()?.refresh_token.as_ref();
        let access = self.lanes.access()?;
        self.revocation(&access.token, refresh_token)
    }

    /// The request that revokes these tokens, if the server takes such.
    pub(super) fn revocation(&self, access: &AccessToken, refresh: Option<&RefreshToken>) -> Option<Revocation> {
        Revocation::new(self.discovered.server.as_ref()?, self.client(), access, refresh)
    }

    fn first_claims(
        &self,
        now: Now,
        transaction: &Transaction,
        response: &TokenResponse,
    ) -> Result<Option<Claims>, Error> {
        let expected = Expected {
            issuer: &self.discovered.issuer,
            client_id: &transaction.client_id,
            audiences: &self.config.trusted_audiences,
            nonce: transaction.nonce.as_ref().map(Nonce::expose),
            max_age: transaction.max_age,
            anchor: None,
            access_token: Some(response.access_token.expose()),
            strict: self.config.strict,
            unix_ms: now.unix_ms,
        };
        match (&response.id_token, &transaction.nonce) {
            (Some(id_token), Some(_)) => Claims::parse(id_token.expose(), &expected).map(Some),
            (None, Some(_)) => Err(Error::InvalidResponse(InvalidResponse::IdToken("it is missing"))),
            (_, None) => Ok(None),
        }
    }

    /// Sees to those who waited for an exchange: an older grant serves them, or nothing does.
    fn settle_exchange(&mut self, now: Now) {
        if self.grant.is_none() && self.exchanges.is_empty() {
            let waiting = self.queues.drain(None);
            self.reject(waiting, Error::LoginRequired(self.ending));
        }
        self.pump(now);
    }
}

/// Times that are wrong because of this machine's clock say nothing against the server.
fn blame_the_clock(error: Error, skew_ms: Option<i64>) -> Error {
    match (&error, skew_ms) {
        (Error::InvalidResponse(InvalidResponse::IdToken(claim)), Some(ms))
            if comes_of_a_clock(claim, ms) && ms.unsigned_abs() >= LEAST_SKEW_MS =>
        {
            Error::InvalidResponse(InvalidResponse::Clock(i32::try_from(ms / 1_000).unwrap_or(i32::MAX)))
        }
        _ => error,
    }
}

/// Whether a claim is a time that seems to be over on a clock that is ahead, or still to come on one that is behind.
fn comes_of_a_clock(claim: &str, ahead_ms: i64) -> bool {
    if ahead_ms < 0 { ["auth_time", "exp"] } else { ["iat", "nbf"] }.contains(&claim)
}

/// A smaller difference of clocks is not why an ID token's times are wrong, in milliseconds.
const LEAST_SKEW_MS: u64 = 60_000;
const NO_ISS: &str = "authorization_response_iss_parameter_supported is not true, and strict asks for it";
/// Used responses that are remembered, to tell a replay from a stranger.
const MAX_SPENT: usize = 32;
