//! Takes every order in which things can happen in a small world: `explore [--depth N]`, or holds states that are taken
//! for the same against what follows: `explore --alike N`. `npm run explore` builds this optimised and with overflow checks.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/exploration/explorer/mod.rs"]
mod explorer;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/simulation/simulator/mod.rs"]
#[allow(dead_code, reason = "its invariants, ledger and server are used, its schedules are not")]
mod simulator;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/support/mod.rs"]
mod support;

/// More than a million states, in minutes.
#[cfg(not(target_arch = "wasm32"))]
const DEPTH: usize = 14;

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let ["--alike", depth] = arguments[..] {
        let confused = explorer::confused(depth.parse().expect("a number of steps"));
        println!("{confused:#?}");
        return std::process::ExitCode::from(u8::from(confused.is_some()));
    }
    let depth = match arguments[..] {
        [] => Some(DEPTH),
        ["--depth", depth] => depth.parse().ok(),
        _ => None,
    };
    let Some(depth) = depth else {
        eprintln!("usage: npm run explore [-- --depth N | --alike N]");
        return std::process::ExitCode::from(2);
    };
    let outcome = explorer::explore(depth, |so_far| eprintln!("depth {}: {} states", so_far.depth, so_far.states));
    if let Some(failure) = &outcome.failure {
        println!("{failure}");
    }
    let failures = u8::from(outcome.failure.is_some());
    println!("states {}, depth {}, failures {failures}", outcome.states, outcome.depth);
    std::process::ExitCode::from(failures)
}
