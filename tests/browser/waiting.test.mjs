// The `waiting` event: what a page can show while its requests wait.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { endOfSend, events, startSend } from "./support/calls.mjs";
import { endSharedWorker } from "./support/ending.mjs";
import { signIn as signInElsewhere } from "./support/own-origin.mjs";
import { signIn } from "./support/sign-in.mjs";
import { ownMode, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const readme = await readFile(new URL("../../pkg-template/README.md", import.meta.url), "utf8");
const [, sample] = /```js\n(const words = [^]*?)```/.exec(readme);

/** Puts up the banner that the README shows. */
async function showBanner(page) {
  await page.evaluate(() => {
    globalThis.auth = app.auth;
    globalThis.banner = document.body.appendChild(Object.assign(document.createElement("p"), { hidden: true }));
  });
  await page.evaluate(sample);
}

const banner = (page) => page.evaluate(() => (globalThis.banner.hidden ? null : globalThis.banner.textContent));

const waits = async (page) => (await events(page, "waiting")).map(({ detail }) => detail);

test("every page hears that requests have waited long for a token, and of the end", async (t) => {
  const stage = await startStage(t, { mode: "made" });
  const pages = [await stage.open(), await stage.open()];
  await signIn(pages[0]);
  for (const page of pages) await showBanner(page);
  stage.authorizationServer.expireAccessTokens();
  stage.authorizationServer.failTokenEndpoint({ status: 503, headers: { "retry-after": "5" } });
  await startSend(pages[0], stage.v1("files?secret=in-the-query"));
  for (const page of pages) await until(async () => (await banner(page)) === "Signing in takes longer than usual.", "the banner");
  stage.authorizationServer.restoreTokenEndpoint();
  assert.equal((await endOfSend(pages[0])).value.status, 200);

  for (const page of pages) {
    await until(async () => (await banner(page)) === null, "the banner's end");
    const [long, ...rest] = await waits(page);
    assert.deepEqual(rest, [{ for: null, since: null, until: null, calls: 0 }]);
    assert.deepEqual(Object.keys(long), ["for", "since", "until", "calls"]);
    assert.deepEqual([long.for, long.calls], ["token", 1]);
    assert.ok(long.since <= Date.now() - 3_000 && long.until >= long.since + 5_000, JSON.stringify(long));
  }

  stage.authorizationServer.expireAccessTokens();
  stage.authorizationServer.failTokenEndpoint({ status: 503 });
  await startSend(pages[1], stage.v1("files"));
  for (const page of pages) await until(() => banner(page), "the next banner");
  await endSharedWorker(pages[0]);
  for (const page of pages) await until(async () => (await banner(page)) === null, "its end with the holder");
});

test("a page of another origin than the holder's hears of the pause that its API asks for", async (t) => {
  const stage = await startStage(t, { mode: ownMode });
  const page = await stage.open();
  await signInElsewhere(page);
  stage.api.limit({ path: "/v1/files", seconds: 4 });
  await startSend(page, stage.v1("files"));
  await until(async () => (await waits(page)).length, "the event");
  assert.equal((await endOfSend(page)).value.status, 200);
  await until(async () => (await waits(page)).length > 1, "its end");
  const told = await waits(page);
  assert.deepEqual(
    told.map(({ for: what, calls }) => [what, calls]),
    [
      ["retry-after", 1],
      [null, 0],
    ],
  );
  assert.ok(told[0].until >= told[0].since + 4_000, JSON.stringify(told));
});
