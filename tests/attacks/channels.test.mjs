// T14: what a page of the same origin can say on the channels between pages and holder. It can annoy; nothing leaks.

import assert from "node:assert/strict";

import { events, resume, session, startSend, statusOf } from "../browser/support/calls.mjs";
import { clickSignIn, endOfSignIn } from "../browser/support/popup.mjs";
import { joinChannels, plantRecords, rewriteRecords, speakEverywhere, stealLocks } from "./scripts/channels.mjs";
import { attack, butOwn } from "./support/attack.mjs";
import { mallorysSignIn } from "./support/mallory.mjs";

const forgery = { id: "T14", threat: "S15" };
const state = `p${"A".repeat(43)}`;

/** Everything that looks like a signal of the package's, or like what other packages send. */
const words = (rig) => [
  { taken: true },
  { href: `${rig.origins.app}/callback?error=access_denied&state=${state}` },
  { href: `${rig.origins.app}/callback?code=c&state=${state}&iss=${encodeURIComponent(rig.as.issuer)}` },
  { href: `${rig.origins.evil}/callback?code=c&state=${state}` },
  { href: "javascript:alert(1)" },
  { v: 1, event: { type: "signedout", detail: { reason: "signout" }, session: null } },
  { v: 1, event: { type: "signedin", detail: {}, session: { scope: "admin", expiresAt: null, claims: null } } },
  { v: 1, id: 1, ok: null },
  { v: 1, id: 1, op: "signOut" },
  { v: 1, id: 0, op: "bye" },
  { type: "signedout" },
  "signout",
  null,
];

attack(
  { ...forgery, title: "every signal on every channel, to a page that is signed in (MSG-6)", outcome: "stopped", share: "signed in" },
  async (rig) => {
    const { page, forger } = await startTwo(rig);
    const before = await session(page);
    for (const target of [forger, page]) await rig.inject(target, speakEverywhere, { words: words(rig) });
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    assert.deepEqual(await session(page), before);
    assert.deepEqual(await ends(page), []);
    assert.equal(rig.as.counts.revocations, 0);
    return rig.verdict("access token", "refresh token", "ID token", "code", "code verifier");
  },
);

attack({ ...forgery, title: "forged answers on the channel of a popup that signs in (MSG-6, WIN-5)", outcome: "stopped" }, async (rig) => {
  const page = await rig.open();
  const popup = await clickSignIn(page);
  await popup.waitForSelector("#login");
  const forger = await rig.open("/bare.html");
  const names = await rig.inject(forger, joinChannels, { words: words(rig).slice(1) });
  assert.equal(names, rig.mode === "own" ? 0 : 1, "the channel's name is no secret, but where it is another origin's");
  await forger.close();
  assert.equal(popup.isClosed(), false);
  await rig.finishIn(popup);
  assert.ok((await endOfSignIn(page)).value);
  assert.equal(rig.as.counts.tokenRequests, 1);
  return rig.verdict("access token", "refresh token", "ID token", "code");
});

attack(
  { ...forgery, title: "listen to a popup's way back", outcome: { page: "limited", worker: "limited", shared: "stopped", own: "stopped" } },
  async (rig, { mode }) => {
    const page = await rig.open();
    const popup = await clickSignIn(page);
    await popup.waitForSelector("#login");
    const forger = await rig.open("/bare.html");
    await rig.inject(forger, joinChannels, { words: [] });
    await rig.finishIn(popup);
    assert.ok((await endOfSignIn(page)).value);
    await rig.arrived(forger);
    assert.deepEqual(rig.stolen("access token", "refresh token", "ID token"), []);
    if (rig.stolen("code").length === 0) return ["stopped", mode === "own" ? "it is another origin's" : "a SharedWorker needs no relay"];
    return ["limited", "a page that listens gets the code; whether it redeems it first is a race"];
  },
);

