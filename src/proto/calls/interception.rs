//! What becomes of the calls under way when a service worker stands between.

use alloc::vec::Vec;

use crate::proto::error::{Ending, Error};
use crate::proto::syntax::time::Now;

use super::action::CallId;
use super::flight::{Check, Flight};
use super::holder::Holder;

impl Holder {
    /// Takes note that a service worker stands between the holder and the network. If nobody allowed that, the session is
    /// over and whatever is under way comes to nothing: nothing that arrives from now on is believed.
    pub fn handle_interception(&mut self, now: Now) {
        self.session.handle_interception(now);
        if !self.session.is_intercepted() {
            return;
        }
        self.findings.asking = false;
        let checks = core::mem::take(&mut self.keys.waiting).into_iter().map(Check::into_flight);
        let flights: Vec<Flight> = self.flights.drain(..).map(|(_, flight, _)| flight).chain(checks).collect();
        for flight in flights {
            self.give_up_flight(flight);
        }
        for step in core::mem::take(&mut self.steps) {
            self.give_up_call(step.call());
        }
        self.dismiss(Ending::Intercepted);
    }

    fn give_up_flight(&mut self, flight: Flight) {
        match flight {
            // Whatever answered may have been something else than the server.
            Flight::Revocation { logout: Some((call, logout)) } | Flight::KeepLogout { call, logout } => {
                self.settle(call, Ok(Some(logout.to_json("unconfirmed"))));
            }
            Flight::Verify { check } => self.give_up_flight(check.into_flight()),
            Flight::Key { step } => self.give_up_call(step.call()),
            Flight::Exchange { call, .. }
            | Flight::Keep { call, .. }
            | Flight::Push { call, .. }
            | Flight::Take { call, .. }
            | Flight::TakeLogout { call } => self.give_up_call(call),
            Flight::Inquiry(_)
            | Flight::Keys
            | Flight::LookUp(_)
            | Flight::Refresh { .. }
            | Flight::Revocation { logout: None } => {}
        }
    }

    fn give_up_call(&mut self, call: CallId) {
        self.settle(call, Err(Error::LoginRequired(Ending::Intercepted)));
    }
}
