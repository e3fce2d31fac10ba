import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { installPackage } from "./pack.mjs";
import { artifacts, root } from "./paths.mjs";
import { nodeTests } from "./toolchain.mjs";

const records = join(artifacts, "attacks");
const modes = ["page", "worker", "shared", "own"];
const page = join(root, "docs", "security", "results.md");
const cure = "run `npm run attacks`, read what changed in docs/security/results.md, and commit it";

/** Runs every attack. Resolves to `{ code, output, known, text }`: the tests' output, and the page as it was and as it should be. */
export async function runAttacks() {
  rmSync(records, { recursive: true, force: true });
  await installPackage(join(root, "tests", "browser"));
  // They wait more than they work.
  const { code, output } = await nodeTests(join(root, "tests", "attacks"), 2);
  const known = readFileSync(page, "utf8");
  return { code, output, known, text: `${known.slice(0, known.indexOf(header[0]))}${resultsTable(readRecords())}\n` };
}

/** As a step of `npm test`: a table that is not the run's is a failure. */
export async function checkAttacks() {
  const { code, output, known, text } = await runAttacks();
  if (code !== 0 || known === text) return { code, output };
  return { code: 1, output: `${output}\n${differences(known, text)}\ndocs/security/results.md is not what this run saw\n  cure: ${cure}` };
}

/** Writes the page of a run. */
export const writeResults = (text) => writeFileSync(page, text);

function readRecords() {
  if (!existsSync(records)) return [];
  return readdirSync(records)
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(records, name), "utf8")));
}

function differences(known, text) {
  const [before, after] = [known.split("\n"), text.split("\n")];
  const only = (lines, others, mark) => lines.filter((line) => !others.includes(line)).map((line) => `${mark} ${line}`);
  return [...only(before, after, "-"), ...only(after, before, "+")].join("\n");
}

/** The table of results, made from `{ id, threat, title, mode, when, saw, note }` of each attack that was carried out. */
export function resultsTable(observations) {
  const rows = new Map();
  for (const one of observations) {
    const key = JSON.stringify([one.id, one.title, one.when ?? ""]);
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  const lines = [...rows.values()].map(rowOf).sort(byNumber);
  return [...header, ...lines.map(({ line }) => line)].join("\n");
}

function rowOf(seen) {
  const [{ id, threat, title, when }] = seen;
  const cells = modes.map((mode) => cellOf(seen.find((one) => one.mode === mode)));
  const line = `| ${[id, threat ?? "", escaped(title), when ?? "", ...cells].join(" | ")} |`;
  return { id, line };
}

const cellOf = (one) => (one ? `${one.saw === "works" ? "**works**" : one.saw}${one.note ? `: ${escaped(one.note)}` : ""}` : "-");

const escaped = (text) => text.replaceAll("|", "\\|");

/** T2 before T2b before T10; attacks of one number stay as they were carried out. */
function byNumber({ id: a }, { id: b }) {
  const number = (id) => Number(/\d+/.exec(id)?.[0] ?? 0);
  return number(a) - number(b) || (a < b ? -1 : a > b ? 1 : 0);
}

const header = ["| id | threat | attack | script | page | Worker | SharedWorker | own origin |", `|${" --- |".repeat(8)}`];
