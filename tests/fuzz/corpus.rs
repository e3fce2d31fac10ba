//! Inputs that reach every part of a target, one a line: printable ASCII stands for itself, `\x0a` for any other byte.

use std::fs;
use std::path::Path;

/// From the root of the repository, where `cargo test` and `npm run fuzz` run.
pub(crate) const FOLDER: &str = "tests/fuzz/corpus";

/// The inputs of a target, and the empty one.
pub(crate) fn read(name: &str) -> Vec<Vec<u8>> {
    let text = fs::read_to_string(Path::new(FOLDER).join(format!("{name}.txt"))).unwrap_or_default();
    let mut inputs: Vec<_> = text.lines().map(|line| decode(line).expect("a line of a corpus")).collect();
    inputs.push(Vec::new());
    inputs
}

pub(crate) fn encode(input: &[u8]) -> String {
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'\\';
    input
        .iter()
        .map(|byte| if plain(*byte) { char::from(*byte).to_string() } else { format!("\\x{byte:02x}") })
        .collect()
}

/// Reads what [`encode`] wrote; `None` for anything else.
pub(crate) fn decode(line: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        if let Some(escaped) = rest.strip_prefix("\\x") {
            out.push(u8::from_str_radix(escaped.get(..2)?, 16).ok()?);
            rest = &escaped[2..];
        } else {
            out.push(u8::try_from(character).ok().filter(|byte| matches!(byte, b' '..=b'~') && *byte != b'\\')?);
            rest = &rest[1..];
        }
    }
    Some(out)
}
