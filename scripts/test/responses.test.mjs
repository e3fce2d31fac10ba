// A response that is handed over to a page that has given it up.

import assert from "node:assert/strict";
import { test } from "node:test";

import { forward } from "../../pkg-template/src/kernel/responses.js";
import { listen } from "../../www/server/http.mjs";

test("a body that nobody asks for any more leaves nothing behind, whenever that was said", async (t) => {
  const server = await listen((_, response) => {
    response.writeHead(200);
    response.write("x".repeat(100));
  });
  t.after(server.close);
  for (const when of ["before the header is there", "as soon as it is", "while it waits to be asked"]) {
    const controller = new AbortController();
    const response = await fetch(`http://127.0.0.1:${server.port}/`, { signal: controller.signal });
    const abort = () => controller.abort();
    if (when.startsWith("before")) abort();
    const done = new Promise((resolve) => {
      const send = ({ stream }) => {
        assert.ok(stream instanceof MessagePort);
        t.after(() => stream.close());
        if (when.startsWith("as soon")) abort();
        // Behind the read of what is there already.
        if (when.startsWith("while")) setImmediate(setImmediate, abort);
      };
      forward(response, send, resolve, controller);
    });
    await done;
  }
});
