// T47: use up what the holder has room for, and close the tab.

import assert from "node:assert/strict";

import { resume, statusOf } from "../browser/support/calls.mjs";
import { exhaust, speakOn } from "./scripts/exhaustion.mjs";
import { attack } from "./support/attack.mjs";

const count = 520;
const exhaustion = { id: "T47", threat: "S23", modes: ["own"] };
const words = `${count} frames, ports and waits of one document`;

attack({ ...exhaustion, title: `${words}, as long as its tab is open`, outcome: "stopped" }, async (rig) => {
  const { page } = await exhausted(rig, { count });
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  const { error } = await resume(await rig.open());
  return error?.code === "TOKENKEEP_QUEUE_FULL" ? ["limited", "those who are connected go on, new tabs are turned away"] : "stopped";
});

attack({ ...exhaustion, title: `${words}, and its tab is closed`, outcome: "stopped" }, async (rig) => {
  const { page, from } = await exhausted(rig, { count });
  await from.close();
  const other = await rig.open();
  const { value, error } = await resume(other);
  if (!value) return ["works", error.code];
  assert.deepEqual([await statusOf(page, rig.v1("files")), await statusOf(other, rig.v1("files"))], [200, 200]);
  return "stopped";
});

attack(
  { ...exhaustion, title: "speak on over a port whose frame was taken away, so that nothing tells of its end", outcome: "stopped" },
  async (rig) => {
    await rig.signedIn();
    return (await rig.inject(await rig.open("/bare.html"), speakOn)) ? "works" : "stopped";
  },
);

/** A page that is signed in, and another document that has the holder full. */
async function exhausted(rig, given) {
  const page = await rig.signedIn();
  const from = await rig.open("/bare.html");
  const said = await rig.inject(from, exhaust, given);
  assert.ok(said.ok > 450, JSON.stringify(said));
  return { page, from };
}
