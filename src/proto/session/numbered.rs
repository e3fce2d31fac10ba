//! Values by the number of the request that they belong to.

use alloc::vec;
use alloc::vec::Vec;

/// Values by number, in the order of the numbers.
///
/// They are kept in parts, each for some numbers in a row, so that none is ever moved and many take no more memory than they
/// need: what a long queue takes is never given back. A part that is empty goes, but for the last, which the next numbers want.
#[derive(Clone, Debug)]
pub(super) struct Numbered<T> {
    parts: Vec<Part<T>>,
    len: usize,
}

#[derive(Clone, Debug)]
struct Part<T> {
    number: u32,
    /// A bit for each place that has a value.
    taken: u64,
    places: Vec<T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { parts: Vec::new(), len: 0 }
    }
}

impl<T: Copy> Numbered<T> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn get(&self, id: u32) -> Option<&T> {
        self.find(id).map(|(part, at)| &self.parts[part].places[at])
    }

    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        self.find(id).map(|(part, at)| &mut self.parts[part].places[at])
    }

    /// Takes a value in; one that is there stays what it is. Whether there was none.
    pub(super) fn insert(&mut self, id: u32, value: T) -> bool {
        let (at, bit) = place_of(id);
        let part = self.part_for(id, value);
        let free = part.taken & bit == 0;
        if free {
            part.taken |= bit;
            part.places[at] = value;
            self.len += 1;
        }
        free
    }

    /// Takes a value out.
    pub(super) fn remove(&mut self, id: u32) -> Option<T> {
        let (number, at) = self.find(id)?;
        let part = &mut self.parts[number];
        part.taken &= !place_of(id).1;
        self.len -= 1;
        let value = part.places[at];
        if part.taken == 0 && number + 1 < self.parts.len() {
            self.parts.remove(number);
        }
        Some(value)
    }

    /// The lowest number.
    pub(super) fn first(&self) -> Option<u32> {
        let part = self.parts.iter().find(|part| part.taken != 0)?;
        Some(part.number * PART + part.taken.trailing_zeros())
    }

    /// The numbers of those that are `wanted`, in order.
    pub(super) fn numbers(&self, wanted: &mut dyn FnMut(&T) -> bool) -> Vec<u32> {
        let mut numbers = Vec::new();
        for part in &self.parts {
            for (id, place) in (part.number * PART..).zip(&part.places) {
                if part.taken & place_of(id).1 != 0 && wanted(place) {
                    numbers.push(id);
                }
            }
        }
        numbers
    }

    fn part_for(&mut self, id: u32, filling: T) -> &mut Part<T> {
        let at = self.part_of(id).unwrap_or_else(|at| {
            // Only the last can be empty.
            let empty = self.parts.pop_if(|last| last.taken == 0);
            let places = empty.map_or_else(|| vec![filling; PART as usize], |part| part.places);
            let at = at.min(self.parts.len());
            self.parts.insert(at, Part { number: id / PART, taken: 0, places });
            at
        });
        &mut self.parts[at]
    }

    fn find(&self, id: u32) -> Option<(usize, usize)> {
        let (at, bit) = place_of(id);
        let part = self.part_of(id).ok()?;
        (self.parts[part].taken & bit != 0).then_some((part, at))
    }

    fn part_of(&self, id: u32) -> Result<usize, usize> {
        self.parts.binary_search_by_key(&(id / PART), |part| part.number)
    }
}

/// Where in its part a number is, and the bit for it.
fn place_of(id: u32) -> (usize, u64) {
    let at = id % PART;
    (at as usize, 1 << at)
}

/// Values in a part.
const PART: u32 = u64::BITS;

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(numbered: &Numbered<u32>) -> Vec<u32> {
        numbered.numbers(&mut |_| true)
    }

    #[test]
    fn whatever_the_order_each_is_found_until_it_is_taken_out() {
        // Steps that share no factor with the count reach every number once.
        for (come, go) in [(1, 1), (1, 2_999), (7, 11), (2_999, 13)] {
            let mut numbered = Numbered::default();
            for step in 0..3_000 {
                assert!(numbered.insert(step * come % 3_000, step));
            }
            assert_eq!(ids(&numbered), (0..3_000).collect::<Vec<_>>());
            for step in 0..3_000 {
                let id = step * go % 3_000;
                assert_eq!(numbered.len(), 3_000 - step as usize);
                let value = numbered.get(id).copied();
                assert!(value.is_some());
                assert_eq!(numbered.remove(id), value);
                assert_eq!(numbered.get(id), None);
                assert_eq!(numbered.remove(id), None);
            }
            assert!(numbered.parts.len() < 2, "nothing is kept of those who left");
        }
    }

    #[test]
    fn one_that_is_there_stays_what_it_is_and_one_that_left_begins_anew() {
        let mut numbered = Numbered::default();
        (1..600).for_each(|id| assert!(numbered.insert(id, 0)));
        *numbered.get_mut(300).unwrap() = 5;
        assert!(!numbered.insert(300, 6));
        assert_eq!(numbered.remove(300), Some(5));
        assert!(numbered.insert(300, 6));
        assert_eq!((numbered.get(300), numbered.len()), (Some(&6), 599));
    }

    #[test]
    fn the_lowest_number_is_the_first_whenever_it_came() {
        let mut numbered = Numbered::default();
        for id in [500, 70, 64, 501, 3] {
            numbered.insert(id, id);
        }
        let mut in_order = Vec::new();
        while let Some(id) = numbered.first() {
            in_order.push(id);
            numbered.remove(id);
        }
        assert_eq!(in_order, [3, 64, 70, 500, 501]);
    }

    #[test]
    fn a_part_below_an_empty_last_one_is_where_its_numbers_are_looked_for() {
        let mut numbered = Numbered::default();
        numbered.insert(500, 1);
        numbered.remove(500);
        numbered.insert(3, 2);
        numbered.insert(700, 3);
        assert_eq!((ids(&numbered), numbered.get(3)), (vec![3, 700], Some(&2)));
        assert_eq!(numbered.numbers(&mut |value| *value > 2), [700]);
    }
}
