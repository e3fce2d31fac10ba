import assert from "node:assert/strict";

import { stats } from "./support/calls.mjs";
import { guarded, startProbe } from "./support/probe.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** A stage whose API speaks HTTP/2, without which Chromium sends no stream. */
async function startStreamingStage(t, mode, { config, answer } = {}) {
  let authorizationServer;
  const api = await startProbe({ http2: true, answer: (exchange) => guarded({ authorizationServer, answer })(exchange) });
  t.after(api.close);
  const stage = await startStage(t, { mode, config: { resourceServers: [`${api.origin}/probe/`], ...config } });
  ({ authorizationServer } = stage);
  const page = await stage.open();
  await signIn(page);
  return { stage, page, api, url: `${api.origin}/probe/upload` };
}

/** Runs in the page: sends three chunks as a stream. */
function upload(url) {
  const chunks = ["one ", "two ", "three"].map((text) => new TextEncoder().encode(text));
  const body = new ReadableStream({
    pull: (controller) => (chunks.length ? controller.enqueue(chunks.shift()) : controller.close()),
  });
  return app.send(url, { method: "POST", body, duplex: "half" });
}

for (const mode of modes) {
  test(`${mode}: a stream is sent as it is`, async (t) => {
    const { page, api, url } = await startStreamingStage(t, mode);

    assert.equal((await page.evaluate(upload, url)).value?.status, 200);
    assert.deepEqual(
      api.requests.map(({ body }) => String(body)),
      ["one two three"],
    );
  });

  test(`${mode}: a stream that met a 401 is not sent again (USE-14)`, async (t) => {
    const { stage, page, api, url } = await startStreamingStage(t, mode);
    stage.authorizationServer.expireAccessTokens();
    const { error } = await page.evaluate(upload, url);

    assert.deepEqual([error.name, error.code], ["TokenKeepError", "TOKENKEEP_BODY_NOT_REPLAYABLE"]);
    assert.deepEqual(
      api.requests.map(({ status }) => status),
      [401],
    );
    await until(() => stage.counts.refreshed === 1, "the refresh for the next call");
    assert.equal((await page.evaluate(upload, url)).value?.status, 200);
    assert.equal(stage.counts.refreshes, 1);
  });

  test(`${mode}: a stream that is kept is sent again after a 401 and after a pause, if it is no longer than configured (USE-14)`, async (t) => {
    let pauses = 1;
    const answer = ({ response }) => {
      const pause = pauses-- > 0;
      response.writeHead(pause ? 503 : 200, pause ? { "retry-after": "0", "access-control-expose-headers": "Retry-After" } : {}).end();
    };
    const { stage, page, api, url } = await startStreamingStage(t, mode, { config: { streamBufferLimit: 13 }, answer });
    stage.authorizationServer.expireAccessTokens();
    const put = (text) =>
      page.evaluate(
        ([url, text]) => {
          const chunks = [...text].map((character) => new TextEncoder().encode(character));
          const pull = (controller) => (chunks.length ? controller.enqueue(chunks.shift()) : controller.close());
          return app.send(url, { method: "PUT", body: new ReadableStream({ pull }), duplex: "half" });
        },
        [url, text],
      );

    assert.equal((await put("one two three")).value?.status, 200);
    assert.deepEqual(
      api.requests.map(({ status, body }) => [status, String(body)]),
      [401, 503, 200].map((status) => [status, "one two three"]),
    );
    api.requests.length = 0;
    stage.authorizationServer.expireAccessTokens();
    const { error } = await put("one two three.");
    assert.equal(error?.code, "TOKENKEEP_BODY_NOT_REPLAYABLE");
    assert.match(error.message, /streamBufferLimit/);
    assert.deepEqual(
      api.requests.map(({ status, body }) => [status, String(body)]),
      [[401, "one two three."]],
    );
  });

  test(`${mode}: a stream that is kept goes as it comes, and one that is too long goes on being sent`, async (t) => {
    const { page, api, url } = await startStreamingStage(t, mode, { config: { streamBufferLimit: 1_000 } });
    const status = await page.evaluate(async (url) => {
      let left = 64;
      const pull = (controller) => (left-- ? controller.enqueue(new Uint8Array(16_384).fill(left)) : controller.close());
      const { value, error } = await app.send(url, { method: "POST", body: new ReadableStream({ pull }), duplex: "half" });
      return value?.status ?? error;
    }, url);

    assert.equal(status, 200);
    const [{ body }] = api.requests;
    assert.equal(body.length, 64 * 16_384);
    assert.ok(body.every((byte, at) => byte === 63 - Math.floor(at / 16_384)));
  });

  for (const streamBufferLimit of [0, 1_000])
    test(`${mode}: a stream whose call is refused, or given up while it waits, is cancelled at its source, with ${streamBufferLimit} bytes kept`, async (t) => {
      const { stage, page, api, url } = await startStreamingStage(t, mode, { config: { streamBufferLimit } });
      stage.authorizationServer.expireAccessTokens();
      t.after(stage.holdTokenEndpoint());
      await page.evaluate((target) => void app.send(target), url);
      await until(() => stage.counts.refreshes === 1, "the refresh");
      await page.evaluate(
        (targets) => {
          globalThis.controller = new AbortController();
          globalThis.calls = targets.map(([target, isAborted]) => {
            let cancel;
            const cancelled = new Promise((resolve) => (cancel = resolve));
            const body = new ReadableStream({ pull: () => new Promise(() => {}), cancel: () => cancel("cancelled") });
            const signal = isAborted ? AbortSignal.abort() : controller.signal;
            const call = app.send(target, { method: "POST", body, duplex: "half", signal });
            return call.then(async ({ error }) => [error.name === "AbortError" ? error.name : error.code, await cancelled]);
          });
        },
        [[url], ["https://elsewhere.example/x"], [url, true]],
      );
      await until(async () => (await stats(page)).queued === 2, "the call that waits");
      await page.evaluate(() => controller.abort());

      assert.deepEqual(await page.evaluate(() => Promise.all(calls)), [
        ["AbortError", "cancelled"],
        ["TOKENKEEP_TARGET_REFUSED", "cancelled"],
        ["AbortError", "cancelled"],
      ]);
      assert.ok(api.requests.every(({ method }) => method === "GET"));
    });

  test(`${mode}: a kept stream whose call is aborted is cancelled at its source`, async (t) => {
    const { page, api, url } = await startStreamingStage(t, mode, { config: { streamBufferLimit: 1_000 } });
    const told = await page.evaluate(async (url) => {
      const controller = new AbortController();
      let cancelled;
      const source = new Promise((resolve) => (cancelled = resolve));
      let sent = false;
      const pull = (stream) => (sent ? new Promise(() => {}) : ((sent = true), stream.enqueue(new Uint8Array([65]))));
      const body = new ReadableStream({ pull, cancel: () => cancelled("cancelled") });
      globalThis.call = app.send(url, { method: "POST", body, duplex: "half", signal: controller.signal });
      while (!sent) await new Promise((resolve) => setTimeout(resolve));
      controller.abort();
      return [(await call).error.name, await source];
    }, url);

    assert.deepEqual(told, ["AbortError", "cancelled"]);
    assert.ok(api.requests.length <= 1);
  });

  test(`${mode}: a stream that waited for a token is sent whole`, async (t) => {
    const { stage, page, api, url } = await startStreamingStage(t, mode);
    stage.authorizationServer.expireAccessTokens();
    const answer = stage.holdTokenEndpoint();
    await page.evaluate((url) => void (globalThis.first = app.send(url, { method: "POST", body: "x" })), url);
    await until(() => stage.counts.refreshes === 1, "the refresh");
    await page.evaluate(`globalThis.second = (${upload})(${JSON.stringify(url)}); 0`);
    await until(async () => (await stats(page)).queued === 2, "two waiting calls");
    answer();

    for (const { value } of await page.evaluate(() => Promise.all([first, second]))) assert.equal(value?.status, 200);
    assert.deepEqual(
      api.requests.map(({ body }) => String(body)),
      ["x", "x", "one two three"],
    );
  });
}
