//! Runs schedules of the simulator: `simulate [count] [--from X]`, or one of them step by step: `simulate --seed X`.
//! `npm run simulate` builds this optimised and with overflow checks.

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
    let asked = match arguments[..] {
        [] => Some((0, 20_000)),
        [count] => number(count).map(|count| (0, count)),
        [count, "--from", first] => number(first).zip(number(count)),
        ["--seed", seed] => return number(seed).map_or_else(usage, repeat),
        _ => None,
    };
    asked.map_or_else(usage, |(first, count)| run(first, count))
}

#[cfg(not(target_arch = "wasm32"))]
fn usage() -> std::process::ExitCode {
    eprintln!("usage: npm run simulate -- [count] [--from X]\n       npm run simulate -- --seed X");
    std::process::ExitCode::from(2)
}

#[cfg(not(target_arch = "wasm32"))]
fn repeat(seed: u64) -> std::process::ExitCode {
    match simulator::run(seed, true) {
        Ok(tally) => println!("seed {seed} passes\n{tally:?}"),
        Err(why) => {
            println!("seed {seed} fails: {why}");
            return std::process::ExitCode::FAILURE;
        }
    }
    std::process::ExitCode::SUCCESS
}

#[cfg(not(target_arch = "wasm32"))]
#[expect(clippy::disallowed_methods, reason = "the speed of the simulator is told in real time")]
fn run(first: u64, count: u64) -> std::process::ExitCode {
    let started = std::time::Instant::now();
    let outcome = simulator::run_many(first, count);
    let speed = count as f64 / started.elapsed().as_secs_f64();
    for (seed, why) in &outcome.failures {
        println!("seed {seed}: {why}\n  repeat with: npm run simulate -- --seed {seed}");
    }
    println!("schedules {count}, failures {}, {speed:.0} per second", outcome.failures.len());
    if outcome.failures.is_empty() { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}
