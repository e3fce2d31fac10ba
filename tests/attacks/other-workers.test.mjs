// T43: start another worker in the place of the app's own.

import assert from "node:assert/strict";

import { statusOf } from "../browser/support/calls.mjs";
import { replaceWorkers } from "./scripts/other-workers.mjs";
import { attack } from "./support/attack.mjs";

const replacement = { id: "T43", threat: "S14", modes: ["worker", "shared", "own"] };
const outcome = { worker: "stopped", "worker, early": "works", shared: "stopped", "shared, early": "works", own: "stopped" };

attack(
  {
    ...replacement,
    title: "wrap Worker and SharedWorker, so that the app starts the attacker's with the holder in it",
    when: ["late", "early"],
    outcome,
  },
  async (rig, { mode, when }) => {
    const page = await rig.signedInWith(replaceWorkers);
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    rig.as.expireAccessTokens();
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    await rig.arrived(page);
    const started = rig.evil.loot().some((text) => text.startsWith("started instead of"));
    assert.equal(started, when === "early" && mode !== "own");
    return rig.verdict("access token", "refresh token");
  },
);

attack(
  {
    ...replacement,
    title: "the same under a policy with worker-src 'self'",
    modes: ["worker", "shared"],
    when: ["early"],
    rig: { policy: "worker-src 'self'" },
    outcome: "stopped",
  },
  async (rig) => {
    await rig.plant(replaceWorkers);
    const page = await rig.open();
    const { error } = await page.evaluate(() => app.outcome(() => app.auth.signIn()));
    assert.equal(error.code, "TOKENKEEP_WORKER_BLOCKED");
    await rig.arrived(page);
    assert.deepEqual(rig.evil.loot(), ["started instead of /holder.js"]);
    return ["stopped", "no worker starts, and nobody signs in"];
  },
);
