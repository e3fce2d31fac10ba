// Servers by other hands, signed in to through their own pages.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { serversPython, whyNoPython } from "../../scripts/lib/python.mjs";
import { startDjangoServer } from "../servers/django/server.mjs";
import { startMcpSdkServer } from "../servers/mcp-sdk/server.mjs";
import { codeOf, events, send, session, stats } from "./support/calls.mjs";
import { startOtherStage } from "./support/other-stage.mjs";
import { knownGap, test } from "./support/test.mjs";

const python = serversPython();
const django = (options) => python && (() => startDjangoServer({ python, ...options }));
/** Without being asked for more, the toolkit says 403 to a token that has run out. */
const forbidding = { api: { expired: [403] } };
const starters = {
  "the MCP SDK's authorization server": { start: startMcpSdkServer },
  "django-oauth-toolkit for OAuth": { start: django({}) },
  "django-oauth-toolkit for OpenID Connect": { start: django({ isPlain: true }), config: { profile: forbidding } },
};
const many = 30;

for (const [name, { start, ...more }] of Object.entries(starters)) {
  if (start) testServer(name, start, more);
  else knownGap(whyNoPython, name, () => {});
}

function testServer(name, start, { config }) {
  let server;
  const startSignedIn = async (t) => {
    const stage = await startOtherStage(t, { server, config });
    const { error } = await stage.signIn();
    assert.equal(error, undefined);
    return stage;
  };
  before(async () => (server = await start()));
  after(() => server.close());

  test(`${name}: a person signs in and the API knows them`, async (t) => {
    const { page } = await startSignedIn(t);
    const { scope, claims } = await session(page);
    assert.equal(scope, server.scope);
    assert.equal(claims?.iss, scope.includes("openid") ? server.issuer : undefined);
    const { status, text } = (await send(page, files(server))).value;
    assert.deepEqual([status, JSON.parse(text)], [200, { login: "ada" }]);
  });

  test(`${name}: a person who refuses is an error, not a session`, async (t) => {
    const { page, signIn } = await startOtherStage(t, { server, config });
    const { error } = await signIn(server.refuse);
    assert.deepEqual([error.code, error.error], ["TOKENKEEP_AUTHORIZATION_ERROR", "access_denied"]);
    assert.equal(await session(page), null);
  });

  test(`${name}: ${many} calls with an expired token cause one refresh, and then one with the new token`, async (t) => {
    const { page } = await startSignedIn(t);
    for (const generation of [1, 2]) {
      const before = await server.counts();
      await server.expireAccessTokens();
      assert.deepEqual(await callAtOnce(page, server), Array(many).fill(200));
      assert.deepEqual(difference(await server.counts(), before), { refreshes: 1, refreshed: 1 });
      assert.equal((await stats(page)).refreshes, generation);
    }
  });

  test(`${name}: signing out revokes the tokens at the server if it says that it can`, async (t) => {
    const { page } = await startSignedIn(t);
    const good = await server.goodTokens();
    const { revocation } = await page.evaluate(() => app.auth.signOut());
    assert.equal(revocation, server.revocation);
    assert.equal(await server.goodTokens(), revocation === "confirmed" ? good - 2 : good);
    assert.equal(await codeOf(page, files(server)), "TOKENKEEP_LOGIN_REQUIRED");
  });

  test(`${name}: a grant that the server has ended ends the session`, async (t) => {
    const { page } = await startSignedIn(t);
    await server.revokeGrants();
    assert.equal(await codeOf(page, files(server)), "TOKENKEEP_LOGIN_REQUIRED");
    assert.deepEqual(await events(page, "signedout"), [{ type: "signedout", detail: { reason: "revoked" } }]);
  });
}

const files = ({ api }) => `${api}files`;

/** The statuses of many calls that start in the same moment. */
const callAtOnce = (page, server) => page.evaluate(callMany, [files(server), many]);

/** Runs in the page. */
function callMany([url, count]) {
  return Promise.all(Array.from({ length: count }, () => app.send(url).then(({ value }) => value?.status)));
}

const difference = (after, before) =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, count]) => [name, count - before[name]])
      .filter(([, count]) => count !== 0),
  );