attack(
  {
    ...forgery,
    title: "take the lock by which the holder knows that a page lives",
    modes: ["shared", "own"],
    outcome: { shared: "limited", own: "stopped" },
  },
  async (rig, { mode }) => {
    const { page, forger } = await startTwo(rig);
    const locks = await rig.inject(forger, stealLocks);
    if (mode === "own") {
      assert.deepEqual([locks, await statusOf(page, rig.v1("files"))], [0, 200]);
      return ["stopped", "the page of the other origin holds it"];
    }
    assert.ok(locks > 0);
    await startSend(page, rig.v1("files"));
    const other = await rig.open();
    assert.ok((await resume(other)).value, "the session is there");
    assert.equal(await statusOf(other, rig.v1("files")), 200);
    const unanswered = await page.evaluate(() =>
      Promise.race([sending.then(() => false), new Promise((done) => setTimeout(done, 0, true))]),
    );
    assert.ok(unanswered);
    await page.reload();
    assert.ok((await resume(page)).value, "a reload cures it");
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    assert.deepEqual(rig.verdict("access token", "refresh token", "ID token"), "stopped");
    return ["limited", "the page has no answers until it is loaded again: denial, no leak"];
  },
);

const rewritten = {
  "the token endpoint": [(rig) => ({ tokenEndpoint: `${rig.origins.evil}/token` }), "TOKENKEEP_METADATA_INVALID"],
  "the issuer": [(rig) => ({ issuer: rig.origins.evil }), "TOKENKEEP_ISSUER_MISMATCH"],
  both: [(rig) => ({ issuer: rig.origins.evil, tokenEndpoint: `${rig.origins.evil}/token` }), "TOKENKEEP_ISSUER_MISMATCH"],
};

attack(
  { ...forgery, title: "rewrite the record of a sign-in so that its code goes elsewhere (TOK-2, CB-7)", outcome: "stopped" },
  async (rig, { mode }) => {
    const forger = await rig.open("/bare.html");
    const page = await rig.open();
    if (mode === "own") return nothingToRewrite(rig, { page, forger });
    for (const [name, [changes, code]] of Object.entries(rewritten)) {
      await page.goto(rig.origins.app);
      await rig.arrive(page);
      assert.ok((await rig.inject(forger, rewriteRecords, changes(rig))) > 0);
      assert.equal((await resume(page)).error?.code, code, name);
    }
    assert.deepEqual([rig.evil.requests.length, rig.as.counts.tokenRequests], [0, 0]);
    await page.goto(rig.origins.app);
    assert.ok(await rig.signIn(page));
    return "stopped";
  },
);

attack({ ...forgery, title: "rewrite where a sign-in leads to in the app (AUTHZ-21)", outcome: "stopped" }, async (rig, { mode }) => {
  const forger = await rig.open("/bare.html");
  const page = await rig.open();
  if (mode === "own") return nothingToRewrite(rig, { page, forger });
  for (const returnTo of ["//evil.test/x", "/\\evil.test", `${rig.origins.evil}/`, "javascript:alert(1)", "/\t/evil.test"]) {
    await page.goto(rig.origins.app);
    await rig.arrive(page);
    await rig.inject(forger, rewriteRecords, { returnTo });
    assert.ok((await resume(page)).value);
    assert.equal(await page.evaluate(() => app.auth.arrival.returnTo), null, returnTo);
  }
  return "stopped";
});

attack(
  {
    id: "T20",
    threat: "S16",
    title: "a script of the origin plants the record that the attacker's response belongs to",
    outcome: butOwn("works"),
  },
  async (rig, { mode, t }) => {
    const { arrival, records } = await mallorysSignIn(t, rig);
    const page = await rig.open();
    await rig.inject(page, plantRecords, records);
    await page.goto(arrival);
    if (mode === "own") {
      assert.match(await page.textContent("[role=alert]"), /TOKENKEEP_STATE_MISMATCH/);
      assert.equal(rig.as.counts.tokenRequests, 0);
      return ["stopped", "the record is not in a store that the script can write to"];
    }
    const { value } = await resume(page);
    assert.equal(value?.claims.sub, "mallory");
    return ["works", "a script with all rights of the page can sign its user in as somebody else"];
  },
);

/** With a sign-in under way there is no record at the app's origin, and it goes where the app wanted. */
async function nothingToRewrite(rig, { page, forger }) {
  await rig.arrive(page);
  assert.equal(await rig.inject(forger, rewriteRecords, { returnTo: "//evil.test/x", issuer: rig.origins.evil }), 0);
  assert.ok((await resume(page)).value);
  assert.equal(page.url(), `${rig.origins.app}/`);
  return ["stopped", "the record is not in a store that the script can write to"];
}

/** A page that is signed in, and another document of the same origin. */
async function startTwo(rig) {
  rig.sinceNow();
  const page = await rig.signedIn();
  return { page, forger: await rig.open("/bare.html") };
}

const ends = (page) => events(page, "signedout");
