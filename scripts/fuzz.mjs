import { buildFuzzer, fuzz, keep, keepCrash, listTargets } from "./lib/libfuzzer.mjs";
import { CurableError, main, say } from "./lib/log.mjs";
import { must, run, which } from "./lib/run.mjs";
import { ensureRust } from "./lib/rust.mjs";

// npm run fuzz [-- [target|parsers|operations] [seconds]] [--keep] [--plain]
await main(async () => {
  const { what, seconds, kept, plain } = options(process.argv.slice(2));
  await ensureRust();
  if (plain || !["c++", "g++", "clang++"].some((name) => which(name))) return plainRun(what, seconds);
  const program = await buildFuzzer();
  const targets = await listTargets(program);
  const chosen = targets.filter(({ kind, name }) => what === null || what === kind || what === name).map(({ name }) => name);
  if (chosen.length === 0) {
    throw new CurableError(`nothing is called ${what}`, `choose from: parsers operations ${targets.map(({ name }) => name).join(" ")}`);
  }
  return fuzzAll(program, chosen, Math.ceil(seconds / chosen.length), kept);
});

async function fuzzAll(program, names, seconds, kept) {
  let [executions, failures] = [0, 0];
  for (const name of names) {
    const result = await fuzz(program, name, seconds);
    say(`${name}: ${result.executions} executions in ${seconds} s, edges ${result.before} -> ${result.after}, ${result.inputs} inputs found`);
    executions += result.executions;
    if (result.crash) {
      failures += 1;
      keepCrash(name, result.crash);
    } else if (kept) {
      await keep(program, name);
    }
  }
  say(`targets ${names.length}, executions ${executions}, failures ${failures}`);
  return failures ? 1 : 0;
}

// Without a C++ compiler there is no libFuzzer: the changes that `npm test` makes, again and again with other seeds.
async function plainRun(what, seconds) {
  if (what !== null && !["parsers", "operations"].includes(what)) {
    throw new CurableError(`without libFuzzer there is no single target ${what}`, "choose parsers or operations, or install a C++ compiler");
  }
  const names = { parsers: "no_reader_breaks_a_promise_on_changed_inputs", operations: "no_operations_break_a_promise" };
  const profile = ['inherits="dev"', "opt-level=2"].flatMap((setting) => ["--config", `profile.fuzz.${setting}`]);
  const cargo = ["test", ...profile, "--profile", "fuzz", "--test", "fuzz"];
  await must("cargo", [...cargo, "--no-run"]);
  const env = { ...process.env, TOKENKEEP_FUZZ_COUNT: "10000" };
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const { code, output } = await run("cargo", [...cargo, "--quiet", "--", ...(what ? [names[what]] : ["promise"])], { env });
    say(code === 0 ? output.match(/^fuzz: .*$/gm).join("\n") : output);
    if (code !== 0) return 1;
  }
  return 0;
}

function options(args) {
  const words = args.filter((arg) => !arg.startsWith("--"));
  const flags = args.filter((arg) => arg.startsWith("--"));
  const seconds = words.find((word) => /^\d+$/.test(word));
  const names = words.filter((word) => word !== seconds);
  const unknown = [...flags.filter((flag) => !["--keep", "--plain"].includes(flag)), ...names.slice(1)];
  if (unknown.length) throw new CurableError(`what is ${unknown.join(" ")}?`, "npm run fuzz -- [target|parsers|operations] [seconds] [--keep] [--plain]");
  return { what: names[0] ?? null, seconds: Number(seconds ?? 60), kept: flags.includes("--keep"), plain: flags.includes("--plain") };
}
