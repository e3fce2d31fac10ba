// What the kernel tells the core of requests that end without an answer. The core is a double that writes down what it is told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Sender } from "../../pkg-template/src/kernel/sender.js";
import { listen } from "../../www/server/http.mjs";

globalThis.PAGE = false;

/** A sender whose core lets everything go, and what that core heard. */
function startSender() {
  const told = [];
  const core = {
    authorize: () => 1,
    authorization: () => "Bearer x",
    settled: (id) => told.push(["settled", id]),
    failed: (id) => told.push(["failed", id]),
  };
  return { told, sender: new Sender({ core: () => core, nextId: () => 7, streamLimit: () => 0 }) };
}

const addressOf = ({ port }) => `http://127.0.0.1:${port}/`;

test("a request that the network fails has failed", async () => {
  const { told, sender } = startSender();
  const server = await listen();
  await server.close();

  await assert.rejects(sender.send(addressOf(server), { headers: new Headers() }), TypeError);
  assert.deepEqual(told, [["failed", 7]]);
});

test("a request that its caller gives up is over, and no failure", async (t) => {
  const { told, sender } = startSender();
  const controller = new AbortController();
  const server = await listen(() => controller.abort());
  t.after(server.close);

  const { signal } = controller;
  await assert.rejects(sender.send(addressOf(server), { headers: new Headers(), signal }), { name: "AbortError" });
  assert.deepEqual(told, [["settled", 7]]);
});
