// Profiles: ready ones and one made up, against servers as odd as they say; and the documented proxy.

import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { installPackage } from "../../scripts/lib/pack.mjs";
import { events, send, session, statusOf } from "./support/calls.mjs";
import { empty, having, html } from "./support/odd-server.mjs";
import { signInOddly, signedIn, startOddStage } from "./support/odd-stage.mjs";
import { test } from "./support/test.mjs";

const folder = new URL(".", import.meta.url);
const { fastio, github, salesforce } = await profiles();

/** The published module, as it is packed. */
async function profiles() {
  const installed = await installPackage(folder.pathname);
  return import(pathToFileURL(join(installed, "profiles.js")).href);
}

/** What a fragment has besides the service's own addresses. */
const without = ({ issuer: _, server: __, resourceServers: ___, ...fragment }) => fragment;

const form = (body) => new URLSearchParams(Object.entries(body).filter(([, value]) => value !== undefined)).toString();

test("fastio(): JSON at the token endpoint, scopes as JSON in a string, 403 at the refresh means revoked", async (t) => {
  const scopes = JSON.stringify(["workspace:1:rw", "workspace:2:r"]);
  const stage = await startOddStage(t, {
    odd: { token: having({ scope: undefined, scopes }) },
    config: { ...without(fastio()), scope: undefined },
  });
  const page = await signedIn(stage);
  assert.equal((await session(page)).scope, "workspace:1:rw workspace:2:r");
  const [asked] = stage.server.requests.filter(({ endpoint }) => endpoint === "authorize");
  assert.equal(asked.params.scope_type, "all_workspaces");
  stage.server.expire();
  assert.equal(await statusOf(page, stage.api), 200);
  const sent = stage.server.requests.filter(({ endpoint }) => endpoint === "token");
  assert.deepEqual(
    sent.map(({ headers }) => headers["content-type"]),
    ["application/json", "application/json"],
  );

  stage.server.odd.token = () => html(403);
  stage.server.expire();
  assert.equal((await send(page, stage.api)).error.code, "TOKENKEEP_LOGIN_REQUIRED");
  assert.deepEqual((await events(page, "signedout"))[0].detail, { reason: "revoked" });
  assert.equal(stage.server.count("refresh_token"), 2, "no further attempt");
});

test("fastio({ form: true }): forms, as the service's documentation has it", async (t) => {
  const stage = await startOddStage(t, { config: without(fastio({ form: true, scopeType: "all_orgs" })) });
  await signedIn(stage);
  const { headers } = stage.server.requests.find(({ endpoint }) => endpoint === "token");
  assert.match(headers["content-type"], /^application\/x-www-form-urlencoded/);
});

test("github(): answers are forms, errors come with 200, commas between scopes", async (t) => {
  const asForm = (body) => ({
    status: 200,
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: form(body),
  });
  const odd = { token: ({ body }) => asForm({ ...body, token_type: "bearer", scope: "repo,gist" }) };
  const stage = await startOddStage(t, { odd, config: without(github({ tokenEndpoint: "" })) });
  const page = await signedIn(stage);
  assert.equal((await session(page)).scope, "repo gist");
  assert.equal(await statusOf(page, stage.api), 200);

  stage.server.odd.token = () => asForm({ error: "bad_verification_code", error_description: "The code is wrong." });
  const { error } = await signInOddly(page);
  assert.deepEqual([error.code, error.error], ["TOKENKEEP_TOKEN_ERROR", "bad_verification_code"]);

  stage.server.odd.token = () => asForm({ error: "bad_refresh_token" });
  stage.server.expire();
  assert.equal((await send(page, stage.api)).error.code, "TOKENKEEP_LOGIN_REQUIRED");
  assert.equal((await events(page, "signedout"))[0].detail.reason, "revoked");
});

test("salesforce(): no expires_in, and 403 for an expired token at the identity service (TOK-15)", async (t) => {
  const odd = { token: having({ expires_in: undefined }), api: (reply) => (reply.status === 401 ? html(403) : reply) };
  const fragment = salesforce({ domain: "https://example.my.salesforce.com/lightning", identity: true });
  assert.deepEqual(fragment.resourceServers, ["https://example.my.salesforce.com/services/", "https://example.my.salesforce.com/id/"]);
  const stage = await startOddStage(t, { odd, config: without(fragment) });
  const page = await signedIn(stage);
  assert.equal((await session(page)).expiresAt, null);
  stage.server.expire();
  assert.equal(await statusOf(page, stage.api), 200);
  assert.equal(stage.server.count("refresh_token"), 1);
});

