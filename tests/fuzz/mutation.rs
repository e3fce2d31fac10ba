//! Changes to inputs, by a seed.

pub(crate) use crate::support::random::Random;

use crate::corpus::decode;

impl Random {
    /// A number below `end`, which is not 0.
    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.below(most)).map(|_| self.next() as u8).collect()
    }

    fn pick<'a>(&mut self, from: &'a [Vec<u8>]) -> &'a [u8] {
        &from[self.below(from.len())]
    }
}

/// One of the seeds after a few changes, now and then bytes out of nothing.
pub(crate) fn input(random: &mut Random, seeds: &[Vec<u8>], words: &[Vec<u8>]) -> Vec<u8> {
    if random.below(16) == 0 {
        return random.bytes(160);
    }
    let mut input = random.pick(seeds).to_vec();
    for _ in 0..=random.below(6) {
        change(random, &mut input, seeds, words);
    }
    input.truncate(MAX_LENGTH);
    input
}

fn change(random: &mut Random, input: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[Vec<u8>]) {
    let at = random.below(input.len() + 1);
    let end = at + random.below(input.len() - at + 1).min(40);
    match random.below(8) {
        0 | 1 => insert(input, at, random.pick(words)),
        2 => replace(input, at, random.pick(words)),
        3 => insert(input, at, &random.bytes(6)),
        4 => drop(input.drain(at..end)),
        5 => {
            let piece = input[at..end].to_vec();
            insert(input, at, &piece);
        }
        6 => splice(input, at, random.pick(seeds)),
        _ => {
            if let Some(byte) = input.get_mut(at) {
                *byte ^= 1 << random.below(8);
            }
        }
    }
}

fn insert(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    input.splice(at..at, piece.iter().copied());
}

fn replace(input: &mut Vec<u8>, at: usize, piece: &[u8]) {
    let end = (at + piece.len()).min(input.len());
    input.splice(at..end, piece.iter().copied());
}

/// The rest comes from another input, from about the same place on.
fn splice(input: &mut Vec<u8>, at: usize, other: &[u8]) {
    input.truncate(at);
    input.extend_from_slice(&other[at.min(other.len())..]);
}

const MAX_LENGTH: usize = 1_024;

/// The words of a dictionary in libFuzzer's format.
pub(crate) fn words(dictionary: &str) -> Vec<Vec<u8>> {
    let quoted = |line: &str| line.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    let plain = |word: String| word.replace("\\\\", "\\x5c").replace("\\\"", "\"");
    dictionary.lines().filter_map(quoted).map(|word| decode(&plain(word)).expect("a word")).collect()
}
