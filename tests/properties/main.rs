//! What holds for every input: random lists of operations against a reference model, and random bytes for each reader.
#![cfg(not(target_arch = "wasm32"))]

#[path = "../support/mod.rs"]
mod support;

#[path = "../holder/desk.rs"]
mod desk;
mod holder;
mod model;
mod operations;
mod readers;
mod requests;
mod session;
mod time;

use proptest::test_runner::{Config, FileFailurePersistence};

/// So many cases, whose failing seeds are kept in `file`, to be committed and tried first ever after.
fn cases(cases: u32, file: &'static str) -> Config {
    Config { cases, failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))), ..Config::default() }
}
