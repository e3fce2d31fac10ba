//! Signing out: here at once, then at the authorization server, to which the user may be sent
//! ([RP-Initiated Logout](https://openid.net/specs/openid-connect-rpinitiated-1_0.html)).

use alloc::boxed::Box;

use crate::proto::error::{ApiMisuse, Ending, Error};
use crate::proto::oauth::authorization::{RANDOM_BYTES, return_target, transaction_key};
use crate::proto::oauth::parameters::with_query;
use crate::proto::syntax::base64url::base64url;
use crate::proto::syntax::form;
use crate::proto::syntax::json::{Object, Value};
use crate::proto::syntax::secret::{Record, State};
use crate::proto::syntax::time::Now;

use super::action::{Action, CallId};
use super::flight::Flight;
use super::holder::Holder;
use super::logout::Logout;
use super::sign_in::SignIn;

impl Holder {
    /// Ends the session here at once; the call's result is, as JSON, what came of telling the server, and where to send
    /// the user if `options` ask for that.
    pub fn sign_out(&mut self, now: Now, call: CallId, options: &str, random: &[u8; RANDOM_BYTES]) {
        let options = Object::parse(options.as_bytes());
        let signed_in = self.session.is_signed_in();
        let id_token_hint = self.session.id_token().map(Record::new);
        self.dismiss(Ending::SignOut);
        self.drop_arrivals();
        let revocation = self.session.sign_out().map(|revocation| (revocation.url, revocation.body));
        let otherwise = if signed_in { "unsupported" } else { "none" };
        let logout = Box::new(Logout { revocation, otherwise, id_token_hint, url: None });
        match options {
            None => self.log_out_here_only(call, *logout, ApiMisuse::ParameterRefused("options".into())),
            Some(options) if options.member("endSession").is_some_and(Value::is_true) => {
                self.send_to_end_session(now, call, logout, &options, random);
            }
            Some(_) => self.log_out(call, logout),
        }
    }

    /// A response whose record is still being read comes to nothing.
    fn drop_arrivals(&mut self) {
        for sign_in in self.those(SignIn::wants_record) {
            self.settle(sign_in.call, Err(Error::LoginRequired(Ending::SignOut)));
        }
    }

    /// Tells the server; the user is sent there once that has its answer, since a page that is left may take the request
    /// along.
    pub(super) fn log_out(&mut self, call: CallId, mut logout: Box<Logout>) {
        match logout.revocation.take() {
            Some((url, body)) => {
                let logout = Some((call, logout));
                let action = self.departure(Flight::Revocation { logout }, url, Some(self.write_request(body)));
                self.actions.push(action);
            }
            None => self.settle(call, Ok(Some(logout.to_json(logout.otherwise)))),
        }
    }

    fn send_to_end_session(
        &mut self,
        now: Now,
        call: CallId,
        mut logout: Box<Logout>,
        options: &Object,
        random: &[u8; RANDOM_BYTES],
    ) {
        let config = self.session.config();
        let Some(endpoint) = self.session.server().and_then(|server| server.end_session_endpoint.as_deref()) else {
            return self.log_out_here_only(call, *logout, ApiMisuse::NoEndSession);
        };
        let state = base64url(&random[..32]);
        let back = config.post_logout_redirect_uri.as_deref();
        let pairs = [
            ("client_id", self.session.discovered().client_id.as_str()),
            ("post_logout_redirect_uri", back.unwrap_or_default()),
            ("state", if back.is_some() { &state } else { "" }),
        ];
        logout.url = Some(with_query(endpoint, &form::write(&pairs)));
        if back.is_none() {
            return self.log_out(call, logout);
        }
        let return_to = options.string("returnTo").and_then(|to| return_target(to, &config.redirect_uri).ok());
        let record = Object::default().with("signedOut", now.unix_ms).with("returnTo", return_to.as_deref()).to_json();
        let flight = self.launch(Flight::KeepLogout { call, logout });
        let key = transaction_key(&State::new(state));
        self.actions.push(Action::Keep { flight, key, record: Record::new(record), handle: None });
    }

    /// The session is over here all the same; only the user's at the server isn't.
    fn log_out_here_only(&mut self, call: CallId, logout: Logout, why: ApiMisuse) {
        if let Some((url, body)) = logout.revocation {
            let action = self.departure(Flight::Revocation { logout: None }, url, Some(self.write_request(body)));
            self.actions.push(action);
        }
        self.settle(call, Err(Error::ApiMisuse(why)));
    }
}
