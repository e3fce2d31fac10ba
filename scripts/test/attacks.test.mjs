import assert from "node:assert/strict";
import { test } from "node:test";

import { resultsTable } from "../../tests/attacks/support/results.mjs";

const seen = (id, mode, more = {}) => ({ id, threat: "S1", title: `attack ${id}`, mode, saw: "stopped", ...more });
const rowsOf = (observations) =>
  resultsTable(observations)
    .split("\n")
    .filter((line) => line.startsWith("| T"));

test("the table has a row for each attack and placement, and a cell for each way of running", () => {
  const rows = rowsOf([
    seen("T1", "page", { when: "late", saw: "works", note: "a | b" }),
    seen("T1", "page", { when: "early" }),
    seen("T1", "worker", { when: "late" }),
    seen("T1", "worker", { when: "early", saw: "limited", note: "a little" }),
    seen("T1", "shared", { when: "late" }),
    seen("T1", "own", { when: "early" }),
  ]);
  assert.deepEqual(rows, [
    "| T1 | S1 | attack T1 | late | **works**: a \\| b | stopped | stopped | - |",
    "| T1 | S1 | attack T1 | early | stopped | limited: a little | - | stopped |",
  ]);
});

test("attacks are in the order of their numbers, those of one number as they were carried out", () => {
  const rows = rowsOf([
    seen("T10", "page"),
    seen("T2b", "page"),
    seen("T2", "page", { title: "z" }),
    seen("T2", "page", { title: "a" }),
    seen("T1", "page"),
  ]);
  assert.deepEqual(
    rows.map((row) => row.split(" | ").slice(0, 3).join(" ").slice(2)),
    ["T1 S1 attack T1", "T2 S1 z", "T2 S1 a", "T2b S1 attack T2b", "T10 S1 attack T10"],
  );
});

test("an attack that left no record is missing from the table", () => {
  assert.deepEqual(rowsOf([]), []);
});
