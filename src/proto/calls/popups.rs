//! Sign-ins in a popup: the page that opened it waits, and another page brings the response.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use crate::proto::error::{Ending, Error};

use super::action::{Action, CallId};
use super::holder::Holder;
use super::waiter::Waiter;

impl Holder {
    /// Waits for the sign-in whose record is called `key`: the call has the outcome that the one has which finishes it.
    pub fn wait(&mut self, call: CallId, key: &str) {
        self.waiters.push(Waiter { key: key.to_owned(), call, finisher: None });
    }

    /// Once the response is there, its outcome is told.
    pub(super) fn give_up_wait(&mut self, call: CallId) -> bool {
        let before = self.waiters.len();
        self.waiters.retain(|waiter| waiter.call != call || waiter.finisher.is_some());
        self.waiters.len() < before
    }

    /// Takes note that `finisher` has the response to the request called `key`, and its record.
    pub(super) fn attend(&mut self, finisher: CallId, key: &str) {
        for waiter in self.waiters.iter_mut().filter(|waiter| waiter.key == key) {
            waiter.finisher = Some(finisher);
        }
    }

    /// Settles those who wait for what `finisher` did.
    pub(super) fn tell(&mut self, finisher: CallId, outcome: &Result<Option<String>, Error>) {
        self.settle_waiters(|waiter| waiter.finisher == Some(finisher), outcome);
    }

    /// Settles those whose response isn't there yet, since there won't be one: signing out forgets the records.
    pub(super) fn dismiss(&mut self, ending: Ending) {
        self.settle_waiters(|waiter| waiter.finisher.is_none(), &Err(Error::LoginRequired(ending)));
    }

    fn settle_waiters(&mut self, concerns: impl Fn(&Waiter) -> bool, outcome: &Result<Option<String>, Error>) {
        for waiter in self.waiters.extract_if(.., |waiter| concerns(waiter)) {
            self.callers.retain(|caller| !caller.is(waiter.call));
            self.actions.push(Action::Settle { call: waiter.call, outcome: outcome.clone() });
        }
    }
}
