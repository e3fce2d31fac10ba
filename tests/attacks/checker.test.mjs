// The check of the checker: with a holder that is broken in one way, exactly the attacks fail that go for that.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

import { test } from "../browser/support/test.mjs";
import { faultNames } from "./support/broken.mjs";

const always = { T1: "storage", T2: "hooks", T7: "off-list" };
const atTheBorder = { T46: "fixation", T50: "own-frames", T52: "own-border" };

/** What is wrong, in which way of running, the rows that must see it, and by their file the others that must not. */
const faults = {
  event: { wrong: "leaks the access token by one event", seenIn: ["T2"], more: { T15: "configuration" } },
  list: { wrong: "skips the list of resource servers", seenIn: ["T7"], more: { T15: "configuration" } },
  lookout: { wrong: "sees no service worker", seenIn: ["T42"], more: { T42: "service-workers" } },
  configuration: { wrong: "takes a second configuration by a message", seenIn: ["T15"], more: { T15: "configuration" } },
  lent: { wrong: "does everything for a page of another origin", mode: "own", seenIn: ["T46", "T52"], more: atTheBorder },
  apps: { wrong: "is lent to every origin", mode: "own", seenIn: ["T50"], more: atTheBorder },
};

/** Of some the title too: what else there is of T42 waits for the end of a session that never comes. */
const parts = { T42: ".* that reads the refresh", T50: ".* an app that is not listed", T52: ".* ask the holder" };

assert.deepEqual(Object.keys(faults), faultNames);
for (const [fault, { wrong, mode = "shared", seenIn, more }] of Object.entries(faults)) {
  test(`a holder that ${wrong} is found out by ${seenIn.join(" and ")}, and by no other row`, async (t) => {
    const rows = { ...always, ...more };
    const { seen, code, output } = await carryOut({ fault, mode, rows, signal: t.signal });
    // One that waits for ever would look like one that was noticed.
    assert.equal(/^# cancelled (\d+)$/m.exec(output)?.[1], "0", "an attack ran out of time, or none began");
    const met = [...new Set(seen.map(({ id }) => id))];
    assert.deepEqual(met.sort(), Object.keys(rows).sort(), "an attack did not come to an end");
    const differing = new Set(seen.filter(({ saw, expected }) => saw !== expected).map(({ id }) => id));
    assert.deepEqual([...differing].sort(), seenIn);
    assert.notEqual(code, 0, "the run of the attacks did not fail");
  }, 300_000);
}

/** Runs the attacks on a broken holder in a process of their own; what each observed, and how the run ended, and what it said. */
async function carryOut({ fault, mode, rows, signal }) {
  const records = await mkdtemp(join(tmpdir(), "tokenkeep-attacks-"));
  try {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const more = { ATTACKS_BROKEN: fault, ATTACKS_MODES: mode, ATTACKS_RECORDS: records };
    const files = Object.values(rows).map((name) => fileURLToPath(new URL(`${name}.test.mjs`, import.meta.url)));
    const pattern = Object.keys(rows)
      .map((id) => `^${id} ${mode}(, late)?:${parts[id] ?? ""}`)
      .join("|");
    const args = ["--test", "--test-concurrency=1", "--test-reporter=tap", `--test-name-pattern=${pattern}`, ...files];
    const child = spawn(process.execPath, args, { env: { ...env, ...more }, stdio: ["ignore", "pipe", "ignore"], signal });
    child.once("error", () => {});
    const output = text(child.stdout);
    const code = await new Promise((resolve) => child.once("close", resolve));
    const names = await readdir(records);
    const texts = await Promise.all(names.map((name) => readFile(join(records, name), "utf8")));
    return { code, output: await output, seen: texts.flatMap((one) => JSON.parse(one)) };
  } finally {
    await rm(records, { recursive: true, force: true });
  }
}
