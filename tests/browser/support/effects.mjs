import assert from "node:assert/strict";

/** None of the effects numbered below `count` is lost, and none happened twice. */
export function assertEachOnce(effects, count) {
  assert.deepEqual(
    [...effects].sort((a, b) => a - b),
    Array.from({ length: count }, (_, n) => n),
  );
}
