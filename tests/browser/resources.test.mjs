import assert from "node:assert/strict";

import { burst, codeOf, stats, statusOf } from "./support/calls.mjs";
import { assertEachOnce } from "./support/effects.mjs";
import { leave, signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const formats = ["opaque", "jwt"];
const both = ({ apis }) => ({
  resourceServers: apis.map(({ audience }) => ({ url: audience, resource: audience })),
});

for (const format of formats) {
  for (const mode of transports) {
    test(`${mode}: two APIs have a token each from one grant, ${format}, and each takes its own only (RES-4, RES-5, RES-6, RES-9)`, async (t) => {
      const { stage, page } = await startResources(t, { mode, format });
      const { sent } = await signedIn(stage, page);
      assert.deepEqual(
        sent,
        stage.apis.map(({ audience }) => audience),
      );
      for (const { origin } of [...stage.apis, ...stage.apis]) assert.equal(await statusOf(page, `${origin}/v1/files`), 200);
      assert.deepEqual(stage.apis.map(statuses), [
        [200, 200],
        [200, 200],
      ]);
      assert.equal(stage.counts.reuseAlarms, 0);
      assert.ok(
        stage.grants.every(({ resource }) => typeof resource === "string"),
        "each token request names one",
      );
    });
  }
}

test("the tokens of all APIs are forgotten at once: each is renewed once, in turn, and no call is lost (RES-6)", async (t) => {
  const { stage, page } = await startResources(t);
  await signedIn(stage, page);
  for (const { origin } of stage.apis) assert.equal(await statusOf(page, `${origin}/v1/files`), 200);
  const { refreshed } = stage.counts;
  stage.authorizationServer.expireAccessTokens();
  const tallies = await Promise.all(stage.apis.map(({ origin }) => burst(page, `${origin}/v1/effects`, 20)));
  assert.deepEqual(tallies, [{ 201: 20 }, { 201: 20 }]);
  for (const { effects } of stage.apis) assertEachOnce(effects, 20);
  assert.equal(stage.counts.refreshed - refreshed, 2);
  assert.equal(stage.counts.refreshed, stage.counts.refreshes);
  assert.equal(stage.counts.reuseAlarms, 0);
});

test("a first call to each API at once waits for its own token (RES-6)", async (t) => {
  const { stage, page } = await startResources(t);
  await signedIn(stage, page);
  const tallies = await Promise.all(stage.apis.map(({ origin }) => burst(page, `${origin}/v1/effects`, 20)));
  assert.deepEqual(tallies, [{ 201: 20 }, { 201: 20 }]);
  assert.equal(stage.counts.reuseAlarms, 0);
  assert.equal((await stats(page)).queued, 0);
});

test("tokens of several APIs can be bound to a key (RES-6, DPOP-10)", async (t) => {
  const server = { resources: true, dpop: { requireNonce: true } };
  const { stage, page } = await startResources(t, { server, format: "jwt" });
  await signedIn(stage, page);
  for (const { origin } of stage.apis) assert.equal(await statusOf(page, `${origin}/v1/files`), 200);
  stage.authorizationServer.expireAccessTokens();
  for (const { origin } of stage.apis) assert.equal(await statusOf(page, `${origin}/v1/files`), 200);
  assert.equal(new Set(stage.apis.flatMap(({ proofs }) => proofs).map(({ jkt }) => jkt)).size, 1);
  assert.equal(stage.counts.reuseAlarms, 0);
});

test("a token for a resource goes nowhere else (RES-7)", async (t) => {
  const { stage, page } = await startResources(t);
  await signedIn(stage, page);
  assert.equal(await codeOf(page, `${stage.probe.origin}/probe/x`), "TOKENKEEP_TARGET_REFUSED");
  assert.equal(stage.probe.requests.length, 0);
});

test("a resource that the server does not know is an error of its own (RES-8)", async (t) => {
  const config = ({ api }) => ({ resourceServers: [{ url: api.audience, resource: `${api.origin}/v1` }] });
  const { stage, page } = await startResources(t, { config });
  await page.evaluate(() => void app.auth.signIn());
  await page.waitForURL((url) => url.pathname === "/callback");
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.resume()));
  assert.equal(error.error, "invalid_target");
  assert.equal(stage.counts.tokenRequests, 0);
});

test("where a default resource is granted nothing has to be named (RES-4)", async (t) => {
  const { stage, page } = await startResources(t, { config: {}, isDefault: true, count: 1, format: "jwt" });
  await signIn(page);
  assert.equal(await statusOf(page, stage.v1("files")), 200);
});

async function startResources(t, options = {}) {
  const { format = "opaque", isDefault, count = 2, config = both, ...more } = options;
  const api = Array.from({ length: count }, () => ({ format, isDefault }));
  const stage = await startStage(t, { server: { resources: true }, api, config, ...more });
  return { stage, page: await stage.open() };
}

/** Signs in; the `resource` parameters that were sent at its start. */
async function signedIn(stage, page) {
  const { url } = await leave(page);
  await page.goto(stage.app.origin);
  await signIn(page);
  return { sent: url.searchParams.getAll("resource") };
}

const statuses = ({ requests }) => requests.map(({ status }) => status);
