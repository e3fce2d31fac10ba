// What the bench makes of its rounds, in one run and in several.

import assert from "node:assert/strict";
import { test } from "node:test";

import { gather, ratioOf } from "../../benches/statistics.mjs";

test("several runs are one result, whose lists are by run", () => {
  const runs = [
    { calls: 4, times: { raw: [1, 2], page: [3] } },
    { calls: 4, times: { raw: [5], page: [7] } },
  ];
  assert.deepEqual(gather(runs), { calls: 4, times: { raw: [[1, 2], [5]], page: [[3], [7]] } });
});

test("of several runs the ratio is the middle one, and the range theirs", () => {
  const base = [[10], [10], [10], [10]];
  const { value, low, high } = ratioOf([[11], [14], [12], [30]], base);
  assert.deepEqual(
    [value, low, high].map((ratio) => ratio.toFixed(2)),
    ["1.30", "1.10", "3.00"],
  );
});

test("of one run the range is of rounds drawn again, and has the ratio in it", () => {
  const { value, low, high } = ratioOf([[10, 11, 12, 13, 14]], [[10, 10, 10, 10, 10]]);
  assert.ok(low < value && value < high, `${low} < ${value} < ${high}`);
  assert.ok(low >= 1 && high <= 1.41, `${low} to ${high}`);
});
