import assert from "node:assert/strict";

import { burst, codeOf, endOfBurst, events, send, session, startBurst, stats, statusOf } from "../../browser/support/calls.mjs";
import { assertEachOnce } from "../../browser/support/effects.mjs";
import { until } from "../../browser/support/until.mjs";
import { openSignedIn } from "../support/acts.mjs";
import { allModes, commonModes } from "../support/modes.mjs";

const load = 100;

export const stories = [
  { name: "a hundred calls with an expired token are one refresh, and each happens once (REF-2)", modes: allModes, tell: refresh },
  { name: "tabs share one session, and outlive each other's end (REF-20)", modes: commonModes, tell: tabs },
  { name: "a revoked grant ends the session at once and for good (REF-6)", modes: allModes, tell: revocation },
  { name: "who signs out is signed out, here and at the server (REV-3)", modes: allModes, tell: signOut },
];

async function refresh({ stage, mode }) {
  const pages = [await openSignedIn(stage, mode)];
  if (commonModes.includes(mode)) pages.push(await openBeside(stage));
  stage.authorizationServer.expireAccessTokens();
  const answer = stage.holdTokenEndpoint();
  const each = load / pages.length;
  await startBurst(pages[0], stage.v1("effects"), each);
  if (pages[1]) await pages[1].evaluate(sendNumbered, [stage.v1("effects"), each]);
  await until(async () => (await stats(pages[0])).queued === load, "all calls to wait");
  answer();
  for (const page of pages) assert.deepEqual(await endOfBurst(page), { 201: each });
  assertEachOnce(stage.api.effects, load);
  assert.deepEqual([stage.counts.refreshes, stage.counts.reuseAlarms], [1, 0]);
}

/** As a burst, with numbers from `from` on. */
function sendNumbered([url, from]) {
  const calls = Array.from({ length: from }, (_, n) => app.send(url, { method: "POST", body: JSON.stringify({ n: from + n }) }));
  globalThis.calls = Promise.all(calls).then((all) => ({ [all[0].value.status]: all.filter(({ value }) => value?.status === 201).length }));
}

/** Another tab, which finds the session. */
async function openBeside(stage) {
  const page = await stage.open();
  assert.notEqual(await page.evaluate(() => app.auth.resume()), null);
  return page;
}

async function tabs({ stage, mode }) {
  const page = await openSignedIn(stage, mode);
  const other = await openBeside(stage);
  assert.deepEqual(await session(other), await session(page));
  stage.authorizationServer.expireAccessTokens();
  const answer = stage.holdTokenEndpoint();
  await startBurst(other, stage.v1("effects"), 10);
  await until(async () => (await stats(page)).phase === "refreshing", "the refresh");
  await other.close();
  answer();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(stage.counts.tokenRequests, 2);
  const third = await openBeside(stage);
  await page.evaluate(() => app.auth.signOut());
  await third.waitForFunction(() => app.events.some(({ type }) => type === "signedout"));
  assert.equal(await session(third), null);
}

async function revocation({ stage, mode }) {
  const page = await openSignedIn(stage, mode);
  stage.authorizationServer.revokeGrants();
  assert.deepEqual(await burst(page, stage.v1("effects"), 10), { TOKENKEEP_LOGIN_REQUIRED: 10 });
  assert.equal((await send(page, stage.v1("files"))).error.reason, "revoked");
  assert.deepEqual([stage.counts.refreshes, await session(page)], [1, null]);
  assert.deepEqual(await events(page, "signedout"), [{ type: "signedout", detail: { reason: "revoked" } }]);
}

async function signOut({ stage, mode }) {
  const page = await openSignedIn(stage, mode);
  assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "confirmed" });
  assert.equal(await codeOf(page, stage.v1("files")), "TOKENKEEP_LOGIN_REQUIRED");
  assert.equal(await session(page), null);
  for (const token of stage.authorizationServer.issuedTokens())
    assert.equal((await stage.authorizationServer.verify(token)).active, false, "the grant is gone");
}
