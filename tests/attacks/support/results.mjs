// docs/security/results.md, as attack.mjs's records of a run tell it.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const modes = ["page", "worker", "shared", "own"];

/** The page with the table that follows from the records in `folder` in the place of the one that it has. */
export function resultsPage(known, folder) {
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const observations = files.flatMap((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  return `${known.slice(0, known.indexOf(header[0]))}${resultsTable(observations)}\n`;
}

/** The table, made from `{ id, threat, title, mode, when, saw, note }` of each attack that was carried out. */
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
