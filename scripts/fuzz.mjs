import { parseArgs } from "node:util";

import { buildFuzzer, fuzz, keepCrash, keepLeast, listTargets } from "./lib/libfuzzer.mjs";
import { choose, main, say } from "./lib/log.mjs";
import { ensureRust } from "./lib/rust.mjs";

// npm run fuzz [-- [target|parsers|operations] [seconds]] [--keep]
await main(async () => {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { keep: { type: "boolean" } } });
  const isNumber = (word) => /^\d+$/.test(word);
  const seconds = Number(positionals.find(isNumber) ?? 60);
  const given = positionals.filter((word) => !isNumber(word));
  await ensureRust();
  const program = await buildFuzzer();
  const targets = await listTargets(program);
  const wanted = choose("target", given, ["parsers", "operations", ...targets.map(({ name }) => name)]);
  const names = targets.filter(({ kind, name }) => wanted.includes(kind) || wanted.includes(name)).map(({ name }) => name);
  return fuzzAll(program, names, Math.ceil(seconds / names.length), values.keep);
});

async function fuzzAll(program, names, seconds, kept) {
  let [executions, failures] = [0, 0];
  for (const name of names) {
    const one = await fuzz(program, name, seconds);
    say(`${name}: ${one.executions} executions in ${seconds} s, edges ${one.before} -> ${one.after}, ${one.inputs} inputs known`);
    executions += one.executions;
    if (one.crashed) {
      failures += 1;
      await keepCrash(program, name);
    } else if (kept) await keepLeast(program, name);
  }
  say(`targets ${names.length}, executions ${executions}, failures ${failures}`);
  return failures ? 1 : 0;
}
