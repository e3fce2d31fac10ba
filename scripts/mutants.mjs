import { parseArgs } from "node:util";

import { main, say, seconds } from "./lib/log.mjs";
import { judge, runMutants } from "./lib/mutants.mjs";

const wanted = 90;
const anySeed = () => String(Math.floor(Math.random() * 2 ** 32));

// npm run mutants [-- [--file F --file G] [--sample N] [--seed S] [--jobs N]]
// All faults that cargo-mutants can think of in src/proto or in some of its files, or a sample of them: how many do the tests see?
await main(async () => {
  const started = performance.now();
  const text = { type: "string" };
  const { values } = parseArgs({ options: { file: { ...text, multiple: true }, sample: text, seed: text, jobs: text } });
  const { file: files, sample, seed = anySeed(), jobs = "1" } = values;
  if (sample) say(`about ${sample} mutants, seed ${seed}`);
  const { killed, survived, unviable, rate, survivors, unlisted, stale } = judge(await runMutants({ files, sample, seed, jobs }));
  for (const { key, count } of survivors) say(`survives: ${key}${count > 1 ? ` (${count} of them)` : ""}`);
  for (const key of unlisted) say(`not in docs/mutants.md: ${key}`);
  for (const key of stale) say(`in docs/mutants.md, but killed or gone: ${key}`);
  const counts = `mutants ${killed + survived}, killed ${killed}, survivors ${survived}, not compiling ${unviable}`;
  say(`${counts}, ${rate.toFixed(1)} % in ${seconds(started)}`);
  return rate < wanted || unlisted.length || stale.length ? 1 : 0;
});
