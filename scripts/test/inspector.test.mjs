// What tokenkeep/inspector says of numbers; tests/browser/inspector.test.mjs has it in pages.

import assert from "node:assert/strict";
import { test } from "node:test";

import { whyWaiting } from "../../pkg-template/src/inspector/inspect.js";

const calm = { queued: 0, paused: 0, steppingUp: 0 };
const why = (waits, { online = true, nextAttemptIn = null, phase = "active" } = {}) =>
  whyWaiting({ phase, waits: { ...calm, ...waits }, timers: { nextAttemptIn }, state: { online } });

test("each kind of wait is counted by itself, as in stats()", () => {
  assert.equal(why({}), null);
  assert.equal(
    why({ queued: 1, paused: 2, steppingUp: 3 }, { phase: "refreshing" }),
    "1 for a token (refreshing), 2 for the pause that their API asked for, 3 for a sign-in with more rights",
  );
  assert.equal(why({ paused: 1 }), "1 for the pause that their API asked for");
  assert.equal(why({ queued: 4 }, { phase: "waiting", nextAttemptIn: 1_500 }), "4 for a token (waiting), the next attempt in 1.5 s");
  assert.equal(why({ queued: 4 }, { online: false }), "4 until the browser is online again");
});
