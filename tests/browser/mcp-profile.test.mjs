// hold({ mcp }): a server of the MCP SDK is found from its URL alone, with its real authorization server.

import assert from "node:assert/strict";

import { startMcpSdkServer } from "../servers/mcp-sdk/server.mjs";
import { codeOf, events, session } from "./support/calls.mjs";
import { startMcpServer } from "./support/mcp-server.mjs";
import { startOtherStage } from "./support/other-stage.mjs";
import { pendingLogins } from "./support/records.mjs";
import { signIn } from "./support/sign-in.mjs";
import { startStage, transports } from "./support/stage.mjs";
import { test } from "./support/test.mjs";

const documentUrl = "https://app.tokenkeep.example/client.json";
const metadataPath = "/.well-known/oauth-protected-resource/mcp";
/** What hold() is usually told and has to find out here. */
const nothing = { issuer: undefined, clientId: undefined, scope: undefined, resourceServers: undefined };

for (const mode of transports) {
  test(`${mode}: found, registered, signed in to and used (MCP-1, MCP-3, MCP-4, MCP-11, REG-1)`, async (t) => {
    const { stage, page, server } = await startMcp(t, { mode, server: { registration: true } });
    const requested = navigation(page, stage);
    await signIn(page);
    const parameters = (await requested).searchParams;
    assert.equal(parameters.get("resource"), `${server.origin}/mcp`);
    assert.equal(parameters.get("scope"), "files:read");
    assert.deepEqual(paths(server).slice(0, 2), ["GET /mcp", `GET ${metadataPath}`]);
    assert.equal(await square(page, server, 7), "49");
    assert.equal((await session(page)).scope, "files:read");
    const [grant] = stage.grants;
    assert.deepEqual([grant.client_id, grant.resource], [parameters.get("client_id"), `${server.origin}/mcp`]);
    assert.ok(
      server.requests.every(({ path }) => !path.includes("token")),
      "MCP-4: never in the query",
    );
  });

  test(`${mode}: the client is registered once, whatever becomes of pages and sessions (REG-3, REG-7)`, async (t) => {
    const { stage, page } = await startMcp(t, { mode, server: { registration: true } });
    await signIn(page);
    const kept = (await pendingLogins(page)).map(([, { record }]) => record);
    assert.deepEqual(kept.map(Object.keys), [["issuer", "clientId"]]);
    await page.evaluate(() => app.auth.signOut());
    await page.goto(stage.app.origin);
    const requested = navigation(page, stage);
    await signIn(page);
    assert.equal((await requested).searchParams.get("client_id"), kept[0].clientId);
    assert.equal(registrations(stage), 1);
  });

  test(`${mode}: the URL of a metadata document is the client's id where the server takes such (CIMD-4, MCP-11)`, async (t) => {
    const { stage, page, server } = await startMcp(t, {
      mode,
      server: { registration: true, metadataDocuments: async (url) => Response.json(documents[url]) },
      config: { clientMetadataUrl: documentUrl, clientMetadata: { client_name: "Squares" } },
    });
    const documents = { [documentUrl]: clientDocument(stage) };
    await signIn(page);
    assert.equal(await square(page, server, 8), "64");
    assert.deepEqual([stage.grants[0].client_id, registrations(stage)], [documentUrl, 0]);
  });
}

test("where the server takes no metadata document, the client registers (CIMD-4, MCP-11)", async (t) => {
  const config = { clientMetadataUrl: documentUrl, clientMetadata: { client_name: "Squares" } };
  const { stage, page, server } = await startMcp(t, { server: { registration: true }, config });
  await signIn(page);
  assert.equal(await square(page, server, 9), "81");
  assert.equal(registrations(stage), 1);
  assert.notEqual(stage.grants[0].client_id, documentUrl);
});

test("tokens that the server forgets are renewed for it alone, and tools go on (MCP-3)", async (t) => {
  const { stage, page, server } = await startMcp(t, { server: { registration: true } });
  await signIn(page);
  assert.equal(await square(page, server, 2), "4");
  stage.authorizationServer.expireAccessTokens();
  assert.deepEqual(await page.evaluate(() => mcp.callTools([3, 4, 5], 3)), { 3: "9", 4: "16", 5: "25" });
  assert.deepEqual(
    stage.grants.map(({ resource }) => resource),
    [`${server.origin}/mcp`, `${server.origin}/mcp`],
  );
  assert.equal(stage.counts.refreshes, 1);
});

