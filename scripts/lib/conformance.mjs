import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { testsIn, testFiles } from "./named-tests.mjs";

const strengths = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"];
// The groups whose every MUST needs a test; those after them are shown as far as they go.
const settledGroups = 17;
const rowLine = /^\| (?<id>[A-Z]+-\d+) \| (?<strength>[^|]+) \| (?<requirement>[^|]+) \|(?<shown>[^|]*)\|$/;
const reasoned = /^(?<verdict>excused|open): (?<reason>.{10,})$/;

/** The table's rows as `{ id, strength, group, shown, verdict? }`, and what in it can't be read. */
export function readTable(text) {
  const rows = [];
  const problems = [];
  let group = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith("## ")) group = Number(/^## (\d+)\. /.exec(line)?.[1] ?? 0);
    if (!/^\| [A-Z]+-\d/.test(line)) continue;
    const row = rowLine.exec(line)?.groups;
    if (!row || group === 0) problems.push(`not a row of a group: ${line}`);
    else rows.push({ ...row, group, shown: [], ...proof(row.shown) });
  }
  for (const { id, strength } of rows) {
    if (!strengths.includes(strength.replace("*", ""))) problems.push(`${id}: ${strength} is no strength`);
    if (rows.filter((row) => row.id === id).length > 1) problems.push(`${id}: more than one row`);
  }
  return { rows, problems };
}

// `file: words; file: words`, or a verdict with its reason.
function proof(cell) {
  const verdict = reasoned.exec(cell.trim())?.groups;
  if (verdict) return { verdict: verdict.verdict };
  const parts = cell.split(";").map((part) => part.trim());
  return { shown: parts.filter(Boolean).map((part) => ({ part, file: part.split(": ")[0], words: part.split(": ").slice(1).join(": ") })) };
}

/** What is wrong between the table and the tests, in either direction. */
export function problemsOf(rows, tests) {
  const known = new Set(rows.map(({ id }) => id));
  const strangers = tests.flatMap(({ file, title, ids }) =>
    [...ids].filter((id) => !known.has(id)).map((id) => `${id}: no such row, named by ${file}: ${title}`),
  );
  return [...rows.flatMap((row) => problemsOfRow(row, tests)), ...strangers];
}

function problemsOfRow({ id, strength, group, shown, verdict }, tests) {
  const problems = shown.map((named) => problemOfTest(id, named, tests)).filter(Boolean);
  const mustBeShown = strength.startsWith("MUST") && group <= settledGroups;
  if (mustBeShown && !shown.length && verdict !== "excused") problems.push(`${id}: a ${strength} without a test`);
  else if (!shown.length && !verdict) problems.push(`${id}: neither a test nor a reason`);
  return problems;
}

function problemOfTest(id, { part, file, words }, tests) {
  const found = words ? tests.filter((test) => test.file === file && test.title.includes(words)) : [];
  if (found.length === 0) return `${id}: no test "${part}"`;
  const naming = found.filter(({ ids }) => ids.has(id));
  if (naming.length === 0) return `${id}: "${part}" does not name the row`;
  return naming.length === 1 ? undefined : `${id}: "${part}" is ${naming.length} tests`;
}

/** Counts per group, as lines of text, with the ids of the rows that no test shows. */
export function summary(rows) {
  const groups = [...new Set(rows.map(({ group }) => group))];
  const lines = groups.map((group) => {
    const own = rows.filter((row) => row.group === group);
    const count = (test) => String(own.filter(test).length).padStart(3);
    return `${String(group).padStart(5)} ${count(() => true)} rows ${count(({ shown }) => shown.length)} shown ${listed(own)}`.trimEnd();
  });
  const shown = rows.filter(({ shown }) => shown.length).length;
  return ["group", ...lines, `${rows.length} rows, ${shown} shown by tests, ${rows.length - shown} not`].join("\n");
}

function listed(rows) {
  const of = (wanted) => rows.filter(({ verdict, shown }) => !shown.length && verdict === wanted).map(({ id }) => id);
  const parts = ["excused", "open"].map((verdict) => [verdict, of(verdict)]).filter(([, ids]) => ids.length);
  return parts.map(([verdict, ids]) => ` ${verdict}: ${ids.join(" ")}`).join("");
}

/** Compares the checkout's table with its tests. */
export function checkConformance(root) {
  const table = join(root, "docs", "conformance.md");
  if (!existsSync(table)) return { problems: ["docs/conformance.md is missing"], text: "" };
  const { rows, problems } = readTable(readFileSync(table, "utf8"));
  const prefixes = new Set(rows.map(({ id }) => id.split("-")[0]));
  const tests = testFiles(root).flatMap((file) => testsIn(file, readFileSync(join(root, file), "utf8"), prefixes));
  return { problems: [...problems, ...problemsOf(rows, tests)], text: summary(rows), tests, rows };
}
