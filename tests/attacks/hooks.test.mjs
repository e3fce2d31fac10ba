// T2 and T3: a script stands in the way of everything that a token could pass through, and waits.

import assert from "node:assert/strict";

import { codeOf, statusOf } from "../browser/support/calls.mjs";
import { attack } from "./support/attack.mjs";
import { hook } from "./scripts/hooks.mjs";

const inWorkers = { worker: "stopped", shared: "stopped", own: "stopped" };

attack(
  {
    id: "T2",
    threat: "S2",
    title:
      "hook fetch, XMLHttpRequest, Headers, Request, JSON, promises, messages, text codecs, typed arrays, strings, arrays and maps, and wait (STORE-9)",
    when: ["late"],
    outcome: { page: "stopped", ...inWorkers },
  },
  (rig) => wait(rig, {}),
);

attack(
  {
    id: "T2b",
    threat: "S2",
    title: "hook all that the page has, and have Object.prototype asked for `then` and for the members of a request (STORE-9)",
    when: ["late"],
    outcome: { page: "works", ...inWorkers },
  },
  (rig) => wait(rig, { everything: true }),
);

attack(
  {
    id: "T3",
    threat: "S3",
    title: "the hooks of T2, set before the library loads (STORE-9)",
    when: ["early"],
    outcome: { page: "works", ...inWorkers },
  },
  (rig) => wait(rig, {}),
);

attack(
  {
    id: "T3",
    threat: "S3",
    title: "the hooks of T2b, set before the library loads (STORE-9)",
    // In a page the library does not start any more with these, and T3 needs no more than those of T2.
    modes: ["worker", "shared", "own"],
    when: ["early"],
    outcome: "stopped",
  },
  (rig) => wait(rig, { everything: true }),
);

/** The hooks are set, the app works, its token is refreshed, it signs out; then the attacker gets what passed. */
async function wait(rig, options) {
  const page = await rig.signedInWith(hook, options);
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  rig.as.expireAccessTokens();
  assert.equal(await statusOf(page, rig.v1("effects"), { method: "POST", body: '{"n":1}', headers: { "x-bait": "bait-in-header" } }), 201);
  assert.equal(rig.as.counts.refreshed, 1);
  assert.equal(await codeOf(page, rig.v1("files"), { headers: { authorization: "Bearer mine" } }), "TOKENKEEP_REQUEST_REFUSED");
  await page.evaluate(() => app.outcome(() => app.auth.userinfo()));
  await page.evaluate(() => app.outcome(() => app.auth.accessToken()));
  await page.evaluate(() => app.auth.signOut());
  const places = await rig.inject(page, (evil) => {
    const { loot, places } = evil.spoils();
    evil.post(loot);
    return places;
  });
  await rig.arrived(page);
  assert.ok(rig.evil.text().includes("bait-in-header"), "the hooks saw nothing of a request");
  assert.ok(places.length > 3, `only ${places}`);
  return rig.verdict("access token", "refresh token", "ID token");
}
