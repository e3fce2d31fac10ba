// A holder outlives the file that made it: pages that come later find out, and it makes room where the configuration says so.

import assert from "node:assert/strict";

import { events, resume, session, statusOf } from "./support/calls.mjs";
import { signIn as signInOverThere } from "./support/own-origin.mjs";
import { signIn } from "./support/sign-in.mjs";
import { ownMode, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** Two tabs of which the first has looked at the holder's file as it is now. */
async function start(t, config = {}, options = {}) {
  const stage = await startStage(t, { mode: "made", config, ...options });
  const said = [];
  stage.context.on("console", (message) => message.type() === "warning" && said.push(message.text()));
  const page = await stage.open();
  assert.equal((await resume(page)).value, null);
  await looks(stage, page);
  return { stage, page, said };
}

/** Resolves when the page has told the holder what it has found; the file is asked for last by whoever looks. */
async function looks(stage, page) {
  const looked = (url) => performance.getEntriesByType("resource").some((one) => one.name === url && one.initiatorType === "fetch");
  await until(() => page.evaluate(looked, `${stage.home.origin}/config.js`), "a look at the holder's file");
}

const outdated = (page, givesWay) =>
  until(async () => (await events(page, "outdated")).some(({ detail }) => detail.givesWay === givesWay), "the news");

test("a page that connects after the holder's file was edited tells every page, and the developer in the console", async (t) => {
  const { stage, page, said } = await start(t);
  await signIn(page);
  await looks(stage, page);
  assert.deepEqual([await events(page, "outdated"), said], [[], []]);
  stage.configure({ scope: "openid" });
  const fresh = await stage.open();
  assert.ok((await resume(fresh)).value, "the session goes on");

  for (const one of [page, fresh]) await outdated(one, "never");
  assert.match(said.join(), /holder\.js has changed.*takeOver/s);
  assert.equal(said.length, 1);
  const later = await stage.open();
  await outdated(later, "never");
  for (const one of [page, fresh, later]) assert.equal(await statusOf(one, stage.v1("files")), 200);
  assert.equal(stage.counts.exchanges, 1);
});

test("a file that is as it was is no news", async (t) => {
  const { stage, page, said } = await start(t);
  const other = await stage.open();
  await resume(other);
  await looks(stage, other);
  await page.reload();
  await resume(page);
  await looks(stage, page);
  assert.deepEqual([await events(page), await events(other), said], [[], [], []]);
});

/** The names of the locks of the holders that there are. */
const holders = (page) =>
  page.evaluate(async () => {
    const { held } = await navigator.locks.query();
    return held.map(({ name }) => name).filter((name) => name.startsWith("tokenkeep:holder-"));
  });

test("with takeOver and nobody signed in the new file counts at once", async (t) => {
  const { stage, page } = await start(t, { takeOver: true });
  const [former] = await holders(page);
  stage.configure({ takeOver: true, clientId: "another" });
  const fresh = await stage.open();
  assert.equal((await resume(fresh)).value, null);
  await outdated(fresh, "at-once");
  const asked = fresh.waitForRequest((request) => request.isNavigationRequest());
  await until(async () => !(await holders(fresh)).includes(former), "the old holder's end");
  await fresh.evaluate(() => void app.auth.signIn());
  assert.equal(new URL((await asked).url()).searchParams.get("client_id"), "another");
  assert.equal((await resume(page)).value, null, "the old page has the new one too");
});

test("with takeOver a session stays until the last page that was open is gone", async (t) => {
  const { stage, page } = await start(t, { takeOver: true });
  await signIn(page);
  await looks(stage, page);
  stage.configure({ takeOver: true, scope: "openid" });
  const fresh = await stage.open();
  assert.ok((await resume(fresh)).value);
  await outdated(fresh, "when-left");
  assert.equal(await statusOf(fresh, stage.v1("files")), 200);
  const late = await stage.open();
  assert.ok((await resume(late)).value);
  await page.close();
  assert.ok(await session(late), "the one that found it was open too");
  await fresh.close();

  await until(async () => (await session(late)) === null, "the end of the session");
  assert.deepEqual(await events(late, "signedout"), [{ type: "signedout", detail: { reason: "replaced" } }]);
  assert.equal((await signIn(late)).scope, "openid");
});

test("at the holder's own origin the frame looks while the app is developed", async (t) => {
  const stage = await startStage(t, { mode: ownMode });
  const page = await stage.open();
  await signInOverThere(page);
  const frame = () => page.frames().find((one) => one.url().startsWith(stage.home.origin));
  await looks(stage, frame());
  stage.configure({ scope: "openid" });
  const fresh = await stage.open();
  assert.ok((await resume(fresh)).value);
  for (const one of [page, fresh]) await outdated(one, "never");
  const later = await stage.open();
  await outdated(later, "never");
});
