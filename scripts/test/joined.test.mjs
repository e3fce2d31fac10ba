// Answers for one page that go out as one message.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Joined } from "../../pkg-template/src/kernel/joined.js";

test("what comes within a moment goes out as one, in order, and each once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const posted = [];
  const joined = new Joined((messages) => posted.push(messages));
  for (const message of [1, 2, 3]) joined.add(message);
  assert.deepEqual(posted, []);
  t.mock.timers.tick(1);
  joined.add(4);
  t.mock.timers.tick(1);
  assert.deepEqual(posted, [[1, 2, 3], [4]]);
});

test("what has to go ahead of something else goes at once, and the moment after it brings nothing", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const posted = [];
  const joined = new Joined((messages) => posted.push(messages));
  joined.flush();
  joined.add(1);
  joined.flush();
  t.mock.timers.tick(1);
  assert.deepEqual(posted, [[1]]);
});
