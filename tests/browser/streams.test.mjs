import assert from "node:assert/strict";

import { stats } from "./support/calls.mjs";
import { guarded, startProbe } from "./support/probe.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** A stage whose API speaks HTTP/2, without which Chromium sends no stream. */
async function startStreamingStage(t, mode) {
  let authorizationServer;
  const api = await startProbe({ http2: true, answer: (exchange) => guarded({ authorizationServer })(exchange) });
  t.after(api.close);
  const stage = await startStage(t, { mode, config: { resourceServers: [`${api.origin}/probe/`] } });
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
