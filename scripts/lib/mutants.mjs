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

/** Tries all mutants or a sample: `{ name, summary }` for each, where `summary` is cargo-mutants' word for what happened. */
export async function runMutants({ sample, seed, jobs }) {
  const program = await cargoProgram("cargo-mutants", "cargo-mutants", version);
  const all = (await must(program, ["mutants", "--list"])).trim().split("\n").length;
  const chosen = sample ? sampleArguments(all, sample, seed) : [];
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const args = ["--output", folder, "--gitignore", "true", "--jobs", jobs, "--colors", "never", "--no-shuffle", ...chosen];
  // Jobs that share a target folder would wait for each other.
  const { CARGO_TARGET_DIR, ...env } = process.env;
  const { code } = await run(program, ["mutants", ...args], { env, tee: true });
  const outcomes = readJson(join(folder, "mutants.out", "outcomes.json"))?.outcomes;
  if (!finished.includes(code) || !outcomes) throw new CurableError(`cargo-mutants ended with ${code}`, `see ${folder}`);
  return outcomes.flatMap(({ scenario, summary }) => (scenario.Mutant ? [{ name: scenario.Mutant.name, summary }] : []));
}

/**
 * Counts the results and compares the survivors with those in docs/mutants.md: "- `name`: reason", where the name is
 * without line and column, which change too often, or "- `name` (2): reason" where the function has two such mutants.
 */
export function judge(results, text = readFileSync(survivorsFile, "utf8")) {
  const keysOf = (found) => found.map(({ name }) => name.replace(/^(\S+?):\d+:\d+:/, "$1:"));
  const killed = results.filter(({ summary }) => killing.includes(summary));
  const survived = results.filter(({ summary }) => summary === "MissedMutant");
  const keys = keysOf(survived);
  const listed = new Map([...text.matchAll(/^- `([^`]+)`(?: \((\d+)\))?: \S/gm)].map(([, key, most]) => [key, Number(most ?? 1)]));
  const survivors = [...new Set(keys)].map((key) => ({ key, count: keys.filter((other) => other === key).length }));
  return {
    killed: killed.length,
    survived: survived.length,
    unviable: results.length - killed.length - survived.length,
    rate: (100 * killed.length) / (killed.length + survived.length || 1),
    survivors,
    unlisted: survivors.filter(({ key, count }) => count > (listed.get(key) ?? 0)).map(({ key }) => key),
    stale: [...new Set(keysOf(killed))].filter((key) => listed.has(key) && !keys.includes(key)),
  };
}
