import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { nodeTests } from "./node-tests.mjs";
import { installPackage } from "./pack.mjs";
import { artifacts, root } from "./paths.mjs";

const records = join(artifacts, "attacks");
const modes = ["page", "worker", "shared", "own"];
const table = join(root, "docs", "security", "results.md");
const cure = "run `npm run attacks`, read what changed in docs/security/results.md, and commit it";

/** Runs every attack. Resolves to `{ code, output, text }`: the tests' output, and the page that tells what was seen. */
export async function runAttacks() {
  rmSync(records, { recursive: true, force: true });
  await installPackage(join(root, "tests", "browser"));
  // They wait more than they work.
  const { code, output } = await nodeTests(join(root, "tests", "attacks"), 2);
  return { code, output, text: resultsPage(readRecords()) };
}

/** As a step of `npm test`: a table that is not the run's is a failure. */
export async function checkAttacks() {
  const { code, output, text } = await runAttacks();
  const known = existsSync(table) ? readFileSync(table, "utf8") : "";
  if (code !== 0 || known === text) return { code, output };
  return { code: 1, output: `${output}\n${differences(known, text)}\ndocs/security/results.md is not what this run saw\n  cure: ${cure}` };
}

/** Writes the table of a run. */
export function writeResults(text) {
  mkdirSync(dirname(table), { recursive: true });
  writeFileSync(table, text);
}

function readRecords() {
  if (!existsSync(records)) return [];
  return readdirSync(records).sort().flatMap((name) => JSON.parse(readFileSync(join(records, name), "utf8")));
}

function differences(known, text) {
  const [before, after] = [known.split("\n"), text.split("\n")];
  const lines = [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
  return lines.join("\n");
}

/** The page of results, made from `{ id, threat, title, mode, when, saw, note }` of each attack that was carried out. */
export function resultsPage(observations) {
  const rows = new Map();
  for (const one of observations) {
    const key = JSON.stringify([one.id, one.title, one.when ?? ""]);
    rows.set(key, [...(rows.get(key) ?? []), one]);
  }
  const lines = [...rows.values()].map(rowOf).sort(byNumber);
  return `${introduction}\n${[...header, ...lines.map(({ line }) => line)].join("\n")}\n`;
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

const introduction = `# What the attacks came to

Written by \`npm run attacks\` from a run against the packed package in Chromium; \`npm test\` fails when a run sees anything
else. Each attack is a test in \`tests/attacks\` that states its outcome in advance, those that must succeed too.

- **stopped**: the attack was carried out and got nothing. What it went for follows where that is not the tokens.
- limited: it got something that is worth less, as the words beside it say.
- **works**: it succeeds. No setting of tokenkeep changes that.
- A dash: the attack makes no sense in this way of running, or it was not carried out there.
- script: *late* means that the attacker's script runs once the app is signed in, *early* that it runs before anything else
  in every document of the origin. Where nothing is said the order does not matter, or no script runs in the app.
- page, Worker and SharedWorker are the ways of running with the holder on the app's own origin: where tokens are held there.
- own origin: the SharedWorker, the page where sign-ins end and a frame that leads to them are on another origin of the same
  site, and no redirect URI of the client is on the app's. The attacker's script runs in documents of the app's origin.
`;
