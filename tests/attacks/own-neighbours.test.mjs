// T53: two apps share one holder, and script has got into one of them.

import assert from "node:assert/strict";

import { resume, session, statusOf } from "../browser/support/calls.mjs";
import { isBack, leave } from "../browser/support/own-origin.mjs";
import { demoPages, passPages } from "../browser/support/sign-in.mjs";
import { until } from "../browser/support/until.mjs";
import { callSlowly, disturb, goForVisit } from "./scripts/own-neighbours.mjs";
import { attack } from "./support/attack.mjs";

const apps = (front) => ["app.rig.test", "app2.rig.test"].map(front.originOf);
const neighbours = { id: "T53", threat: "S15", modes: ["own"], rig: { home: { apps } } };

attack(
  {
    ...neighbours,
    title: "end, read or replace the requests of another app: the same ids, abort and goodbye (OWN-7, MSG-4)",
    outcome: "stopped",
  },
  async (rig) => {
    const page = await rig.signedIn();
    const neighbour = await openNeighbour(rig);
    await rig.inject(page, callSlowly, { url: rig.v1("work?ms=3000") });
    await until(() => rig.api.requests.some(({ path }) => path === "/v1/work"), "the call");
    await rig.inject(neighbour, disturb, { url: rig.v1("files") });
    assert.match(await page.evaluate(() => globalThis.slow), /^200 .*"done":true/);
    await rig.arrived(neighbour);
    assert.ok(!rig.evil.text().includes('"done"'), "another app's answer");
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    return rig.verdict("access token", "refresh token");
  },
);

attack(
  { ...neighbours, title: "replace, take or crowd out another app's sign-in, whose ticket is known (OWN-7)", outcome: "stopped" },
  async (rig) => {
    const page = await rig.open();
    const neighbour = await openNeighbour(rig);
    const ticket = await ticketOf(page);
    const given = { ticket, returnTo: `${new URL(neighbour.url()).origin}/` };
    await page.waitForSelector("#login");
    const attempt = async () => assert.deepEqual(await rig.inject(neighbour, goForVisit, given), ["TOKENKEEP_STORAGE_BLOCKED", "ok", "ok"]);
    await attempt();
    await passPages(page, demoPages, isBack(page, new URL(rig.origins.app)));
    await attempt();
    assert.equal((await resume(page)).value?.claims.sub, "ada");
    return "stopped";
  },
);

attack({ ...neighbours, title: "sign another app out (OWN-7)", outcome: "limited" }, async (rig) => {
  const page = await rig.signedIn();
  const neighbour = await openNeighbour(rig, "/");
  assert.ok((await resume(neighbour)).value);
  assert.deepEqual(await neighbour.evaluate(() => app.auth.signOut()), { revocation: "confirmed" });
  await until(async () => (await session(page)) === null, "the end of the session");
  return ["limited", "signing out is for all that share the holder: denial, no leak"];
});

/** A page of the other app, which the attacker's script has got into. */
async function openNeighbour(rig, path = "/bare.html") {
  rig.front.routes["app2.rig.test"] = rig.app.plainOrigin;
  const page = await rig.context.newPage();
  await page.goto(rig.front.originOf("app2.rig.test") + path);
  return page;
}

/** Starts a sign-in; resolves to what the page of the holder's origin is to find it by. */
async function ticketOf(page) {
  const started = /#start=([\w-]{43})$/;
  const seen = new Promise((resolve) => page.on("framenavigated", (frame) => started.test(frame.url()) && resolve(frame.url())));
  await leave(page);
  return started.exec(await seen)[1];
}
