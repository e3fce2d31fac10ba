import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { markdownTable } from "../benches/markdown.mjs";
import { titles } from "../tests/engines/support/modes.mjs";
import { notesFolder } from "../tests/engines/support/notes.mjs";
import { events } from "../tests/engines/support/outcomes.mjs";
import { build } from "./lib/build.mjs";
import { engines, ensureEngines, tellStories } from "./lib/engines.mjs";
import { CurableError, choose, main } from "./lib/log.mjs";
import { installPackage } from "./lib/pack.mjs";
import { root } from "./lib/paths.mjs";
import { runSteps } from "./lib/run-steps.mjs";
import { setUp } from "./lib/setup.mjs";

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
  const { failed, skipped } = await runSteps(names.map((name) => ({ name, runner: "node", work: () => tellStories([name]) })));
  if (failed + skipped > 0) return 1;
  if (names.length === Object.keys(engines).length) write();
});

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
