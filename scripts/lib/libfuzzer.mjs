import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { CurableError, say } from "./log.mjs";
import { artifacts, root, target as targetFolder } from "./paths.mjs";
import { ask, must, run } from "./run.mjs";

const corpus = join("tests", "fuzz", "corpus");
const words = join(root, "tests", "fuzz", "words.dict");
// What a coverage-guided fuzzer needs of the compiler; stable ones have all of it.
const coverage = [
  "--cfg=fuzzing",
  "-Cpasses=sancov-module",
  "-Cllvm-args=-sanitizer-coverage-level=4",
  "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
  "-Cllvm-args=-sanitizer-coverage-pc-table",
  "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/** Builds the program of `fuzz/` for this machine and returns its path. */
export async function buildFuzzer() {
  const host = (await ask("rustc", ["-vV"])).match(/^host: (.*)$/m)[1];
  const build = join(targetFolder, "fuzz");
  // The flags are for the code under test only; with --target they don't reach build scripts.
  const env = { ...process.env, CARGO_TARGET_DIR: build, CARGO_ENCODED_RUSTFLAGS: coverage.join("\x1f") };
  const manifest = join(root, "fuzz", "Cargo.toml");
  const args = ["build", "--release", "--locked", "--quiet", "--target", host, "--manifest-path", manifest];
  await must("cargo", args, { env, cure: "libFuzzer needs a C++ compiler (Debian: apt-get install g++)" });
  return join(build, host, "release", "tokenkeep-fuzz");
}

/** All targets as `{ kind, name }`. */
export async function listTargets(program) {
  const output = await must(program, [], { env: environment("") });
  return [...output.matchAll(/^(parsers|operations) (\S+)$/gm)].map(([, kind, name]) => ({ kind, name }));
}

/** Fuzzes one target for so many seconds: `{ executions, before, after, inputs, crashed }`, coverage in edges. */
export async function fuzz(program, name, seconds) {
  const inputs = folder(name, "inputs");
  const crashes = emptied(folder(name, "crashes"));
  mkdirSync(inputs, { recursive: true });
  const limits = [`-max_total_time=${seconds}`, "-max_len=1024", "-timeout=10", "-rss_limit_mb=2048"];
  const args = [...limits, `-dict=${words}`, `-artifact_prefix=${crashes}/`, "-print_final_stats=1", inputs];
  const log = join(artifacts, "fuzz", `${name}.log`);
  const { code, output } = await run(program, args, { env: environment(name, { TOKENKEEP_FUZZ_SEEDS: inputs }), log });
  const coverages = [...output.matchAll(/ cov: (\d+)/g)].map(([, edges]) => Number(edges));
  const executions = Number(output.match(/number_of_executed_units:\s*(\d+)/)?.[1] ?? 0);
  const crashed = readdirSync(crashes).length > 0;
  if (code !== 0 && !crashed) throw new CurableError(output.split("\n").slice(-30).join("\n"), `see ${log}`);
  return { executions, before: coverages[0] ?? 0, after: coverages.at(-1) ?? 0, inputs: readdirSync(inputs).length, crashed };
}

/** Rewrites a committed corpus as the fewest inputs that reach what all inputs known here reach. */
export async function keepLeast(program, name) {
  const least = emptied(folder(name, "least"));
  const args = ["-set_cover_merge=1", "-use_counters=0", "-max_len=1024", least, folder(name, "inputs")];
  await must(program, args, { env: environment(name) });
  rmSync(join(root, corpus, `${name}.txt`), { force: true });
  await must(program, [], { env: environment(name, { TOKENKEEP_FUZZ_ADD: least }) });
  say(`${name}: ${readdirSync(least).length} inputs kept`);
}

/** Puts an input that made a target fail where `npm test` will find it. */
export async function keepCrash(program, name) {
  const output = await must(program, [], { env: environment(name, { TOKENKEEP_FUZZ_ADD: folder(name, "crashes") }) });
  const [, line] = output.match(/^kept (.*)$/m);
  say(`${name} FAILS; this line is now in ${join(corpus, `${name}.txt`)}:\n${line}`);
}

/** The environment that names a target and a folder for what the program does with it; see fuzz/src/main.rs. */
const environment = (target, folders) => ({ ...process.env, TOKENKEEP_FUZZ_TARGET: target, ...folders });

const folder = (name, kind) => join(artifacts, "fuzz", name, kind);

function emptied(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
