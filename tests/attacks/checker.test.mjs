// The check of the checker: with a holder that is broken in one way, exactly the attacks fail that go for that.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { test } from "../browser/support/test.mjs";
import { faultNames } from "./support/broken.mjs";

const files = ["storage", "hooks", "off-list", "configuration", "service-workers"].map((name) => fileURLToPath(new URL(`${name}.test.mjs`, import.meta.url)));
const rows = ["T1", "T2", "T7", "T15", "T42"];
// Of T42 the row that goes for the refresh: the others wait for the end of a session that never comes.
const pattern = "^(T1|T2|T7|T15) shared(, late)?:|^T42 shared, late: .* that reads the refresh";

/** The row in which each fault must be seen. */
const seenIn = { event: "T2", list: "T7", lookout: "T42", configuration: "T15" };

assert.deepEqual(Object.keys(seenIn), faultNames);
for (const [fault, row] of Object.entries(seenIn)) {
  const name = { event: "leaks the access token by one event", list: "skips the list of resource servers", lookout: "sees no service worker", configuration: "takes a second configuration by a message" }[fault];
  test(
    `a holder that ${name} is found out by ${row}, and by no other row`,
    async (t) => {
      const { seen, code } = await carryOut(fault, t.signal);
      const met = [...new Set(seen.map(({ id }) => id))];
      assert.deepEqual(met.sort(), [...rows].sort(), "an attack did not come to an end");
      const differing = new Set(seen.filter(({ saw, expected }) => saw !== expected).map(({ id }) => id));
      assert.deepEqual([...differing], [row]);
      assert.notEqual(code, 0, "the run of the attacks did not fail");
    },
    300_000,
  );
}

/** Runs the attacks on a broken holder in a process of their own; what each observed, and how the run ended. */
async function carryOut(fault, signal) {
  const records = await mkdtemp(join(tmpdir(), "tokenkeep-attacks-"));
  try {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const more = { ATTACKS_BROKEN: fault, ATTACKS_MODES: "shared", ATTACKS_RECORDS: records };
    const args = ["--test", "--test-concurrency=1", `--test-name-pattern=${pattern}`, ...files];
    const child = spawn(process.execPath, args, { env: { ...env, ...more }, stdio: "ignore", signal });
    child.once("error", () => {});
    const code = await new Promise((resolve) => child.once("close", resolve));
    const names = await readdir(records);
    const texts = await Promise.all(names.map((name) => readFile(join(records, name), "utf8")));
    return { code, seen: texts.flatMap((text) => JSON.parse(text)) };
  } finally {
    await rm(records, { recursive: true, force: true });
  }
}
