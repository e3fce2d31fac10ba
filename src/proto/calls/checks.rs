//! Signatures of ID tokens: nothing of an answer is used before its ID token's signature is good
//! ([OpenID Connect Core 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation), point 6).

use alloc::boxed::Box;

use crate::proto::error::{Error, InvalidResponse, Transport};
use crate::proto::oauth::id_token::Signed;
use crate::proto::oauth::jwk::{KeySet, NoKey};
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::Object;
use crate::proto::syntax::time::Now;

use super::action::{Action, FlightId};
use super::flight::{Check, Flight};
use super::holder::Holder;
use super::keys::Signature;

impl Holder {
    /// Takes an answer of the token endpoint: at once, or after its ID token's signature was checked.
    pub(super) fn take_answer(&mut self, now: Now, jitter: u32, flight: Flight, answer: Result<Answer, Transport>) {
        let Ok(answer) = answer else { return self.deliver(now, jitter, flight, answer) };
        match self.id_token(&flight, &answer) {
            None => self.deliver(now, jitter, flight, Ok(answer)),
            Some(Ok(signed)) => self.check(now, Check { flight, answer, signed, jitter, fetched: false }),
            // The claims' own check says what is wrong with it.
            Some(Err(_)) => self.deliver(now, jitter, flight, Ok(answer)),
        }
    }

    /// Takes the word on the signature that [`Action::Verify`] asked about.
    pub fn handle_verified(&mut self, now: Now, flight: FlightId, signature: Signature) {
        let Some((Flight::Verify { check }, _)) = self.land(flight) else { return };
        match signature {
            Signature::Good => self.deliver(now, check.jitter, check.flight, Ok(check.answer)),
            // A key without a name may have been replaced by another.
            Signature::Forged if !check.fetched && self.may_fetch(now) => self.fetch_keys(now, *check),
            Signature::Forged => self.refuse_forged(now, *check),
            Signature::Unknown => self.do_without(now, *check, "this browser doesn't know its algorithm"),
        }
    }

    /// Takes the issuer's key set.
    pub(super) fn handle_keys(&mut self, now: Now, answer: Result<Answer, Transport>) {
        let telling = [Transport::Unreadable, Transport::PolicyBlocked];
        self.keys.blocked = answer.as_ref().err().copied().filter(|failure| telling.contains(failure));
        let document = answer.ok().filter(|answer| answer.status == 200).and_then(|answer| Object::parse(&answer.body));
        self.keys.set = document.as_ref().and_then(KeySet::parse).or(self.keys.set.take());
        for check in core::mem::take(&mut self.keys.waiting) {
            self.check(now, check);
        }
    }

    /// The ID token of a token response, if it is going to be used.
    fn id_token(&self, flight: &Flight, answer: &Answer) -> Option<Result<Signed, Error>> {
        let wanted = match flight {
            Flight::Exchange(call) => self.expects_id_token(*call),
            Flight::Refresh { .. } => true,
            _ => false,
        };
        if !wanted || answer.status != 200 || self.session.config().skip_signature {
            return None;
        }
        Some(Signed::parse(Object::parse(&answer.body)?.string("id_token")?))
    }

    /// Finds the key and has the signature checked. The keys are fetched if there is none, since issuers change them.
    fn check(&mut self, now: Now, check: Check) {
        let key = self.keys.set.as_ref().map(|set| set.choose(&check.signed.algorithm, check.signed.kid.as_deref()));
        match key {
            Some(Ok(key)) => {
                let signed = check.signed.clone();
                let flight = self.launch(Flight::Verify { check: Box::new(check) });
                self.actions.push(Action::Verify { flight, key, signed });
            }
            Some(Err(NoKey::Ambiguous)) => self.do_without(now, check, "several of the issuer's keys fit its header"),
            None | Some(Err(NoKey::Missing)) if !check.fetched && self.may_fetch(now) => self.fetch_keys(now, check),
            None | Some(Err(NoKey::Missing)) => self.do_without(now, check, "its key is not among the issuer's"),
        }
    }

    fn may_fetch(&self, now: Now) -> bool {
        !self.keys.waiting.is_empty() || self.keys.asked.is_none_or(|asked| now.instant.since(asked) >= REFETCH_MS)
    }

    fn fetch_keys(&mut self, now: Now, mut check: Check) {
        let Some(url) = self.session.server().and_then(|server| server.jwks_uri.clone()) else {
            return self.do_without(now, check, "the metadata names no jwks_uri");
        };
        check.fetched = true;
        self.keys.waiting.push(check);
        if self.keys.waiting.len() == 1 {
            self.keys.asked = Some(now.instant);
            let action = self.departure(Flight::Keys, url, None);
            self.actions.push(action);
        }
    }

    /// Nobody knows whether the signature is good: a sign-in fails, and a refresh goes on with the claims that there were.
    pub(super) fn do_without(&mut self, now: Now, check: Check, why: &'static str) {
        match check.flight {
            Flight::Exchange(call) => {
                let blocked = self.keys.blocked.filter(|_| check.fetched).map(|failure| match failure {
                    Transport::Unreadable => Transport::KeysUnreadable,
                    failure => failure,
                });
                let url = self.session.server().and_then(|server| server.jwks_uri.clone()).unwrap_or_default();
                let unreached = |failure| Error::Transport(failure).at(&url);
                let error = blocked.map_or(Error::InvalidResponse(InvalidResponse::IdToken(why)), unreached);
                self.refuse_exchanged(now, call, check.answer, error);
            }
            Flight::Refresh { attempt } if !self.session.may_be_ours(now, &check.answer) => {
                self.session.handle_refresh_refused(now, attempt, check.answer);
            }
            flight => {
                let mut body = Object::parse(&check.answer.body).unwrap_or_default();
                body.remove(&["id_token"]);
                let answer = Answer { body: body.to_json().into_bytes().into(), ..check.answer };
                self.deliver(now, check.jitter, flight, Ok(answer));
            }
        }
    }

    fn refuse_forged(&mut self, now: Now, check: Check) {
        match check.flight {
            Flight::Refresh { attempt } => self.session.handle_refresh_refused(now, attempt, check.answer),
            _ => self.do_without(now, check, "its signature is not the issuer's"),
        }
    }
}

/// The key set is not fetched again sooner, in milliseconds: anybody can make up names of keys.
const REFETCH_MS: u64 = 5_000;
