import { CurableError, main, say, seconds } from "./lib/log.mjs";
import { ensureMutants, judge, listMutants, runMutants, sample } from "./lib/mutants.mjs";

const wanted = 90;
const usage = "npm run mutants [-- --sample N] [--seed S] [--jobs 1|2]";

// All faults that cargo-mutants can think of in src/proto, or a sample of them: how many do the tests see?
await main(async () => {
  const started = performance.now();
  const { count, seed, jobs } = options(process.argv.slice(2));
  const program = await ensureMutants();
  const all = await listMutants(program);
  const chosen = count === null ? all : sample(all, count, seed);
  say(`${chosen.length} of ${all.length} mutants${count === null ? "" : `, seed ${seed}`}`);
  const verdict = judge(await runMutants(program, chosen, jobs));
  for (const { key, count } of verdict.survivors) say(`survives: ${key}${count > 1 ? ` (${count} of them)` : ""}`);
  for (const key of verdict.unlisted) say(`not in docs/mutants.md: ${key}`);
  for (const key of verdict.stale) say(`in docs/mutants.md, but killed: ${key}`);
  const { killed, survived, unviable, rate } = verdict;
  say(`mutants ${killed + survived}, killed ${killed}, survivors ${survived}, not compiling ${unviable}, ${rate.toFixed(1)} % in ${seconds(started)}`);
  return rate < wanted || verdict.unlisted.length ? 1 : 0;
});

function options(args) {
  const read = { "--sample": null, "--seed": Math.floor(Math.random() * 2 ** 32), "--jobs": 1 };
  for (let at = 0; at < args.length; at += 2) {
    const value = Number(args[at + 1]);
    const known = Object.hasOwn(read, args[at]) && Number.isSafeInteger(value) && value >= 0;
    if (!known) throw new CurableError(`can't read ${args.slice(at, at + 2).join(" ")}`, usage);
    read[args[at]] = value;
  }
  return { count: read["--sample"], seed: read["--seed"], jobs: Math.min(Math.max(read["--jobs"], 1), 2) };
}
