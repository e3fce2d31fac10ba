//! Requests to the authorization server that carry a proof of possession
//! ([RFC 9449, 5 and 8](https://www.rfc-editor.org/rfc/rfc9449#section-8)).

use alloc::boxed::Box;

use crate::proto::error::Transport;
use crate::proto::oauth::dpop::MOST_PROOFS;
use crate::proto::session::TokenRequest;
use crate::proto::syntax::http::Answer;
use crate::proto::syntax::json::Object;
use crate::proto::syntax::time::Now;

use super::action::Action;
use super::flight::Flight;
use super::holder::Holder;
use super::sent::Sent;

impl Holder {
    pub(super) fn proven_departure(&mut self, flight: Flight, request: TokenRequest) -> Action {
        let TokenRequest { url, body, key, .. } = request;
        let body = self.write_request(body);
        match key {
            Some(key) => {
                self.depart(flight, Sent { url, body, key: Box::new(key), proofs: 0, turn: 0, clocked: false })
            }
            _ => self.departure(flight, url, Some(body)),
        }
    }

    fn depart(&mut self, flight: Flight, mut sent: Sent) -> Action {
        sent.turn = self.session.nonce_turn(&sent.url);
        let (url, body, key) = (sent.url.clone(), Some(sent.body.clone()), Some(sent.key.clone()));
        let (probe, look) = (flight.shows_the_way(), self.session.look(flight.is_secret()));
        let flight = self.launch(flight);
        if let Some((.., kept)) = self.flights.last_mut() {
            *kept = Some(Box::new(sent));
        }
        Action::Send { flight, url, body, key, probe, look }
    }

    /// Takes what an answer says about proofs. If another proof may help the request goes again, as long as each refusal
    /// brings another nonce: the server has not looked at the code or the refresh token yet, so that neither is used twice
    /// (DPOP-17).
    pub(super) fn prove_again(
        &mut self,
        now: Now,
        flight: Flight,
        sent: Option<Box<Sent>>,
        answer: &Result<Answer, Transport>,
    ) -> Option<Flight> {
        let (Some(sent), Ok(answer)) = (sent, answer) else { return Some(flight) };
        if let Some(nonce) = &answer.dpop_nonce {
            self.session.handle_nonce(&sent.url, nonce);
        }
        let mut sent = *sent;
        if sent.proofs >= MOST_PROOFS || !self.is_worth_a_proof(now, &mut sent, answer) {
            return Some(flight);
        }
        sent.proofs += 1;
        let action = self.depart(flight, sent);
        self.actions.push(action);
        None
    }

    fn is_worth_a_proof(&mut self, now: Now, sent: &mut Sent, answer: &Answer) -> bool {
        if !matches!(answer.status, 400 | 401) {
            return false;
        }
        let body = Object::parse(&answer.body).unwrap_or_default();
        match body.string("error") {
            Some("use_dpop_nonce") => answer.dpop_nonce.is_some() && self.session.nonce_turn(&sent.url) != sent.turn,
            Some("invalid_dpop_proof") if !core::mem::replace(&mut sent.clocked, true) => {
                let skew = answer.clock_skew(now.unix_ms, now.unix_ms);
                self.session.handle_proof_refused(&sent.url, skew)
            }
            _ => false,
        }
    }
}
