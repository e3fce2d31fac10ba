import assert from "node:assert/strict";

import { stats, statusOf } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const rotations = 3;

for (const mode of modes) {
  test(`${mode}: a response that streams through ${rotations} rotations arrives whole`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    await page.evaluate(startReading, stage.v1("feed"));
    const { feed } = stage.api;
    await until(() => feed.readers === 1, "the reader");
    feed.publish("before");
    for (let round = 1; round <= rotations; round += 1) {
      stage.authorizationServer.expireAccessTokens();
      assert.equal(await statusOf(page, stage.v1("files")), 200);
      feed.publish(`after rotation ${round}`);
      await until(() => page.evaluate((end) => globalThis.text.includes(end), `rotation ${round}\n`), "the next piece");
    }
    assert.equal((await stats(page)).generation, rotations + 1);
    feed.end();

    assert.equal(await page.evaluate(() => globalThis.reading), "whole");
    const data = (await page.evaluate(() => globalThis.text)).match(/(?<=^data: ).*$/gm);
    assert.deepEqual(data, ["before", ...Array.from({ length: rotations }, (_, n) => `after rotation ${n + 1}`)]);
    const requests = stage.api.requests.filter(({ path }) => path === "/v1/feed");
    assert.deepEqual(
      requests.map(({ status, complete }) => [status, complete]),
      [[200, true]],
    );
  });
}

test("a response that was sent before its token died and is read after that arrives whole", async (t) => {
  const stage = await startStage(t);
  const page = await stage.open();
  await signIn(page);
  const length = 8 * 1024 * 1024;
  await page.evaluate(async (url) => (globalThis.response = await app.auth.fetch(url)), stage.v1(`bytes?n=${length}`));
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(page, stage.v1("files")), 200);

  assert.equal(await page.evaluate(async () => (await response.arrayBuffer()).byteLength), length);
  assert.equal(stage.counts.refreshes, 1);
});

/** Runs in the page: reads a response to its end, piece by piece. */
function startReading(url) {
  globalThis.text = "";
  const read = async () => {
    const { body } = await app.auth.fetch(url);
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return "whole";
      globalThis.text += value;
    }
  };
  globalThis.reading = read().catch(String);
}
