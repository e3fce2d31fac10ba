import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { CurableError, say } from "./log.mjs";
import { artifacts, root, target as targetFolder } from "./paths.mjs";
import { ask, must, run } from "./run.mjs";

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

/** Fuzzes one target for so many seconds: `{ executions, before, after, inputs, crash }`, coverage in edges. */
export async function fuzz(program, name, seconds) {
  const [seeds, found, crashes] = ["seeds", "found", "crashes"].map((kind) => folder(name, kind));
  unpack(readCorpus(name), seeds);
  rmSync(crashes, { recursive: true, force: true });
  [found, crashes].forEach((path) => mkdirSync(path, { recursive: true }));
  const limits = [`-max_total_time=${seconds}`, "-max_len=1024", "-timeout=10", "-rss_limit_mb=2048"];
  const args = [...limits, `-dict=${words}`, `-artifact_prefix=${crashes}/`, "-print_final_stats=1", found, seeds];
  const { code, output } = await run(program, args, { env: environment(name), log: join(artifacts, "fuzz", `${name}.log`) });
  const coverages = [...output.matchAll(/ cov: (\d+)/g)].map(([, edges]) => Number(edges));
  const executions = Number(output.match(/number_of_executed_units:\s*(\d+)/)?.[1] ?? 0);
  const crash = filesIn(crashes)[0];
  if (code !== 0 && !crash) throw new CurableError(output.split("\n").slice(-30).join("\n"), `see .artifacts/fuzz/${name}.log`);
  return { executions, before: coverages[0] ?? 0, after: coverages.at(-1) ?? 0, inputs: filesIn(found).length, crash };
}

/** Rewrites a committed corpus as the fewest inputs that reach what all inputs known here reach. */
export async function keep(program, name) {
  const least = folder(name, "least");
  unpack([], least);
  unpack(readCorpus(name), folder(name, "seeds"));
  const args = ["-set_cover_merge=1", "-use_counters=0", "-max_len=1024", least, folder(name, "found"), folder(name, "seeds")];
  await must(program, args, { env: environment(name) });
  say(`${name}: ${writeCorpus(name, filesIn(least))} inputs kept`);
}

/** Puts an input that made a target fail where `npm test` will find it. */
export function keepCrash(name, input) {
  writeCorpus(name, [...readCorpus(name), input]);
  say(`${name} FAILS; this line is now in ${corpusFile(name)}:\n${encode(input)}`);
}

/** The committed inputs of a target, one a line: printable ASCII as it is, any other byte and the backslash as \xff. */
function corpusFile(target) {
  return join(root, "tests", "fuzz", "corpus", `${target}.txt`);
}

function readCorpus(target) {
  const file = corpusFile(target);
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1).map(decode) : [];
}

/** Writes a corpus anew, the shortest input first. */
function writeCorpus(target, inputs) {
  const lines = [...new Set(inputs.map(encode))].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  writeFileSync(corpusFile(target), lines.map((line) => `${line}\n`).join(""));
  return lines.length;
}

/** Makes `folder` hold these inputs as files, as libFuzzer wants them. */
function unpack(inputs, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  inputs.forEach((input, index) => writeFileSync(join(folder, String(index)), input));
}

function filesIn(folder) {
  return existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name))) : [];
}

export function encode(bytes) {
  const plain = (byte) => byte >= 0x20 && byte <= 0x7e && byte !== 0x5c;
  return Array.from(bytes, (byte) => (plain(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`)).join("");
}

export function decode(line) {
  return Buffer.from(
    line.replace(/\\x([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}

function environment(name) {
  return { ...process.env, TOKENKEEP_FUZZ_TARGET: name };
}

function folder(name, kind) {
  return join(artifacts, "fuzz", name, kind);
}
