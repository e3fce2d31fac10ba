import assert from "node:assert/strict";

import { statusOf } from "./support/calls.mjs";
import { leave, signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

for (const mode of transports) {
  test(`${mode}: where it is announced requests are pushed, and the address bar has a name for them only (PAR-1, PAR-2, PAR-3, PAR-5, PAR-7, PAR-9)`, async (t) => {
    const stage = await startStage(t, { mode, server: { par: "announced" } });
    const page = await stage.open();
    const { url, ...sent } = await leave(page, { loginHint: "ada", maxAge: 900 });
    assert.deepEqual(Object.keys(sent).sort(), ["client_id", "request_uri"]);
    assert.match(sent.request_uri, /^urn:ietf:params:oauth:request_uri:/);
    const [pushed, ...more] = stage.authorizationServer.pushed;
    assert.equal(more.length, 0);
    assert.deepEqual([pushed.client_id, pushed.login_hint, pushed.max_age], ["tokenkeep-demo", "ada", "900"]);
    assert.equal(pushed.code_challenge_method, "S256");
    for (const random of [pushed.state, pushed.nonce, pushed.code_challenge]) assert.match(random, /^[\w-]{43}$/);
    assert.equal(pushed.request_uri, undefined);
    assert.equal(url.origin, stage.authorizationServer.issuer);
  });
}

test("a server that takes pushed requests only is signed in to, each time with a new one (PAR-1, PAR-6)", async (t) => {
  const stage = await startStage(t, { server: { par: "required" } });
  const page = await stage.open();
  await leave(page);
  await page.goto(stage.app.origin);
  await signIn(page);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  const [first, second] = stage.authorizationServer.pushed;
  assert.notEqual(first.state, second.state);
});

test("par: false sends the plain request where that is allowed, and par: true asks for the endpoint (PAR-1, PAR-8)", async (t) => {
  const plain = await startStage(t, { server: { par: "announced" }, config: { par: false } });
  const page = await plain.open();
  assert.equal((await leave(page)).response_type, "code");
  assert.equal(plain.authorizationServer.pushed.length, 0);
  const strict = await startStage(t, { config: { par: true } });
  const other = await strict.open();
  const { error } = await other.evaluate(() => app.outcome(() => app.auth.signIn()));
  assert.equal(error.code, "TOKENKEEP_METADATA_INVALID");
  assert.equal(other.url(), `${strict.app.origin}/`);
});

test("a push that is refused does not turn into a plain request (PAR-8)", async (t) => {
  const config = ({ app }) => ({ redirectUri: `${app.origin}/elsewhere` });
  const stage = await startStage(t, { server: { par: "required" }, config });
  const page = await stage.open();
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.signIn()));
  assert.deepEqual([error.code, error.error], ["TOKENKEEP_REDIRECT_URI_REFUSED", "invalid_request"]);
  assert.equal(stage.authorizationServer.requests.filter(({ path }) => path === "/auth").length, 0);
});

test("refreshes and proofs go on as usual after a pushed request (PAR-2, DPOP-20)", async (t) => {
  const dpop = { requireNonce: true };
  const stage = await startStage(t, { server: { par: "required", dpop }, api: { dpop } });
  const page = await stage.open();
  await signIn(page);
  stage.authorizationServer.expireAccessTokens();
  assert.equal(await statusOf(page, stage.v1("files")), 200);
  assert.equal(stage.counts.refreshed, 1);
});
