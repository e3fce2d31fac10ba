//! What the simulator draws from its random numbers.

use std::ops::Range;

pub(crate) use crate::support::random::Random;

impl Random {
    /// A source of its own for each of these numbers, so that one more here changes nothing there.
    pub(crate) fn fork(seed: u64, numbers: [u64; 3]) -> Self {
        numbers.into_iter().fold(Self::new(seed), |mut random, number| Self::new(random.next() ^ number))
    }

    pub(crate) fn within(&mut self, range: Range<u64>) -> u64 {
        range.start + self.next() % (range.end - range.start)
    }

    /// True in so many cases of a hundred.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[(self.next() % from.len() as u64) as usize]
    }
}
