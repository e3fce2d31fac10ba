// A response that is handed over to a page that has given it up.

import { test } from "node:test";

import { forward } from "../../pkg-template/src/kernel/responses.js";
import { listen } from "../../www/server/http.mjs";

for (const [when, length] of [
  ["while it waits to be asked for", undefined],
  ["before the page has heard of it", 200],
])
  test(`a body that nobody wants any more leaves nothing behind if that was said ${when}`, { timeout: 10_000 }, async (t) => {
    const server = await listen((_, response) => {
      response.writeHead(200, length && { "content-length": length });
      response.write("x".repeat(100));
    });
    t.after(server.close);
    const controller = new AbortController();
    const response = await fetch(`http://127.0.0.1:${server.port}/`, { signal: controller.signal });
    const { body } = response;
    const reader = body.getReader();
    body.getReader = () => reader;
    const { read } = reader;
    // Behind all that follows at once from what was read. Nobody asks for it.
    reader.read = () => read.call(reader).then((chunk) => (setImmediate(() => controller.abort()), chunk));
    await new Promise((resolve) => {
      forward(response, ({ stream }) => t.after(() => stream.close()), resolve, controller);
    });
  });
