//! libFuzzer's program: `TOKENKEEP_FUZZ_TARGET` names the target; without one it lists what there is.
#![no_main]

#[path = "../../tests/support/mod.rs"]
mod support;
#[path = "../../tests/fuzz/targets/mod.rs"]
mod targets;

use std::sync::OnceLock;

use targets::{OPERATIONS, PARSERS, Target};

static TARGET: OnceLock<&Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: choose(),
    |bytes: &[u8]| (TARGET.get().expect("a target").run)(bytes)
);

fn choose() {
    let name = std::env::var("TOKENKEEP_FUZZ_TARGET").unwrap_or_default();
    let Some(target) = PARSERS.iter().chain(OPERATIONS).find(|target| target.name == name) else {
        PARSERS.iter().for_each(|target| println!("parsers {}", target.name));
        OPERATIONS.iter().for_each(|target| println!("operations {}", target.name));
        std::process::exit(0);
    };
    let _ = TARGET.set(target);
}
