//! Runs schedules of the simulator: `simulate [count] [--from X]`, or one of them step by step: `simulate --seed X` or
//! `simulate --schedule FILE`. `simulate fleet [sessions] [--write]` runs a fleet. `npm run simulate` builds this optimised and
//! with overflow checks.

#[cfg(not(target_arch = "wasm32"))]
#[path = "../tests/simulation/fleet/mod.rs"]
#[allow(unused_imports, reason = "its tests look closer")]
mod fleet;

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
        ["fleet"] => Some(fleets::show(fleets::SESSIONS)),
        ["fleet", "--write"] => Some(fleets::write(fleets::SESSIONS)),
        ["fleet", count] => fleets::sessions(count).map(fleets::show),
        ["fleet", count, "--write"] => fleets::sessions(count).map(fleets::write),
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
            eprintln!("       npm run simulate -- fleet [sessions] [--write]");
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

#[cfg(not(target_arch = "wasm32"))]
mod fleets {
    use std::fs;
    use std::path::Path;

    use super::fleet;

    pub(super) const SESSIONS: usize = 10_000;
    const SEED: u64 = 1;
    /// What stands around the table in docs/fleet.md.
    const MARKS: (&str, &str) = ("<!-- the table is written by the run -->\n", "<!-- so far -->");

    /// A number of sessions that a scene can be run with.
    pub(super) fn sessions(text: &str) -> Option<usize> {
        text.parse().ok().filter(|count| (1..=1_000_000).contains(count))
    }

    /// Runs a fleet and prints what came of it.
    pub(super) fn show(sessions: usize) -> bool {
        print!("{}", fleet::table(&rows(sessions)));
        true
    }

    /// The same, and writes it into docs.
    pub(super) fn write(sessions: usize) -> bool {
        let rows = rows(sessions);
        let table = fleet::table(&rows);
        print!("{table}");
        let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
        let written = fs::write(docs.join("fleet.svg"), fleet::picture(&rows)).and_then(|()| {
            let page = fs::read_to_string(docs.join("fleet.md"))?;
            let (before, rest) = page.split_once(MARKS.0).expect("the table's place");
            let (_, after) = rest.split_once(MARKS.1).expect("the end of the table's place");
            fs::write(docs.join("fleet.md"), format!("{before}{}\n{table}\n{}{after}", MARKS.0, MARKS.1))
        });
        written.inspect_err(|error| eprintln!("{}: {error}", docs.display())).is_ok()
    }

    #[expect(clippy::disallowed_methods, reason = "how long a scene takes is told in real time")]
    fn rows(sessions: usize) -> Vec<fleet::Row> {
        let mut started = std::time::Instant::now();
        fleet::rows(sessions, SEED, |row| {
            let took = started.elapsed().as_secs_f64();
            eprintln!("{}, {}: {took:.1} s", row.scene.name(), row.policy.name());
            started = std::time::Instant::now();
        })
    }
}