test("a server that is odd in every way, described in a few lines", async (t) => {
  const odd = {
    token: ({ body }, { params }) => {
      assert.deepEqual([params.app, params.device, params.client_id], ["odd", "web", undefined]);
      if (!body.access_token) return { status: 200, headers: { "content-type": "text/plain" }, body: '{"code":40102,"msg":"no"}' };
      const tokens = { access: body.access_token, refresh: body.refresh_token };
      const answer = { code: 0, data: { tokens, life: "600", token_type: "user" } };
      return { status: 201, headers: { "content-type": "text/plain" }, body: JSON.stringify(answer) };
    },
    api: (reply, { request, server }) => {
      const [scheme] = (request.headers.authorization ?? "").split(" ");
      return scheme === "token" ? reply : empty(401);
    },
  };
  const names = {
    access_token: "tokens.access",
    refresh_token: "tokens.refresh",
    expires_in: "life",
    error: "code",
    error_description: "msg",
  };
  const profile = {
    request: { json: true, names: { client_id: "app" }, params: { device: "web" }, headers: { accept: "application/json", "x-app": "1" } },
    answer: { type: "unlabelled", within: "data", statuses: [200, 201], success: { code: 0 }, names, tokenType: "user" },
    refresh: { revoked: ["40102"] },
    api: { scheme: "token" },
  };
  const stage = await startOddStage(t, { odd, config: { profile, exposeAccessToken: true } });
  const page = await signedIn(stage);
  assert.equal(await statusOf(page, stage.api), 200);
  assert.equal(await page.evaluate(() => app.auth.accessToken()), "access-1");
  stage.server.expire();
  assert.equal(await statusOf(page, stage.api), 200);
  const { headers } = stage.server.requests.find(({ endpoint }) => endpoint === "token");
  assert.deepEqual([headers.accept, headers["x-app"]], ["application/json", "1"]);

  stage.server._token = () => ({ status: 200, body: {} });
  stage.server.expire();
  assert.equal((await send(page, stage.api)).error.code, "TOKENKEEP_LOGIN_REQUIRED");
  assert.equal((await events(page, "signedout"))[0].detail.reason, "revoked");
});

test("a wrong profile is refused with its path and the cure, in the page too", async (t) => {
  const stage = await startOddStage(t, { config: { profile: { answer: { kind: "form" } } } });
  const page = await stage.open();
  const { error } = await page.evaluate(() => app.outcome(() => app.auth.resume()));
  assert.deepEqual([error.code, error.option], ["TOKENKEEP_CONFIG_INVALID", "profile.answer.kind"]);
});

for (const mode of ["shared", "page"]) {
  test(`${mode}: no CORS on the token endpoint is told from a network that is down`, async (t) => {
    const stage = await startOddStage(t, { mode });
    stage.server.cors = (endpoint) => endpoint !== "token";
    const { error } = await signInOddly(await stage.open());

    assert.equal(error.code, "TOKENKEEP_TOKEN_ENDPOINT_BLOCKED");
    assert.match(error.message, /CORS.*proxy.*docs\/profiles\.md/s);
    const [{ params }, ...probes] = stage.server.requests.filter(({ endpoint }) => endpoint === "token");
    assert.equal(params.grant_type, "authorization_code");
    assert.ok(probes.length > 0);
    for (const probe of probes) assert.deepEqual(probe.params, {}, "the code is sent once, the diagnosis carries nothing (TOK-24)");
  });
}

test("a connection that breaks during the exchange is no lack of CORS", async (t) => {
  const odd = { token: (reply, { params, response }) => (params.code ? void response.destroy() : reply) };
  const stage = await startOddStage(t, { odd });
  const { error } = await signInOddly(await stage.open());
  assert.equal(error.code, "TOKENKEEP_NETWORK");
});

test("the documented proxy makes such a server work, and nothing else", async (t) => {
  const stage = await startOddStage(t, { routes: {} });
  stage.server.cors = (endpoint) => endpoint !== "token";
  let secret;
  stage.server.odd.token = (reply, { params }) => ((secret = params.client_secret), reply);
  const proxy = await documentedProxy(t, {
    TOKEN_ENDPOINT: `${stage.server.origin}/token`,
    APP_ORIGIN: stage.app.origin,
    CLIENT_SECRET: "s3cret",
  });
  const own = `${stage.app.origin}/oauth/token`;
  stage.shown.routes["/oauth/token"] = proxy;
  stage.configure({ issuer: undefined, server: { ...stage.server.metadata(), token_endpoint: own } });
  const page = await signedIn(stage);
  stage.server.expire();
  assert.equal(await statusOf(page, stage.api), 200);
  assert.deepEqual([stage.server.count("refresh_token"), secret], [1, "s3cret"]);

  const ask = async (init) => (await fetch(own, { method: "POST", ...init })).status;
  const headers = { origin: stage.app.origin, "content-type": "application/x-www-form-urlencoded" };
  assert.equal(await ask({ headers: { ...headers, origin: "https://evil.example" }, body: "grant_type=refresh_token" }), 403);
  assert.equal(await ask({ headers, body: "grant_type=client_credentials" }), 400);
  assert.equal(await ask({ headers, body: `grant_type=refresh_token&x=${"x".repeat(100_000)}` }), 413);
  assert.equal((await fetch(own)).status, 405);
  assert.equal(stage.server.count("token"), 2, "nothing of that got through");
});

/** The handler out of docs/profiles.md, run as it stands there with this environment. */
async function documentedProxy(t, environment) {
  const text = await readFile(new URL("../../docs/profiles.md", folder), "utf8");
  const [, code] = text.match(/```js\n(\/\/ token-proxy\.mjs\n.*?)```/s);
  const place = await mkdtemp(join(tmpdir(), "tokenkeep-proxy-"));
  t.after(() => rm(place, { recursive: true, force: true }));
  await writeFile(join(place, "token-proxy.mjs"), code);
  const before = { ...process.env };
  t.after(() => void (process.env = before));
  Object.assign(process.env, environment);
  return (await import(pathToFileURL(join(place, "token-proxy.mjs")).href)).tokenProxy;
}
