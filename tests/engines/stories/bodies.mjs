import assert from "node:assert/strict";

import { strictPolicy } from "../../browser/support/app-server.mjs";
import { bodies, content, sendBoth } from "../../browser/support/body-kinds.mjs";
import { until } from "../../browser/support/until.mjs";
import { openSignedIn } from "../support/acts.mjs";
import { allModes } from "../support/modes.mjs";

// The page of an app whose holder is elsewhere may reach nothing itself, and here it sends what is compared.
const policy = `${strictPolicy}; frame-src http:`;

export const stories = [
  { name: "an answer is read while it comes, and one that is dropped is dropped at the API", modes: allModes, tell: streams },
  { name: "every body arrives as plain fetch sends it, after a 401", modes: allModes, options: { policy }, tell: sent },
];

async function streams({ stage, mode }) {
  const { feed } = stage.api;
  const page = await openSignedIn(stage, mode);
  assert.match(await page.evaluate(openStream, stage.v1("feed")), /^retry/);
  feed.publish("news");
  assert.match(await page.evaluate(readOn), /^id: 1\ndata: news/);
  feed.end();
  assert.equal(await page.evaluate(readOn), "the end");
  await page.evaluate(openStream, stage.v1("feed"));
  assert.equal(feed.readers, 1);
  await page.evaluate(() => controller.abort());
  assert.equal(await page.evaluate(readOn), "AbortError");
  await until(() => feed.readers === 0, "the API to see that nobody reads on");
}

/** In the page: the first piece of an answer. */
async function openStream(url) {
  globalThis.controller = new AbortController();
  const { body } = await app.auth.fetch(url, { signal: controller.signal });
  globalThis.reader = body.pipeThrough(new TextDecoderStream()).getReader();
  return (await reader.read()).value;
}

/** In the page: the next piece of it, or the name of what went wrong. */
async function readOn() {
  try {
    const { value, done } = await reader.read();
    return done ? "the end" : value;
  } catch (error) {
    return error.name;
  }
}

async function sent({ stage, mode }) {
  const page = await openSignedIn(stage, mode);
  for (const [name, source] of Object.entries(bodies)) {
    const statuses = await sendBoth(stage, page, source);
    const [plain, refused, replayed, ...more] = stage.probe.requests;
    assert.deepEqual([statuses, more], [[401, 200], []], name);
    for (const request of [refused, replayed]) assert.deepEqual(content(request), content(plain), name);
  }
}
