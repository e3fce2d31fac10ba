import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { resultsPage } from "../../tests/attacks/support/results.mjs";
import { findChrome } from "./browser.mjs";
import { installPackage } from "./pack.mjs";
import { artifacts, root } from "./paths.mjs";
import { keep, run } from "./run.mjs";
import { atOnce, nodeTests } from "./toolchain.mjs";

const records = join(artifacts, "attacks");
const seen = join(artifacts, "results.md");
const page = join(root, "docs", "security", "results.md");
const cure = "run `npm run attacks`, read what changed in docs/security/results.md, and commit it";

/**
 * Carries out every attack. A table of results that is not the run's is a failure; `write` makes it the run's, which then is in the
 * whole browser. The one without its surface takes half the time, and must come to the same.
 */
export async function attack({ write }) {
  rmSync(records, { recursive: true, force: true });
  await installPackage(join(root, "tests", "browser"));
  const env = write ? { CHROME_HEADLESS_SHELL: findChrome() } : {};
  // They wait more than they work.
  const { code, output } = await nodeTests(join(root, "tests", "attacks"), { atOnce: atOnce(1.5), env });
  const known = readFileSync(page, "utf8");
  const text = resultsPage(known, records);
  if (code !== 0)
    return { code, output: `${output}\ndocs/security/results.md is as it was\n  cure: see which attack did not end as foreseen, above` };
  if (write) writeFileSync(page, text);
  if (write || known === text) return { code, output, show: write };
  keep(seen, text);
  const changes = await run("git", ["diff", "--no-index", "--unified=0", page, seen]);
  return { code: 1, output: `${output}\n${changes.output}\ndocs/security/results.md is not what this run saw\n  cure: ${cure}` };
}
