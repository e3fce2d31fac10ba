//! Whose calls are under way: bounds, so that no page uses up what is everybody's.

use crate::proto::error::{Error, QueueError};

use super::action::CallId;
use super::door::{Caller, Door};
use super::holder::Holder;

impl Holder {
    /// Takes note of a call that is about to start, one of [`wait`](Self::wait) if it `waits`; whether there is room for
    /// it. Where there is none, the oldest call that can be given up goes, of a page that didn't show that it is there; if
    /// there is no such call this one is settled.
    pub fn admit(&mut self, call: CallId, door: Door, waits: bool) -> bool {
        let (most_of_one, most) = if waits { (MOST_WAITS_OF_ONE, MOST_WAITS) } else { (MOST_CALLS_OF_ONE, MOST_CALLS) };
        let alike = |caller: &&Caller| caller.waits == waits;
        let all = self.callers.iter().filter(alike).count();
        let own = self.callers.iter().filter(alike).filter(|caller| caller.door.number == door.number).count();
        let room = own < most_of_one && (all < most || self.make_room(waits));
        if room {
            self.callers.push(Caller { call, door, waits });
        } else {
            self.settle(call, Err(Error::Queue(QueueError::Full)));
        }
        room
    }

    /// Takes note that the page behind door `number` showed that it is there.
    pub fn vouch(&mut self, number: u32) {
        for caller in self.callers.iter_mut().filter(|caller| caller.door.number == number) {
            caller.door.alive = true;
        }
    }

    /// Gives up a waiting request or call. Answers whether it was a call that won't be settled any more: one that signs in,
    /// or waits for a sign-in whose response isn't there. What comes of a response is told in any case.
    pub fn cancel(&mut self, id: CallId) -> bool {
        self.session.cancel(id);
        let given_up = self.give_up_wait(id) || self.give_up_sign_in(id);
        if given_up {
            self.forget_caller(id);
        }
        given_up
    }

    fn make_room(&mut self, waits: bool) -> bool {
        for at in 0..self.callers.len() {
            let Caller { call, door, waits: other } = self.callers[at];
            if !door.alive && other == waits && (self.give_up_wait(call) || self.give_up_sign_in(call)) {
                self.settle(call, Err(Error::Queue(QueueError::Full)));
                return true;
            }
        }
        false
    }

    /// What was asked for on the way to the authorization server is of no use any more.
    fn give_up_sign_in(&mut self, call: CallId) -> bool {
        let before = self.sign_ins.len();
        self.sign_ins.retain(|sign_in| sign_in.call != call || !sign_in.is_leaving());
        self.sign_ins.len() < before
    }

    pub(super) fn forget_caller(&mut self, call: CallId) {
        self.callers.retain(|caller| !caller.is(call));
    }
}

/// Sign-ins and their like at once, of all pages and of one.
const MOST_CALLS: usize = 1_000;
const MOST_CALLS_OF_ONE: usize = 32;
/// Those who wait for a sign-in: as many as there are records.
const MOST_WAITS: usize = 32;
const MOST_WAITS_OF_ONE: usize = 8;
