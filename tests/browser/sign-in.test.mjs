import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { events, send, session, statusOf } from "./support/calls.mjs";
import { pendingLogins } from "./support/records.mjs";
import { arrive, leave, signIn } from "./support/sign-in.mjs";
import { modes, scope, startStage } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

for (const mode of modes) {
  test(`${mode}: signing in through the consent page lets the API be called`, async (t) => {
    const stage = await startStage(t, { mode, pages: true });
    const page = await stage.open();
    const signedIn = await signIn(page);

    assert.equal(signedIn.scope, scope);
    assert.equal(signedIn.claims.sub, "ada");
    assert.ok(Math.abs(signedIn.expiresAt - Date.now() - 600_000) < 60_000, `expiresAt is ${signedIn.expiresAt}`);
    assert.equal(await statusOf(page, stage.v1("files")), 200);
    assert.deepEqual(
      stage.api.requests.map(({ status, hadToken }) => [status, hadToken]),
      [[200, true]],
    );
    assert.deepEqual({ ...stage.counts }, counted({ tokenRequests: 1, exchanges: 1 }));
    assert.deepEqual(
      (await events(page)).map(({ type }) => type),
      ["signedin"],
    );
    assert.deepEqual(await session(page), signedIn);
  });

  test(`${mode}: the authorization request follows the configuration (AUTHZ-4, AUTHZ-10, PKCE-2)`, async (t) => {
    const stage = await startStage(t, { mode, pages: true });
    const page = await stage.open("/odd/place?code_challenge=x#y");
    const appState = { email: "ada@example.com" };
    const { url, ...sent } = await leave(page, { appState, loginHint: "ada", uiLocales: "en fr", maxAge: 900 });

    assert.equal(url.origin + url.pathname, `${stage.authorizationServer.issuer}/auth`);
    const { state, nonce, code_challenge: challenge, ...rest } = sent;
    for (const random of [state, nonce, challenge]) assert.match(random, /^[\w-]{43}$/);
    assert.deepEqual(rest, {
      client_id: "tokenkeep-demo",
      code_challenge_method: "S256",
      login_hint: "ada",
      max_age: "900",
      redirect_uri: `${stage.app.origin}/callback`,
      response_type: "code",
      scope,
      ui_locales: "en fr",
    });
  });

  test(`${mode}: the verifier is in the pending-login record only, which is spent on use (AUTHZ-16, CB-4)`, async (t) => {
    const stage = await startStage(t, { mode, pages: true });
    const page = await stage.open();
    const other = await stage.open();
    await arrive(page);
    const state = new URL(page.url()).searchParams.get("state");
    const [[key, { record }], ...more] = await pendingLogins(other);
    await page.evaluate(() => app.auth.resume());

    assert.equal(more.length, 0);
    assert.equal(key, createHash("sha256").update(state).digest("base64url"));
    assert.equal(record.verifier, stage.grants[0].code_verifier);
    assert.equal(record.issuer, stage.authorizationServer.issuer);
    assert.ok(!JSON.stringify(record).includes(state), "the record holds the state itself");
    assert.deepEqual(await pendingLogins(other), []);
  });

  test(`${mode}: the callback URL is clean before resume() has returned (CB-18)`, async (t) => {
    const stage = await startStage(t, { mode, pages: true });
    const page = await stage.open();
    await arrive(page);
    const moments = await page.evaluate(async () => {
      const before = location.href;
      const resumed = app.auth.resume();
      const after = location.href;
      await resumed;
      return { before, after, inHistory: navigation.entries().map(({ url }) => url) };
    });

    assert.match(moments.before, /\/callback\?code=[\w-]+&state=[\w-]+&iss=/);
    assert.equal(moments.after, `${stage.app.origin}/callback`);
    assert.ok(!moments.inHistory.some((url) => url.includes("code=")), moments.inHistory.join("\n"));
  });

  test(`${mode}: signing out ends the session here and at the server (REV-1, REV-2)`, async (t) => {
    const stage = await startStage(t, { mode, pages: true });
    const page = await stage.open();
    await signIn(page);
    const [accessToken] = stage.authorizationServer.issuedTokens();
    const answer = await page.evaluate(() => app.auth.signOut());

    assert.deepEqual(answer, { revocation: "confirmed" });
    assert.equal(stage.counts.revocations, 1);
    assert.deepEqual(await stage.authorizationServer.verify(accessToken), { active: false });
    assert.equal(await session(page), null);
    assert.deepEqual((await events(page)).at(-1), { type: "signedout", detail: { reason: "signout" } });
    const { error } = await send(page, stage.v1("files"));
    assert.deepEqual([error.name, error.code, error.reason], ["TokenKeepError", "TOKENKEEP_LOGIN_REQUIRED", "signout"]);
    assert.equal(stage.api.requests.length, 0);
  });

  test(`${mode}: without a session nothing is sent`, async (t) => {
    const stage = await startStage(t, { mode, pages: true });
    const page = await stage.open();

    assert.equal(await page.evaluate(() => app.auth.resume()), null);
    const { error } = await send(page, stage.v1("files"));
    assert.equal(error.code, "TOKENKEEP_LOGIN_REQUIRED");
    assert.equal(stage.api.requests.length, 0);
    assert.equal(stage.counts.tokenRequests, 0);
  });

  test(`${mode}: nothing is added to the global scope (SAFE-9)`, async (t) => {
    const stage = await startStage(t, { mode, pages: true });
    const page = await stage.open();
    await signIn(page);
    const bare = await stage.context.newPage();
    await bare.goto(`${stage.app.origin}/bare.html`);
    const names = () => Reflect.ownKeys(globalThis).map(String);
    const known = new Set(await bare.evaluate(names));
    const added = (await page.evaluate(names)).filter((name) => !known.has(name));

    assert.deepEqual(added, ["app"]);
  });
}

function counted(counts) {
  return { tokenRequests: 0, exchanges: 0, refreshes: 0, refreshed: 0, reuseAlarms: 0, revocations: 0, ...counts };
}
