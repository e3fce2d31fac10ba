//! A request to a protected resource: one value from when it asks for a token until it is settled.

use alloc::vec;
use alloc::vec::Vec;

use super::queue::RequestId;
use super::trials::Place;

/// What is known of a request that is under way. Small, as the memory that many of them take is never given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its number.
    pub id: RequestId,
    /// Generation of the token that it was sent with last; 0 before it was sent.
    pub generation: u32,
    /// How often it was sent again with another token.
    pub replays: u8,
    /// How often it was sent again after a pause.
    pub retries: u16,
    /// How often it was sent again with another proof of possession.
    pub proofs: u8,
    /// Which of the nonces of its server the last proof had.
    pub(super) turn: u32,
    /// The server's clock was taken over because of it.
    pub(super) clocked: bool,
    /// In milliseconds, or [`AS_CONFIGURED`].
    patience: u32,
    pub(super) place: Place,
    lane: u16,
    /// Its answer asks for more rights, and stands if they don't come.
    pub(super) has_answer: bool,
    settled: bool,
}

/// No patience of its own.
const AS_CONFIGURED: u32 = u32::MAX;

impl Request {
    pub(super) fn new(id: RequestId, place: Place, lane: usize, patience: Option<u64>) -> Self {
        let longest = u64::from(AS_CONFIGURED - 1);
        Self {
            id,
            generation: 0,
            replays: 0,
            retries: 0,
            proofs: 0,
            turn: 0,
            clocked: false,
            patience: patience.map_or(AS_CONFIGURED, |ms| ms.min(longest) as u32),
            place,
            lane: lane as u16,
            has_answer: false,
            settled: false,
        }
    }

    /// How long it is ready to wait for a token, in milliseconds, if not for the configured time.
    pub(super) fn patience(&self) -> Option<u64> {
        (self.patience != AS_CONFIGURED).then_some(u64::from(self.patience))
    }

    pub(super) fn lane(&self) -> usize {
        self.lane.into()
    }
}

/// The requests under way, by their numbers.
///
/// They are kept in parts, each for some numbers in a row, so that none is ever moved and many take no more memory than they
/// need. A part in which nothing is under way goes when the next one is made.
#[derive(Clone, Debug, Default)]
pub(super) struct Requests(Vec<Part>);

#[derive(Clone, Debug)]
struct Part {
    number: u32,
    under_way: usize,
    places: Vec<Request>,
}

impl Requests {
    pub(super) fn get(&self, id: RequestId) -> Option<&Request> {
        self.find(id).map(|(part, at)| &self.0[part].places[at])
    }

    pub(super) fn get_mut(&mut self, id: RequestId) -> Option<&mut Request> {
        self.find(id).map(|(part, at)| &mut self.0[part].places[at])
    }

    /// Takes a request in; one that is known stays what it is.
    pub(super) fn admit(&mut self, request: Request) {
        if self.part_of(request.id).is_err() {
            self.0.retain(|part| part.under_way > 0);
        }
        let at = self.part_of(request.id).unwrap_or_else(|at| {
            let nobody = Request { settled: true, ..request };
            self.0.insert(at, Part { number: request.id / PART, under_way: 0, places: vec![nobody; PART as usize] });
            at
        });
        let part = &mut self.0[at];
        let place = &mut part.places[place_of(request.id)];
        if place.settled {
            *place = request;
            part.under_way += 1;
        }
    }

    /// Lets a request go; what it was.
    pub(super) fn settle(&mut self, id: RequestId) -> Option<Request> {
        let (part, at) = self.find(id)?;
        let part = &mut self.0[part];
        part.places[at].settled = true;
        part.under_way -= 1;
        Some(Request { settled: false, ..part.places[at] })
    }

    fn find(&self, id: RequestId) -> Option<(usize, usize)> {
        let (part, at) = (self.part_of(id).ok()?, place_of(id));
        (!self.0[part].places[at].settled).then_some((part, at))
    }

    fn part_of(&self, id: RequestId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&(id / PART), |part| part.number)
    }
}

fn place_of(id: RequestId) -> usize {
    (id % PART) as usize
}

/// Requests in a part.
const PART: u32 = 256;

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: RequestId) -> Request {
        Request::new(id, Place::default(), 0, None)
    }

    fn ids(requests: &Requests) -> Vec<RequestId> {
        requests.0.iter().flat_map(|part| &part.places).filter(|place| !place.settled).map(|place| place.id).collect()
    }

    #[test]
    fn a_request_takes_little() {
        assert!(size_of::<Request>() <= 48, "{}", size_of::<Request>());
    }

    #[test]
    fn whatever_the_order_each_is_found_until_it_is_settled() {
        // Steps that share no factor with the count reach every number once.
        for (come, go) in [(1, 1), (1, 2_999), (7, 11), (2_999, 13)] {
            let mut requests = Requests::default();
            for step in 0..3_000 {
                requests.admit(request(step * come % 3_000));
            }
            assert_eq!(ids(&requests), (0..3_000).collect::<Vec<_>>());
            for step in 0..3_000 {
                let id = step * go % 3_000;
                assert_eq!(requests.settle(id).map(|request| request.id), Some(id));
                assert_eq!(requests.get(id), None);
                assert_eq!(requests.settle(id), None);
            }
            requests.admit(request(3_072));
            assert_eq!((ids(&requests), requests.0.len()), (vec![3_072], 1), "nothing is kept of the others");
        }
    }

    #[test]
    fn one_that_is_known_stays_what_it_is_and_one_that_was_settled_begins_anew() {
        let mut requests = Requests::default();
        (1..600).for_each(|id| requests.admit(request(id)));
        requests.get_mut(300).unwrap().retries = 5;
        requests.admit(request(300));
        assert_eq!(requests.get(300).map(|request| request.retries), Some(5));
        requests.settle(300);
        requests.admit(request(300));
        assert_eq!(requests.get(300).map(|request| request.retries), Some(0));
    }
}
