import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { CurableError } from "./log.mjs";
import { artifacts, root } from "./paths.mjs";
import { must, readJson, run } from "./run.mjs";
import { cargoProgram } from "./rust.mjs";

const version = "27.1.0";
const folder = join(artifacts, "mutants");
const survivorsFile = join(root, "docs", "mutants.md");
const killing = ["CaughtMutant", "Timeout"];
// Codes of cargo-mutants for runs that came to their end: all caught, some missed, some timed out.
const finished = [0, 2, 3];

/** What has cargo-mutants try about `count` of `all` mutants, spread evenly over the sources; the seed says which. */
export function sampleArguments(all, count, seed) {
  const parts = Math.ceil(all / count);
  return ["--sharding", "round-robin", "--shard", `${seed % parts}/${parts}`];
}

/**
 * Tries all mutants, those of some `files`, or a sample: `results` has `{ name, summary }` for each, where `summary` is
 * cargo-mutants' word for what happened, and `all` the names of those that there are in `src/proto`.
 */
export async function runMutants({ files = [], sample, seed, jobs }) {
  const program = await cargoProgram("cargo-mutants", "cargo-mutants", version);
  const list = async (args) => (await must(program, ["mutants", "--list", ...args])).split("\n").filter(Boolean);
  // Its own --file adds to the files that .cargo/mutants.toml names.
  const named = files.flatMap((file) => ["--re", `^${file.replaceAll(".", "\\.")}:`]);
  const all = await list([]);
  const missing = files.find((file) => !all.some((name) => name.startsWith(`${file}:`)));
  if (missing) throw new CurableError(`there are no mutants in ${missing}`, "name a file by its path, such as src/proto/session/queue.rs");
  const count = files.length ? (await list(named)).length : all.length;
  const chosen = [...named, ...(sample ? sampleArguments(count, sample, seed) : [])];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const args = ["--output", folder, "--gitignore", "true", "--jobs", jobs, "--colors", "never", "--no-shuffle", ...chosen];
  // Jobs that share a target folder would wait for each other.
  const { CARGO_TARGET_DIR, ...env } = process.env;
  const { code } = await run(program, ["mutants", ...args], { env, tee: true });
  const outcomes = readJson(join(folder, "mutants.out", "outcomes.json"))?.outcomes;
  if (!finished.includes(code) || !outcomes) throw new CurableError(`cargo-mutants ended with ${code}`, `see ${folder}`);
  return { all, results: outcomes.flatMap(({ scenario, summary }) => (scenario.Mutant ? [{ name: scenario.Mutant.name, summary }] : [])) };
}

/**
 * Counts the results and compares the survivors with those in docs/mutants.md: "- `name`: reason", where the name is
 * without line and column, which change too often, or "- `name` (2): reason" where the function has two such mutants. Listed ones
 * that were killed, or that are not among `all` mutants that there are, are `stale`.
 */
export function judge({ results, all }, text = readFileSync(survivorsFile, "utf8")) {
  const keysOf = (found) => found.map(({ name }) => keyOf(name));
  const killed = results.filter(({ summary }) => killing.includes(summary));
  const survived = results.filter(({ summary }) => summary === "MissedMutant");
  const keys = keysOf(survived);
  const listed = new Map([...text.matchAll(/^- `([^`]+)`(?: \((\d+)\))?: \S/gm)].map(([, key, most]) => [key, Number(most ?? 1)]));
  const known = new Set(all.map(keyOf));
  const survivors = [...new Set(keys)].map((key) => ({ key, count: keys.filter((other) => other === key).length }));
  return {
    killed: killed.length,
    survived: survived.length,
    unviable: results.length - killed.length - survived.length,
    rate: (100 * killed.length) / (killed.length + survived.length || 1),
    survivors,
    unlisted: survivors.filter(({ key, count }) => count > (listed.get(key) ?? 0)).map(({ key }) => key),
    stale: [...listed.keys()].filter((key) => !keys.includes(key) && (keysOf(killed).includes(key) || !known.has(key))),
  };
}

const keyOf = (name) => name.replace(/^(\S+?):\d+:\d+:/, "$1:");
