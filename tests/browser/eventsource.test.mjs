import assert from "node:assert/strict";

import { endOfToken, events, statusOf } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

for (const mode of modes) {
  test(`${mode}: a rotation does not cut the event stream, and after its end the fresh token takes it up again`, async (t) => {
    const { stage, page } = await startFeed(t, { mode });
    const { feed } = stage.api;
    publish(feed, 1, 10);
    await rotate(stage, page);
    publish(feed, 11, 20);
    await rotate(stage, page);
    publish(feed, 21, 30);
    await untilHeard(page, 30);
    assert.deepEqual(requests(stage), [[200, null]]);
    feed.end();
    publish(feed, 31, 40);
    await until(() => feed.readers === 1, "the reader to come back");
    publish(feed, 41, 50);
    await untilHeard(page, 50);

    assert.deepEqual(await heard(page, "message"), numbered(50));
    assert.deepEqual(await heard(page, "error"), [[null]]);
    assert.deepEqual(requests(stage), [
      [200, null],
      [200, "30"],
    ]);
    assert.equal(stage.counts.refreshes, 2);
  });
}

test("a stream that breaks off while its token is dead goes on after one refresh, and nobody sees the 401", async (t) => {
  const { stage, page } = await startFeed(t);
  const { feed } = stage.api;
  publish(feed, 1, 10);
  await untilHeard(page, 10);
  stage.authorizationServer.expireAccessTokens();
  feed.end({ isBroken: true });
  publish(feed, 11, 20);
  await untilHeard(page, 20);

  assert.deepEqual(await heard(page, "message"), numbered(20));
  assert.deepEqual(await heard(page, "error"), [[null]]);
  assert.deepEqual(requests(stage), [
    [200, null],
    [401, "10"],
    [200, "10"],
  ]);
  assert.equal(stage.counts.refreshes, 1);
});

test("a stream outlives its token, and is taken up again only with a new one", async (t) => {
  const { stage, page } = await startFeed(t, { lifetime: 5 });
  const { feed } = stage.api;
  stage.announceLifetime(600);
  await endOfToken(page);
  publish(feed, 1, 10);
  await untilHeard(page, 10);
  assert.equal(requests(stage).length, 1, "neither its token's end nor a rotation cut it");
  feed.end();
  publish(feed, 11, 20);
  await untilHeard(page, 20);

  assert.deepEqual(await heard(page, "message"), numbered(20));
  assert.deepEqual(requests(stage), [
    [200, null],
    [200, "10"],
  ]);
  assert.equal(stage.counts.refreshes, 1);
});

test("a stream that ends during an outage of the token endpoint goes on after it", async (t) => {
  const { stage, page } = await startFeed(t);
  const { feed } = stage.api;
  publish(feed, 1, 10);
  await untilHeard(page, 10);
  stage.authorizationServer.expireAccessTokens();
  stage.authorizationServer.failTokenEndpoint({ status: 503 });
  feed.end();
  await until(async () => (await events(page, "refreshfailed")).length > 0, "a failed refresh");
  publish(feed, 11, 20);
  stage.authorizationServer.restoreTokenEndpoint();
  await untilHeard(page, 20);

  assert.deepEqual(await heard(page, "message"), numbered(20));
  assert.deepEqual(await heard(page, "error"), [[null]]);
});

test("once the session is over the stream is not taken up again", async (t) => {
  const { stage, page } = await startFeed(t);
  stage.authorizationServer.revokeGrants();
  stage.api.feed.end();
  await until(async () => (await heard(page, "error")).length > 1, "attempts that the session refuses");

  assert.deepEqual(requests(stage), [
    [200, null],
    [401, null],
  ]);
  assert.deepEqual(await heard(page, "message"), []);
});

/** A page that follows the API's feed by the `eventsource` package. */
async function startFeed(t, { mode = "shared", lifetime = 600 } = {}) {
  const stage = await startStage(t, { mode });
  stage.announceLifetime(lifetime);
  const page = await stage.open();
  await signIn(page);
  await page.addScriptTag({ url: "/library/eventsource.js", type: "module" });
  await page.evaluate((url) => follow(url), stage.v1("feed"));
  await until(() => stage.api.feed.readers === 1, "the reader");
  return { stage, page };
}

/** Has the token refused and renewed, as any other call does it. */
async function rotate(stage, page) {
  const before = stage.counts.refreshed;
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(stage.counts.refreshed, before + 1);
}

function publish(feed, from, to) {
  for (let n = from; n <= to; n += 1) feed.publish(`event ${n}`);
}

const numbered = (count) => Array.from({ length: count }, (_, n) => [`event ${n + 1}`, `${n + 1}`]);

/** What the page was told under `kind`, in order. */
const heard = (page, kind) => page.evaluate((kind) => feed.heard.filter(([told]) => told === kind).map(([, ...rest]) => rest), kind);

const untilHeard = (page, count) => until(async () => (await heard(page, "message")).length >= count, `${count} events`);

/** The requests for the feed, as [status, Last-Event-ID]; one that is still answered has the status it began with. */
const requests = ({ api }) =>
  api.requests.filter(({ path }) => path === "/v1/feed").map(({ status, lastEventId }) => [status ?? 200, lastEventId]);
