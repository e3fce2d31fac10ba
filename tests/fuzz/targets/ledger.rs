//! The books on requests and refreshes: what must hold whatever happens.

use std::collections::BTreeMap;
use std::fmt::Debug;

use tokenkeep::proto::error::Error;
use tokenkeep::proto::session::queue::RequestId;
use tokenkeep::proto::session::{Event, Verdict};

/// Where a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Waiting,
    /// It was sent, at once or `released` from the queue.
    Away {
        generation: u32,
        released: bool,
        replays: u32,
    },
    /// It has its answer or its error, or was given up.
    Settled,
}

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    places: BTreeMap<RequestId, Place>,
    replays: BTreeMap<RequestId, u32>,
    step_ups: BTreeMap<RequestId, u32>,
    last_id: RequestId,
    /// The refresh under way for the session that is.
    in_flight: Option<u32>,
    told_of_waits: bool,
}

impl Ledger {
    pub(crate) fn next_id(&mut self) -> RequestId {
        self.last_id += 1;
        self.last_id
    }

    pub(crate) fn waiting(&self) -> Vec<RequestId> {
        self.places.iter().filter(|(_, place)| **place == Place::Waiting).map(|(id, _)| *id).collect()
    }

    pub(crate) fn away(&self) -> Vec<RequestId> {
        self.places.iter().filter(|(_, place)| matches!(place, Place::Away { .. })).map(|(id, _)| *id).collect()
    }

    pub(crate) fn place(&self, id: RequestId) -> Option<Place> {
        self.places.get(&id).copied()
    }

    pub(crate) fn settle(&mut self, id: RequestId) {
        self.places.insert(id, Place::Settled);
    }

    /// Request `id` was answered 401 and is asked about again.
    pub(crate) fn replay(&mut self, id: RequestId) {
        *self.replays.entry(id).or_default() += 1;
    }

    /// Request `id` was answered 403 and is asked about again.
    pub(crate) fn step_up(&mut self, id: RequestId) {
        *self.step_ups.entry(id).or_default() += 1;
    }

    pub(crate) fn judged(&mut self, id: RequestId, verdict: &Result<Verdict, Error>) {
        no_secret(verdict);
        let replays = self.replays.get(&id).copied().unwrap_or_default();
        let place = match verdict {
            Ok(Verdict::Send(generation)) => Place::Away { generation: *generation, released: false, replays },
            Ok(Verdict::Queued | Verdict::StepUp) => Place::Waiting,
            Ok(_) => Place::Settled,
            Err(error) => {
                no_secret(&error.to_object().to_json());
                Place::Settled
            }
        };
        assert!(replays < 2 || place == Place::Settled, "USE-13: request {id} goes out after two 401s");
        let step_ups = self.step_ups.get(&id).copied().unwrap_or_default();
        assert!(step_ups < 2 || place == Place::Settled, "WWW-11: request {id} goes out after two 403s");
        self.places.insert(id, place);
    }

    pub(crate) fn released(&mut self, ids: &[RequestId], generation: u32) {
        for id in ids {
            let replays = self.replays.get(id).copied().unwrap_or_default();
            let before = self.places.insert(*id, Place::Away { generation, released: true, replays });
            assert_eq!(before, Some(Place::Waiting), "REF-21: request {id} is released and did not wait");
        }
    }

    /// The answers that these had stand.
    pub(crate) fn stood(&mut self, ids: &[RequestId]) {
        for id in ids {
            let before = self.places.insert(*id, Place::Settled);
            assert_eq!(before, Some(Place::Waiting), "request {id} did not wait for more rights");
        }
    }

    pub(crate) fn rejected(&mut self, ids: &[RequestId], error: &Error) {
        no_secret(error);
        no_secret(&error.to_object().to_json());
        for id in ids {
            let before = self.places.insert(*id, Place::Settled);
            assert_eq!(before, Some(Place::Waiting), "REF-21: request {id} is rejected and did not wait");
        }
    }

    /// A refresh under way belongs to the session that sent it: when that ends, the next may start its own.
    pub(crate) fn heard(&mut self, event: &Event) {
        no_secret(event);
        no_secret(&event.detail.to_json());
        if matches!(event.name, "signedin" | "signedout") {
            self.in_flight = None;
        }
        if event.name == "waiting" {
            let goes_on = event.detail.string("for").is_some();
            assert!(goes_on || self.told_of_waits, "the end of waits that nobody heard of");
            self.told_of_waits = goes_on;
        }
    }

    /// Long waits were told of, and not their end.
    pub(crate) fn told_of_waits(&self) -> bool {
        self.told_of_waits
    }

    pub(crate) fn refresh_sent(&mut self, number: u32) {
        assert_eq!(self.in_flight, None, "REF-1: a second refresh is under way");
        self.in_flight = Some(number);
    }

    /// Refresh `number` is being answered.
    pub(crate) fn refresh_answered(&mut self, number: u32) {
        self.in_flight = self.in_flight.filter(|current| *current != number);
    }
}

pub(crate) fn no_secret(told: &impl Debug) {
    let told = format!("{told:?}");
    assert!(!told.contains("canary"), "LOG-1, LOG-4: {told}");
}
