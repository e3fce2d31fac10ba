import assert from "node:assert/strict";

import { codeOf, events, resume, session } from "./support/calls.mjs";
import { leave, signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { stay } from "./support/staying.mjs";
import { test } from "./support/test.mjs";

const away = ({ app }) => ({ postLogoutRedirectUri: `${app.origin}/bye` });

for (const mode of transports) {
  test(`${mode}: signing out at the server too goes through its page and back, and the next sign-in asks again (REV-10, REV-13, REV-14)`, async (t) => {
    const { stage, page } = await startSignedIn(t, { mode });
    const { url, sent } = await endSession(page, { returnTo: "/done" });
    const { state, ...rest } = sent;
    assert.equal(url.origin + url.pathname, `${stage.authorizationServer.issuer}/session/end`);
    assert.deepEqual(rest, { client_id: "tokenkeep-demo", post_logout_redirect_uri: `${stage.app.origin}/bye` });
    assert.match(state, /^[\w-]{43}$/);
    assert.equal(stage.counts.revocations, 1);

    await page.click("#logout button[name=logout]");
    await page.waitForURL(`${stage.app.origin}/bye?**`);
    assert.equal((await resume(page)).value, null);
    assert.equal(page.url(), `${stage.app.origin}/bye`);
    assert.equal((await page.evaluate(() => app.auth.arrival)).returnTo, "/done");
    assert.equal(await codeOf(page, stage.v1("files")), "TOKENKEEP_LOGIN_REQUIRED");
    await leave(page);
  });
}

test("the session is over in every tab before the user is sent to the server (REV-10)", async (t) => {
  const { stage, page } = await startSignedIn(t);
  const other = await stage.open();
  await resume(other);
  await endSession(page);
  assert.equal(await session(other), null);
  assert.equal((await events(other, "signedout")).length, 1);
});

test("whoever stays signed in at the server is signed out here all the same (REV-10)", async (t) => {
  const { stage, page } = await startSignedIn(t);
  await endSession(page);
  await page.click("#logout button:not([name])");
  await page.waitForURL(`${stage.app.origin}/bye?**`);
  await resume(page);
  assert.equal(await session(page), null);
});

test("a return that nobody was sent away for is no arrival (REV-14)", async (t) => {
  const stage = await startStage(t, { server: { logout: true }, config: away });
  const page = await stage.open(`/bye?state=${"x".repeat(43)}`);
  await resume(page);
  assert.equal(await page.evaluate(() => app.auth.arrival), null);
});

test("the ID token goes along on request only, and not in a URL (REV-11, REV-12)", async (t) => {
  const config = (stage) => ({ ...away(stage), dangerSendIdTokenHint: true });
  const { stage, page } = await startSignedIn(t, { config, server: { logout: { takesPost: true } } });
  const { url, request } = await endSession(page);
  const posted = new URLSearchParams(request.postData() ?? "");
  assert.equal(request.method(), "POST");
  assert.ok(stage.authorizationServer.issuedTokens().includes(posted.get("id_token_hint")));
  assert.equal(url.searchParams.get("id_token_hint"), null);
  await page.click("#logout button[name=logout]");
  await page.waitForURL(`${stage.app.origin}/bye?**`);
});

test("a server without that endpoint: the session ends here, and the call says so (REV-10)", async (t) => {
  const stage = await startStage(t, { config: away });
  const page = await stage.open();
  await signIn(page);
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.signOut({ endSession: true })));
  assert.equal(error.code, "TOKENKEEP_END_SESSION_UNAVAILABLE");
  assert.equal(await session(page), null);
  assert.equal(page.url(), `${stage.app.origin}/callback`);
});

for (const dangerSendIdTokenHint of [false, true]) {
  const how = dangerSendIdTokenHint ? "by a form" : "by a URL";
  const config = (stage) => ({ ...away(stage), dangerSendIdTokenHint });
  const server = { logout: { takesPost: true } };

  test(`staying on a page that asks ends a sign-out at the server ${how}, and the next one leaves`, async (t) => {
    const { page } = await startSignedIn(t, { config, server });
    await stay(page, () => begin(page));
    assert.equal((await page.evaluate(() => attempt)).error.code, "TOKENKEEP_SIGN_OUT_ABANDONED");
    assert.deepEqual([await session(page), await page.evaluate(() => document.forms.length)], [null, 0]);

    page.once("dialog", (dialog) => dialog.accept());
    const { request } = await endSession(page);
    assert.equal(request.method(), "GET", "there is no ID token left to send along");
  });

  test(`coming back from the server's page ends a sign-out ${how}`, async (t) => {
    const { page } = await startSignedIn(t, { config, server, mode: "page", whole: true });
    await begin(page);
    await page.waitForSelector("#logout");
    await page.goBack({ waitUntil: "commit" });
    assert.equal((await page.evaluate(() => attempt)).error.code, "TOKENKEEP_SIGN_OUT_ABANDONED");
  });
}

/** Starts signing out; what comes of that is the page's `attempt`. */
const begin = (page) => page.evaluate(() => void (globalThis.attempt = app.outcome(() => app.auth.signOut({ endSession: true }))));

async function startSignedIn(t, options = {}) {
  const stage = await startStage(t, { server: { logout: true }, config: away, ...options });
  const page = await stage.open();
  await signIn(page);
  return { stage, page };
}

/** Signs out, up to the server's own page; what was sent there. */
async function endSession(page, options) {
  const navigation = page.waitForRequest((request) => request.isNavigationRequest());
  await page.evaluate((given) => void app.auth.signOut({ endSession: true, ...given }), options);
  const request = await navigation;
  const url = new URL(request.url());
  await page.waitForSelector("#logout");
  return { sent: Object.fromEntries(url.searchParams), url, request };
}
