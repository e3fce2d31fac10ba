import assert from "node:assert/strict";

import { session, statusOf } from "../../browser/support/calls.mjs";
import { startProbe } from "../../browser/support/probe.mjs";
import { until } from "../../browser/support/until.mjs";
import { comeBack, openSignedIn } from "../support/acts.mjs";
import { browserProcesses, sleepOf } from "../support/sleep.mjs";
import { allModes } from "../support/modes.mjs";
import { events, outcomes } from "../support/outcomes.mjs";

const sleepLength = 4_000;

export const stories = [
  { event: events.reload, name: "a reload ends with the session that was", modes: allModes, tell: reload },
  { event: events.closed, name: "the only tab closed and another opened end with the session that was", modes: allModes, tell: closed },
  { event: events.away, name: "a visit to another site and back ends with the session that was", modes: allModes, tell: away },
  {
    event: events.sleep,
    name: "a sleep that the access token doesn't outlive costs one refresh",
    modes: allModes,
    options: { accessTokenTtl: sleepLength / 2_000 },
    tell: sleep,
  },
];

/** Whatever became of the worker, the app is signed in as before, nobody was shown a page, and no token was used twice. */
async function assertBack(stage, page, before, note) {
  const shown = () => stage.authorizationServer.requests.filter(({ path }) => path.startsWith("/interaction")).length;
  const shownBefore = shown();
  const { kept, session: found } = await comeBack(page);
  note(kept ? outcomes.kept : outcomes.silent);
  if (kept) assert.deepEqual(kept, before);
  assert.deepEqual([found.scope, found.claims.sub], [before.scope, before.claims.sub]);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(shown(), shownBefore, "nobody was shown a page");
  assert.deepEqual([stage.counts.exchanges, stage.counts.reuseAlarms], [kept ? 1 : 2, 0]);
}

async function reload({ stage, mode, note }) {
  const page = await openSignedIn(stage, mode);
  const before = await session(page);
  await page.reload();
  await assertBack(stage, page, before, note);
}

async function closed({ stage, mode, note }) {
  const page = await openSignedIn(stage, mode);
  const before = await session(page);
  await page.close();
  await assertBack(stage, await stage.open(), before, note);
}

async function away({ stage, mode, note }) {
  const page = await openSignedIn(stage, mode);
  const before = await session(page);
  const site = await startProbe({
    answer: ({ response }) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>elsewhere</h1>"),
  });
  await page.goto(`http://localhost:${site.port}/`);
  await page.goto(stage.app.origin);
  await site.close();
  await assertBack(stage, page, before, note);
}

async function sleep({ stage, mode, note }) {
  const page = await openSignedIn(stage, mode);
  const before = await session(page);
  const refreshes = () => stage.counts.refreshes;
  const wake = sleepOf(browserProcesses());
  const asleep = Date.now();
  // What was under way has arrived by then.
  await until(() => Date.now() - asleep > sleepLength / 4, "the depth of the night");
  const refreshedBefore = refreshes();
  await until(() => Date.now() - asleep > sleepLength, "the end of the night");
  assert.equal(refreshes(), refreshedBefore, "somebody was awake");
  wake();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal((await session(page)).claims.sub, before.claims.sub);
  assert.ok(refreshes() > refreshedBefore);
  assert.deepEqual([stage.counts.exchanges, stage.counts.reuseAlarms], [1, 0]);
  note(outcomes.refreshed);
}
