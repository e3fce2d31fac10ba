// The code of a real sign-in, taken from the page that it arrives on.

import assert from "node:assert/strict";

import { proofKey } from "../../www/server/test-client.mjs";
import { resume, session } from "../browser/support/calls.mjs";
import { until } from "../browser/support/until.mjs";
import { takeArrival, takeTraces } from "./scripts/callback.mjs";
import { attack, butOwn } from "./support/attack.mjs";
import { redeem, use } from "./support/own-flow.mjs";

const race = { id: "T11", threat: "S11" };

attack(
  { ...race, title: "a script that is first on the callback page redeems the code elsewhere", when: ["early"], outcome: butOwn("works") },
  async (rig, { mode }) => {
    if (mode === "own") return nowhere(rig);
    const { page, loot } = await arriveRobbed(rig);
    const tokens = await redeem(rig, loot.href, { verifier: verifierIn(loot) });
    assert.equal(await use(rig, tokens), 200);
    assert.equal((await resume(page)).error.code, "TOKENKEEP_TOKEN_ERROR", "the app comes too late");
    return ["works", "the verifier is in IndexedDB while the person is away"];
  },
);

const dpop = { as: { dpop: true }, api: { dpop: true } };

attack(
  {
    ...race,
    title: "the same with DPoP: the code is bound to a key that stays in the browser",
    when: ["early"],
    rig: dpop,
    outcome: butOwn("limited"),
  },
  async (rig, { mode }) => {
    if (mode === "own") return nowhere(rig);
    const { loot } = await arriveRobbed(rig, `${rig.as.issuer}/token`);
    const tokens = await redeem(rig, loot.href, { verifier: verifierIn(loot), proof: loot.proofs[0] });
    assert.equal(tokens.token_type, "DPoP", "a proof that was signed in the page redeems it");
    assert.equal(await use(rig, tokens), 401, "without a proof");
    assert.equal(await use(rig, tokens, { key: await proofKey() }), 401, "with a key of the thief's");
    return ["limited", "tokens for a key that the thief can use only in the page"];
  },
);

attack(
  { ...race, title: "the same with DPoP and a key of the thief's (DPOP-19)", when: ["early"], rig: dpop, outcome: "stopped" },
  async (rig, { mode }) => {
    if (mode === "own") return nowhere(rig);
    const { loot } = await arriveRobbed(rig);
    assert.equal(await redeem(rig, loot.href, { verifier: verifierIn(loot), key: await proofKey() }), undefined);
    return "stopped";
  },
);

attack(
  { ...race, title: "a late script on the callback page sees a clean URL (CB-18)", when: ["late"], outcome: "stopped" },
  async (rig, { mode }) => {
    const page = await rig.open();
    await rig.arrive(page);
    const signedIn = (await resume(page)).value;
    await rig.inject(page, takeTraces);
    const { shown, noted, records } = JSON.parse(rig.evil.loot()[0]);
    if (mode === "own") {
      assert.deepEqual([records, rig.found([...shown, ...noted].join("\n"))], [[], []]);
      return rig.verdict("code", "code verifier");
    }
    assert.deepEqual(records, [""], "the mark that one was used");
    assert.deepEqual(rig.found(shown.join("\n"), "code"), []);
    assert.deepEqual(rig.found(noted.join("\n"), "code"), ["code (plain)"], "the browser's own note");
    assert.equal(await redeem(rig, noted[0], {}), undefined);
    assert.deepEqual(await session(page), signedIn);
    return ["stopped", "the browser's navigation timing still names the code, which is spent"];
  },
);

attack(
  { ...race, title: "a script in another tab has the verifier and no code", when: ["late"], outcome: "stopped" },
  async (rig, { mode }) => {
    const other = await rig.open("/bare.html");
    const page = await rig.open();
    await rig.arrive(page);
    await rig.inject(other, takeTraces);
    const [text] = rig.evil.loot();
    const signedIn = (await resume(page)).value;
    assert.ok(signedIn);
    assert.deepEqual(rig.found(text), mode === "own" ? [] : ["code verifier (plain)"]);
    return "stopped";
  },
);

/** The code never comes to a page that the script is in, and the record is not in a store of that origin. */
async function nowhere(rig) {
  await rig.plant(takeArrival, { callback: "" });
  const page = await rig.open();
  await rig.arrive(page);
  await rig.arrived(page);
  const [before, after] = rig.evil.loot().map((text) => JSON.parse(text));
  assert.deepEqual([before.href, after.href], [page.url(), page.url()], "the script was there before and after");
  assert.ok((await resume(page)).value);
  return rig.verdict("code", "code verifier", "state");
}

/** Signs in up to the callback page, where the script is waiting. The app has not looked at its URL yet. */
async function arriveRobbed(rig, proofFor) {
  await rig.plant(takeArrival, { callback: `${rig.origins.app}/callback`, proofFor });
  const page = await rig.open();
  await rig.arrive(page);
  await until(() => rig.evil.loot().length, "the loot");
  return { page, loot: JSON.parse(rig.evil.loot()[0]) };
}

const verifierIn = ({ records }) => JSON.parse(records.at(-1)).verifier;
