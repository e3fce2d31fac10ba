// A service worker of somebody else's between the holder and the network (T42).

import assert from "node:assert/strict";

import { send, statusOf } from "../../browser/support/calls.mjs";
import { isIntercepted, register, serviceWorker } from "../../browser/support/service-worker.mjs";
import { until } from "../../browser/support/until.mjs";
import { ownMode } from "../../browser/support/stage.mjs";
import { openSignedIn } from "../support/acts.mjs";
import { allModes } from "../support/modes.mjs";
import { events, outcomes } from "../support/outcomes.mjs";

// On the holder's own origin nobody else can register one.
const modes = allModes.filter((mode) => mode !== ownMode);

export const stories = [
  { name: "nobody signs in behind a service worker that was there first (SW-1)", modes, tell: early },
  { event: events.claim, name: "a service worker that claims what runs sees no code and no secret (SW-1)", modes, tell: late },
];

async function early({ stage }) {
  await plant(stage, await stage.open("/bare.html"));
  const page = await stage.open();
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.signIn()));
  assert.equal(error.code, "TOKENKEEP_INTERCEPTED");
  assert.equal(stage.counts.exchanges, 0);
}

async function late({ stage, mode, note }) {
  const page = await openSignedIn(stage, mode);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  const loot = await plant(stage, page);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  stage.authorizationServer.expireAccessTokens();
  await send(page, stage.v1("files"));
  const isRefreshed = () => stage.counts.refreshes > 0;
  await until(async () => isRefreshed() || (await isIntercepted(page)), "what comes of it");
  assert.doesNotMatch(loot(), /grant_type=refresh_token/);
  note(isRefreshed() ? outcomes.aside : outcomes.noticed);
}

/** Registers one that reads all that passes. What it has seen is what this answers. */
async function plant({ probe, shown }, page) {
  shown.files = { ...shown.files, "/sw.js": () => serviceWorker({ manner: "answers", sink: `${probe.origin}/open/loot` }) };
  assert.equal(await page.evaluate(register, { url: "/sw.js", scope: "/" }), "activated");
  return () => probe.requests.map(({ body }) => String(body)).join("\n");
}
