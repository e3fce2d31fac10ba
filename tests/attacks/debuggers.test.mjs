// T44: somebody who can look into processes, by the developer tools, an extension with that right, or a dump.

import assert from "node:assert/strict";

import { statusOf } from "../browser/support/calls.mjs";
import { attack } from "./support/attack.mjs";
import { heapOf } from "./support/debugger.mjs";

attack(
  { id: "T44", threat: "S18", title: "attach a debugger to where the holder runs, and read its heap", outcome: "works" },
  async (rig) => {
    const page = await rig.signedIn();
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    const found = rig.found(await heapOf(rig, page), "access token");
    return found.length ? ["works", "the access token: out of scope"] : "stopped";
  },
);
