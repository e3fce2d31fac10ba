//! Tokens that are bound to a key ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).

use alloc::string::String;

use crate::proto::error::{Ending, Error, InvalidResponse};
use crate::proto::oauth::challenge::{Challenge, Kind};
use crate::proto::oauth::dpop::{DpopKey, JTI_BYTES, MOST_PROOFS, Occasion};
use crate::proto::oauth::extension::Use;
use crate::proto::oauth::token::TokenResponse;
use crate::proto::syntax::date;
use crate::proto::syntax::time::Now;

use super::queue::RequestId;
use super::reply::Reply;
use super::request::Request;
use super::state::Session;

/// A proof that is still to be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The name under which the shell knows the key.
    pub handle: String,
    /// What is to be signed.
    pub input: String,
}

impl Session {
    /// Whether a sign-in that starts now asks for tokens that are bound to a key.
    ///
    /// # Errors
    /// [`InvalidResponse::Metadata`] if the configuration demands it and the server takes no signature of ours.
    pub fn wants_key(&self) -> Result<bool, Error> {
        let announced = self.discovered.server.as_ref().and_then(|server| server.dpop);
        match self.config.dpop {
            Use::Required if announced == Some(false) => {
                Err(Error::InvalidResponse(InvalidResponse::Metadata(NO_ES256.into())))
            }
            Use::Required => Ok(true),
            Use::Announced => Ok(announced == Some(true)),
            Use::Never => Ok(false),
        }
    }

    /// The proof for a request to the authorization server.
    pub fn server_proof(&self, now: Now, key: &DpopKey, href: &str, random: [u8; JTI_BYTES]) -> Option<Proof> {
        let occasion = Occasion { method: "POST", href, ath: None, random, unix_ms: now.unix_ms };
        Some(Proof { handle: key.handle().into(), input: self.dpop.signing_input(key, &occasion)? })
    }

    /// The proof for a request with the token of `generation`; `None` if that goes without.
    pub fn proof(&self, now: Now, generation: u32, method: &str, href: &str, random: [u8; JTI_BYTES]) -> Option<Proof> {
        let lane = self.lanes.holding(generation)?;
        let ath = Some(lane.access()?.ath.as_deref()?);
        let key = self.grant.as_ref()?.key.as_ref()?;
        let occasion = Occasion { method, href, ath, random, unix_ms: now.unix_ms };
        Some(Proof { handle: key.handle().into(), input: self.dpop.signing_input(key, &occasion)? })
    }

    /// Takes note that request `id` to `href` is about to leave with such a proof.
    pub fn handle_proven(&mut self, id: RequestId, href: &str) {
        let turn = self.dpop.turn(href);
        self.requests.get_mut(id).into_iter().for_each(|request| request.turn = turn);
    }

    /// Which of the nonces of the server at `href` a proof has that is made now.
    pub fn nonce_turn(&self, href: &str) -> u32 {
        self.dpop.turn(href)
    }

    /// Takes note of the `DPoP-Nonce` field of an answer from `href`.
    pub fn handle_nonce(&mut self, href: &str, nonce: &str) {
        self.dpop.note_nonce(href, nonce);
    }

    /// Takes note that the server at `href` refused a proof, with its clock so much ahead; whether another proof is worth a
    /// try.
    pub fn handle_proof_refused(&mut self, href: &str, ahead_ms: Option<i64>) -> bool {
        self.dpop.note_clock(href, ahead_ms)
    }

    /// Ends the session because its key is gone.
    pub fn handle_key_lost(&mut self, now: Now) {
        self.tick(now);
        if self.grant.is_some() {
            self.end(Ending::KeyLost);
        }
    }

    /// What a 401 says about the proof that went with it, if anything: whether to send another, or let it stand.
    pub(super) fn judge_proof(
        &mut self,
        now: Now,
        id: RequestId,
        request: Request,
        reply: &Reply,
        challenge: Option<&Challenge>,
    ) -> Option<bool> {
        let bound =
            self.grant.as_ref().is_some_and(|grant| grant.key.is_some()) && request.generation >= self.first_generation;
        // A nonce other than the one that was sent: others may have used up that one meanwhile.
        let fresh = reply.nonce && self.dpop.turn(&reply.target) != request.turn;
        let again = match challenge.map(Challenge::kind) {
            _ if !bound => None,
            Some(Kind::Nonce) => Some(fresh && u32::from(request.proofs) < MOST_PROOFS),
            Some(Kind::Proof) => {
                let at = reply.date.as_deref().and_then(date::parse);
                let ahead_ms = at.map(|at| at.cast_signed().saturating_sub(now.unix_ms.cast_signed()));
                Some(!request.clocked && self.handle_proof_refused(&reply.target, ahead_ms))
            }
            // Where the challenge can't be read, a new nonce says enough.
            None if fresh && request.proofs < MOST_BLIND => Some(true),
            _ => None,
        };
        if again == Some(true) {
            let clocked = matches!(challenge.map(Challenge::kind), Some(Kind::Proof));
            self.requests.get_mut(id).into_iter().for_each(|request| {
                request.proofs = request.proofs.saturating_add(1);
                request.clocked |= clocked;
            });
        }
        again
    }

    /// Whether the type of a token response is one that was asked for
    /// ([RFC 9449, 5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).
    pub(super) fn check_type(&self, response: &TokenResponse, key: Option<&DpopKey>, bound: bool) -> Result<(), Error> {
        let required = bound || self.config.dpop == Use::Required;
        let why = match (response.dpop, key.is_some()) {
            (true, false) => "its token_type is DPoP and nobody asked for that",
            (false, true) if required => "its token_type is not DPoP",
            _ => return Ok(()),
        };
        Err(Error::InvalidResponse(InvalidResponse::Token(why)))
    }
}

/// Where nobody says that it is about the nonce, it may be about the token.
const MOST_BLIND: u8 = 3;
const NO_ES256: &str = "dpop_signing_alg_values_supported lacks ES256";