test("the official SDK's own authorization server: found, registered, signed in to and used (MCP-2, REG-1)", async (t) => {
  const sdk = await startMcpSdkServer();
  t.after(sdk.close);
  const server = await startMcpServer({ verify: sdk.verify, issuer: sdk.issuer });
  t.after(server.close);
  const config = { ...nothing, mcp: `${server.origin}/mcp`, clientMetadata: { client_name: "Squares" } };
  const stage = await startOtherStage(t, { server: sdk, config });
  assert.deepEqual((await stage.signIn()).error, undefined);
  assert.equal(await square(stage.page, server, 6), "36");
});

test("a server that trusts somebody else than the application does is refused before any navigation (PRM-6)", async (t) => {
  const config = { authorizationServers: ["https://as.example"] };
  const { stage, page } = await startMcp(t, { server: { registration: true }, config });
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.signIn()));
  assert.equal(error.code, "TOKENKEEP_AUTHORIZATION_SERVER_REFUSED");
  assert.ok(error.message.includes(stage.authorizationServer.issuer));
  assert.deepEqual(stage.authorizationServer.requests, []);
});

test("a server that registers nobody is told with what to do (MCP-11)", async (t) => {
  const { page } = await startMcp(t, { server: {} });
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.signIn()));
  assert.equal(error.code, "TOKENKEEP_REGISTRATION_NEEDED");
  assert.match(error.message, /set clientId and authorizationServers/);
});

test("without a session the SDK's client gets this library's error, and nothing of a sign-in of its own", async (t) => {
  const { page, server } = await startMcp(t, { server: { registration: true } });
  await page.addScriptTag({ url: "/library/mcp.js", type: "module" });
  const { error } = await page.evaluate((url) => app.outcome(() => connectMcp("streamable", url)), `${server.origin}/mcp`);
  assert.equal(error.code, "TOKENKEEP_LOGIN_REQUIRED");
  assert.deepEqual(server.requests, []);
});

test("the token goes below the server's URL and nowhere else (MCP-5, RES-7)", async (t) => {
  const { page, server } = await startMcp(t, { server: { registration: true } });
  await signIn(page);
  for (const path of ["/", "/sse", "/mcp2"]) assert.equal(await codeOf(page, server.origin + path), "TOKENKEEP_TARGET_REFUSED", path);
  assert.deepEqual(await events(page, "stepup"), []);
});

/** The app with the URL of an MCP server, which trusts the stage's authorization server. */
async function startMcp(t, { mode, server: options, config = {} }) {
  const stage = await startStage(t, { mode, server: { resources: true, ...options } });
  const { authorizationServer } = stage;
  const server = await startMcpServer({ verify: authorizationServer.verify, issuer: authorizationServer.issuer });
  t.after(server.close);
  authorizationServer.allow({ resources: [{ resource: `${server.origin}/mcp`, scope: "files:read files:write" }] });
  stage.configure({ ...nothing, mcp: `${server.origin}/mcp`, ...config });
  return { stage, server, page: await stage.open() };
}

/** What a tool of the server says, asked by the official SDK's client. */
async function square(page, server, n) {
  await page.addScriptTag({ url: "/library/mcp.js", type: "module" });
  await page.evaluate((url) => connectMcp("streamable", url), `${server.origin}/mcp`);
  return page.evaluate(async (n) => (await mcp.callTools([n], 1))[n], n);
}

const clientDocument = ({ app }) => ({
  client_id: documentUrl,
  client_name: "Squares",
  application_type: "native",
  redirect_uris: [`${app.origin}/callback`],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
});

/** The URL of the next authorization request. */
const navigation = async (page, { authorizationServer }) => {
  const isIt = (request) => request.isNavigationRequest() && request.url().startsWith(`${authorizationServer.issuer}/auth?`);
  return new URL((await page.waitForRequest(isIt)).url());
};

const registrations = ({ authorizationServer: { requests } }) =>
  requests.filter(({ method, path }) => method === "POST" && path === "/reg").length;

const paths = ({ requests }) => requests.map(({ method, path }) => `${method} ${path}`);
