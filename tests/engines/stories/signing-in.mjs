import assert from "node:assert/strict";

import { endOfSend, events, session, startSend, stats, statusOf } from "../../browser/support/calls.mjs";
import { ownMode, scope } from "../../browser/support/stage.mjs";
import { until } from "../../browser/support/until.mjs";
import { openSignedIn, signIn, signInByPopup } from "../support/acts.mjs";
import { allModes } from "../support/modes.mjs";

const narrow = "openid profile files:read";
const bound = { server: { dpop: { requireNonce: true } }, api: { dpop: { requireNonce: true } } };

export const stories = [
  { name: "a person signs in, and no token is anywhere in the page (STORE-1)", modes: allModes, options: { pages: true }, tell: redirect },
  { name: "a popup signs in the page that opened it, which stays (WIN-3)", modes: allModes, options: { pages: true }, tell: popup },
  {
    name: "a call waits for more rights and is answered once the person gave them (WWW-9)",
    modes: allModes,
    options: { config: { scope: narrow } },
    tell: stepUp,
  },
  { name: "tokens are bound to a key, with a proof for every request (DPOP-4, DPOP-9)", modes: allModes, options: bound, tell: proofs },
];

async function redirect({ stage, mode }) {
  const page = await stage.open("/inbox?a=b#c");
  assert.equal(await page.evaluate(() => app.auth.resume()), null);
  const got = await signIn(page, mode);
  assert.deepEqual([got.scope, got.claims.sub], [scope, "ada"]);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(stage.counts.exchanges, 1);
  assert.equal(await page.url(), stage.app.origin + (mode === ownMode ? "/inbox?a=b#c" : "/callback"));
  await assertNothingKept(page, stage);
}

async function assertNothingKept(page, { authorizationServer }) {
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href]));
  const tokens = authorizationServer.issuedTokens();
  assert.ok(tokens.length > 0);
  for (const token of tokens) assert.ok(!kept.includes(token));
}

async function popup({ stage, mode }) {
  const page = await stage.open("/place?x=1#y");
  const { value, error } = await signInByPopup(page, mode);
  assert.deepEqual([error, value?.scope], [undefined, scope]);
  assert.deepEqual(await session(page), value);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(await page.url(), `${stage.app.origin}/place?x=1#y`);
  assert.equal((await events(page, "signedin")).length, 1);
}

async function stepUp({ stage, mode }) {
  const page = await openSignedIn(stage, mode);
  await startSend(page, stage.v1("effects"), { method: "POST", body: '{"n":0}', tokenkeep: { stepUp: true } });
  await until(async () => (await stats(page)).steppingUp === 1, "the call to wait");
  const [{ detail }] = await until(async () => (await events(page, "stepup")).length && events(page, "stepup"), "the event");
  assert.deepEqual(detail.signIn, { scope: "files:write" });
  assert.equal((await signInByPopup(page, mode, detail.signIn)).value.scope, scope);
  assert.equal((await endOfSend(page)).value.status, 201);
  assert.deepEqual(stage.api.effects, [0]);
}

async function proofs({ stage, mode }) {
  const page = await openSignedIn(stage, mode);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.deepEqual([stage.counts.refreshed, stage.counts.reuseAlarms], [1, 0]);
  const all = [...stage.authorizationServer.proofs, ...stage.api.proofs];
  assert.deepEqual([new Set(all.map(({ jwk }) => jwk.x)).size, new Set(all.map(({ jti }) => jti)).size], [1, all.length]);
}
