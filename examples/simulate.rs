//! Runs schedules of the simulator: `simulate [count] [--from X]`, or one of them step by step: `simulate --seed X` or
//! `simulate --schedule FILE`. `npm run simulate` builds this optimised and with overflow checks.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/simulation/simulator/mod.rs"]
mod simulator;
#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/support/mod.rs"]
mod support;

#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse::<u64>().ok();
    let passed = match arguments[..] {
        [] => Some(native::run(0, 20_000)),
        [count] => number(count).map(|count| native::run(0, count)),
        [count, "--from", first] => number(first).zip(number(count)).map(|(first, count)| native::run(first, count)),
        ["--seed", seed] => number(seed).map(native::repeat_seed),
        ["--schedule", file] => Some(native::repeat_file(file)),
        _ => None,
    };
    match passed {
        Some(true) => std::process::ExitCode::SUCCESS,
        Some(false) => std::process::ExitCode::FAILURE,
        None => {
            eprintln!("usage: npm run simulate -- [count] [--from X]\n       npm run simulate -- --seed X");
            eprintln!("       npm run simulate -- --schedule FILE");
            std::process::ExitCode::from(2)
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use super::simulator;

    /// Failures that are shrunk and printed in full.
    const SHRUNK: usize = 3;

    pub(super) fn repeat_seed(seed: u64) -> bool {
        let schedule = simulator::schedule_of(seed);
        println!("{schedule}");
        let failed = !repeat(&schedule);
        if let (true, Err(breach)) = (failed, simulator::run(seed)) {
            println!("\n{}", simulator::shrunk(seed, &breach));
        }
        !failed
    }

    pub(super) fn repeat_file(file: &str) -> bool {
        let text = std::fs::read_to_string(file).map_err(|error| error.to_string());
        match text.and_then(|text| text.parse()) {
            Ok(schedule) => repeat(&schedule),
            Err(why) => {
                eprintln!("{file}: {why}");
                false
            }
        }
    }

    fn repeat(schedule: &simulator::Schedule) -> bool {
        match simulator::run_schedule(schedule, true) {
            Ok(tally) => {
                println!("passes\n{tally:?}");
                true
            }
            Err(breach) => {
                println!("fails: {breach}");
                false
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the speed of the simulator is told in real time")]
    pub(super) fn run(first: u64, count: u64) -> bool {
        let started = std::time::Instant::now();
        let outcome = simulator::run_many(first, count);
        let speed = count as f64 / started.elapsed().as_secs_f64();
        for (seed, breach) in outcome.failures.iter().take(SHRUNK) {
            println!("{}", simulator::shrunk(*seed, breach));
        }
        for (seed, breach) in outcome.failures.iter().skip(SHRUNK) {
            println!("seed {seed}: {breach}");
        }
        let failures = outcome.failures.len();
        if failures > 0 {
            println!("repeat one with: npm run simulate -- --seed X");
        }
        println!("schedules {count}, failures {failures}, {speed:.0} per second");
        failures == 0
    }
}
