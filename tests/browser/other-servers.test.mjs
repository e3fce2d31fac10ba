// Servers by other hands, signed in to through their own pages.

import assert from "node:assert/strict";
import { after, before } from "node:test";

import { startMcpSdkServer } from "../servers/mcp-sdk/server.mjs";
import { codeOf, events, send, session, stats } from "./support/calls.mjs";
import { startOtherStage } from "./support/other-stage.mjs";
import { test } from "./support/test.mjs";

const starters = { "the MCP SDK's authorization server": startMcpSdkServer };
const many = 30;

for (const [name, start] of Object.entries(starters)) {
  let server;
  before(async () => (server = await start()));
  after(() => server.close());

  test(`${name}: a person signs in and the API knows them`, async (t) => {
    const { page } = await startSignedIn(t, server);
    assert.equal((await session(page)).scope, server.scope);
    const { status, text } = (await send(page, files(server))).value;
    assert.deepEqual([status, JSON.parse(text)], [200, { login: "ada" }]);
  });

  test(`${name}: a person who refuses is an error, not a session`, async (t) => {
    const { page, signIn } = await startOtherStage(t, { server });
    const { error } = await signIn(server.refuse);
    assert.deepEqual([error.code, error.error], ["TOKENKEEP_AUTHORIZATION_ERROR", "access_denied"]);
    assert.equal(await session(page), null);
  });

  test(`${name}: ${many} calls with an expired token cause one refresh, and the next one has the rotated token`, async (t) => {
    const { page } = await startSignedIn(t, server);
    for (const generation of [1, 2]) {
      const before = await server.counts();
      await server.expireAccessTokens();
      assert.deepEqual(await callAtOnce(page, server), Array(many).fill(200));
      assert.deepEqual(difference(await server.counts(), before), { refreshes: 1, refreshed: 1 });
      assert.equal((await stats(page)).refreshes, generation);
    }
  });

  test(`${name}: signing out revokes the tokens at the server`, async (t) => {
    const { page } = await startSignedIn(t, server);
    const good = await server.goodTokens();
    assert.deepEqual(await page.evaluate(() => app.auth.signOut()), { revocation: "confirmed" });
    assert.equal(await server.goodTokens(), good - 2);
    assert.equal(await codeOf(page, files(server)), "TOKENKEEP_LOGIN_REQUIRED");
  });

  test(`${name}: a grant that the server has ended ends the session`, async (t) => {
    const { page } = await startSignedIn(t, server);
    await server.revokeGrants();
    assert.equal(await codeOf(page, files(server)), "TOKENKEEP_LOGIN_REQUIRED");
    assert.deepEqual(await events(page, "signedout"), [{ type: "signedout", detail: { reason: "revoked" } }]);
  });
}

const files = ({ api }) => `${api}files`;

async function startSignedIn(t, server) {
  const stage = await startOtherStage(t, { server });
  const { error } = await stage.signIn();
  assert.equal(error, undefined);
  return stage;
}

/** The statuses of many calls that start in the same moment. */
const callAtOnce = (page, server) =>
  page.evaluate(
    ([url, count]) => Promise.all(Array.from({ length: count }, () => app.send(url).then(({ value }) => value?.status))),
    [files(server), many],
  );

const difference = (after, before) =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, count]) => [name, count - before[name]])
      .filter(([, count]) => count !== 0),
  );
