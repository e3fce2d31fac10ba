// What a page makes of the arguments of a call, and how long it waits for what these bring.

import assert from "node:assert/strict";
import { test } from "node:test";

import { describe, unlessAborted } from "../../pkg-template/src/client/requests.js";

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

test("who gives up waits no longer, and leaves nothing behind with the signal", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const heard = [];
  for (const name of ["addEventListener", "removeEventListener"]) {
    const original = signal[name].bind(signal);
    signal[name] = (...given) => (heard.push(name), original(...given));
  }
  assert.equal(await unlessAborted(Promise.resolve(1), signal), 1);
  assert.deepEqual(heard, ["addEventListener", "removeEventListener"]);
  const reason = new Error("enough");
  const waiting = assert.rejects(unlessAborted(new Promise(() => {}), signal), reason);
  controller.abort(reason);
  await waiting;
  await assert.rejects(unlessAborted(new Promise(() => {}), signal), reason);
  await assert.rejects(unlessAborted(Promise.reject(reason)), reason);
});
