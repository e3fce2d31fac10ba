// The key that tokens are bound to: it can't be copied, and where script can reach it, it can be used.

import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";

import { EmbeddedJWK, calculateJwkThumbprint, exportJWK, jwtVerify } from "jose";

import { proofKey } from "../../www/server/test-client.mjs";
import { statusOf } from "../browser/support/calls.mjs";
import { leave } from "../browser/support/sign-in.mjs";
import { keyPairs } from "../browser/support/records.mjs";
import { until } from "../browser/support/until.mjs";
import { askForProofs, exportKeys, hookSigning, plantKey, signInPlace } from "./scripts/keys.mjs";
import { attack, butOwn } from "./support/attack.mjs";
import { atHome } from "./support/home.mjs";
import { use } from "./support/own-flow.mjs";

const bound = { as: { dpop: true }, api: { dpop: true } };
const persisted = { ...bound, config: { persistDpopKey: true } };
const use12 = { id: "T12", threat: "S12" };

attack(
  { ...use12, title: "export the key that is kept over reloads (DPOP-1)", rig: persisted, share: "persisted", outcome: "stopped" },
  async (rig) => {
    const page = await signedInPage(rig);
    assert.equal((await atHome(rig, keyPairs)).length, 1);
    assert.deepEqual(await exported(rig, page), { pairs: inReach(rig), got: [] });
    return "stopped";
  },
);

attack(
  { ...use12, title: "sign with the key that is kept over reloads", rig: persisted, share: "persisted", outcome: butOwn("works") },
  async (rig, { mode }) => {
    const page = await signedInPage(rig);
    if (mode === "own") return withoutHandle(rig, page);
    const [proof] = await signed(rig, page, claimsFor(rig));
    assert.equal(await use(rig, stolenToken(rig), { proof }), 200, "a token that was stolen elsewhere");
    return ["works", "a token that was stolen elsewhere can be used, as long as the page is open"];
  },
);

attack(
  {
    ...use12,
    title: "sign with a key that is in the holder's memory only (DPOP-1, DPOP-25)",
    rig: bound,
    share: "memory",
    outcome: "stopped",
  },
  async (rig) => {
    return withoutHandle(rig, await signedInPage(rig));
  },
);

attack(
  { ...use12, title: "export the key of a sign-in under way (DPOP-1)", rig: bound, share: "memory", outcome: "stopped" },
  async (rig) => {
    const { other } = await signInUnderWay(rig);
    assert.deepEqual(await exported(rig, other), { pairs: inReach(rig), got: [] });
    return "stopped";
  },
);

attack(
  { ...use12, title: "sign with the key of a sign-in under way", rig: bound, share: "memory", outcome: butOwn("works") },
  async (rig, { mode }) => {
    const { other, thumbprint } = await signInUnderWay(rig);
    if (mode === "own") return withoutHandle(rig, other);
    const proofs = await signed(rig, other, claimsFor(rig));
    const keys = await Promise.all(proofs.map((proof) => keyOf(proof)));
    assert.ok(keys.includes(thumbprint));
    return ["works", "until the person is back"];
  },
);

attack(
  { ...use12, title: "plant a key of the thief's for later sign-ins", rig: persisted, outcome: butOwn("works") },
  async (rig, { mode }) => {
    const key = await proofKey();
    const page = await rig.open();
    await rig.inject(page, plantKey, { jwk: await exportJWK(key.privateKey) });
    await rig.signIn(page);
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    if (mode === "own") {
      assert.equal(await use(rig, stolenToken(rig), { key }), 401);
      return "stopped";
    }
    assert.equal(await use(rig, stolenToken(rig), { key }), 200);
    return ["works", "the kept key is what same-origin script says it is; the tokens stay where they are"];
  },
);

const ahead = { id: "T13", threat: "S13" };
const outcome = { page: "stopped", "page, early": "works", worker: "stopped", shared: "stopped", own: "stopped" };

attack({ ...ahead, title: "hooks around the browser's signing", when: ["late", "early"], rig: bound, outcome }, async (rig) => {
  const page = await rig.signedInWith(hookSigning);
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  const { jwk, jkt } = rig.api.proofs.at(-1);
  await page.evaluate((claims) => signAhead(claims), { ...claimsFor(rig, tomorrow()), jwk });
  const { proofs } = JSON.parse(rig.evil.loot().at(-1));
  if (proofs.length === 0) return "stopped";
  const { payload } = await jwtVerify(proofs[0], EmbeddedJWK);
  assert.deepEqual([payload.iat > Date.now() / 1000 + 80_000, await keyOf(proofs[0])], [true, jkt]);
  return "works";
});

