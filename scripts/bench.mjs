import { writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { markdownTable } from "../benches/markdown.mjs";
import { measure, measurements } from "../benches/measure.mjs";
import { tabulate } from "../benches/report.mjs";
import { gather } from "../benches/statistics.mjs";
import { findChrome } from "./lib/browser.mjs";
import { build } from "./lib/build.mjs";
import { CurableError, choose, main, say, seconds } from "./lib/log.mjs";
import { pkg, root } from "./lib/paths.mjs";
import { ask } from "./lib/run.mjs";
import { setUp } from "./lib/setup.mjs";
import { checkSizes } from "./lib/sizes.mjs";

const results = join(root, "benches", "RESULTS.md");

// npm run bench [-- calls wrapper crossing starts backlog wave surge] [--runs 3] [--small]
// What is not all of it is printed only; a small run shows that everything works, and has no figures worth reading.
await main(async () => {
  const started = performance.now();
  const loads = [loadavg()[0]];
  const options = { small: { type: "boolean" }, runs: { type: "string", default: "1" } };
  const { values, positionals: chosen } = parseArgs({ allowPositionals: true, options });
  const count = Number(values.runs);
  if (!(Number.isInteger(count) && count >= 1))
    throw new CurableError(`--runs ${values.runs} is no number of runs`, "say how many, such as --runs 3");
  const names = choose("measurement", chosen, Object.keys(measurements));
  await setUp();
  await build();
  const chrome = findChrome();
  const { rows: sizes } = checkSizes();
  const runs = [];
  while (runs.length < count) runs.push(await measure({ chrome, pkg, names, say, scale: values.small ? 0.01 : 1 }));
  const facts = await describeMachine(chrome, [...loads, loadavg()[0]]);
  const text = write(facts, tabulate({ sizes, ...gather(runs) }, count), count);
  say(`\n${text}`);
  if (chosen.length === 0 && !values.small) writeFileSync(results, text);
  say(`bench: ${seconds(started)}`);
});

async function describeMachine(chrome, loads) {
  const [{ model }, ...more] = cpus();
  const version = (await ask(chrome, ["--version"]))?.match(/\S+ (\d+\.){3}\d+/)?.[0] ?? "an unknown browser";
  const [before, after] = loads.map((load) => load.toFixed(1));
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${model}, ${more.length + 1} cores, ${platform()} ${arch()}, ${version}, Node ${process.versions.node}. Load average ${before} before, ${after} after: other work on the machine widens the ranges.`;
}

function write(facts, { tables, over }, runs) {
  const parts = tables.map((table) => `## ${table.title}\n\n${table.note}\n\n${markdownTable(table)}\n`);
  const summary = over.length ? `Over budget:\n\n${over.map((line) => `- ${line}`).join("\n")}\n` : "Every figure is within its budget.\n";
  const how = `Repeat with \`npm run bench${runs > 1 ? ` -- --runs ${runs}` : ""}\`. The pages run by themselves in Chromium with no debugger attached and report their own figures.\n`;
  return [`# Bench results\n\n${facts}\n\n${how}\n${summary}`, ...parts].join("\n");
}
