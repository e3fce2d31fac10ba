// An API of a plain configuration whose challenges say where its metadata is (RFC 9728, 5.1).

import assert from "node:assert/strict";

import { sendJson } from "../../www/server/http.mjs";
import { events, explain } from "./support/calls.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";
import { until } from "./support/until.mjs";

const place = "/open/metadata";

for (const mode of transports) {
  test(`${mode}: the application is told whom the API trusts, and decides (PRM-6, PRM-8, WWW-11)`, async (t) => {
    const { stage, page } = await startApi(t, { mode });
    const { value } = await explain(page, stage.probed("files"), { method: "POST" });
    assert.deepEqual([value.status, value.explanation.kind], [403, "scope"]);
    const expected = {
      resource: `${stage.probe.origin}/probe`,
      authorizationServers: ["https://other.example"],
      scopesSupported: ["files:write"],
    };
    const [{ detail }] = await until(async () => (await events(page, "stepup")).length && events(page, "stepup"), "it");
    assert.deepEqual(detail.resourceMetadata, expected);
    assert.equal(page.url(), `${stage.app.origin}/callback`, "nobody went anywhere");
    assert.deepEqual((await explain(page, stage.probed("files"), { method: "POST" })).value.explanation.resourceMetadata, expected);
    const [asked, ...more] = stage.probe.requests.filter(({ url }) => url === place);
    assert.deepEqual([asked.headers.authorization, asked.headers.cookie, more], [undefined, undefined, []]);
  });
}

test("metadata of another resource is not told, nor is one behind a redirect (PRM-1, PRM-2)", async (t) => {
  for (const answer of [
    ({ response }) => sendJson(response, 200, { resource: "https://evil.example", authorization_servers: [] }),
    ({ response }) => response.writeHead(302, { location: "/open/elsewhere" }).end(),
  ]) {
    const { stage, page } = await startApi(t, { answer });
    await explain(page, stage.probed("files"), { method: "POST" });
    const [{ detail }] = await until(async () => (await events(page, "stepup")).length && events(page, "stepup"), "it");
    assert.deepEqual([detail.reason, detail.resourceMetadata], ["scope", undefined]);
    assert.ok(!stage.probe.requests.some(({ url }) => url === "/open/elsewhere"));
  }
});

/** A signed-in page, and an API that wants more rights and says where its metadata is. */
async function startApi(t, { mode, answer = metadata } = {}) {
  const refuse = ({ request, response }) => {
    const url = `http://${request.headers.host}${place}`;
    const challenge = `Bearer error="insufficient_scope", scope="files:write", resource_metadata="${url}"`;
    sendJson(response, 403, {}, { "www-authenticate": challenge });
  };
  const probe = { answer: (exchange) => (exchange.url.pathname.startsWith("/open/") ? answer : refuse)(exchange) };
  const stage = await startStage(t, { mode, probe, config: { scope: "files:read" } });
  const page = await stage.open();
  await signIn(page);
  return { stage, page };
}

function metadata({ request, response }) {
  sendJson(response, 200, {
    resource: `http://${request.headers.host}/probe`,
    authorization_servers: ["https://other.example"],
    scopes_supported: ["files:write"],
  });
}
