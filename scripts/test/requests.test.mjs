// What a page makes of the arguments of a call.

import assert from "node:assert/strict";
import { test } from "node:test";

import { describe } from "../../pkg-template/src/client/requests.js";

const url = "https://api.example.com/x";

test("what a Request doesn't show of itself is taken from what it was made with here", () => {
  const request = new Request(url, { method: "PUT", keepalive: true });
  const { method, keepalive, priority } = describe(request, { priority: "low" });
  assert.deepEqual([method, keepalive, priority], ["PUT", true, "low"]);
});

test("options may come from a prototype, as those of a Request do", () => {
  assert.equal(describe(url, Object.create({ method: "DELETE" })).method, "DELETE");
  const { signal } = new AbortController();
  const described = describe(url, new Request(url, { method: "DELETE", signal }));
  assert.equal(described.method, "DELETE");
  assert.ok(described.signal instanceof AbortSignal);
});