attack(
  {
    ...ahead,
    title: "no message makes a proof for another time or place (DPOP-22)",
    modes: ["worker", "shared", "own"],
    rig: bound,
    outcome: "stopped",
  },
  async (rig) => {
    const page = await rig.signedIn();
    rig.api.proofs.length = 0;
    const url = rig.v1("files");
    await rig.inject(page, askForProofs, { url, elsewhere: `${rig.origins.evil}/v1/files`, iat: tomorrow() });
    const { answers } = JSON.parse(rig.evil.loot()[0]);
    assert.deepEqual(
      answers.filter((text) => /eyJ/.test(text)),
      [],
      "a proof or another JWT",
    );
    assert.ok(answers.includes("TOKENKEEP_TARGET_REFUSED") && answers.includes("TOKENKEEP_REQUEST_REFUSED"));
    const made = rig.api.proofs.map(({ htm, htu, nonce }) => [htm, htu, nonce]);
    assert.deepEqual(made, [["GET", url, undefined]], "the honest one");
    assert.ok(rig.api.proofs.every(({ iat }) => Math.abs(iat - Date.now() / 1000) < 60));
    return "stopped";
  },
);

attack(
  {
    ...ahead,
    title: "turn the page's clock, so that the holder makes proofs for tomorrow",
    modes: ["worker", "shared", "own"],
    when: ["late", "early"],
    rig: bound,
    outcome: "stopped",
  },
  async (rig) => {
    const page = await rig.signedInWith(turnClock, 86_400_000);
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    return rig.api.proofs.at(-1).iat > Date.now() / 1000 + 80_000 ? "works" : "stopped";
  },
);

/** Runs in the page. */
function turnClock(evil, milliseconds) {
  const { now } = Date;
  Date.now = () => now() + milliseconds;
}

const tomorrow = () => Math.floor(Date.now() / 1000) + 86_400;

async function signedInPage(rig) {
  rig.sinceNow();
  if (rig.page) return rig.page;
  rig.page = await rig.signedIn();
  assert.equal(await statusOf(rig.page, rig.v1("files")), 200);
  return rig.page;
}

/** No key pair is in a store of the app's origin. */
async function withoutHandle(rig, page) {
  assert.deepEqual(await exported(rig, page), { pairs: 0, got: [] });
  assert.deepEqual(await signed(rig, page, claimsFor(rig)), []);
  return ["stopped", "there is no handle to take"];
}

/** A tab that is at the login page, another one of the same origin, and the thumbprint of the key in question. */
async function signInUnderWay(rig) {
  rig.sinceNow();
  await rig.context.clearCookies();
  const [page, other] = [await rig.open(), await rig.open("/bare.html")];
  const { dpop_jkt: thumbprint } = await leave(page);
  await until(async () => (await atHome(rig, keyPairs)).length > 0, "the record");
  await page.close();
  return { other, thumbprint };
}

/** How many of the one pair there is a script of the app's origin can open. */
const inReach = ({ mode }) => (mode === "own" ? 0 : 1);

async function exported(rig, page) {
  await rig.inject(page, exportKeys);
  return JSON.parse(rig.evil.loot().at(-1));
}

async function signed(rig, page, claims) {
  await rig.inject(page, signInPlace, claims);
  return JSON.parse(rig.evil.loot().at(-1)).proofs;
}

/** What a proof for the session's access token says. */
function claimsFor(rig, iat = Math.floor(Date.now() / 1000)) {
  const token = rig.secrets("access token").at(-1)?.value ?? "";
  const ath = createHash("sha256").update(token).digest("base64url");
  return { jti: randomUUID(), htm: "GET", htu: rig.v1("files"), iat, ath };
}

/** As if a bad API had lost it. */
const stolenToken = (rig) => ({ access_token: rig.secrets("access token").at(-1).value, token_type: "DPoP" });

const keyOf = async (proof) => calculateJwkThumbprint(JSON.parse(Buffer.from(proof.split(".")[0], "base64url")).jwk);
