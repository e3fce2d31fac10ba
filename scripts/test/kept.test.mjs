// A stream that may have to be sent again, and the signal of its call.

import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { test } from "node:test";

import { Kept } from "../../pkg-template/src/kernel/kept.js";

test("a stream is cancelled by the signal also when its call is over and not all of it was read", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const cancelled = new Promise((cancel) => {
    const source = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(1)), cancel });
    const kept = new Kept(source, 10, controller.signal);
    kept.open().getReader().read();
  });
  controller.abort(reason);
  assert.equal(await cancelled, reason);
  assert.deepEqual(getEventListeners(controller.signal, "abort"), []);
});

test("a stream that was read to its end leaves nothing with the signal", async () => {
  const { signal } = new AbortController();
  const kept = new Kept(new Blob(["all of it"]).stream(), 10, signal);
  assert.equal(getEventListeners(signal, "abort").length, 1);
  assert.equal(await new Response(kept.open()).text(), "all of it");
  assert.deepEqual(getEventListeners(signal, "abort"), []);
});
