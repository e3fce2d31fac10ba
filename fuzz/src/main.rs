//! libFuzzer's program: `TOKENKEEP_FUZZ_TARGET` names the target; without one it lists what there is. What is committed for the
//! target goes as files, which libFuzzer wants, into `TOKENKEEP_FUZZ_SEEDS`; files in `TOKENKEEP_FUZZ_ADD` are added to it, and
//! that is all then.
#![no_main]

#[path = "../../tests/fuzz/corpus.rs"]
mod corpus;
#[path = "../../tests/support/mod.rs"]
mod support;
#[path = "../../tests/fuzz/targets/mod.rs"]
mod targets;

use std::path::Path;
use std::sync::OnceLock;
use std::{env, fs, process};

use targets::{OPERATIONS, PARSERS, Target};

static TARGET: OnceLock<&Target> = OnceLock::new();

libfuzzer_sys::fuzz_target!(
    init: choose(),
    |bytes: &[u8]| (TARGET.get().expect("a target").run)(bytes)
);

fn choose() {
    let name = env::var("TOKENKEEP_FUZZ_TARGET").unwrap_or_default();
    let Some(target) = PARSERS.iter().chain(OPERATIONS).find(|target| target.name == name) else {
        PARSERS.iter().for_each(|target| println!("parsers {}", target.name));
        OPERATIONS.iter().for_each(|target| println!("operations {}", target.name));
        process::exit(0);
    };
    if let Ok(folder) = env::var("TOKENKEEP_FUZZ_ADD") {
        add(target.name, &folder);
        process::exit(0);
    }
    if let Ok(folder) = env::var("TOKENKEEP_FUZZ_SEEDS") {
        for (number, input) in corpus::read(target.name).iter().enumerate() {
            fs::write(Path::new(&folder).join(number.to_string()), input).expect("a folder for seeds");
        }
    }
    let _ = TARGET.set(target);
}

/// Adds the inputs in a folder to those that are committed, the shortest first, and says which lines they are.
fn add(name: &str, folder: &str) {
    let files = fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
    let new: Vec<_> = files.map(|file| corpus::encode(&fs::read(file).expect("an input"))).collect();
    let mut lines: Vec<_> = corpus::read(name).iter().map(|input| corpus::encode(input)).chain(new.clone()).collect();
    lines.retain(|line| !line.is_empty());
    lines.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    lines.dedup();
    fs::write(Path::new(corpus::FOLDER).join(format!("{name}.txt")), lines.join("\n") + "\n").expect("a corpus");
    new.iter().for_each(|line| println!("kept {line}"));
}
