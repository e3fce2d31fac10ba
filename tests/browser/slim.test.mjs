// The holder whose wasm is a file of its own.

import assert from "node:assert/strict";

import { bundles } from "./support/bundles.mjs";
import { resume, statusOf } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const place = "/tokenkeep.wasm";
const type = { "content-type": "application/wasm" };

/** The error that the page is told, where the wasm is answered like this. */
async function errorWith(t, { holder = "/holder-slim.js", ...shown }) {
  const stage = await startStage(t, { holder, ...shown });
  const { error } = await resume(await stage.open());
  assert.equal(error.name, "TokenKeepError");
  return error;
}

const ways = {
  "its URL": {},
  "a response": { holder: "/holder-slim.js?response" },
  "a response that is called something else": { holder: "/holder-slim.js?response", called: "application/octet-stream" },
};
for (const [way, { holder = "/holder-slim.js", called }] of Object.entries(ways)) {
  test(`tokenkeep/holder/slim takes the wasm by ${way}`, async (t) => {
    const { wasm } = await bundles();
    const stage = await startStage(t, { holder, ...(called && { files: { [place]: () => [called, wasm] } }) });
    const page = await stage.open();

    assert.ok(await signIn(page));
    assert.equal(await statusOf(page, stage.v1("files")), 200);
    await page.reload();
    assert.ok(await page.evaluate(() => app.auth.resume()));
  });
}

test("tokenkeep/holder/slim compiles the wasm while it comes", async (t) => {
  const { scripts } = await bundles();
  const telling = `const { compileStreaming } = WebAssembly;
    WebAssembly.compileStreaming = async (source) => (await fetch("/told?" + source.bodyUsed), compileStreaming(source));`;
  const told = [];
  const stage = await startStage(t, {
    holder: "/holder-slim.js?response",
    files: { "/holder-slim.js": () => ["text/javascript", telling + scripts["holder-slim"]] },
    routes: { "/told": ({ url }, response) => (told.push(url), response.writeHead(204).end()) },
  });
  await resume(await stage.open());

  assert.deepEqual(told, ["/told?false"]);
});

test("tokenkeep/holder/slim tells the page what is wrong with the wasm", async (t) => {
  const { wasm } = await bundles();
  const half = wasm.subarray(0, wasm.length / 2);
  const cut = (_, response) => response.writeHead(200, { ...type, "content-length": wasm.length }).write(half, () => response.destroy());
  const causes = [
    [{ files: { [place]: () => ["text/html", "<h1>not here</h1>"] } }, /can't be used \(CompileError\)/],
    [{ files: { [place]: () => ["application/wasm", "<h1>not here</h1>"] } }, /can't be used \(CompileError\)/],
    [{ routes: { [place]: (_, response) => response.writeHead(404).end() } }, /answered 404; check the URL/],
    [{ routes: { [place]: (_, response) => response.destroy() } }, /didn't come \(TypeError\); check .*connect-src/],
    [{ routes: { [place]: cut } }, /can't be used \(\w+\)/],
  ];
  for (const [shown, message] of causes) {
    for (const holder of ["/holder-slim.js", "/holder-slim.js?response"]) {
      const error = await errorWith(t, { holder, ...shown });
      assert.equal(error.code, "TOKENKEEP_HOLDER_FAILED");
      assert.match(error.message, message);
    }
  }
});
