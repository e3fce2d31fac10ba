import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { markdownTable } from "../benches/markdown.mjs";
import { titles } from "../tests/engines/support/modes.mjs";
import { notesFolder } from "../tests/engines/support/notes.mjs";
import { events } from "../tests/engines/support/outcomes.mjs";
import { build } from "./lib/build.mjs";
import { engines, ensureEngines, whyNoEngine } from "./lib/engines.mjs";
import { CurableError, choose, main, say, seconds } from "./lib/log.mjs";
import { installPackage } from "./lib/pack.mjs";
import { root } from "./lib/paths.mjs";
import { setUp } from "./lib/setup.mjs";
import { nodeTests } from "./lib/toolchain.mjs";

const page = join(root, "docs", "engines.md");
const template = join(root, "tests", "engines", "page.md");

// npm run engines [-- firefox webkit chromium]
// docs/engines.md is written where all of them were tried.
await main(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const names = choose("engine", positionals, Object.keys(engines));
  await setUp();
  await ensureEngines();
  await build();
  await installPackage(join(root, "tests", "browser"));
  const failures = [];
  for (const name of names) if (!(await tried(name))) failures.push(name);
  if (failures.length > 0) throw new CurableError(`not as it should be: ${failures.join(", ")}`, "see what was said of each, above");
  if (names.length === Object.keys(engines).length) write();
});

/** All stories in one engine, or aloud why not. */
async function tried(name) {
  const started = performance.now();
  const why = whyNoEngine(name);
  if (why) say(`${name}: ${why}`);
  if (why) return false;
  const { code, output } = await nodeTests(join(root, "tests", "engines"), { names: [name] });
  if (code !== 0) console.log(output);
  const [, passed, skipped] = output.match(/^. pass (\d+)$[^]*^. skipped (\d+)$/m) ?? [];
  say(`${name}: ${code === 0 ? "ok" : "FAILED"}, ${passed} passed, ${skipped} skipped, ${seconds(started)}`);
  return code === 0;
}

/** What became of the session, by what happened, the way of running, and the engine. */
function write() {
  const seen = Object.fromEntries(Object.keys(engines).map((name) => [name, readNotes(name)]));
  const outcome = (engine, event, mode) => seen[engine].seen.find((one) => one.event === event && one.mode === mode)?.outcome ?? "-";
  const rows = Object.values(events).flatMap((event) =>
    Object.entries(titles).map(([mode, title]) => [event, title, ...Object.keys(engines).map((name) => outcome(name, event, mode))]),
  );
  const head = ["what happens", "holder", ...Object.entries(engines).map(([name, { title }]) => `${title} ${seen[name].version}`)];
  writeFileSync(page, readFileSync(template, "utf8").replace("%TABLE%", markdownTable({ head, rows })));
}

function readNotes(name) {
  const file = join(notesFolder, `${name}.json`);
  if (!existsSync(file)) throw new CurableError(`${file} is missing`, "run npm run engines without names");
  return JSON.parse(readFileSync(file, "utf8"));
}
