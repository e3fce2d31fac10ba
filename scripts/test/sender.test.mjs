// What the kernel tells the core of requests that end without an answer. The core is a double that writes down what it is told.

import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";

import { Sender } from "../../pkg-template/src/kernel/sender.js";

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

const addressOf = (server) => `http://127.0.0.1:${server.address().port}/`;

async function listening(work) {
  const server = createServer(work).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return server;
}

test("a request that the network fails has failed", async () => {
  const { told, sender } = startSender();
  const server = await listening();
  const nobody = addressOf(server);
  await new Promise((resolve) => server.close(resolve));

  await assert.rejects(sender.send(nobody, { headers: new Headers() }), TypeError);
  assert.deepEqual(told, [["failed", 7]]);
});

test("a request that its caller gives up is over, and no failure", async (t) => {
  const { told, sender } = startSender();
  const controller = new AbortController();
  const server = await listening((socket) => {
    t.after(() => socket.destroy());
    controller.abort();
  });
  t.after(() => server.close());

  const { signal } = controller;
  await assert.rejects(sender.send(addressOf(server), { headers: new Headers(), signal }), { name: "AbortError" });
  assert.deepEqual(told, [["settled", 7]]);
});
