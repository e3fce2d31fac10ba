// T6: ask the holder for anything, in every wrong way.

import assert from "node:assert/strict";

import { statusOf } from "../browser/support/calls.mjs";
import { attack } from "./support/attack.mjs";
import { fuzz, useTwoPorts } from "./scripts/fuzzing.mjs";

const tokens = ["access token", "refresh token", "ID token"];
const count = 100_000;

attack(
  {
    id: "T6",
    threat: "S6",
    title: "send the holder 100,000 mutated messages from the app's own page (STORE-6, MSG-3, MSG-9)",
    modes: ["worker", "shared", "own"],
    outcome: "stopped",
  },
  async (rig) => fuzzFrom(rig, await rig.signedIn(), 5),
);

attack(
  {
    id: "T6",
    threat: "S6",
    title: "send the holder 100,000 mutated messages from another document of the origin (STORE-6, MSG-3)",
    modes: ["shared", "own"],
    outcome: "stopped",
  },
  async (rig) => {
    const page = await rig.signedIn();
    return fuzzFrom(rig, page, 6, await rig.open("/bare.html"));
  },
);

attack(
  {
    id: "T6",
    threat: "S6",
    title: "read another connection's answers: the same ids, abort and goodbye on a second port (MSG-4)",
    modes: ["shared", "own"],
    outcome: "stopped",
  },
  async (rig) => {
    await rig.signedIn();
    const page = await rig.open("/bare.html");
    const { first, firstIds, second, secondIds } = await rig.inject(page, useTwoPorts, {
      slow: rig.v1("work?ms=300"),
      quick: rig.v1("files"),
    });
    assert.deepEqual([firstIds, secondIds.includes(8)], [[7], true]);
    assert.match(first[0], /^200 .*"done":true/);
    assert.match(second[0], /^200 .*bailey\.txt/);
    return second.join().includes("done") ? "works" : "stopped";
  },
);

/** The holder is asked by `from`, and works on for `page`. */
async function fuzzFrom(rig, page, seed, from = page) {
  const given = { mode: rig.mode, count, seed, url: rig.v1("files"), callback: rig.home.callback };
  const { sent, unclonable, replies, codes, same } = await rig.inject(from, fuzz, given);
  await rig.arrived(from);
  assert.equal(sent + unclonable, count);
  assert.ok(replies > count / 4, `only ${replies} replies: ${JSON.stringify(codes)}`);
  assert.ok(codes.TOKENKEEP_TARGET_REFUSED > 100, JSON.stringify(codes));
  assert.ok(same, "the session is not what it was");
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  const carried = rig.evil.requests.filter(({ url, headers }) => url !== "/loot" || headers.authorization);
  return carried.length ? ["works", `${carried.length} requests`] : rig.verdict(...tokens);
}
