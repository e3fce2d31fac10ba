// The smaller module does the main job as the larger does, and says what it doesn't have.

import assert from "node:assert/strict";

import { burst, codeOf, session, stats, statusOf } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const plain = { scope: "files:read files:write" };
const start = (t, config = plain) => startStage(t, { holder: "/holder-core.js", config });

test("core: 200 calls with an expired token cause one refresh, and each is answered once", async (t) => {
  const stage = await start(t);
  const page = await stage.open();
  await signIn(page);
  assert.equal((await session(page)).claims, null);
  stage.authorizationServer.expireAccessTokens();

  assert.deepEqual(await burst(page, stage.v1("effects"), 200), { 201: 200 });
  assert.equal(stage.api.effects.length, 200);
  assert.equal(stage.counts.refreshes, 1);
});

test("core: signing out in one tab ends the session in the other", async (t) => {
  const stage = await start(t);
  const [page, other] = [await stage.open(), await stage.open()];
  await signIn(page);
  assert.equal(await statusOf(other, stage.v1("files")), 200);
  assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "confirmed" });
  assert.equal(await codeOf(other, stage.v1("files")), "TOKENKEEP_LOGIN_REQUIRED");
  assert.equal((await stats(other)).phase, "signedout");
});

test("core: a server with every extension is asked for none", async (t) => {
  const stage = await startStage(t, { holder: "/holder-core.js", config: plain, server: { dpop: true, par: "announced" } });
  const page = await stage.open();
  await signIn(page);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.deepEqual([stage.authorizationServer.pushed.length, stage.authorizationServer.proofs.length], [0, 0]);
});

for (const [option, value] of Object.entries({
  scope: "openid files:read",
  dpop: true,
  par: true,
  strict: true,
  profile: {},
  token: "abc",
  lockOnAnomaly: true,
  postLogoutRedirectUri: "https://app.example/bye",
})) {
  test(`core: ${option} is refused with the way to have it`, async (t) => {
    const stage = await start(t, { ...plain, [option]: value });
    const page = await stage.open();
    const { error } = await page.evaluate(() => app.outcome(() => app.auth.resume()));
    assert.deepEqual([error.code, error.option], ["TOKENKEEP_CONFIG_INVALID", option]);
    assert.match(error.message, /tokenkeep\/holder/);
  });
}

test("core: what is not there says so", async (t) => {
  const stage = await start(t);
  const page = await stage.open();
  await signIn(page);
  const userinfo = await page.evaluate(() => app.outcome(() => app.auth.userinfo()));
  assert.equal(userinfo.error.code, "TOKENKEEP_CONFIG_INVALID");
  const end = await page.evaluate(() => app.outcome(() => app.auth.signOut({ endSession: true })));
  assert.equal(end.error.code, "TOKENKEEP_CONFIG_INVALID");
  assert.equal(await codeOf(page, stage.v1("files")), "TOKENKEEP_LOGIN_REQUIRED", "the session is over all the same");
  assert.deepEqual(await page.evaluate(() => app.auth.audit()), []);
});
