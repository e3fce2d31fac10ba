import { parseArgs } from "node:util";

import { main, say, seconds } from "./lib/log.mjs";
import { judge, runMutants } from "./lib/mutants.mjs";

const wanted = 90;
const anySeed = () => String(Math.floor(Math.random() * 2 ** 32));

// npm run mutants [-- [--sample N] [--seed S] [--jobs N]]
// All faults that cargo-mutants can think of in src/proto, or a sample of them: how many do the tests see?
await main(async () => {
  const started = performance.now();
  const { values } = parseArgs({ options: { sample: { type: "string" }, seed: { type: "string" }, jobs: { type: "string" } } });
  const { sample, seed = anySeed(), jobs = "1" } = values;
  if (sample) say(`about ${sample} mutants, seed ${seed}`);
  const { killed, survived, unviable, rate, survivors, unlisted, stale } = judge(await runMutants({ sample, seed, jobs }));
  for (const { key, count } of survivors) say(`survives: ${key}${count > 1 ? ` (${count} of them)` : ""}`);
  for (const key of unlisted) say(`not in docs/mutants.md: ${key}`);
  for (const key of stale) say(`in docs/mutants.md, but killed: ${key}`);
  const counts = `mutants ${killed + survived}, killed ${killed}, survivors ${survived}, not compiling ${unviable}`;
  say(`${counts}, ${rate.toFixed(1)} % in ${seconds(started)}`);
  return rate < wanted || unlisted.length ? 1 : 0;
});
