//! What becomes of the calls under way when a service worker stands between.

use crate::proto::error::{Ending, Error};
use crate::proto::syntax::time::Now;

use super::action::CallId;
use super::flight::Flight;
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
        self.keys.waiting.clear();
        for (_, flight, _) in core::mem::take(&mut self.flights) {
            self.give_up_flight(flight);
        }
        for sign_in in core::mem::take(&mut self.sign_ins) {
            self.give_up_call(sign_in.call);
        }
        self.dismiss(Ending::Intercepted);
    }

    fn give_up_flight(&mut self, flight: Flight) {
        match flight {
            // Whatever answered may have been something else than the server.
            Flight::Revocation { logout: Some((call, logout)) } | Flight::KeepLogout { call, logout } => {
                self.settle(call, Ok(Some(logout.to_json("unconfirmed"))));
            }
            Flight::TakeLogout { call } => self.give_up_call(call),
            Flight::Exchange(_)
            | Flight::Inquiry(_)
            | Flight::Keys
            | Flight::LookUp(_)
            | Flight::Refresh { .. }
            | Flight::Revocation { logout: None }
            | Flight::SignIn(_)
            | Flight::Verify { .. } => {}
        }
    }

    fn give_up_call(&mut self, call: CallId) {
        self.settle(call, Err(Error::LoginRequired(Ending::Intercepted)));
    }
}
