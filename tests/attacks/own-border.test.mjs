// T52: what crosses the border to a holder on an origin of its own, whatever its configuration says.

import assert from "node:assert/strict";

import { session, statusOf } from "../browser/support/calls.mjs";
import { fuzz } from "./scripts/fuzzing.mjs";
import { askHolder, askPage, fuzzPage, lendOneself } from "./scripts/own-border.mjs";
import { attack } from "./support/attack.mjs";

const count = 10_000;
const generous = { config: { exposeAccessToken: true } };
const border = { id: "T52", threat: "S6", modes: ["own"], rig: generous, share: "generous", outcome: "stopped" };
const everything = ["access token", "refresh token", "ID token", "code", "code verifier", "state", "nonce", "code challenge"];
const refused = "TOKENKEEP_OPERATION_REFUSED";

/** What the holder does for pages of its own origin only. */
const withheld = (rig) => [
  ["finish", { href: `${rig.home.callback}?code=c&state=s` }],
  ["enterToken", { token: "mine" }],
  ["accessToken", {}],
  ["signIn", { options: {} }],
  ["outcome", { key: "k".repeat(43) }],
  ["alive", { lock: `tokenkeep-${"a".repeat(36)}` }],
  ["redirectUri", {}],
  ["lend", { lock: `tokenkeep-${"a".repeat(36)}` }],
];

attack({ ...border, title: "ask the holder for all that it does on its own origin, with exposeAccessToken on (OWN-5)" }, async (rig) => {
  const page = await signedInPage(rig);
  const answers = await rig.inject(page, askHolder, { operations: withheld(rig) });
  const allowed = answers.filter(([, answer]) => answer !== refused).map(([op]) => op);
  if (allowed.length) return ["works", allowed.join(", ")];
  assert.equal(await rig.inject(page, lendOneself), false, "a port of the script's own");
  for (const act of ["accessToken", "enterToken"]) {
    const { error } = await page.evaluate((name) => app.outcome(() => app.auth[name]("mine")), act);
    assert.equal(error?.code, refused, act);
  }
  return verdict(rig, page);
});

attack({ ...border, title: "ask the page of the holder's origin for the same, and for what objects inherit (OWN-5)" }, async (rig) => {
  const page = await signedInPage(rig);
  const operations = [
    ...withheld(rig),
    ...["hello", "fetch", "signOut", "redeem", "take", "call", "__proto__", "constructor", "toString", "hasOwnProperty"].map((op) => [
      op,
      {},
    ]),
    ["open", {}],
  ];
  // This one it has, under the same name: it waits for a popup.
  const asked = operations.filter(([op]) => op !== "outcome");
  assert.deepEqual(await rig.inject(page, askPage, { operations: asked }), allRefused(asked));
  return verdict(rig, page);
});

attack({ ...border, title: `${count} mutated messages to the holder, with exposeAccessToken on (OWN-5)` }, async (rig) => {
  const page = await signedInPage(rig);
  const { codes, same } = await rig.inject(page, fuzz, { mode: "own", count, seed: 7, url: rig.v1("files"), callback: rig.home.callback });
  assert.ok(codes[refused] > count / 10, JSON.stringify(codes));
  assert.ok(same, "the session is not what it was");
  return verdict(rig, page);
});

attack({ ...border, title: `${count} mutated messages to the page of the holder's origin (OWN-5)` }, async (rig) => {
  const page = await signedInPage(rig);
  const { replies, codes } = await rig.inject(page, fuzzPage, { count, seed: 8, url: `${rig.origins.app}/` });
  assert.ok(replies > count / 4 && codes[refused] > 100 && codes.TOKENKEEP_RETURN_TARGET_REFUSED > 100, JSON.stringify(codes));
  const outcome = await verdict(rig, page);
  assert.ok(await rig.signIn(page), "a sign-in of the app's own goes on");
  return outcome;
});

const allRefused = (operations) => operations.map(([op]) => [op, refused]);

async function signedInPage(rig) {
  rig.sinceNow();
  return (rig.page ??= await rig.signedIn());
}

/** Nothing came back that is a secret, and the app works on. */
async function verdict(rig, page) {
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  assert.equal((await session(page)).claims.sub, "ada");
  await rig.arrived(page);
  assert.ok(rig.evil.loot().length > 0, "no answer got to the attacker");
  return rig.verdict(...everything);
}
