// T5 and T8: what an attacker has of the session, after the tab is closed and while it is open.

import assert from "node:assert/strict";

import { statusOf } from "../browser/support/calls.mjs";
import { until } from "../browser/support/until.mjs";
import { attack } from "./support/attack.mjs";
import { replay } from "./support/replay.mjs";
import { hook } from "./scripts/hooks.mjs";
import { poll } from "./scripts/poll.mjs";
import { callHolder, callLibrary } from "./scripts/proxying.mjs";

const inWorkers = { worker: "stopped", shared: "stopped", own: "stopped" };
const steal = { id: "T5", threat: "S5", when: ["late", "early"] };

attack(
  {
    ...steal,
    title: "poll for the newest tokens, close the tab, use them elsewhere: bearer tokens (STORE-4, STORE-5)",
    outcome: { page: "works", ...inWorkers },
  },
  async (rig, { mode, when }) => {
    const granted = await stealAndReplay(rig, when);
    if (mode === "page") assert.equal(granted.length, 3);
    return granted.length ? ["works", granted.join(", ")] : "stopped";
  },
);

attack(
  {
    ...steal,
    title: "the same with tokens that are bound to a key (REF-16)",
    rig: { as: { dpop: true }, api: { dpop: true } },
    outcome: "stopped",
  },
  async (rig, { mode, when }) => {
    const granted = await stealAndReplay(rig, when);
    // Where the tokens could be stolen it is the key that stops this.
    const stolen = rig.stolen("access token", "refresh token");
    assert.equal(stolen.length > 0, mode === "page", stolen.join());
    return granted.length ? ["works", granted.join(", ")] : ["stopped", mode === "page" ? "tokens refused without their key" : ""];
  },
);

/** What was granted to the attacker for what it got before the tab was closed. */
async function stealAndReplay(rig, when) {
  if (when === "early") await rig.plant(poll);
  const page = await rig.signedInWith(hook, { everything: when === "late" });
  if (when === "late") await rig.inject(page, poll);
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  rig.as.expireAccessTokens();
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  const rounds = await page.evaluate(() => evil.rounds);
  await until(() => page.evaluate((before) => evil.rounds > before + 1, rounds), "a look at what was seen");
  await rig.arrived(page);
  await page.close();
  return replay(rig);
}

attack(
  {
    id: "T8",
    threat: "S8",
    title: "have the library call the API, and send the answer away",
    outcome: "works",
  },
  async (rig) => {
    const page = await rig.signedIn();
    await rig.inject(page, callLibrary, { url: rig.v1("files") });
    return answerOf(rig);
  },
);

attack(
  {
    id: "T8",
    threat: "S8",
    title: "the same from another document of the origin, which connects by itself",
    modes: ["worker", "shared", "own"],
    outcome: { worker: "stopped", shared: "works", own: "works" },
  },
  async (rig, { mode }) => {
    await rig.signedIn();
    const page = await rig.open("/bare.html");
    await rig.inject(page, callHolder, { url: rig.v1("files"), mode });
    return answerOf(rig);
  },
);

/** Whether the attacker has the API's answer, and no token with it. */
function answerOf(rig) {
  assert.deepEqual(rig.stolen("access token", "refresh token", "ID token"), []);
  assert.ok(rig.evil.loot().length > 0, "the attacker got no word");
  return rig.evil.text().includes("bailey.txt") ? ["works", "the answer, no token"] : "stopped";
}
