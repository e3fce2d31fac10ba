//! Requests that wait for a token: bounded, in the order of first sending, each with a deadline.

use alloc::vec::Vec;

use crate::proto::syntax::time::Instant;

use super::numbered::Numbered;

/// Number of a request, given by the shell; later requests have higher numbers.
pub type RequestId = u32;

/// The queue of waiting requests.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    deadlines: Numbered<Instant>,
    earliest: Option<Instant>,
}

impl Queue {
    /// How many requests wait.
    pub fn len(&self) -> usize {
        self.deadlines.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// When [`expire`](Self::expire) should be called next; may be early, never late.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.earliest.filter(|_| !self.is_empty())
    }

    /// Takes a request in, in the order of its number. A number that waits already is taken once.
    pub fn push(&mut self, id: RequestId, deadline: Instant) {
        if self.deadlines.insert(id, deadline) {
            self.earliest = Some(self.earliest.map_or(deadline, |earliest| earliest.min(deadline)));
        }
    }

    /// The first request in the queue.
    pub fn first(&self) -> Option<RequestId> {
        self.deadlines.first()
    }

    /// The first request in the queue, which leaves it.
    pub fn pop(&mut self) -> Option<RequestId> {
        let id = self.first()?;
        self.deadlines.remove(id);
        Some(id)
    }

    /// Lets a request leave; whether it was waiting.
    pub fn remove(&mut self, id: RequestId) -> bool {
        self.deadlines.remove(id).is_some()
    }

    /// Takes out every request whose deadline has come.
    pub fn expire(&mut self, now: Instant) -> Vec<RequestId> {
        if self.earliest.is_none_or(|earliest| earliest > now) {
            return Vec::new();
        }
        let mut earliest = None;
        let due = self.deadlines.numbers(&mut |deadline| {
            let is_due = *deadline <= now;
            if !is_due {
                earliest = Some(earliest.map_or(*deadline, |earliest: Instant| earliest.min(*deadline)));
            }
            is_due
        });
        for id in &due {
            self.deadlines.remove(*id);
        }
        self.earliest = earliest;
        due
    }

    /// Takes out every request, in order.
    pub fn drain(&mut self) -> Vec<RequestId> {
        core::mem::take(self).deadlines.numbers(&mut |_| true)
    }
}

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
