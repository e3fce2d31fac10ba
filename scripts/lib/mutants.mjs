import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { CurableError } from "./log.mjs";
import { artifacts, root } from "./paths.mjs";
import { must, readJson, run } from "./run.mjs";
import { cargoProgram } from "./rust.mjs";

const version = "27.1.0";
const folder = join(artifacts, "mutants");
const ownConfig = join(root, ".cargo", "mutants.toml");
const survivorsFile = join(root, "docs", "mutants.md");
const killing = ["CaughtMutant", "Timeout"];
// Codes of cargo-mutants for runs that came to their end: all caught, some missed, some timed out.
const finished = [0, 2, 3];

/** The path of cargo-mutants, built into .tools if it isn't there. */
export const ensureMutants = () => cargoProgram("cargo-mutants", "cargo-mutants", version);

/** Every mutant as its whole name, such as `src/proto/url.rs:44:9: replace + with - in host`. */
export async function listMutants(program) {
  const list = await must(program, ["mutants", "--list", "--config", ownConfig]);
  return list.split("\n").filter((line) => line.startsWith("src/"));
}

/** `count` of `mutants` by a seed, in their order. */
export function sample(mutants, count, seed) {
  const lot = (mutant) => createHash("sha256").update(`${seed} ${mutant}`).digest("hex");
  const drawn = mutants
    .map((mutant) => [lot(mutant), mutant])
    .sort()
    .slice(0, count);
  return mutants.filter((mutant) => drawn.some(([, other]) => other === mutant));
}

/** Tries the mutants; `{ name, summary }` for each, where `summary` is cargo-mutants' word for what happened. */
export async function runMutants(program, mutants, jobs) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "config.toml");
  const only = mutants.map((mutant) => `  '^${mutant.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replaceAll("'", ".")}$',\n`);
  writeFileSync(config, `${readFileSync(ownConfig, "utf8")}examine_re = [\n${only.join("")}]\n`);
  const places = ["--config", config, "--output", folder, "--gitignore", "true"];
  const args = ["mutants", ...places, "--jobs", String(jobs), "--colors", "never", "--no-shuffle"];
  const { code, output } = await run(program, args, { env: environment(), tee: true });
  const outcomes = readJson(join(folder, "mutants.out", "outcomes.json"))?.outcomes;
  if (!finished.includes(code) || !outcomes) throw new CurableError(`cargo-mutants ended with ${code}`, `see ${folder}`);
  // Mutants that leave out a field are tried whatever is asked for.
  const tried = outcomes.filter(({ scenario }) => mutants.includes(scenario.Mutant?.name));
  if (tried.length !== mutants.length)
    throw new CurableError(`${tried.length} mutants tried instead of ${mutants.length}\n${output.slice(-2000)}`, `see ${folder}`);
  return tried.map(({ scenario, summary }) => ({ name: scenario.Mutant.name, summary }));
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

// A RUSTFLAGS of the outside would rebuild everything.
function environment() {
  const { RUSTFLAGS, CARGO_ENCODED_RUSTFLAGS, CARGO_TARGET_DIR, ...env } = process.env;
  return env;
}
