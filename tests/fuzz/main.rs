//! Any bytes for every reader and any operations in a row: what is in the corpus again, and changes to it by a seed.
//! `npm run fuzz` goes on for as long as you like, led by what the inputs reach.
#![cfg(not(target_arch = "wasm32"))]

mod corpus;
mod mutation;
#[path = "../support/mod.rs"]
mod support;
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::Write as _;
use std::panic::catch_unwind;

use mutation::Random;
use targets::{OPERATIONS, PARSERS, Target};

/// The words that readers look for.
const WORDS: &str = include_str!("words.dict");

/// Changed inputs for each reader and for each kind of operations; some ten seconds of an unoptimised build.
const TEXTS: usize = 2_500;
const LISTS: usize = 2_000;

#[test]
fn the_corpus_passes() {
    for target in PARSERS.iter().chain(OPERATIONS) {
        corpus::read(target.name).iter().for_each(|input| check(target, input, "from the corpus"));
    }
}

#[test]
fn no_reader_breaks_a_promise_on_changed_inputs() {
    change(PARSERS, TEXTS);
}

#[test]
fn no_operations_break_a_promise() {
    change(OPERATIONS, LISTS);
}

#[test]
fn every_file_of_the_corpus_belongs_to_a_target() {
    let names: BTreeSet<_> = PARSERS.iter().chain(OPERATIONS).map(|target| format!("{}.txt", target.name)).collect();
    let files = fs::read_dir(corpus::FOLDER).expect("a folder").map(|file| file.expect("a file").file_name());
    let files: BTreeSet<_> = files.map(|name| name.into_string().expect("a name")).collect();
    assert_eq!(files, names);
}

#[test]
fn inputs_are_read_as_they_were_written() {
    let every_byte: Vec<u8> = (0..=255).collect();
    assert_eq!(corpus::decode(&corpus::encode(&every_byte)), Some(every_byte));
    assert_eq!(mutation::words("# \"no\"\n\"a\\\\b\"\n\"\\\"\\x0a\"\n"), [b"a\\b".to_vec(), b"\"\n".to_vec()]);
    assert!(["\\x", "\\x0", "\\n", "\\xgg", "\\x0\u{e9}", "\u{e9}"].iter().all(|line| corpus::decode(line).is_none()));
}

/// Runs each target on `count` inputs, by TOKENKEEP_FUZZ_SEED or by a seed of its own.
fn change(targets: &[Target], count: usize) {
    let given = std::env::var("TOKENKEEP_FUZZ_SEED").ok();
    let seed = given.map_or_else(|| RandomState::new().build_hasher().finish(), |seed| seed.parse().expect("a number"));
    let count = std::env::var("TOKENKEEP_FUZZ_COUNT").map_or(count, |count| count.parse().expect("a number"));
    let words = mutation::words(WORDS);
    for (number, target) in (0..).zip(targets) {
        let seeds = corpus::read(target.name);
        let mut random = Random::new(seed.wrapping_add(number));
        for _ in 0..count {
            check(target, &mutation::input(&mut random, &seeds, &words), &format!("from TOKENKEEP_FUZZ_SEED={seed}"));
        }
    }
    // Not captured, so that the seed of a run that passed is known too.
    let _ = writeln!(std::io::stderr(), "fuzz: {count} inputs for each of {}, seed {seed}", targets.len());
}

fn check(target: &Target, input: &[u8], origin: &str) {
    let (name, line) = (target.name, corpus::encode(input));
    let passed = catch_unwind(|| (target.run)(input)).is_ok();
    assert!(passed, "{name} fails, {origin}; keep this line in tests/fuzz/corpus/{name}.txt:\n{line}");
}
