//! Requests that wait for a token: bounded, in the order of first sending, each with a deadline.

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
/// A waiter that left keeps its place without a deadline until half of the places are such, so that leaving costs a search
/// and not a move.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    places: Vec<Waiter>,
    /// So many of the first have left.
    gone: usize,
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
        match self.places.last() {
            Some(last) if last.id >= id => {
                let found = self.places.binary_search_by_key(&id, |place| place.id);
                match found {
                    Ok(at) if self.places[at].deadline().is_some() => return,
                    Ok(at) => self.places[at] = waiter,
                    Err(at) => self.places.insert(at, waiter),
                }
                self.gone = self.gone.min(found.unwrap_or_else(|at| at));
            }
            _ => self.places.push(waiter),
        }
        self.waiting += 1;
        self.earliest = Some(self.earliest.map_or(deadline, |earliest| earliest.min(deadline)));
    }

    /// The first request in the queue, which leaves it.
    pub fn pop(&mut self) -> Option<RequestId> {
        self.gone += self.places[self.gone..].iter().position(|place| place.deadline().is_some())?;
        let Waiter { id, .. } = self.places[self.gone];
        self.places[self.gone].until = LEFT;
        self.gone += 1;
        self.waiting -= 1;
        self.tidy();
        Some(id)
    }

    /// Lets a request leave; whether it was waiting.
    pub fn remove(&mut self, id: RequestId) -> bool {
        let Ok(at) = self.places.binary_search_by_key(&id, |place| place.id) else { return false };
        let waited = self.places[at].deadline().is_some();
        self.places[at].until = LEFT;
        self.waiting -= usize::from(waited);
        self.tidy();
        waited
    }

    fn tidy(&mut self) {
        if self.places.len() > 2 * self.waiting + SLACK {
            self.keep(|_| true);
        }
    }

    /// Keeps those who wait, and of them only some.
    fn keep(&mut self, which: impl Fn(Instant) -> bool) {
        self.places.retain(|place| place.deadline().is_some_and(&which));
        self.gone = 0;
    }

    /// Takes out every request whose deadline has come.
    pub fn expire(&mut self, now: Instant) -> Vec<RequestId> {
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return Vec::new();
        }
        let is_due = |place: &Waiter| place.deadline().is_some_and(|deadline| deadline <= now);
        let due = self.places.iter().filter(|place| is_due(place)).map(|place| place.id).collect();
        self.keep(|deadline| deadline > now);
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
    fn those_who_come_back_to_the_front_are_not_passed_over() {
        let mut queue = Queue::default();
        [2, 4, 6, 8].into_iter().for_each(|id| queue.push(id, LATER));
        assert_eq!((queue.pop(), queue.pop()), (Some(2), Some(4)));
        queue.push(4, LATER);
        queue.push(1, LATER);
        assert_eq!([(); 5].map(|()| queue.pop()), [Some(1), Some(4), Some(6), Some(8), None]);
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
