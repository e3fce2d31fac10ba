import { parseArgs } from "node:util";

import { main, say, seconds } from "./lib/log.mjs";
import { ensureMutants, judge, listMutants, runMutants, sample } from "./lib/mutants.mjs";

const wanted = 90;

// npm run mutants [-- [--sample N] [--seed S] [--jobs N]]
// All faults that cargo-mutants can think of in src/proto, or a sample of them: how many do the tests see?
await main(async () => {
  const started = performance.now();
  const { count, seed, jobs } = options();
  const program = await ensureMutants();
  const all = await listMutants(program);
  const chosen = count === null ? all : sample(all, count, seed);
  say(`${chosen.length} of ${all.length} mutants${count === null ? "" : `, seed ${seed}`}`);
  const verdict = judge(await runMutants(program, chosen, jobs));
  for (const { key, count } of verdict.survivors) say(`survives: ${key}${count > 1 ? ` (${count} of them)` : ""}`);
  for (const key of verdict.unlisted) say(`not in docs/mutants.md: ${key}`);
  for (const key of verdict.stale) say(`in docs/mutants.md, but killed: ${key}`);
  const { killed, survived, unviable, rate } = verdict;
  say(
    `mutants ${killed + survived}, killed ${killed}, survivors ${survived}, not compiling ${unviable}, ${rate.toFixed(1)} % in ${seconds(started)}`,
  );
  return rate < wanted || verdict.unlisted.length ? 1 : 0;
});

function options() {
  const { values } = parseArgs({ options: { sample: { type: "string" }, seed: { type: "string" }, jobs: { type: "string" } } });
  const { sample: count = null, seed = Math.floor(Math.random() * 2 ** 32), jobs = 1 } = values;
  return { count: count === null ? null : Number(count), seed: Number(seed), jobs: Number(jobs) };
}
