import assert from "node:assert/strict";
import { test } from "node:test";

import { listen } from "./http.mjs";

test("whoever vanishes breaks every connection, and keeps the port", async (t) => {
  const { port, close, vanish } = await listen((_, response) => response.write("the beginning"));
  t.after(close);
  const url = `http://127.0.0.1:${port}`;
  const early = await fetch(url);
  vanish();
  await assert.rejects(early.text());
  await assert.rejects(fetch(url), { name: "TypeError", message: "fetch failed" });
  await assert.rejects(
    listen(() => {}, { port }),
    { code: "EADDRINUSE" },
  );
});
