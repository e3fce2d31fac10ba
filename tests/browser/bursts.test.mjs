// Many calls at once that all need the same new token.

import assert from "node:assert/strict";

import { burst } from "./support/calls.mjs";
import { assertEachOnce } from "./support/effects.mjs";
import { signIn } from "./support/sign-in.mjs";
import { modes, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

/** A browser has this many connections to one origin, so a few requests may overtake each other on the way. */
const connections = 6;

for (const mode of modes) {
  test(`${mode}: 200 calls with a token that only the server knows to be dead cause one refresh (REF-1, USE-13)`, async (t) => {
    const stage = await startStage(t, { mode });
    const page = await stage.open();
    await signIn(page);
    await openConnections(stage, page);
    stage.authorizationServer.expireAccessTokens();
    stage.probe.requests.length = 0;

    assert.deepEqual(await burst(page, stage.probed("effects"), 200), { 200: 200 });
    assert.equal(stage.counts.refreshes, 1);
    assertEachOnce(arrived(stage, 200), 200);
    const refused = arrived(stage, 401);
    assert.ok(refused.length > 0, "no call was refused");
    const replayed = arrived(stage, 200).filter((n) => refused.includes(n));
    assert.ok(displacement(refused, replayed) <= 2 * connections, `refused: ${refused}\nreplayed: ${replayed}`);
  });

  test(`${mode}: 200 calls after the end of the token's lifetime cause one refresh and leave in order (REF-21)`, async (t) => {
    const stage = await startStage(t, { mode });
    stage.announceLifetime(3);
    const page = await stage.open();
    await signIn(page);
    await openConnections(stage, page);
    await until(() => page.evaluate(() => Date.now() > app.auth.session.expiresAt), "the token's end");
    stage.announceLifetime(600);
    stage.probe.requests.length = 0;
    const before = stage.counts.refreshes;

    assert.deepEqual(await burst(page, stage.probed("effects"), 200), { 200: 200 });
    assert.equal(stage.counts.refreshes - before, 1);
    assert.equal(stage.probe.requests.length, 200, "a call was sent with the dead token");
    const inOrder = Array.from({ length: 200 }, (_, n) => n);
    assertEachOnce(arrived(stage, 200), 200);
    assert.ok(displacement(inOrder, arrived(stage, 200)) <= 2 * connections, `${arrived(stage, 200)}`);
  });
}

/** Has all connections made and the preflight done, so that neither lets later requests go first. */
async function openConnections({ probe }, page) {
  await burst(page, `${probe.origin}/probe/effects`, 20);
}

/** The numbers of the calls that the probe answered with `status`, in the order of their arrival. */
function arrived({ probe }, status) {
  return probe.requests.filter((request) => request.status === status).map(({ body }) => JSON.parse(body).n);
}

/** By how many places `order` has moved the one that it moved furthest. */
function displacement(original, order) {
  const place = new Map(original.map((n, index) => [n, index]));
  return Math.max(...order.map((n, index) => Math.abs(place.get(n) - index)));
}
