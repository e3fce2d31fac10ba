//! A small world explored whole: every order in which things can happen to two pages and three requests, up to a number
//! of steps. `npm run explore` goes deeper.
#![cfg(not(target_arch = "wasm32"))]

mod explorer;
#[path = "../simulation/simulator/mod.rs"]
#[allow(dead_code, reason = "its invariants, ledger and server are used, its schedules are not")]
mod simulator;
#[path = "../support/mod.rs"]
mod support;

/// How many steps; `npm run explore` takes more.
const DEPTH: usize = 6;

#[test]
fn nothing_that_can_happen_breaks_an_invariant() {
    let outcome = explorer::explore(DEPTH, |_| {});
    assert_eq!(outcome.failure.as_ref().map(ToString::to_string), None);
    assert_eq!(outcome.missing(), [""; 0], "steps that never happen");
}

#[test]
fn states_taken_for_the_same_go_on_alike() {
    assert_eq!(explorer::confused(DEPTH - 2), None);
}
