//! A request to a protected resource: one value from when it asks for a token until it is settled.

use alloc::vec::Vec;

use crate::proto::syntax::time::Instant;

use super::queue::RequestId;
use super::trials::Place;

/// What is known of a request that is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number.
    pub id: RequestId,
    /// Generation of the token that it was sent with last; 0 before it was sent.
    pub generation: u32,
    /// How often it was sent again with another token.
    pub replays: u32,
    /// How often it was sent again after a pause.
    pub retries: u32,
    /// How often it was sent again with another proof of possession.
    pub proofs: u32,
    /// Which of the nonces of its server the last proof had.
    pub(super) turn: u32,
    /// The server's clock was taken over because of it.
    pub(super) clocked: bool,
    /// How long it is ready to wait for a token, in milliseconds, if not for the configured time.
    pub patience: Option<u64>,
    pub(super) place: Place,
    pub(super) lane: usize,
    /// When it came out of the queue, while it takes up one of the places on the way.
    pub(super) released: Option<Instant>,
    /// Its answer asks for more rights, and stands if they don't come.
    pub(super) has_answer: bool,
    settled: bool,
}

impl Request {
    pub(super) fn new(id: RequestId, place: Place, lane: usize, patience: Option<u64>) -> Self {
        let (generation, replays, retries, proofs) = (0, 0, 0, 0);
        let (released, has_answer, settled, clocked) = (None, false, false, false);
        let turn = 0;
        Self {
            id,
            generation,
            replays,
            retries,
            proofs,
            turn,
            clocked,
            patience,
            place,
            lane,
            released,
            has_answer,
            settled,
        }
    }
}

/// The requests under way, by their numbers.
///
/// One that is settled keeps its place until half of the places are such, so that settling costs a search and not a move.
#[derive(Clone, Debug, Default)]
pub(super) struct Requests {
    places: Vec<Request>,
    settled: usize,
}

impl Requests {
    pub(super) fn get(&self, id: RequestId) -> Option<&Request> {
        self.find(id).map(|at| &self.places[at])
    }

    pub(super) fn get_mut(&mut self, id: RequestId) -> Option<&mut Request> {
        self.find(id).map(|at| &mut self.places[at])
    }

    /// Takes a request in; one that is known stays what it is.
    pub(super) fn admit(&mut self, request: Request) {
        match self.places.last() {
            Some(last) if last.id >= request.id => {
                match self.places.binary_search_by_key(&request.id, |place| place.id) {
                    Ok(at) if self.places[at].settled => {
                        self.settled -= 1;
                        self.places[at] = request;
                    }
                    Ok(_) => {}
                    Err(at) => self.places.insert(at, request),
                }
            }
            _ => self.places.push(request),
        }
    }

    /// Lets a request go; what it was.
    pub(super) fn settle(&mut self, id: RequestId) -> Option<Request> {
        let at = self.find(id)?;
        self.places[at].settled = true;
        self.settled += 1;
        let request = self.places[at];
        if self.settled > SLACK && self.settled > self.places.len() / 2 {
            self.places.retain(|place| !place.settled);
            self.settled = 0;
        }
        Some(request)
    }

    fn find(&self, id: RequestId) -> Option<usize> {
        self.places.last().filter(|last| last.id >= id)?;
        let at = self.places.binary_search_by_key(&id, |place| place.id).ok()?;
        (!self.places[at].settled).then_some(at)
    }
}

/// So many settled ones are no reason to tidy up.
const SLACK: usize = 32;
