//! Requests that wait for a token: bounded, in the order of first sending, each with a deadline.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::proto::syntax::time::Instant;

/// Number of a request, given by the shell; later requests have higher numbers.
pub type RequestId = u32;

/// A request in the queue, without padding: the memory that a long queue takes is never given back.
#[derive(Clone, Copy, Debug)]
#[repr(C, packed(4))]
struct Waiter {
    id: RequestId,
    until: Instant,
}

impl Waiter {
    fn deadline(self) -> Option<Instant> {
        let Self { until, .. } = self;
        (until != LEFT).then_some(until)
    }
}

/// The latest deadline there is.
const LATEST: Instant = Instant::from_millis(u64::MAX - 1);
/// In the place of a waiter that left.
const LEFT: Instant = Instant::from_millis(u64::MAX);

/// The queue of waiting requests.
///
/// A waiter that left keeps its place without a deadline until it reaches the front or half of the places are such,
/// so that leaving costs a search and not a move.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    places: VecDeque<Waiter>,
    waiting: usize,
    earliest: Option<Instant>,
}

impl Queue {
    /// How many requests wait.
    pub fn len(&self) -> usize {
        self.waiting
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.waiting == 0
    }

    /// When [`expire`](Self::expire) should be called next; may be early, never late.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.earliest.filter(|_| self.waiting > 0)
    }

    /// Takes a request in, in the order of its number. A number that waits already is taken once.
    pub fn push(&mut self, id: RequestId, deadline: Instant) {
        let waiter = Waiter { id, until: deadline.min(LATEST) };
        match self.places.back() {
            Some(last) if last.id >= id => match self.places.binary_search_by_key(&id, |place| place.id) {
                Ok(at) if self.places[at].deadline().is_some() => return,
                Ok(at) => self.places[at] = waiter,
                Err(at) => self.places.insert(at, waiter),
            },
            _ => self.places.push_back(waiter),
        }
        self.waiting += 1;
        self.earliest = Some(self.earliest.map_or(deadline, |earliest| earliest.min(deadline)));
    }

    /// The first request in the queue, which leaves it.
    pub fn pop(&mut self) -> Option<RequestId> {
        while let Some(place) = self.places.pop_front() {
            if place.deadline().is_some() {
                self.waiting -= 1;
                return Some(place.id);
            }
        }
        None
    }

    /// Lets a request leave; whether it was waiting.
    pub fn remove(&mut self, id: RequestId) -> bool {
        let Ok(at) = self.places.binary_search_by_key(&id, |place| place.id) else { return false };
        let waited = self.places[at].deadline().is_some();
        self.places[at].until = LEFT;
        self.waiting -= usize::from(waited);
        if self.places.len() > 2 * self.waiting + SLACK {
            self.places.retain(|place| place.deadline().is_some());
        }
        waited
    }

    /// Takes out every request whose deadline has come.
    pub fn expire(&mut self, now: Instant) -> Vec<RequestId> {
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return Vec::new();
        }
        let is_due = |place: &Waiter| place.deadline().is_some_and(|deadline| deadline <= now);
        let due = self.places.iter().filter(|place| is_due(place)).map(|place| place.id).collect();
        self.places.retain(|place| place.deadline().is_some_and(|deadline| deadline > now));
        self.waiting = self.places.len();
        self.earliest = self.places.iter().filter_map(|place| place.deadline()).min();
        due
    }

    /// Takes out every request, in order.
    pub fn drain(&mut self) -> Vec<RequestId> {
        let all = self.places.iter().filter(|place| place.deadline().is_some()).map(|place| place.id).collect();
        *self = Self::default();
        all
    }
}

/// Left places below this number are not worth a clean-up.
const SLACK: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: Instant = Instant::from_millis(1_000);

    #[test]
    fn requests_leave_in_the_order_of_their_numbers() {
        let mut queue = Queue::default();
        for id in [1, 2, 5, 3, 4, 3] {
            queue.push(id, LATER);
        }
        assert_eq!(queue.drain(), [1, 2, 3, 4, 5]);
        assert!(queue.is_empty());
    }

    #[test]
    fn removed_requests_do_not_come_out() {
        let mut queue = Queue::default();
        (0..300).for_each(|id| queue.push(id, LATER));
        assert!((0..299).all(|id| queue.remove(id)));
        assert!(!queue.remove(7));
        assert_eq!((queue.len(), queue.pop(), queue.pop()), (1, Some(299), None));
    }

    #[test]
    fn a_removed_request_may_wait_again() {
        let mut queue = Queue::default();
        (1..3).for_each(|id| queue.push(id, LATER));
        queue.remove(1);
        queue.push(1, LATER);
        assert_eq!(queue.drain(), [1, 2]);
    }

    #[test]
    fn deadlines_take_out_only_what_is_due() {
        let mut queue = Queue::default();
        queue.push(1, Instant::from_millis(50));
        queue.push(2, Instant::from_millis(20));
        queue.push(3, Instant::from_millis(90));
        assert_eq!(queue.next_deadline(), Some(Instant::from_millis(20)));
        assert_eq!(queue.expire(Instant::from_millis(19)), []);
        assert_eq!(queue.expire(Instant::from_millis(50)), [1, 2]);
        assert_eq!(queue.next_deadline(), Some(Instant::from_millis(90)));
    }
}
